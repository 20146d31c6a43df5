import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from auth.account import LOCAL
from storage.blobs import FileBlobs
from storage.doctor import GRACE_SECONDS, examine, repair
from storage.errors import Busy, LostLease, NewerLibrary, NotWritable, StorageError
from storage.library import KeptMatte, Library
from storage.local import SqliteRecords
from storage.records import Job, Note, Order, Original, Status

WHITE = Order(key="white", op_key="cut:white", recipe="{}")
BLACK = Order(key="black", op_key="cut:black", recipe="{}")
ORIGINAL = Original(
    sha256="a" * 64, mime="image/jpeg", extension="jpg", width=40, height=30, bytes=5
)


class Shelf:
    """A library, with its parts in reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "photo.jpg"
        self.source.write_bytes(b"photo")
        self.records = SqliteRecords(folder / "library.sqlite")
        self.blobs = FileBlobs(folder / "library")
        self.library = Library(self.records, self.blobs)

    def admit(self, order: Order = WHITE) -> Job:
        return self.library.admit(LOCAL, ORIGINAL, self.source, order)

    def started(self) -> Job:
        job = self.records.start("me")
        assert job
        return job

    def finish(self, job: Job) -> Job:
        return self.library.finish(job, b"png", b"webp", size=(40, 30))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_photo_goes_in_and_its_cutout_comes_out(shelf: Shelf) -> None:
    job = shelf.admit()
    note = Note(doubt=0.6, reasons="Two models disagree.")
    shelf.library.keep_matte(shelf.started(), "u2netp", b"matte", note)
    done = shelf.finish(shelf.records.job("local", job.id))

    assert done.status is Status.DONE
    assert done.version_id
    assert shelf.library.cutout("local", done.version_id) == b"png"
    assert shelf.library.thumbnail("local", done.version_id) == b"webp"
    assert shelf.library.original("local", job.image_id) == b"photo"
    assert shelf.library.matte(job.image_id, "u2netp") == KeptMatte(b"matte", note)
    assert shelf.library.matte(job.image_id, "isnet") is None
    assert examine(shelf.records, shelf.blobs).healthy


def test_the_same_photo_again_is_answered_by_what_is_there(shelf: Shelf) -> None:
    shelf.admit()
    done = shelf.finish(shelf.started())

    assert shelf.admit() == done
    assert shelf.admit(BLACK).image_id == done.image_id
    assert len([key for key, _ in shelf.blobs.listing() if "original" in key]) == 1


def test_a_cutout_whose_file_has_gone_is_made_anew(shelf: Shelf) -> None:
    shelf.admit()
    done = shelf.finish(shelf.started())
    assert done.version_id
    shelf.blobs.remove(shelf.records.version("local", done.version_id).path)

    again = shelf.admit()
    assert again.status is Status.QUEUED
    assert shelf.finish(shelf.started()).id == again.id


def test_an_original_whose_file_has_gone_is_put_back_when_it_comes_again(shelf: Shelf) -> None:
    job = shelf.admit()
    shelf.blobs.remove(shelf.records.image("local", job.image_id).path)
    shelf.admit()

    assert shelf.library.original("local", job.image_id) == b"photo"


def test_a_cancelled_job_leaves_no_object_of_its_cutout(shelf: Shelf) -> None:
    shelf.admit()
    job = shelf.started()
    shelf.records.cancel("local", job.id)

    with pytest.raises(LostLease):
        shelf.finish(job)
    assert examine(shelf.records, shelf.blobs).healthy


def test_finishing_twice_leaves_one_cutout(shelf: Shelf) -> None:
    shelf.admit()
    job = shelf.started()

    assert shelf.finish(job) == shelf.finish(job)
    assert examine(shelf.records, shelf.blobs).healthy


KILLED_BEFORE_THE_ROW = """
import os, sys
from contextlib import closing
from pathlib import Path
from storage.local import SqliteRecords
from tests.test_library import Shelf

class Killed(SqliteRecords):
    def finish(self, *_):
        os._exit(9)

