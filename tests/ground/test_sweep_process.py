"""`coveshot sweep` as it runs beside a hosted instance: a process of its own, over the network."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from storage.errors import Unreachable
from tests.ground.cluster import Cluster
from tests.ground.instance import Instance
from tests.ground.parts import ROOT
from tests.ground.server import move_clock
from tests.ground.site import Site
from tests.ground.test_hosted_sweep import CANARY, dump

Process = subprocess.Popen[str]


@pytest.fixture
def instance(site: Site, cluster: Cluster, tmp_path: Path) -> Iterator[Instance]:
    """What is made on it is made through the gateway."""
    ground = site.gateway.ground
    instance = Instance(ground, cluster.over(ground), tmp_path / "unused", now=time.time())
    instance.door, instance.records, instance.blobs = site.door, site.records, site.blobs
    instance.retention = site.retention
    yield instance
    instance.close()


@contextmanager
def sweeping(site: Site, *words: str) -> Iterator[Process]:
    code = "import sys; from main import cli; sys.argv[1:] = ['sweep', *sys.argv[1:]]; cli()"
    known = {
        "PATH": os.environ["PATH"],
        "SUPABASE_URL": site.gateway.url,
        "SUPABASE_SECRET_KEY": site.gateway.secret,
    }
    command = [sys.executable, "-c", code, *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=known, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def swept(site: Site) -> str:
    """What one sweep says, after it has said what it sweeps."""
    with sweeping(site) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    where, _, rest = said.partition("\n")
    assert where == f"Sweeping the hosted instance at {site.gateway.url}."
    return rest.strip()


def until(process: Process, line: str) -> None:
    """Read what a process says until it says a line."""
    assert process.stderr
    for said in process.stderr:
        if said.strip() == line:
            return
    raise AssertionError(f"It never said: {line}")


def stored(instance: Instance) -> int:
    with psycopg.connect(instance.ground) as rows:
        return int(rows.execute("select count(*) from storage.objects").fetchall()[0][0])


def test_a_result_goes_when_its_time_is_over_and_not_a_moment_before(
    site: Site, instance: Instance
) -> None:
    visited = instance.kept("visit", "a.png")
    move_clock(instance.ground, "47 hours 59 minutes")
    assert swept(site) == "Removed: 0."
    assert instance.blobs.has(visited.path)
    move_clock(instance.ground, "48 hours 15 minutes")

    assert swept(site) == "Removed: 3."
    assert instance.orphans() == set()
    assert stored(instance) == 0


def test_a_watch_sweeps_at_once_and_ends_in_good_order(site: Site, instance: Instance) -> None:
    instance.kept("visit", "a.png")
    move_clock(instance.ground, "49 hours")
    with sweeping(site, "--watch") as process:
        until(process, "Removed: 3.")
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0
    assert instance.orphans() == set()


def test_two_processes_at_once_remove_everything_once(site: Site, instance: Instance) -> None:
    for number in range(20):
        instance.kept("visit", f"{number}.png")
    move_clock(instance.ground, "49 hours")
    with sweeping(site) as one, sweeping(site) as other:
        said = [process.communicate(timeout=60)[1] for process in (one, other)]

    counts = [int(number) for text in said for number in re.findall(r"Removed: (\d+)", text)]
    assert sum(counts) == 60
    assert instance.orphans() == set()
    assert stored(instance) == 0


def test_after_a_process_that_was_killed_in_the_middle_the_next_leaves_nothing(
    site: Site, instance: Instance
) -> None:
    for number in range(70):
        instance.kept("visit", f"{number}.png")
    move_clock(instance.ground, "49 hours")
    with site.gateway.slow_removals(), sweeping(site) as process:
        wait_until(lambda: 0 < stored(instance) < 210)
        process.kill()
    assert stored(instance) > 0
    move_clock(instance.ground, "49 hours 6 minutes")
    swept(site)

    assert instance.orphans() == set()
    assert stored(instance) == 0


def wait_until(there: Callable[[], bool]) -> None:
    while not there():
        time.sleep(0.01)


def test_of_an_account_that_is_to_go_nothing_is_left(site: Site, instance: Instance) -> None:
    stays, goes = instance.signed_up(), instance.signed_up()
    kept = instance.kept(stays, "vase.png")
    instance.furnished(goes, instance.worked_on(instance.kept(goes, f"{CANARY}.png")), CANARY)
    with psycopg.connect(instance.over) as rows:
        found = rows.execute("select email from auth.users where id = %s", [goes]).fetchall()
    traces = (goes, goes.replace("-", ""), str(found[0][0]), CANARY)
    assert all(trace in dump(instance) for trace in traces[2:])
    site.door.call("erase_mark", {"p_scope": goes})
    move_clock(instance.ground, "9 minutes")

    assert swept(site) == "Removed: 5. Accounts deleted: 1."
    left = dump(instance)
    files = [path for path in site.gateway.folder.rglob("*") if path.is_file()]
    assert not [trace for trace in traces if trace in left]
    assert not [path for path in files if any(trace in str(path) for trace in traces)]
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    assert instance.blobs.get(kept.path) == b"pixels"
    assert stays in left


def test_a_watch_waits_for_a_database_that_is_gone(site: Site) -> None:
    with site.gateway.gone(), sweeping(site, "--watch") as process:
        until(process, Unreachable().says)

        assert process.poll() is None
