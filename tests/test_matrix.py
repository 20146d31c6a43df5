"""Who may call what, of all that the program answers: see matrix.csv.

A route or page without a row fails, and so does a row without a route. Columns of those who are
signed in are read in ground/test_members_matrix.py.
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
    UNCOUNTED,
    Asker,
    Line,
    answered,
    column,
    cookie_of,
    cut_out,
    mixed_up,
    rows,
    visit,
)
from tests.program import Program, free_port, running


def settings(port: int) -> dict[str, str]:
    return UNCOUNTED | {
        "COVESHOT_HOSTED": "1",
        "COVESHOT_SECRET": secrets.token_hex(32),
        "COVESHOT_HOSTS": f"http://127.0.0.1:{port}",
        "SUPABASE_URL": "http://127.0.0.1:9",  # nobody signs in here, but the way there is open
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_of_nobody",
    }


@dataclass(frozen=True, slots=True)
class Stage:
    program: Program
    routes: list[Line]

    @property
    def address(self) -> str:
        return self.program.address


def routes_of(program: Program) -> list[Line]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.routes"],
        cwd=ROOT,
        env=program.environment,
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
        yield Stage(program, routes_of(program))


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    """The program of somebody's own computer."""
    with running(tmp_path_factory.mktemp("desktop"), models) as program:
        yield Stage(program, routes_of(program))


def test_each_route_has_a_row_and_each_row_a_route(stage: Stage, desktop: Stage) -> None:
    assert sorted(rows()) == sorted({*stage.routes, *desktop.routes})


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
        assert answered(asker, rows()) == column(who), who


def test_the_owner_of_a_computer_is_answered_as_the_rows_say(desktop: Stage) -> None:
    with visit(desktop.address) as browser:
        owner = Asker(desktop.address, cookie_of(browser))

    assert answered(owner, rows()) == column("desktop")


def test_no_row_lets_another_site_or_another_name_in() -> None:
    assert {row["other site"] for row in rows().values()} == {"403"}
    assert {row["other name"] for row in rows().values()} <= {"421", "403"}


def test_what_is_somebody_elses_is_answered_as_if_it_were_not_there(
    stage: Stage, photo: bytes
) -> None:
    with visit(stage.address) as ann, visit(stage.address) as bob:
        own = cut_out(ann, photo)

        assert mixed_up(own, ann, [bob]) == []
