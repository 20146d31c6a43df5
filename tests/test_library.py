import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from auth.account import LOCAL
from storage.blobs import FileBlobs
from storage.doctor import GRACE_SECONDS, examine, repair
from storage.errors import Busy, LostLease, NewerLibrary, NotFound, NotWritable, StorageError
from storage.library import TRASH_SECONDS, KeptMatte, Library
from storage.local import SqliteRecords
from storage.ports.records import Records
from storage.purge import HANDFUL
from storage.records import NOW, Image, Job, Note, Order, Original, Search, Share, Status

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


def test_what_is_kept_of_a_photo_may_be_less_than_what_came(shelf: Shelf) -> None:
    shelf.library = Library(
        shelf.records, shelf.blobs, clean=lambda file, mime: file.read_bytes() + mime.encode()
    )
    job = shelf.admit()

    assert shelf.library.original("local", job.image_id) == b"photoimage/jpeg"
    assert shelf.admit().image_id == job.image_id


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
from storage.library import Library
from storage.local import SqliteRecords
from tests.test_library import Shelf

class Killed(SqliteRecords):
    def finish(self, *_):
        os._exit(9)

shelf = Shelf(Path(sys.argv[1]))
shelf.library = Library(Killed(shelf.folder / "library.sqlite"), shelf.blobs)
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


def thrown(shelf: Shelf) -> Job:
    """Return the job of a photo with a cutout and a matte that is in the trash."""
    shelf.admit()
    running = shelf.started()
    shelf.library.keep_matte(running, "u2netp", b"matte", Note())
    job = shelf.finish(running)
    shelf.records.trash.throw("local", [job.image_id])
    return job


def test_a_purge_leaves_neither_row_nor_object(shelf: Shelf) -> None:
    job = thrown(shelf)

    assert shelf.library.purge("local", [job.image_id]) == 1
    assert list(shelf.blobs.listing()) == []
    assert list(shelf.records.objects()) == []


KILLED_WHILE_PURGING = """
import os, sys
from pathlib import Path
from storage.blobs import FileBlobs
from storage.library import Library
from storage.records import Search
from tests.test_library import Shelf

class Killed(FileBlobs):
    left = int(sys.argv[2])
    def remove(self, key):
        if not Killed.left:
            os._exit(9)
        Killed.left -= 1
        super().remove(key)

shelf = Shelf(Path(sys.argv[1]))
if Killed.left == 5:
    shelf.records.trash.cleared = lambda paths: os._exit(9)
image_id, = shelf.records.holdings.ids("local", Search(trashed=True))
Library(shelf.records, Killed(shelf.folder / "library")).purge("local", [image_id])
"""


@pytest.mark.parametrize("removed", [0, 1, 2, 3, 5])
def test_a_purge_killed_at_any_step_is_finished_by_the_next_run(shelf: Shelf, removed: int) -> None:
    job = thrown(shelf)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_PURGING, str(shelf.folder), str(removed)],
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert ended.returncode == 9
    assert len(list(shelf.blobs.listing())) == 4 - min(removed, 4)
    assert examine(shelf.records, shelf.blobs, now=time.time() + 2 * GRACE_SECONDS).healthy

    shelf.library.sweep()
    assert list(shelf.blobs.listing()) == []
    assert examine(shelf.records, shelf.blobs).healthy
    assert shelf.admit().image_id != job.image_id


class Watching(FileBlobs):
    """Tells after each removal."""

    def __init__(self, root: Path, tell: Callable[[], None]) -> None:
        super().__init__(root)
        self._tell = tell

    def remove(self, key: str) -> None:
        super().remove(key)
        self._tell()


def many_thrown(shelf: Shelf, count: int) -> list[str]:
    """Put photos in the trash, each with a job that waits; return their ids."""
    ids = []
    for number in range(count):
        original = replace(ORIGINAL, sha256=f"{number:064x}")
        ids.append(shelf.library.admit(LOCAL, original, shelf.source, WHITE).image_id)
    shelf.records.trash.throw("local", ids)
    return ids


def test_a_purge_of_many_tells_how_far_it_is_and_leaves_the_rest_where_it_is_stopped(
    shelf: Shelf,
) -> None:
    told: list[tuple[int, int]] = []

    def tell() -> None:
        purge = library.purges.of("local")
        assert purge
        told.append((purge.done, purge.total))
        if purge.done == HANDFUL:
            purge.stop()

    library = Library(shelf.records, Watching(shelf.folder / "library", tell))
    ids = many_thrown(shelf, 3 * HANDFUL)
    deleted = library.purge("local", ids)
    assert deleted == 2 * HANDFUL
    assert (told[0], told[-1]) == ((0, 3 * HANDFUL), (HANDFUL, 3 * HANDFUL))
    assert library.purges.of("local") is None
    assert len(shelf.records.holdings.ids("local", Search(trashed=True))) == HANDFUL
    assert len(list(shelf.blobs.listing())) == HANDFUL
    assert examine(shelf.records, shelf.blobs, now=later(shelf)).healthy

    assert library.purge("local", ids) == HANDFUL  # again, and all are asked for
    assert list(shelf.blobs.listing()) == []


