"""What a killed process leaves behind is finished by the next one."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from auth.account import LOCAL
from inference.engine import Engine
from inference.session import Opener
from inference.studio import Studio
from inference.weights import Weights
from inference.worker import Workers
from storage.blobs import FileBlobs
from storage.doctor import GRACE_SECONDS, examine
from storage.library import Library
from storage.local import SqliteRecords
from storage.records import Status

PHOTOS = 20
LEASE = 1.0


class Shop:
    """A house whose leases are short enough for a test."""

    def __init__(self, home: Path, models: Path) -> None:
        self.records = SqliteRecords(home / "library.sqlite", lease_seconds=LEASE)
        self.blobs = FileBlobs(home / "library")
        library = Library(self.records, self.blobs)
        weights = Weights(models)
        self.studio = Studio(
            weights=weights,
            engine=Engine(weights, Opener("cpu")),
            library_for=lambda _: library,
        )
        self.workers = Workers(self.studio, library, beat_seconds=LEASE / 4)

    def count(self, status: Status) -> int:
        return sum(card.job.status is status for card in self.studio.bench(LOCAL))


def test_a_batch_killed_in_the_middle_is_finished_without_being_asked(
    tmp_path: Path, models: Path
) -> None:
    photos = [made(tmp_path / f"{number}.png", number) for number in range(PHOTOS)]
    shop = Shop(tmp_path / "home", models)
    for photo in photos:
        shop.studio.arrive(LOCAL, photo, name=photo.name)
    child = subprocess.Popen(
        [sys.executable, __file__, str(tmp_path / "home"), str(models)],
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": "."},
    )
    until(lambda: shop.count(Status.DONE) >= 3 and shop.count(Status.RUNNING) > 0)
    child.kill()
    child.wait()
    assert shop.count(Status.DONE) < PHOTOS

    shop.workers.start()
    until(lambda: shop.count(Status.DONE) == PHOTOS)
    shop.workers.close()

    an_hour_later = time.time() + GRACE_SECONDS + 10
    assert examine(shop.records, shop.blobs, now=an_hour_later).healthy
    assert all(
        len(shop.records.history("local", card.image.id)) == 1 for card in shop.studio.bench(LOCAL)
    )


def made(file: Path, number: int) -> Path:
    pixels = np.full((96, 128, 3), 220, np.uint8)
    pixels[20:80, 30 + number : 90 + number] = (200, 20, 10 * number)
    Image.fromarray(pixels).save(file)
    return file


def until(true: object, seconds: float = 60) -> None:
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


if __name__ == "__main__":
    Shop(Path(sys.argv[1]), Path(sys.argv[2])).workers.start()
    time.sleep(60)
