"""The bodies of Records that keep the contract, each empty, and the clock that they go by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.local import SqliteRecords
from storage.ports.records import Records
from tests.ports.rows import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.ground),
        pytest.param("postgres, for a while", marks=pytest.mark.ground),
        pytest.param("supabase", marks=pytest.mark.ground),
    ]
)
def records(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    if request.param == "sqlite":
        records = SqliteRecords(tmp_path / "library.sqlite", clock=clock)
        yield records
        records.close()
        return
    bodies = request.getfixturevalue("bodies")
    if request.param == "supabase":
        with bodies.over_the_network(clock) as hosted:
            yield hosted
        return
    with bodies.records(clock, keeping=request.param == "postgres") as hosted:
        yield hosted
