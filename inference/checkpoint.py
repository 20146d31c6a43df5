"""The one way in for files of strangers: looked at by a scanner, then read by a reader."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auth.account import Account
from inference.errors import PhotoRejected, Refusal
from inference.header import LOCAL_LIMITS, Header, Limits, extent
from inference.reader import Here, Reader
from inference.recipe import Recipe
from inference.scan import NoScanner, Scanner
from inference.upscalers import check_enlarged
from storage.audit import Audit, NoAudit
from storage.records import Original

if TYPE_CHECKING:
    from inference.photo import Photo

HARMFUL = "This file carries something harmful. It was not kept."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is rejected here is to be removed by whoever holds the file."""

    reader: Reader = field(default_factory=Here)
    scanner: Scanner = field(default_factory=NoScanner)
    audit: Audit = field(default_factory=NoAudit)

    def admit(self, account: Account, file: Path) -> None:
        """Have a file looked at that has just come in. Raises PhotoRejected, NotScanned."""
        verdict = self.scanner.scan(file)
        if verdict.infection:
            found = verdict.infection
            size = file.stat().st_size
            self.audit.note("file.infected", account.scope, {"infection": found, "bytes": size})
            raise PhotoRejected(HARMFUL, Refusal.BROKEN)

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        """Look at a header. Raises PhotoRejected, OutOfMemory."""
        return self.reader.inspect(source, limits)

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> "Photo":
        """Check and decode a file. Raises PhotoRejected, OutOfMemory."""
        return self.reader.open(data, limits, deep=deep)

    def close(self) -> None:
        self.reader.close()


def limits_of(account: Account) -> Limits:
    """Return what is taken in from an account."""
    plan = account.plan
    return Limits(max_bytes=plan.max_bytes, max_pixels=plan.max_pixels, max_side=plan.max_side)


def fitted(recipe: Recipe, account: Account, size: tuple[int, int]) -> Recipe:
    """Return a recipe for a photo of (width, height), as the plan of an account has it made.

    What a recipe is bound to already it stays bound to, so that a plan that allows more changes
    nothing that was made before. A photo that is no larger leaves no trace of a bound.
    Raises RecipeRejected where it would be too large enlarged.
    """
    bounds = [bound for bound in (recipe.most_pixels, account.plan.processed_pixels) if bound]
    most = min(bounds, default=0)
    if size[0] * size[1] <= most:
        most = 0
    check_enlarged(*extent(size, most), recipe.upscale)
    return recipe if most == recipe.most_pixels else replace(recipe, most_pixels=most)


def original_of(file: Path, header: Header) -> Original:
    """Return what is to be kept of a file."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Original(
        sha256=sha256,
        mime=header.mime,
        extension=header.extension,
        width=header.width,
        height=header.height,
        bytes=file.stat().st_size,
    )
