"""A batch that is stopped in the middle: nothing half there, and the next run goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import ROOT
from ui.cli.console import GO_ON, INTERRUPTED

PHOTOS = 9
"""More than are in hand until a signal comes, on a quick machine, too."""


@pytest.fixture
def photos(tmp_path: Path, photo: bytes) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        (folder / f"{number}.jpg").write_bytes(photo)
    return folder


def started(photos: Path, home: Path, models: Path) -> subprocess.Popen[str]:
    # Where the tests run in the background, the shell has made them deaf to Ctrl-C, and a child
    # inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "main.py", "cut", photos, "-o", photos.with_name("out")],
        cwd=ROOT,
        env=os.environ | {"COVESHOT_HOME": str(home), "COVESHOT_MODELS": str(models)},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")
@pytest.mark.parametrize(
    ("sent", "code", "says"),
    [(signal.SIGINT, INTERRUPTED, GO_ON), (signal.SIGKILL, -signal.SIGKILL, "")],
)
def test_a_stopped_batch_has_no_half_file_and_is_gone_on_with(
    tmp_path: Path, models: Path, photos: Path, *, sent: int, code: int, says: str
) -> None:
    out = tmp_path / "out"
    with started(photos, tmp_path / "home", models) as first:
        assert first.stderr
        assert first.stderr.readline().startswith(f"[1/{PHOTOS}] 0.jpg")
        first.send_signal(sent)
        last_words = first.stderr.read()
    done = sorted(path.name for path in out.glob("*.png"))
    for name in done:
        Image.open(out / name).load()
    with started(photos, tmp_path / "home", models) as second:
        assert second.stderr
        summary = second.stderr.read()

    assert first.returncode == code
    assert says in last_words
    assert "Traceback" not in last_words
    assert 1 <= len(done) < PHOTOS
    assert second.returncode == 0
    assert f"{PHOTOS - len(done)} photos cut out, {len(done)} already done" in summary
    assert {path.name for path in out.glob("*.png")} == {f"{n}.png" for n in range(PHOTOS)}
