"""The way to rules that live in a database elsewhere: functions called by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from storage.errors import (
    Gone,
    IllegalMove,
    NotAllowed,
    NotFound,
    OutOfCredits,
    QuotaExceeded,
    StorageError,
    TooMany,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")
REFUSALS: dict[str, type[StorageError]] = {
    "PT402": OutOfCredits,
    "PT403": NotAllowed,
    "PT404": NotFound,
    "PT409": IllegalMove,
    "PT410": Gone,
    "PT413": QuotaExceeded,
    "PT422": NotAllowed,
    "PT429": TooMany,
}
"""What the rules refuse, by SQLSTATE."""
NO_ID = "22P02"
"""A text that is no id names nothing that could be here."""
OBJECTS_AT_ONCE = 10_000


class Door(Protocol):
    """Calls a function of the database as the server; each call is one transaction."""

    def call(self, function: str, arguments: Mapping[str, object]) -> Any:
        """Return the answer as JSON has it; a list of them where the function returns many.

        Raises what `refusal` makes of an error.
        """
        ...

    def close(self) -> None: ...


def refusal(code: str, says: str) -> StorageError | None:
    """Return what an error of a rule means to a person; None where it is none of ours."""
    if code == NO_ID:
        return NotFound()
    kind = REFUSALS.get(code)
    return kind(says) if kind else None


def made(kind: type[Row], answer: Any) -> Row:
    """Make a row of an answer, which may have more than this program knows of."""
    return kind(**{name: answer[name] for name in _names(kind)})


def made_all(kind: type[Row], answers: Iterable[Any]) -> list[Row]:
    return [made(kind, answer) for answer in answers]


def made_or_none(kind: type[Row], answer: Any) -> Row | None:
    return None if answer is None else made(kind, answer)


def names(door: Door, scope: str | None = None) -> Iterator[str]:
    """Yield the names of objects that rows speak of: of all, or of one owner."""
    after = ""
    given = {"p_most": OBJECTS_AT_ONCE, "p_scope": scope}
    while page := door.call("library_objects", {**given, "p_after": after}):
        yield from page
        after = page[-1]


@cache
def _names(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
