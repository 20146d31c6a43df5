"""What a program says of a photo that it is about to send, and whether that is so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.account import Account
from inference.checkpoint import limits_of
from inference.errors import PhotoRejected, Refusal
from inference.header import check_extent, check_length
from inference.sniff import OPENED, Kind, named
from storage.records import Intake, Original


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a program says of a photo that it is about to send."""

    sha256: str
    bytes: int
    name: str
    width: int = 0
    """Pixels, as they are seen; 0 where they are not known."""
    height: int = 0
    recipe: Mapping[str, Any] | None = None
    """As Recipe.of reads it."""
    op_key: str = ""
    """The name of a recipe that was used before, instead."""
    persists: bool = False
    """Whether it is to be kept, or else there is no sense in sending it."""
    token: str = ""
    """By which the sender knows this announcement from its others."""


def checked(account: Account, said: Announced) -> Kind:
    """Look at what is said of a file, as far as words go. Raises PhotoRejected."""
    limits = limits_of(account)
    check_length(said.bytes, limits)
    if said.width and said.height:
        check_extent((said.width, said.height), limits)
    kind = named(said.name)
    if kind is None:
        raise PhotoRejected(
            f"The name of this file does not say that it is a photo. Use {OPENED}.", Refusal.TYPE
        )
    return kind


def compare(intake: Intake, original: Original) -> None:
    """Raises PhotoRejected where the bytes are not what was said of them."""
    if original.sha256 != intake.sha256:
        raise lie("The sha256 of what has come is another one.")
    kind = named(intake.name)
    if kind is None or kind.mime != original.mime:
        raise PhotoRejected(
            f"This file is called {intake.name}, and is a file of type {original.mime}. "
            "Give it the right name and announce it again.",
            Refusal.TYPE,
        )
    extent = original.width, original.height
    if intake.width and (intake.width, intake.height) != extent:
        raise lie(
            f"{intake.width} x {intake.height} pixels were announced, and {extent[0]} x "
            f"{extent[1]} have come."
        )


def lie(says: str) -> PhotoRejected:
    """Return what is raised for something else than what was announced."""
    return PhotoRejected(f"{says} Announce the photo again.", Refusal.BROKEN)
