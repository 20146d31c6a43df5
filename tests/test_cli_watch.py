"""`coveshot watch`, the real program: what it prints is what the tests wait for."""

import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from storage.errors import Busy
from tests.commands import Run, another
from tests.conftest import ROOT
from ui.cli.console import USAGE
from ui.cli.manifest import FILE, Manifest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
PATIENCE = 60.0
TIDYING = """
import signal, weakref
from main import cli

class Thing: pass

def tidy(*_):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))
    del thing

signal.signal(signal.SIGUSR1, tidy)
cli()
"""


class Watch:
    """A running watch and what it has said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def hears(self, text: str) -> str:
        """Return the next line that has a text in it."""
        heard = []
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            heard.append(line)
            if text in line:
                return line
        raise AssertionError(f"It ended without {text!r}: {heard}")

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, list[str]]:
        """Return the code that it ended with, and what it said before."""
        self._process.send_signal(sent)
        code = self._process.wait(PATIENCE)
        return code, [
            line for line in iter(lambda: self._lines.get(timeout=PATIENCE), None) if line
        ]

    def _listen(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


Starts = Callable[..., Watch]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def starts(tmp_path: Path, models: Path, folder: Path, out: Path) -> Iterator[Starts]:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a child inherits deafness
    begun: list[subprocess.Popen[str]] = []

    def start(*words: str, script: Sequence[str] = ("main.py",)) -> Watch:
        process = subprocess.Popen(
            [sys.executable, *script, "watch", folder, "-o", out, "--settle", "0.1", *words],
            cwd=ROOT,
            env=os.environ
            | {"COVESHOT_HOME": str(tmp_path / "home"), "COVESHOT_MODELS": str(models)},
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        watch = Watch(process)
        watch.hears("Watching")
        return watch

    yield start
    for process in begun:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


@contextmanager
def full_disk(watch: Watch) -> Iterator[None]:
    before = resource.prlimit(watch.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(watch.pid, resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.prlimit(watch.pid, resource.RLIMIT_FSIZE, before)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def manifest(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / FILE).read_text().splitlines()]


def names(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))


def test_what_comes_in_is_cut_out_once_across_restarts(
    starts: Starts, folder: Path, out: Path, photo: bytes
) -> None:
    (folder / "before.jpg").write_bytes(photo)
    watch = starts()
    watch.hears("before.jpg: before.png, ")
    (folder / "shoes").mkdir()
    (folder / "shoes" / "before.jpg").write_bytes(another(photo))
    (folder / "prices.txt").write_text("12.50")
    watch.hears("shoes/before.jpg: shoes/before.png, ")
    code, last_words = watch.stop()
    second = starts()
    (folder / "new.jpg").write_bytes(photo)
    second.hears("new.jpg: new.png, ")
    _, after = second.stop(signal.SIGINT)

    assert code == 0
    assert last_words == [f"Stopped. Cut out: 2. They are in {out}."]
    assert after == [f"Stopped. Cut out: 1. They are in {out}."]
    assert names(out) == ["before.png", "new.png", "shoes/before.png"]
    assert [line["status"] for line in manifest(out)].count("done") == 3
    assert sorted(path.name for path in folder.rglob("*.*")) == [
        *("before.jpg", "before.jpg", "new.jpg", "prices.txt")
    ]


def test_a_burst_is_cut_out_whole_and_a_kill_in_its_midst_costs_nothing(
    starts: Starts, folder: Path, out: Path, photo: bytes
) -> None:
    count = 20
    watch = starts("--bare")
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(photo)
    watch.hears(".png, ")
    assert watch.stop(signal.SIGKILL)[0] == -signal.SIGKILL
    second = starts("--bare")
    until(lambda: len(names(out)) == count)
    code, _ = second.stop()

    assert code == 0
    for name in names(out):
        with Image.open(out / name) as cutout:
            cutout.load()
    last = {line["source"]: line["output"] for line in manifest(out)}
    assert len(set(last.values())) == count


def test_a_broken_file_is_a_sentence_and_is_tried_again_when_it_is_replaced(
    starts: Starts, folder: Path, photo: bytes
) -> None:
    watch = starts()
    (folder / "a.jpg").write_bytes(photo[: len(photo) // 2])
    says = watch.hears("a.jpg: ")
    (folder / "b.jpg").write_bytes(photo)
    watch.hears("b.jpg: b.png, ")
    (folder / "a.jpg").write_bytes(photo)
    watch.hears("a.jpg: a.png, ")
    code, _ = watch.stop()

    assert code == 0
    assert says.endswith(".")


def test_a_full_disk_is_waited_out(starts: Starts, folder: Path, out: Path, photo: bytes) -> None:
    watch = starts()
    with full_disk(watch):
        (folder / "a.jpg").write_bytes(photo)
        watch.hears(f"The disk of {out} is full. Make room")
        assert names(out) == []
    watch.hears("a.jpg: a.png, ")
    watch.stop()

    with Image.open(out / "a.png") as cutout:
        cutout.load()


def test_another_command_that_writes_meanwhile_is_waited_for(
    starts: Starts, folder: Path, out: Path, photo: bytes
) -> None:
    def taken() -> bool:
        with suppress(Busy):
            other.enter_context(Manifest(out))
            return True
        return False

    watch = starts()
    with ExitStack() as other:
        with full_disk(watch):
            (folder / "a.jpg").write_bytes(photo)
            watch.hears(f"The disk of {out} is full. Make room")
            until(taken)
        watch.hears(f"Another command is writing into {out}.")
    watch.hears("a.jpg: a.png, ")
    code, _ = watch.stop()

    assert code == 0


def test_what_is_no_fault_of_a_photo_is_tried_again(
    starts: Starts, folder: Path, out: Path, photo: bytes, tmp_path: Path
) -> None:
    library, away = tmp_path / "home" / "library", tmp_path / "away"
    watch = starts("--keep")
    if library.exists():
        library.rename(away)
    library.write_text("no folder")
    (folder / "a.jpg").write_bytes(photo)
    says = watch.hears("a.jpg: ")
    library.unlink()
    if away.exists():
        away.rename(library)
    watch.hears("a.jpg: a.png, ")
    _, last_words = watch.stop()

    assert says.endswith(". It will be tried again.")
    assert last_words == [f"Stopped. Cut out: 1. They are in {out}."]


def test_it_ends_where_python_drops_what_a_signal_raises(starts: Starts, out: Path) -> None:
    watch = starts(script=("-c", TIDYING))
    code, last_words = watch.stop(signal.SIGUSR1)

    assert code == 0
    assert last_words == [f"Stopped. Cut out: 0. They are in {out}."]


def test_a_folder_that_vanishes_is_waited_for(
    starts: Starts, folder: Path, out: Path, photo: bytes
) -> None:
    away = folder.with_name("away")
    watch = starts()
    (folder / "a.jpg").write_bytes(photo)
    watch.hears("a.jpg: a.png, ")
    folder.rename(away)
    watch.hears(f"{folder} is not there any more. The watch goes on")
    away.rename(folder)
    watch.hears("Going on.")
    out.rename(away)
    (folder / "b.jpg").write_bytes(photo)
    watch.hears(f"{out} is not there any more. The watch goes on")
    assert not out.exists()
    away.rename(out)
    watch.hears("b.jpg: b.png, ")
    watch.stop()

    assert names(out) == ["a.png", "b.png"]


def test_names_by_day_and_sku_come_from_the_template_and_stay(
    starts: Starts, folder: Path, out: Path, photo: bytes, tmp_path: Path
) -> None:
    table = tmp_path / "skus.csv"
    table.write_text("a.jpg,SH-1\n")
    words = ("--skus", str(table), "--name", "{sku} {date}")
    watch = starts(*words)
    (folder / "a.jpg").write_bytes(photo)
    (folder / "b.jpg").write_bytes(photo)
    watch.hears("b.jpg: The table of SKUs has no row for it.")
    until(lambda: len(names(out)) == 1)
    watch.stop()
    second = starts("--skus", str(table), "--name", "{sku}")
    second.hears("b.jpg: The table of SKUs has no row for it.")
    second.stop()

    assert len(names(out)) == 1
    assert names(out)[0].startswith("SH-1 20")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "There is no folder nowhere."),
        ([".", "--name", "{n}"], "{n} counts the photos of one run"),
        ([".", "--preset", "nothing"], "nothing"),
    ],
)
def test_what_cannot_be_watched_is_said_before_anything_is_done(
    coveshot: Run, out: Path, words: list[str], says: str
) -> None:
    result = coveshot("watch", *words, "-o", out)

    assert result.exit_code == USAGE
    assert says in result.stderr
    assert not out.exists()
