"""One process that cuts out for several libraries, each with its own accounts."""

from pathlib import Path

from auth.account import GUEST_PLAN, LOCAL, Account
from inference.engine import Engine
from inference.studio import Studio
from inference.weights import Weights
from inference.worker import Workers
from storage.blobs import FileBlobs
from storage.library import Library
from storage.local import SqliteRecords
from storage.records import Status
from tests.test_engine import Brightness, Stage

GUEST = Account("visit-a", "visit-a", GUEST_PLAN)


def opened(folder: Path) -> Library:
    return Library(SqliteRecords(folder / "library.sqlite"), FileBlobs(folder / "library"))


def test_each_photo_is_made_and_kept_where_its_account_has_its_photos(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    own, hosted = opened(tmp_path / "own"), opened(tmp_path / "hosted")
    weights = Weights(models)
    studio = Studio(
        weights=weights,
        engine=Engine(weights, Stage(Brightness)),
        library_for=lambda account: own if account.owns_computer else hosted,
    )
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    studio.arrive(LOCAL, file, name="vase.jpg")
    studio.arrive(GUEST, file, name="vase.jpg")
    workers = Workers(studio, own, hosted, threads=1)
    workers.start()
    for account, library in ((LOCAL, own), (GUEST, hosted)):
        [card] = studio.bench(account)
        job = studio.jobs.wait(account, card.job)

        assert job.status is Status.DONE
        assert library.cutout(account.scope, str(job.version_id))
        assert [one.entry.scope for one in library.records.bench(account.scope)] == [account.scope]
    workers.close()
    assert own.records.bench(GUEST.scope) == hosted.records.bench(LOCAL.scope) == []
    studio.close()
    own.close()
    hosted.close()
