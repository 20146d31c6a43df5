"""The program of a computer that is killed while it syncs a photo, and started again."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import psycopg

from inference.checkpoint import Checkpoint
from inference.inspector import Inspector
from storage.remote.arrivals import RemoteArrivals
from tests.computer import open_computer
from tests.ground.site import Site
from tests.hosted import PASSWORD, somebody
from tests.kept import Kept, noise

PATIENCE = 60.0
"""Seconds for what another process does."""


def test_a_photo_that_is_on_its_way_when_the_program_is_killed_arrives_once(
    site: Site, tmp_path: Path, models: Path
) -> None:
    folder, faults = tmp_path / "computer", site.gateway.faults
    with closing(Kept(made(folder / "home"))) as kept:
        kept.cut("large.png", photo=noise(14))
    user = signed_in(site, folder / "vault.json")
    faults.blow("hang", "PATCH .*upload/resumable", after=1)
    with open_computer(site.gateway, folder, models) as program:
        until(lambda: patches(site) == 2)
        program.kill()
    faults.clear_up()
    with open_computer(site.gateway, folder, models):
        inspector = Inspector(RemoteArrivals(site.door), site.blobs, Checkpoint())
        until(inspector.round)
        until(lambda: states(folder) == ["synced"])

    begun = [line for line in faults.seen if line == "POST /storage/v1/upload/resumable"]
    assert len(begun) == 1  # it went on with what was there
    with psycopg.connect(site.gateway.ground) as rows:
        query = "select name, verified from public.images where scope = %s"
        assert rows.execute(query, [user]).fetchall() == [("large.png", True)]
        [count] = rows.execute("select count(*) from public.image_outputs").fetchone() or [0]
    assert count == 1


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def signed_in(site: Site, vault: Path) -> str:
    """Let somebody who pays be signed in on the computer; return the id."""
    email = somebody()
    answer = httpx.post(
        f"{site.gateway.url}/auth/v1/signup",
        headers={"apikey": site.gateway.publishable},
        json={"email": email, "password": PASSWORD},
    ).json()
    user_id = str(answer["user"]["id"])
    with psycopg.connect(site.gateway.over) as rows:
        rows.execute("update public.profiles set plan_id = 'paid', plan_until = 'infinity'")
    kept = {"refresh": answer["refresh_token"], "user_id": user_id, "email": email}
    vault.write_text(json.dumps({f"Coveshot {site.gateway.url} s.desktop": json.dumps(kept)}))
    return user_id


def patches(site: Site) -> int:
    return sum(line.startswith("PATCH ") for line in site.gateway.faults.seen)


def states(folder: Path) -> list[str]:
    """Return how far versions are, as the computer knows it."""
    with closing(sqlite3.connect(folder / "home" / "library.sqlite")) as rows:
        return [state for (state,) in rows.execute("select state from syncs")]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not become so"
        time.sleep(0.05)
