"""A flood of requests without a cookie writes no file and takes no memory to speak of."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.flood import flood
from tests.program import Program, free_port, running

REQUESTS = 1500
MOST_PAGES, MOST_EACH = 10, 8
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Program]:
    port = free_port()
    with running(
        tmp_path_factory.mktemp("hosted"),
        models,
        port,
        COVESHOT_HOSTED="1",
        COVESHOT_SECRET=secrets.token_hex(32),
        COVESHOT_HOSTS=f"http://127.0.0.1:{port}",
        COVESHOT_PROXIES="127.0.0.1",
        COVESHOT_MOST_PAGES=str(MOST_PAGES),
        COVESHOT_MOST_OPEN_EACH=str(MOST_EACH),
        COVESHOT_LIMIT_PAGES="20/minute",
    ) as program:
        flood(program.address, 2, spread=False)  # what is only made once is made now
        yield program


def files(program: Program) -> set[Path]:
    home = Path(program.environment["COVESHOT_HOME"])
    return {file for file in home.rglob("*") if file.is_file()}


@pytest.mark.parametrize("spread", [False, True], ids=["from one address", "from many"])
def test_a_flood_leaves_nothing_behind(program: Program, *, spread: bool) -> None:
    process = psutil.Process(program.pid)
    before, memory = files(program), process.memory_info().rss

    statuses = flood(program.address, REQUESTS, spread=spread)

    assert statuses[200] <= 2 * (MOST_PAGES if spread else MOST_EACH)
    assert statuses[503 if spread else 429] > REQUESTS * 0.9
    assert set(statuses) <= {200, 429, 503}
    assert files(program) == before
    assert process.memory_info().rss - memory < 100 * MEGABYTE
