"""The installed program, as somebody works with it: real dialogs, real files, real ends."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from socket import create_server
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.desktop.conftest import Bundle, Running
from tests.desktop.screen import Browser, Screen, until
from ui.cli.console import FAILED, USAGE
from ui.window.alert import TITLE

pytestmark = pytest.mark.desktop

MOST_MEGABYTES = 740
LARGEST_MODULE = 1 << 21
NAMES = "[...document.querySelectorAll('.frame .name')].map((one) => one.textContent.trim())"
DONE = "document.querySelectorAll('.frame.done').length"
SECRETS = "|".join(
    (
        *("sb_secret_[A-Za-z0-9]{8}", "sk_live_[A-Za-z0-9]{8}", "service_role.{0,4}eyJ"),
        "SUPABASE_SECRET_KEY *= *[A-Za-z0-9]{8}",
    )
)
SAVED = "a vase.png"


def cutouts(home: Path) -> int:
    """How many photos are cut out; none before there is a library."""
    if not (home / "library.sqlite").exists():
        return 0
    with closing(sqlite3.connect(f"file:{home}/library.sqlite?mode=ro", uri=True)) as records:
        return int(records.execute("SELECT count(*) FROM jobs WHERE status = 'done'").fetchone()[0])


def test_photos_come_in_and_cutouts_go_out_by_the_dialogs_of_the_system(
    bundle: Bundle, vase: Path, urn: Path, tmp_path: Path
) -> None:
    saved = tmp_path / SAVED
    with bundle.started(str(vase)) as running:
        running.opened()
        until(lambda: cutouts(bundle.home) == 1)
        _open_by_dialog(bundle.screen, urn)
        until(lambda: cutouts(bundle.home) == 2)
        _save_by_dialog(bundle.screen, running, saved)
        close(bundle.screen)
        code = running.ended()

    with Image.open(saved) as cutout:
        alpha = cutout.convert("RGBA").getchannel("A")
        assert cutout.mode == "RGBA"
        assert alpha.getpixel((5, 5)) == 0
        assert alpha.getpixel((cutout.width // 2, cutout.height * 2 // 3)) == 255
    assert code == 0
    with bundle.started() as again:
        again.opened()
        names = until(lambda: again.inside.ask(NAMES))
        assert {vase.name, urn.name} <= set(names)


def _open_by_dialog(screen: Screen, file: Path) -> None:
    screen.window("Coveshot")
    screen.press("ctrl+o")
    screen.window("Open photos")
    screen.write(str(file))
    screen.press("Return")
    screen.gone("Open photos")


def _save_by_dialog(screen: Screen, running: Running, target: Path) -> None:
    screen.window("Coveshot")
    running.inside.focus("Download PNG")
    screen.press("Return")
    screen.window("Save")
    screen.press("ctrl+a")
    screen.write(str(target))
    screen.press("Return")
    until(target.exists)


def close(screen: Screen) -> None:
    screen.window("Coveshot")
    screen.press("alt+F4")


def test_a_folder_comes_in_cutouts_are_copied_and_saved_and_the_window_is_as_it_was(
    bundle: Bundle, vase: Path, urn: Path, tmp_path: Path
) -> None:
    photos, results = tmp_path / "photos of today", tmp_path / "results"
    for folder in (photos, results):
        folder.mkdir()
    shutil.copy(vase, photos)
    shutil.copy(urn, photos)
    with bundle.started() as running:
        running.opened()
        _choose_folder(bundle.screen, photos, "ctrl+shift+o")
        until(lambda: cutouts(bundle.home) == 2)
        until(lambda: running.inside.ask(DONE) == 2)
        bundle.screen.window("Coveshot")
        running.inside.focus("Copy the cutout (Ctrl+C)")  # there is something to copy
        bundle.screen.press("ctrl+c")
        copied = bundle.screen.picture()
        bundle.screen.press("e")
        running.inside.focus("Choose folder …")
        _choose_folder(bundle.screen, results, "Return")
        running.inside.focus("Write into the folder")
        bundle.screen.press("Return")
        until(lambda: len(list(results.rglob("*.png"))) == 2)
        bundle.screen.resize("Coveshot", 1000, 700)
        close(bundle.screen)
        running.ended()
    with bundle.started() as again:
        again.opened()
        size = bundle.screen.size("Coveshot")

    with Image.open(BytesIO(copied)) as cutout:
        assert (cutout.mode, cutout.getchannel("A").getpixel((5, 5))) == ("RGBA", 0)
    assert size == (1000, 700)
    remembered = json.loads((bundle.home / "window.json").read_text())
    assert remembered["photos"] == str(photos)
    assert remembered["results"] == str(results)


def _choose_folder(screen: Screen, folder: Path, key: str) -> None:
    screen.window("Coveshot")
    screen.press(key)
    screen.window("Choose folder")
    screen.press("ctrl+a")
    screen.write(str(folder))
    screen.press("Return")
    screen.gone("Choose folder")


def test_a_photo_that_has_gone_meanwhile_is_said_in_the_window(
    bundle: Bundle, tmp_path: Path
) -> None:
    with bundle.started(str(tmp_path / "gone.jpg")) as running:
        running.opened()
        until(lambda: "gone.jpg" in (running.inside.ask("document.body.innerText") or ""))


def test_a_second_start_hands_its_photos_to_the_first(
    bundle: Bundle, vase: Path, urn: Path
) -> None:
    with bundle.started(str(vase)) as first:
        first.opened()
        with bundle.started(str(urn)) as second:
            code = second.ended()
        until(lambda: cutouts(bundle.home) == 2)
        still = first.process.poll()

    assert code == 0
    assert still is None


def test_a_window_that_crashes_keeps_the_work_and_offers_the_browser(
    bundle: Bundle, vase: Path
) -> None:
    with bundle.started(str(vase)) as running:
        running.opened()
        os.kill(running.pane, signal.SIGKILL)
        bundle.screen.window(TITLE)
        bundle.screen.press("Escape")
        code = running.ended()
    said = running.said()

    assert code == FAILED
    assert "crashed. Your photos are kept." in said
    assert "coveshot web" in said
    with bundle.started() as again:
        again.opened()
        until(lambda: cutouts(bundle.home) == 1)


def test_after_a_crash_work_goes_on_in_the_browser(bundle: Bundle, vase: Path) -> None:
    with (
        Browser(bundle.home.parent / "browser") as browser,
        bundle.started(str(vase), BROWSER=browser.command) as running,
    ):
        running.opened()
        os.kill(running.pane, signal.SIGKILL)
        _agree(bundle.screen)
        names = until(lambda: browser.page.ask(NAMES))
        until(lambda: cutouts(bundle.home) == 1)
        still = running.process.poll()

    assert names == [vase.name]
    assert still is None


def test_a_library_of_the_system_that_is_not_there_is_named_and_the_browser_opened(
    bundle: Bundle, vase: Path, tmp_path: Path
) -> None:
    lacking = tmp_path / "without Qt"
    shutil.copytree(bundle.folder, lacking, symlinks=True, copy_function=linked)
    for library in lacking.rglob("libQt6WebChannel.so*"):
        library.unlink()
    without = Bundle(lacking, bundle.home, bundle.screen)
    with (
        Browser(tmp_path / "browser") as browser,
        without.started(str(vase), BROWSER=browser.command) as running,
    ):
        _agree(bundle.screen)
        names = until(lambda: browser.page.ask(NAMES))
    said = running.said()

    assert names == [vase.name]
    assert "needs libQt6WebChannel.so.6" in said
    assert "coveshot web" in said


def linked(source: str, target: str) -> None:
    """Let a file be at another place, too; a copy where that is another disk, or not ours."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _agree(screen: Screen) -> None:
    screen.window(TITLE)
    screen.press("Return")


