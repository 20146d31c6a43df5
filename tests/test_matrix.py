"""Who may call what, of all that the program answers: see matrix.csv.

A route or page without a row fails, whatever setting brings it, and so does a row without a route.
Columns of those who are signed in, and routes for workers, are read in
ground/test_members_matrix.py.
"""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.matrix import (
    BY,
    UNCOUNTED,
    Asker,
    Line,
    answered,
    column,
    cookie_of,
    cut_out,
    elsewhere,
    hangers,
    mixed_up,
    rows,
    visit,
)
from tests.program import Program, free_port, running

PROJECT = {
    "SUPABASE_URL": "http://127.0.0.1:9",  # nobody signs in there, but the way is open
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_of_nobody",
}
WORKERS = {
    "SUPABASE_SECRET_KEY": "sb_secret_of_nobody",
    "COVESHOT_COMPUTE": "both",
    "COVESHOT_WORKER_TOKEN": secrets.token_hex(32),
}


def settings(port: int) -> dict[str, str]:
    return {
        **UNCOUNTED,
        **PROJECT,
        "COVESHOT_HOSTED": "1",
        "COVESHOT_SECRET": secrets.token_hex(32),
        "COVESHOT_HOSTS": f"http://127.0.0.1:{port}",
    }


@dataclass(frozen=True, slots=True)
class Stage:
    program: Program

    @property
    def address(self) -> str:
        return self.program.address


def routes_of(program: Program, **more: str) -> list[Line]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.routes"],
        cwd=ROOT,
        env=program.environment | more,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [(method, path) for method, path in map(str.split, told.splitlines())]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    port = free_port()
    folder = tmp_path_factory.mktemp("hosted")
    with running(folder, models, port, **settings(port)) as program:
        yield Stage(program)


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    """The program of somebody's own computer."""
    with running(tmp_path_factory.mktemp("desktop"), models) as program:
        yield Stage(program)


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    """The same, where a project is known that its owner may sign in to."""
    with running(tmp_path_factory.mktemp("computer"), models, 0, **PROJECT) as program:
        yield Stage(program)


def test_each_route_has_a_row_and_each_row_a_route(
    stage: Stage, desktop: Stage, computer: Stage
) -> None:
    programs = stage.program, desktop.program, computer.program
    lines = {line for one in programs for line in routes_of(one)}
    lines |= {*routes_of(stage.program, **WORKERS)}

    assert sorted(rows()) == sorted(line for line in lines if line[0] != BY)
    # What hangs routes up under another setting would not be seen here: it is to be added above.
    assert {where for how, where in lines if how == BY} == hangers()


def test_each_is_answered_as_its_row_says(stage: Stage) -> None:
    with visit(stage.address) as browser:
        cookie = cookie_of(browser)
    key = re.search(r"cove_\S+", stage.program.say("keys", "create", "--name", "shop"))
    assert key
    askers = {
        "stranger": Asker(stage.address),
        "guest": Asker(stage.address, cookie),
        "other site": Asker(stage.address, cookie, origin="https://evil.example"),
        "other name": Asker(stage.address, cookie, host="evil.example"),
        "key": Asker(stage.address, key=key[0]),
    }

    for who, asker in askers.items():
        assert answered(asker, elsewhere()) == column(who, elsewhere()), who


def test_the_owner_of_a_computer_is_answered_as_the_rows_say(
    desktop: Stage, computer: Stage
) -> None:
    for who, stage in ("desktop", desktop), ("computer", computer):
        with visit(stage.address) as browser:
            owner = Asker(stage.address, cookie_of(browser))

        assert answered(owner, rows()) == column(who), who
    assert answered(Asker(computer.address), rows()) == column("passer-by")


def test_no_row_lets_another_site_or_another_name_in() -> None:
    assert {row["other site"] for row in rows().values()} == {"403"}
    assert {row["other name"] for row in rows().values()} <= {"421", "403"}


def test_what_is_somebody_elses_is_answered_as_if_it_were_not_there(
    stage: Stage, photo: bytes
) -> None:
    with visit(stage.address) as ann, visit(stage.address) as bob:
        own = cut_out(ann, photo)

        assert mixed_up(own, ann, [bob]) == []
