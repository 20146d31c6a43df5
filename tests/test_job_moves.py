"""Whatever happens in whatever order, a job moves as the table of moves allows."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.local import SqliteRecords
from storage.ports.queue import LEASE_SECONDS
from storage.records import MOVES, Job, Status
from tests.ports.rows import Clock, image, order, version

STEPS = ["admit", "start", "finish", "fail", "cancel", "retry", "die", "release", "expire"]


class Play:
    """One job of one photo, a worker, and a clock."""

    def __init__(self, records: SqliteRecords, clock: Clock) -> None:
        self.records = records
        self.clock = clock
        self.job = records.admit(image(), order())
        self.held = self.job

    def step(self, name: str) -> None:
        match name:
            case "admit":
                self.job = self.records.admit(image(), order())
            case "start":
                self.held = self.records.start("me") or self.held
            case "finish":
                self.records.finish(self.held, version(self.held))
            case "fail":
                self.records.fail(self.held, "no luck")
            case "die":
                self.clock.now += LEASE_SECONDS + 1
                self.records.recover()
            case "release":
                self.records.release("me")
            case _:
                getattr(self.records, name)("local", self.job.id)

    def look(self) -> Job:
        return self.records.job("local", self.job.id)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=14))
def test_no_order_of_events_makes_an_illegal_move(steps: list[str]) -> None:
    with TemporaryDirectory() as folder:
        clock = Clock()
        records = SqliteRecords(Path(folder) / "library.sqlite", clock=clock)
        play = Play(records, clock)
        for name in steps:
            before = play.look()
            try:
                play.step(name)
            except StorageError as error:
                assert error.says  # noqa: PT017 the refusal is one of the outcomes
            after = play.look()
            renewed = after.id != before.id
            assert renewed or after.status is before.status or after.status in MOVES[before.status]
            versions = records.history("local", after.image_id)
            assert len(versions) == (after.status is Status.DONE)
        records.close()