shelf = Shelf(Path(sys.argv[1]))
shelf.library.records = Killed(shelf.folder / "library.sqlite")
shelf.finish(shelf.started())
"""


def test_what_a_killed_attempt_left_is_cleaned_by_the_one_that_succeeds(shelf: Shelf) -> None:
    shelf.admit()
    subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_THE_ROW, str(shelf.folder)],
        check=False,
        cwd=Path(__file__).parents[1],
    )
    (killed,) = shelf.records.leased()
    assert len(list(shelf.blobs.listing())) == 3
    assert killed.owner
    shelf.records.release(killed.owner)
    shelf.finish(shelf.started())

    assert len(list(shelf.blobs.listing())) == 3
    assert examine(shelf.records, shelf.blobs, now=later(shelf)).healthy


def later(shelf: Shelf) -> float:
    return max(changed_at for _, changed_at in shelf.blobs.listing()) + GRACE_SECONDS + 10


def test_the_doctor_names_a_hole_and_an_orphan(shelf: Shelf) -> None:
    job = shelf.admit()
    original = shelf.records.image("local", job.image_id).path
    shelf.blobs.remove(original)
    shelf.blobs.put("local/lost/original.jpg", b"nobody's")

    findings = examine(shelf.records, shelf.blobs, now=later(shelf))
    assert findings.missing == (original,)
    assert findings.orphans == ("local/lost/original.jpg",)


def test_an_object_whose_row_may_still_come_is_no_orphan(shelf: Shelf) -> None:
    shelf.blobs.put("local/new/original.jpg", b"just now")

    assert examine(shelf.records, shelf.blobs).healthy


def test_repair_moves_orphans_aside_and_deletes_nothing(shelf: Shelf) -> None:
    shelf.blobs.put("local/lost/original.jpg", b"nobody's")
    stray = shelf.folder / "library" / "local" / "lost" / "Notes.txt"
    stray.write_bytes(b"stray")
    trash = shelf.folder / "trash"
    moved = repair(shelf.records, shelf.blobs, trash, now=later(shelf))

    assert len(moved) == 2
    assert (trash / "local/lost/original.jpg").read_bytes() == b"nobody's"
    assert (trash / "local/lost/Notes.txt").read_bytes() == b"stray"
    assert list(shelf.blobs.listing()) == []


def test_repair_waits_while_somebody_works_in_the_library(shelf: Shelf) -> None:
    shelf.admit()
    shelf.started()

    with pytest.raises(Busy):
        repair(shelf.records, shelf.blobs, shelf.folder / "trash")


def test_a_library_of_a_newer_program_is_not_touched(shelf: Shelf) -> None:
    shelf.records.close()
    with sqlite3.connect(shelf.folder / "library.sqlite") as connection:
        connection.execute("pragma user_version = 99")
    connection.close()

    with pytest.raises(NewerLibrary):
        SqliteRecords(shelf.folder / "library.sqlite")


def test_a_library_of_an_older_program_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(Path("storage/schema/1.sql").read_text())
        connection.execute(
            "insert into images values"
            " ('i', 'local', 's', 'image/png', 'png', 4, 3, 9, 'local/i/original.png', 1)"
        )
        connection.execute("insert into mattes values ('i', 'u2netp', 'local/i/matte', 1)")
        connection.execute("pragma user_version = 1")
        connection.commit()

    for _ in range(2):  # opened anew, it has nothing to go through any more
        records = SqliteRecords(file)
        matte = records.matte("i", "u2netp")
        assert matte
        assert (matte.doubt, matte.reasons) == (0, "")
        records.close()


def test_a_damaged_library_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    file.write_bytes(b"this is no database" * 100)

    with pytest.raises(StorageError) as refused:
        SqliteRecords(file)
    assert str(file) in refused.value.says
    assert file.read_bytes().startswith(b"this is no database")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").mkdir()

    with pytest.raises(NotWritable) as refused:
        SqliteRecords(tmp_path / "library.sqlite")
    assert str(tmp_path) in refused.value.says