def test_a_picture_goes_with_the_photos_that_it_lies_behind_however_many_they_are(
    shelf: Shelf,
) -> None:
    wall, *others = many_thrown(shelf, HANDFUL + 5)
    sha256 = shelf.records.image("local", wall).sha256
    recipe = json.dumps({"background": f"picture {sha256} fill"})
    order = Order(key="on", op_key="cut:on", recipe=recipe, priority=NOW)
    shelf.library.again("local", others[-1], order)
    job = shelf.started()
    shelf.finish(job)
    shelf.records.trash.throw("local", [wall, others[-1]])
    shelf.library.purge("local", [wall, *others])

    assert shelf.records.find("local", sha256) is None
    assert list(shelf.blobs.listing()) == []


def test_a_photo_that_comes_again_while_it_is_purged_is_kept_whole(shelf: Shelf) -> None:
    job = thrown(shelf)
    image = shelf.records.image("local", job.image_id)
    shelf.library.purge("local", [image.id])

    class Late:
        """Rows as they were read before the purge."""

        def __getattr__(self, name: str) -> object:
            return getattr(shelf.records, name)

        def find(self, *_: str) -> Image:
            return image

    again = Library(cast("Records", Late()), shelf.blobs).admit(
        LOCAL, ORIGINAL, shelf.source, WHITE
    )
    assert again.image_id != image.id
    assert examine(shelf.records, shelf.blobs, now=later(shelf)).healthy


def test_a_matte_of_a_purged_photo_is_not_kept(shelf: Shelf) -> None:
    shelf.admit()
    running = shelf.started()
    shelf.records.trash.throw("local", [running.image_id])
    shelf.library.purge("local", [running.image_id])

    with pytest.raises(NotFound):
        shelf.library.keep_matte(running, "u2netp", b"matte", Note())
    with pytest.raises(LostLease):
        shelf.finish(running)
    assert list(shelf.blobs.listing()) == []


def test_a_sweep_purges_after_thirty_days_and_weighs_old_mattes(shelf: Shelf) -> None:
    job = thrown(shelf)
    shelf.library.sweep()
    assert shelf.records.image("local", job.image_id).deleted_at

    month = Library(shelf.records, shelf.blobs, clock=lambda: time.time() + TRASH_SECONDS + 1)
    month.sweep()
    assert list(shelf.blobs.listing()) == []


def test_a_sweep_that_is_stopped_is_gone_on_with_by_the_next(shelf: Shelf) -> None:
    thrown(shelf)
    month = Library(shelf.records, shelf.blobs, clock=lambda: time.time() + TRASH_SECONDS + 1)
    month.sweep(lambda: True)
    assert len(list(shelf.blobs.listing())) == 4
    assert examine(shelf.records, shelf.blobs, now=later(shelf)).healthy

    month.sweep()
    assert list(shelf.blobs.listing()) == []


def test_pruning_removes_the_objects_of_old_versions(shelf: Shelf) -> None:
    shelf.admit()
    shelf.finish(shelf.started())
    shelf.admit(BLACK)
    shelf.finish(shelf.started())
    assert len(list(shelf.blobs.listing())) == 5

    assert shelf.library.prune("local", 1).versions == 1
    assert len(list(shelf.blobs.listing())) == 3
    assert examine(shelf.records, shelf.blobs, now=later(shelf)).healthy


def test_an_older_library_gets_names_current_versions_and_weights(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        for step in (1, 2):
            connection.executescript(Path(f"storage/schema/{step}.sql").read_text())
        connection.executescript(
            """
            insert into images values
              ('i', 'local', 's', 'image/png', 'png', 4, 3, 9, 'local/i/original.png', 1);
            insert into versions values
              ('v1', 'local', 'i', 'j1', 1, 'a', 'a', '{}', 'p1', 't1', 4, 3, 9, 1),
              ('v2', 'local', 'i', 'j2', 2, 'b', 'b', '{}', 'p2', 't2', 4, 3, 9, 2);
            insert into jobs (id, scope, image_id, status, key, op_key, recipe, version_id,
              created_at, updated_at, doubt) values
              ('j1', 'local', 'i', 'done', 'a', 'a', '{}', 'v1', 1, 1, 0.1),
              ('j2', 'local', 'i', 'done', 'b', 'b', '{}', 'v2', 2, 2, 0.8);
            insert into mattes (image_id, key, path, created_at)
              values ('i', 'm', 'local/i/matte/m.png', 1);
            insert into entries values
              ('e2', 'local', 'i', 'j1', 'second.png', '', '{}', 2),
              ('e1', 'local', 'i', 'j1', 'first.png', '', '{}', 1);
            pragma user_version = 2;
            """
        )
    records = SqliteRecords(file)
    blobs = FileBlobs(tmp_path / "library")
    blobs.put("local/i/matte/m.png", b"matte")
    Library(records, blobs).sweep()

    (found,) = records.holdings.page("local", Search(text="first", doubtful=0.5), most=9)
    assert (found.image.name, found.image.current_id) == ("first.png", "v2")
    assert records.holdings.usage("local").mattes == Share(1, 5)
    records.close()
