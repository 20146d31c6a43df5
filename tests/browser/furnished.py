"""A home with photos in every state, made before the program starts."""

import io
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from auth.account import LOCAL
from main import build
from storage.records import Note
from tests.conftest import ROOT
from ui.house import House
from ui.settings import Settings

REASONS = (
    "Two models disagree about 41% of the subject.",
    "The photo cuts the subject off at the left and top.",
)
SAMPLES = ("bowl", "lens", "whisk", "scissors")


def furnished(home: Path, models: Path) -> None:
    """Put photos on a paused workbench: four cut out, the others in each other state.

    One seems to be computed, for as long as a lease may be.
    """
    home.mkdir(exist_ok=True)
    with closing(build(Settings(home=home, models=models))) as house:
        for name in SAMPLES:
            _arrive(house, f"{name}.jpg", _sample(name))
            _work(house)
        _look(house)
        _arrive(house, "whisk, from behind.jpg", _mirrored("whisk"))
        _doubt(house)
        _arrive(house, "torn.jpg", _sample("scissors")[:9000])
        _work(house)
        _arrive(house, "stopped.jpg", _mirrored("lens"))
        batch = house.studio.batch(LOCAL)
        batch.cancel_all(LOCAL.scope)
        _arrive(house, "bowl, from behind.jpg", _mirrored("bowl"))
        assert house.library.records.start("nobody")
        batch.pause(LOCAL.scope)
        for name in SAMPLES[1:]:
            _arrive(house, f"{name}, large.jpg", _larger(name))
    with closing(sqlite3.connect(home / "library.sqlite")) as rows, rows:
        rows.execute("update jobs set lease_until = ? where owner = 'nobody'", [time.time() + 55])


def _arrive(house: House, name: str, data: bytes) -> None:
    file = house.home / "arriving"
    file.write_bytes(data)
    house.studio.arrive(LOCAL, file, name=name)


def _work(house: House) -> None:
    job = house.library.records.start("test")
    assert job
    house.studio.work(house.library, job)


def _look(house: House) -> None:
    """Keep a second version of a photo."""
    card = next(one for one in house.studio.bench(LOCAL) if one.entry.name == "lens.jpg")
    house.fitting.take(LOCAL, card.entry.id, "studio-cove")
    house.studio.keep(LOCAL, card.entry.id)
    _work(house)


def _doubt(house: House) -> None:
    """Cut a photo out of which two models have not the same idea."""
    job = house.library.records.start("test")
    assert job
    pixels = Pillow.open(house.home / "arriving").convert("RGBA")
    alpha = np.asarray(pixels.convert("L").resize((64, 48)).resize(pixels.size))
    pixels.putalpha(Pillow.fromarray(alpha))
    png, small = io.BytesIO(), io.BytesIO()
    pixels.save(png, "PNG")
    pixels.resize((320, 240)).save(small, "WEBP")
    note = Note(doubt=0.8, reasons="\n".join(REASONS))
    house.library.finish(job, png.getvalue(), small.getvalue(), size=pixels.size, note=note)


def _sample(name: str) -> bytes:
    return (ROOT / "assets" / "samples" / f"{name}.jpg").read_bytes()


def _mirrored(name: str) -> bytes:
    return _jpeg(ImageOps.mirror(Pillow.open(io.BytesIO(_sample(name)))))


def _larger(name: str) -> bytes:
    picture = Pillow.open(io.BytesIO(_sample(name)))
    return _jpeg(picture.resize((picture.width + 80, picture.height + 60)))


def _jpeg(picture: Pillow.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=90)
    return data.getvalue()
