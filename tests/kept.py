"""A library of one's own computer with cutouts in it, made without any network of a model."""

import hashlib
import io
import os
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image as Pillow

from auth.account import LOCAL
from storage.blobs import FileBlobs
from storage.library import Library
from storage.local import SqliteRecords
from storage.records import Image, Order, Original, Version

SIZE = (64, 48)
RECIPE = '{{"model": "u2net", "background": "{look}"}}'


@dataclass(slots=True)
class Kept:
    """Opened again in the same folder, it is the same library after a restart."""

    folder: Path
    records: SqliteRecords = field(init=False)
    blobs: FileBlobs = field(init=False)
    library: Library = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.records = SqliteRecords(self.folder / "library.sqlite")
        self.blobs = FileBlobs(self.folder / "library")
        self.library = Library(self.records, self.blobs)

    def cut(self, name: str = "vase.png", look: str = "white", *, photo: bytes = b"") -> Version:
        """Keep a version of a photo, which is told apart by its name."""
        data = photo or picture(name)
        file = self.folder / "incoming"
        file.write_bytes(data)
        with Pillow.open(io.BytesIO(data)) as opened:
            width, height = opened.size
            kind = (opened.format or "").lower()
        recipe = RECIPE.format(look=look)
        original = Original(
            sha256=hashlib.sha256(data).hexdigest(),
            mime=f"image/{kind}",
            extension={"jpeg": "jpg"}.get(kind, kind),
            width=width,
            height=height,
            bytes=len(data),
        )
        key = hashlib.sha256(recipe.encode()).hexdigest()
        order = Order(key=key, op_key=f"cut~{key[:16]}", recipe=recipe)
        self.library.admit(LOCAL, original, file, order, name)
        job = self.records.start("tests")
        assert job
        done = self.library.finish(
            job, picture(name + look), picture(name + look, "WEBP"), size=SIZE
        )
        return self.records.version(LOCAL.scope, done.version_id or "")

    def image(self, version: Version) -> Image:
        return self.records.image(LOCAL.scope, version.image_id)

    def spoil(self, path: str, data: bytes = b"") -> None:
        """Let an object have other bytes, as many as before unless they are given."""
        file = self.folder / "library" / path
        file.write_bytes(data or os.urandom(file.stat().st_size))

    def close(self) -> None:
        self.records.close()


def picture(of: str, kind: str = "PNG", size: tuple[int, int] = SIZE) -> bytes:
    """A small picture, another one for each text."""
    colour = hashlib.sha256(of.encode()).digest()
    made = Pillow.new("RGBA", size, tuple(colour[:3]))
    file = io.BytesIO()
    made.save(file, kind)
    return file.getvalue()


def noise(megabytes: int) -> bytes:
    """A PNG that no compression makes smaller."""
    side = (megabytes * 1_000_000 // 3) ** 0.5
    shape = (int(side), int(side))
    made = Pillow.frombytes("RGB", shape, os.urandom(shape[0] * shape[1] * 3))
    file = io.BytesIO()
    made.save(file, "PNG", compress_level=0)
    return file.getvalue()
