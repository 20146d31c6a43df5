import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from main import build
from storage.blobs import FileBlobs
from storage.errors import Unreachable
from storage.library import TRASH_SECONDS
from storage.local import SqliteRecords
from storage.records import Swept
from tests.commands import Run
from tests.ground.parts import ROOT
from tests.ports.rows import image
from ui.cli.sweep import keep_sweeping
from ui.settings import Settings


def thrown_away(home: Path, *, ago: float) -> str:
    """Keep a photo, throw it away so many seconds ago, and return the name of its object."""
    records = SqliteRecords(home / "library.sqlite", clock=lambda: time.time() - ago)
    kept = records.keep(image())
    FileBlobs(home / "library").put(kept.path, b"pixels")
    records.trash.throw(kept.scope, [kept.id])
    records.close()
    return kept.path


@pytest.mark.parametrize(("ago", "goes"), [(TRASH_SECONDS + 60, True), (60, False)])
def test_a_sweep_empties_the_trash_of_what_is_long_in_it(
    coveshot: Run, tmp_path: Path, *, ago: float, goes: bool
) -> None:
    path = thrown_away(tmp_path / "home", ago=ago)
    result = coveshot("sweep")

    assert result.exit_code == 0
    assert f"Sweeping the library in {tmp_path / 'home'}." in result.stderr
    assert f"Removed: {int(goes)}." in result.stderr
    assert (tmp_path / "home" / "library" / path).exists() is not goes


@pytest.mark.parametrize(
    ("scope", "hours", "goes"),
    [("visit-1", 49, True), ("visit-1", 47, False), ("local", 49, False), ("visits", 49, False)],
)
def test_a_sweep_ends_visits_when_their_time_is_over_and_never_early(
    tmp_path: Path, models: Path, *, scope: str, hours: int, goes: bool
) -> None:
    house = build(Settings(home=tmp_path / "home", models=models))
    came = replace(image(scope=scope), created_at=time.time() - hours * 3600)
    kept = house.library.records.keep(came)
    house.blobs.put(kept.path, b"pixels")

    removed = house.library.sweep()
    assert removed == int(goes)
    assert house.blobs.has(kept.path) is not goes
    house.close()


def test_a_hosted_instance_is_swept_only_with_an_address_and_a_key(tmp_path: Path) -> None:
    def swept(**given: str) -> tuple[int, str]:
        known = {"PATH": os.environ["PATH"], "COVESHOT_HOME": str(tmp_path), **given}
        sweep = "from main import cli; import sys; sys.argv[1:] = ['sweep']; cli()"
        ran = subprocess.run(
            [sys.executable, "-c", sweep],
            cwd=ROOT,
            env=known,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stderr

    assert "Sweeping the library in" in swept(SUPABASE_URL="http://127.0.0.1:1")[1]
    code, said = swept(SUPABASE_SECRET_KEY="sb_secret_1")
    assert (code, "no SUPABASE_URL" in said) == (2, True)
    code, said = swept(SUPABASE_URL="http://127.0.0.1:1", SUPABASE_SECRET_KEY="sb_secret_1")
    assert (code, Unreachable().says in said) == (1, True)
    assert "Sweeping the hosted instance at http://127.0.0.1:1." in said


def test_what_is_on_this_computer_needs_no_supabase(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from main import build
from ui.settings import Settings
build(Settings(home=Path({str(tmp_path)!r}))).close()
assert not {{"supabase", "postgrest", "storage3", "supabase_auth"}} & {{*sys.modules}}
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_watch_goes_on_when_a_round_fails(capsys: pytest.CaptureFixture[str]) -> None:
    ended = Event()
    rounds: list[int] = []

    def sweep(_: Callable[[], bool]) -> Swept:
        rounds.append(1)
        if len(rounds) < 3:
            raise Unreachable
        ended.set()
        return Swept(7, 2)

    keep_sweeping(sweep, ended, pause=0)

    said = capsys.readouterr().err.splitlines()
    assert said == [Unreachable().says, "Removed: 7. Accounts deleted: 2."]


ENDED = """
import os, signal
from ui.cli.sweep import interrupted
with interrupted() as ended:
    os.kill(os.getpid(), signal.SIGTERM)
    print(ended.wait(10))
"""


def test_a_watch_is_ended_by_a_signal() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENDED], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout == "True\n"
