"""Who may call what: the columns of matrix.csv of those who are signed in, or were."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.remote.records import RemoteRecords
from tests.ground.cluster import Cluster
from tests.ground.server import sign_up
from tests.hosted import PASSWORD, Hosted, open_hosted
from tests.matrix import (
    UNCOUNTED,
    Asker,
    answered,
    at_work,
    column,
    cookie_of,
    cut_out,
    mixed_up,
    rows,
    visit,
)
from tests.teller import let_in

PLANS = ("free", "paid")
TOKEN = secrets.token_hex(32)
"""Which workers show."""
LEAVING = (("POST", "/entrance/sign-out"), ("POST", "/entrance/sign-out-everywhere"))


@pytest.fixture(scope="module")
def hosted(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Hosted]:
    folder = tmp_path_factory.mktemp("members")
    workers = {"COVESHOT_COMPUTE": "both", "COVESHOT_WORKER_TOKEN": TOKEN}
    with open_hosted(cluster, folder, models, **UNCOUNTED, **workers) as hosted:
        yield hosted


@contextmanager
def member(hosted: Hosted, plan: str) -> Iterator[httpx.Client]:
    """Open a browser in which somebody new is signed in who has a plan."""
    email = hosted.signed_up(plan)
    hosted.grant(email, 1)
    with visit(hosted.address) as browser:
        enter(browser, email)
        yield browser


def enter(browser: httpx.Client, email: str) -> None:
    answer = browser.post("/entrance/sign-in", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def key_of(hosted: Hosted) -> str:
    """Return a key of somebody new."""
    project = Project(hosted.gateway.url, hosted.gateway.secret)
    with closing(project):
        return let_in(RemoteRecords(SupabaseDoor(project)), sign_up(hosted.gateway.ground))


@pytest.mark.parametrize("plan", PLANS)
def test_who_is_signed_in_is_answered_as_the_rows_say(hosted: Hosted, plan: str) -> None:
    with member(hosted, plan) as browser:
        asker = Asker(hosted.address, cookie_of(browser))
        found = answered(asker, [line for line in rows() if line not in LEAVING])
    for line in LEAVING:
        with member(hosted, plan) as browser:
            found |= answered(Asker(hosted.address, cookie_of(browser)), [line])

    assert found == column(plan)


def test_a_worker_is_answered_as_the_rows_say_and_nobody_else_is_handed_work(
    hosted: Hosted,
) -> None:
    with visit(hosted.address) as browser:
        cookie = cookie_of(browser)
    askers = {
        "stranger": Asker(hosted.address),
        "guest": Asker(hosted.address, cookie),
        "other site": Asker(hosted.address, cookie, origin="https://evil.example", token=TOKEN),
        "other name": Asker(hosted.address, host="evil.example", token=TOKEN),
        "key": Asker(hosted.address, key=key_of(hosted)),
    }

    for who, asker in askers.items():
        assert answered(asker, at_work()) == column(who, at_work()), who
    assert answered(Asker(hosted.address, token=TOKEN), rows()) == column("worker")
    near = Asker(hosted.address, token=TOKEN[:-1])
    assert answered(near, at_work()) == column("stranger", at_work())


def test_who_was_signed_in_is_answered_as_the_rows_say(hosted: Hosted) -> None:
    with member(hosted, "paid") as browser:
        asker = Asker(hosted.address, cookie_of(browser))
        browser.post("/entrance/sign-out")

    assert answered(asker, rows()) == column("signed out")


def test_what_is_somebody_elses_is_answered_as_if_it_were_not_there(
    hosted: Hosted, photo: bytes
) -> None:
    with ExitStack() as browsers:
        owners = [browsers.enter_context(member(hosted, plan)) for plan in PLANS]
        owners.append(browsers.enter_context(visit(hosted.address)))
        strangers = [browsers.enter_context(member(hosted, plan)) for plan in PLANS]
        for at, owner in enumerate(owners):
            own = cut_out(owner, photo)

            assert mixed_up(own, owner, [*owners[:at], *owners[at + 1 :], *strangers]) == []
