"""What was made in a folder, a line for each photo: so a run that was killed is gone on with."""

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import IO, Self

from storage.errors import Busy, NotWritable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "coveshot-manifest.jsonl"
FAR = 0x7FFF_0000
"""The byte that Windows locks: behind all lines, because nobody could read a locked one."""


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    ALREADY = "already done"
    SKIPPED = "not a photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of a photo; sizes in pixels, upright."""

    source: str
    sha256: str | None = None
    """Of the source; None where it could not be read."""
    recipe: str
    """The key of the recipe."""
    op_key: str
    format: str
    written: str = ""
    """How, as Output.text tells it."""
    output: str | None = None
    """Below the folder of the manifest, with `/`; None where there is none."""
    output_sha256: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float = 0.0
    status: Outcome
    says: str = ""
    """Why it failed, or why it is worth a look."""
    passing: bool = False
    """Whether it failed for what has nothing to do with the photo, and may pass."""
    mended: str = ""
    """The key of the rules that it was mended by, if it was."""
    rules: str | None = None
    """The rules that it does not keep, empty for none; None where it was not measured."""
    doubt: float | None = None
    """How far it may be wrong, 0..1; from a half on it is worth a look."""


class Manifest:
    """Owns the manifest of one folder; one command at a time. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Raises NotWritable, and Busy while another command works in this folder."""
        self._folder = folder
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str], Line] = {}
        self._claimed: set[str] = set()
        self._newest: dict[str, Line] = {}
        self._written: defaultdict[str, set[str | None]] = defaultdict(set)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / FILE).open("ab+")
        except OSError as error:
            raise NotWritable(f"{folder} cannot be written: {error.strerror}.") from error
        if not _locked(self._file):
            self._file.close()
            raise Busy(
                f"Another command is writing into {folder}. Wait for it, or take another folder."
            )
        self._remember()

    def last(self, source: Path, format: str) -> Line | None:  # noqa: A002
        """Return the last cutout that was made of a source in this format."""
        return self._last.get((str(source), format))

    def outputs(self) -> Iterable[str]:
        """All paths that were ever given to a cutout here."""
        return self._written.keys()

    def intact(self, line: Line) -> bool:
        """Tell whether a cutout still is what was written."""
        if line.output is None or line.output_sha256 is None:
            return False
        return self._content(line.output) == line.output_sha256

    def may_write(self, output: str) -> bool:
        """Tell whether nothing would be lost: no file is there, or one of ours as we left it."""
        content = self._content(output)
        return content is None or content in self._written.get(output, ())

    def claim(self, outputs: Iterable[str]) -> str:
        """Return the first of some paths that nobody has, and let nobody else have it."""
        with self._lock:
            for output in outputs:
                taken = output in self._claimed or output in self._written
                if not taken and self._content(output) is None:
                    self._claimed.add(output)
                    return output
        raise NotWritable(f"There is no name left in {self._folder}.")

    def append(self, line: Line) -> None:
        """Add a line so that it survives a power cut, unless it is said again. Raises OSError."""
        with self._lock:
            if self._newest.get(line.source) == line:
                return
            self._note(line)
            self._file.write(json.dumps(asdict(line)).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._newest[line.source] = line

    def close(self) -> None:
        with suppress(OSError):  # what could not be written has been told already
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remember(self) -> None:
        self._file.seek(0)
        content = self._file.read()
        for text in content.splitlines():
            if line := _read(text):
                self._note(line)
        if content and not content.endswith(b"\n"):  # the last line of a run that was killed
            self._file.write(b"\n")

    def _note(self, line: Line) -> None:
        if line.output is not None:
            self._last[line.source, line.format] = line
            self._written[line.output].add(line.output_sha256)

    def _content(self, output: str) -> str | None:
        """Return the SHA-256 of a file, or None where there is none."""
        try:
            return sha256(self._folder / output)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return ""  # there is something, and it is none of ours


def sha256(file: Path) -> str:
    """Raises OSError."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _read(text: bytes) -> Line | None:
    """Return a line, or None for one that was cut short or is none of ours."""
    try:
        values = json.loads(text)
        line = Line(**values | {"status": Outcome(values["status"])})
    except (ValueError, TypeError, KeyError):
        return None
    plain = all(isinstance(value, str | int | float | None) for value in values.values())
    return line if plain and _stays_below(line.output) else None


def _stays_below(output: object) -> bool:
    """Tell whether a path leads nowhere else, on any system: a manifest may come from anybody."""
    path = PurePosixPath(str(output))
    return not path.is_absolute() and ".." not in path.parts and not set(str(path)) & set("\\:")


def _locked(file: IO[bytes]) -> bool:
    """Lock an open file if nobody else has. The lock ends with the file, or with the process."""
    try:
        if sys.platform == "win32":
            file.seek(FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # some network disks have no locks
    return True