def test_a_port_that_is_taken_is_said(bundle: Bundle) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with bundle.started("desktop", "--port", str(port)) as running:
            bundle.screen.window(TITLE)
            bundle.screen.press("Escape")
            code = running.ended()

    assert code == USAGE
    assert f"Port {port} of 127.0.0.1 cannot be had" in running.said()


def test_without_a_screen_a_sentence_and_no_window(bundle: Bundle) -> None:
    with bundle.started(DISPLAY="") as running:
        code = running.ended()

    assert code == USAGE
    assert "There is no screen" in running.said()


def test_a_home_that_cannot_be_written_is_said(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with bundle.started(COVESHOT_HOME=str(tmp_path / "file" / "home")) as running:
        bundle.screen.window(TITLE)
        bundle.screen.press("Escape")
        code = running.ended()

    assert code == USAGE
    assert "cannot be written" in running.said()


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that other users can go into: those of pytest are shut."""
    with tempfile.TemporaryDirectory(prefix="coveshot") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_it_starts_from_wherever_it_lies_and_writes_nothing_there(
    bundle: Bundle, photo: bytes, common: Path
) -> None:
    """As nobody, where the tests are root's: then its folder is another's."""
    there, own = common / "Programme für Ärzte" / "coveshot", common / "of nobody"
    there.parent.mkdir()
    own.mkdir()
    (own / "vase.jpg").write_bytes(photo)
    shutil.copytree(bundle.folder, there, symlinks=True, copy_function=linked)
    before = sorted(path for path in there.rglob("*"))
    as_nobody: tuple[str, ...] = ()
    if os.geteuid() == 0:
        as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        shutil.chown(own, 65534, 65534)
    else:
        there.chmod(0o555)
    moved = Bundle(there, own / "home", bundle.screen)
    photos = str(own / "vase.jpg")
    with moved.started(photos, before=as_nobody, HOME=str(own)) as running:
        running.opened()
        until(lambda: cutouts(moved.home) == 1)

    assert sorted(path for path in there.rglob("*")) == before


def test_it_is_no_larger_than_it_has_to_be_and_has_no_secret_in_it(built: Path) -> None:
    files = [path for path in built.rglob("*") if path.is_file() and not path.is_symlink()]
    secrets = subprocess.run(
        [
            *("grep", "-rlaE", SECRETS),
            str(built),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    names = [path.name for path in files if path.suffix in {".env", ".key", ".p12"}]

    assert sum(path.stat().st_size for path in files) < MOST_MEGABYTES * 1e6
    assert (secrets.returncode, secrets.stdout) == (1, "")
    assert names == []


def test_nothing_in_it_tells_where_it_was_built(built: Path) -> None:
    """What comes to light when it is unpacked, too: else no two builds would be the same."""
    ours = rb"(?:file://%b|%b/(?:\.venv|bundle|build|ui|inference|storage|auth|main\.py))"
    here = re.compile(ours % ((re.escape(bytes(ROOT)),) * 2))
    files = [path for path in built.rglob("*") if path.is_file() and not path.is_symlink()]
    telling = [path.name for path in files if here.search(path.read_bytes())]
    packed = [piece for piece in unpacked((built / "coveshot").read_bytes()) if here.search(piece)]
    with ZipFile(built / "_internal" / "base_library.zip") as library:
        packed += [name.encode() for name in library.namelist() if here.search(library.read(name))]

    assert (telling, packed) == ([], [])


def unpacked(program: bytes) -> Iterator[bytes]:
    """Yield what PyInstaller has compressed into the program: our code, and that of packages."""
    end = 0
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", program):
        if found.start() >= end:
            piece = memoryview(program)[found.start() : found.start() + LARGEST_MODULE]
            stream = zlib.decompressobj()
            with suppress(zlib.error):
                yield stream.decompress(piece)
                end = found.start() + len(piece) - len(stream.unused_data)
