"""An account in the installed program, over a project that is on this computer."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import another
from tests.desktop.conftest import Bundle, Running
from tests.desktop.screen import until
from tests.desktop.test_window import NAMES, cutouts
from tests.hosted import PASSWORD, Hosted, open_hosted

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.desktop

SYNC = "document.querySelector('.who .sync')?.textContent"
KEPT = "select count(*) from public.images where verified"
ENTER = "document.querySelector('.enter')?.textContent"


@pytest.fixture
def hosted(cluster: "Cluster", tmp_path: Path, models: Path) -> Iterator[Hosted]:
    with open_hosted(cluster, made(tmp_path / "hosted"), models) as hosted:
        yield hosted


def test_a_library_is_synced_and_says_how_far_it_is(
    bundle: Bundle, hosted: Hosted, photo: bytes, tmp_path: Path
) -> None:
    """Without a place for secrets, as here, the next start knows nobody: they were in memory."""
    vase, urn = tmp_path / "vase.jpg", tmp_path / "urn.jpg"
    vase.write_bytes(photo)
    urn.write_bytes(another(photo))
    project: dict[str, Any] = {
        "SUPABASE_URL": hosted.gateway.url,
        "SUPABASE_PUBLISHABLE_KEY": hosted.gateway.publishable,
    }
    with bundle.started(str(vase), **project) as running:
        running.opened()
        until(lambda: cutouts(bundle.home) == 1)
        _sign_in(bundle, running, hosted.signed_up("paid"))
        until(lambda: hosted.count(KEPT) == 1)
        _says(running, "Synced")
        hosted.gateway.faults.blow("503", "rpc/sync_open", times=1000)
        with bundle.started(str(urn)) as second:
            assert second.ended() == 0
        _says(running, "Offline; 1 photo waits")
        hosted.gateway.faults.clear_up()
        until(lambda: hosted.count(KEPT) == 2)
        _says(running, "Synced")
    token = hosted.found("select token from auth.refresh_tokens where not revoked").encode()
    files = [path for path in bundle.home.rglob("*") if path.is_file()]
    telling = [path.name for path in files if token in path.read_bytes()]
    with bundle.started(**project) as again:
        again.opened()
        names = until(lambda: again.inside.ask(NAMES))
        entrance = until(lambda: again.inside.ask(ENTER))

    assert set(names) == {vase.name, urn.name}
    assert entrance == "Sign in"
    assert telling == []


def _sign_in(bundle: Bundle, running: Running, email: str) -> None:
    bundle.screen.window("Coveshot")
    running.inside.focus("Sign in")
    bundle.screen.press("Return")
    for name, value in (("email", email), ("password", PASSWORD)):
        running.inside.point(f".entry-form input[name={name}]")
        bundle.screen.write(value)
    bundle.screen.press("Return")


def _says(running: Running, words: str) -> None:
    until(lambda: running.inside.ask(SYNC) == words)


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
