"""A library with many photos, made at once: their rows are real, their few pictures shared."""

import colorsys
import io
import os
from dataclasses import replace
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageDraw

from storage.blobs import FileBlobs
from storage.database import Database
from storage.local import SqliteRecords
from storage.naming import natural_key
from storage.records import Image, Job, Status, Version

KINDS = ("Bowl", "Vase", "Lens", "Shoe", "Chair")
PICTURES = 12
BEGIN = 1_760_000_000.0
"""When the first photo came in; each next one a minute later."""


def stocked(home: Path, count: int) -> list[str]:
    """Put photos into the library of a home; return their ids, the first one first.

    Every tenth is doubtful, every fifth for Etsy. All have thumbnails; only the first has its
    original and its cutout.
    """
    SqliteRecords(home / "library.sqlite").close()
    FileBlobs(home / "library")
    blobs = home / "library"
    pictures = [_picture(home / f"{number}.webp", number) for number in range(PICTURES)]
    db = Database(home / "library.sqlite")
    ids = [f"{number:032x}" for number in range(1, count + 1)]
    with db.writing() as connection:
        for number, image_id in enumerate(ids):
            name = f"{KINDS[number % len(KINDS)]} {number + 1}.jpg"
            image, job, version = _rows(image_id, number)
            thumb = blobs / version.thumbnail_path
            thumb.parent.mkdir(parents=True)
            os.link(pictures[number % PICTURES], thumb)
            db.insert(replace(image, name=name))
            db.insert(version)
            db.insert(job)
            connection.execute(
                "update images set current_id = ?, name_key = ?, doubt = ? where id = ?",
                (version.id, natural_key(name), job.doubt, image_id),
            )
    db.close()
    first = _rows(ids[0], 0)
    with Pillow.open(pictures[0], formats=["WEBP"]) as picture:
        for path, mode in ((first[0].path, "RGB"), (first[2].path, "RGBA")):
            (blobs / path).parent.mkdir(exist_ok=True)
            picture.convert(mode).save(blobs / path)
    return ids


def _rows(image_id: str, number: int) -> tuple[Image, Job, Version]:
    at = BEGIN + 60.0 * number
    doubtful = number % 10 == 3
    folder = f"local/{image_id}"
    recipe = "{}"
    image = Image(
        id=image_id,
        scope="local",
        sha256=f"{number:064x}",
        mime="image/jpeg",
        extension="jpg",
        width=4000,
        height=3000,
        bytes=4_000_000,
        path=f"{folder}/original.jpg",
        created_at=at,
    )
    version = Version(
        id=f"f{image_id[1:]}",
        scope="local",
        image_id=image_id,
        job_id=image_id,
        number=1,
        key="cut",
        op_key="cut",
        recipe=recipe,
        path=f"{folder}/output/1.png",
        thumbnail_path=f"{folder}/thumb/1.webp",
        width=4000,
        height=3000,
        bytes=6_000_000,
        created_at=at,
    )
    job = Job(
        id=image_id,
        scope="local",
        image_id=image_id,
        status=Status.DONE,
        key="cut",
        op_key="cut",
        recipe=recipe,
        priority=0,
        attempts=1,
        owner=None,
        lease_until=None,
        fence=1,
        says="",
        version_id=version.id,
        created_at=at,
        updated_at=at,
        doubt=0.8 if doubtful else 0.1,
        reasons="Two models disagree about a part." if doubtful else "",
        preset="" if number % 5 else "etsy",
    )
    return image, job, version


def _picture(file: Path, number: int) -> Path:
    red, green, blue = (
        int(255 * part) for part in colorsys.hsv_to_rgb(number / PICTURES, 0.55, 0.8)
    )
    image = Pillow.new("RGBA", (320, 240))
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 70, 230, 225), fill=(red, green, blue, 255))
    draw.rectangle((135, 20, 185, 120), fill=(red, green, blue, 255))
    data = io.BytesIO()
    image.save(data, "WEBP", quality=80)
    file.write_bytes(data.getvalue())
    return file
