"""Workbenches that are full before the program starts: rows through the ports, no network."""

import io
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import Image as Pillow

from auth.account import LOCAL
from inference.encode import thumbnail
from inference.recipe import Recipe
from main import build
from storage.local import SqliteRecords
from storage.records import Entry, Image, Note, Order, Search
from ui.settings import Settings


def crowded(home: Path, count: int) -> None:
    """Put so many photos on a paused workbench; nothing of them is there but their rows."""
    resolved = Recipe(model="u2netp", weights="0" * 64, precision="f32", second="").canonical
    order = Order(key="a", op_key="a", recipe=resolved)
    with closing(SqliteRecords(home / "library.sqlite")) as records:
        records.batch.pause(LOCAL.scope)
        for number in range(count):
            name = f"IMG_{number}.jpg"
            job = records.admit(_image(f"{number:064x}"), order)
            records.place(
                Entry(
                    id=uuid4().hex,
                    scope=LOCAL.scope,
                    image_id=job.image_id,
                    job_id=job.id,
                    name=name,
                    folder="shoot",
                    recipe=resolved,
                    created_at=float(number),
                )
            )


def cut_out(home: Path, models: Path, photo: bytes, doubts: Sequence[float]) -> None:
    """Put cutouts on a workbench that are doubtful so far: `0.jpg`, `1.jpg` and so on."""
    pixels = Pillow.open(io.BytesIO(photo)).convert("RGBA")
    png = io.BytesIO()
    pixels.save(png, "PNG")
    with closing(build(Settings(home=home, models=models))) as house:
        for number, doubt in enumerate(doubts):
            file = home / "photo.jpg"
            file.write_bytes(photo + bytes([number]))
            house.studio.arrive(LOCAL, file, name=f"{number}.jpg")
            job = house.library.records.start("test")
            assert job
            note = Note(doubt=doubt, reasons=f"Reason {number}.")
            small = thumbnail(np.asarray(pixels))
            house.library.finish(job, png.getvalue(), small, size=pixels.size, note=note)


def emptied(home: Path) -> None:
    """Take everything away that an owner has, from under a program that may be running."""
    scope = LOCAL.scope
    with closing(SqliteRecords(home / "library.sqlite")) as records:
        records.batch.resume(scope)
        records.trash.throw(scope, records.holdings.ids(scope, Search()))
        records.trash.purge(scope, records.holdings.ids(scope, Search(trashed=True)))
        for one, _ in records.collections.listing(scope):
            records.collections.delete(scope, one.id)
        records.trash.set_keep_last(scope, None)
    shutil.rmtree(home / "presets", ignore_errors=True)


def _image(sha256: str) -> Image:
    image_id = uuid4().hex
    return Image(
        id=image_id,
        scope=LOCAL.scope,
        sha256=sha256,
        mime="image/jpeg",
        extension="jpg",
        width=4000,
        height=3000,
        bytes=1,
        path=f"{LOCAL.scope}/{image_id}/original.jpg",
        created_at=1.0,
    )
