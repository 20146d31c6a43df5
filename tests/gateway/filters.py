"""What a request to /rest/v1 asks of a table, read from its query: known words and no others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

COMPARISONS = {
    "eq": "=",
    "neq": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "like": "like",
    "ilike": "ilike",
}
STATES = {
    "null": "null",
    "not_null": "not null",
    "true": "true",
    "false": "false",
    "unknown": "unknown",
}
ELSEWHERE = {
    *("match", "imatch", "isdistinct", "fts", "plfts", "phfts", "wfts", "cs", "cd", "ov"),
    *("sl", "sr", "nxr", "nxl", "adj"),
}
"""Operators of the real one that are not here."""
RESERVED = {"select", "order", "limit", "offset", "columns", "on_conflict"}
LOGIC = {"and", "or", "not.and", "not.or"}
COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NUMBER = re.compile(r"[0-9]{1,18}")
ORDER = re.compile(rf"({COLUMN.pattern})(\.asc|\.desc)?(\.nullsfirst|\.nullslast)?")
ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",()]*)')
WAYS = {".asc": "asc", ".desc": "desc", "": "asc"}
NULLS = {".nullsfirst": " nulls first", ".nullslast": " nulls last", "": ""}


class Missing(Exception):
    """The real one may know this; the gateway does not."""


class Unreadable(Exception):
    """Nobody can know what this means."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter, such as `id=not.in.(1,2)`."""

    column: str
    operator: str
    value: str | tuple[str, ...]
    negated: bool = False

    def sql(self) -> Composed:
        name = Identifier(self.column)
        if isinstance(self.value, tuple):
            test = SQL("{} = any ({})").format(name, Literal(_array(self.value)))
        elif self.operator == "is":
            test = SQL("{} is {}").format(name, SQL(STATES[self.value]))
        else:
            sign = SQL(COMPARISONS[self.operator])
            test = SQL("{} {} {}").format(name, sign, Literal(self.value))
        return SQL("not ({})").format(test) if self.negated else test


@dataclass(frozen=True, slots=True)
class Question:
    """Columns, conditions, order and bounds. No columns are all columns."""

    columns: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    offset: int = 0
    given: tuple[str, ...] = ()
    """Columns of the rows that came along."""
    conflict: tuple[str, ...] = ()

    def chosen(self) -> Composable:
        return listed(self.columns) if self.columns else SQL("*")

    def where(self) -> Composable:
        if not self.conditions:
            return SQL("")
        tests = [condition.sql() for condition in self.conditions]
        return SQL(" where {}").format(SQL(" and ").join(tests))

    def ordered(self) -> Composable:
        if not self.order:
            return SQL("")
        terms = [SQL("{} {}").format(Identifier(name), SQL(way)) for name, way in self.order]
        return SQL(" order by {}").format(SQL(", ").join(terms))


def question(asked: Iterable[tuple[str, str]]) -> Question:
    """Raises Missing, Unreadable."""
    asked = list(asked)
    words = {name: value for name, value in asked if name in RESERVED}
    conditions = tuple(condition(name, value) for name, value in asked if name not in RESERVED)
    return Question(
        columns=_columns(words.get("select", "*")),
        conditions=conditions,
        order=tuple(_term(one) for one in words["order"].split(",")) if "order" in words else (),
        limit=_number(words["limit"]) if "limit" in words else None,
        offset=_number(words.get("offset", "0")),
        given=_names(words.get("columns", "")),
        conflict=_names(words.get("on_conflict", "")),
    )


def condition(name: str, value: str) -> Condition:
    """Raises Missing, Unreadable."""
    if name in LOGIC or not COLUMN.fullmatch(name):
        raise Missing(f"the filter {name}")
    negated = value.startswith("not.")
    operator, dot, rest = value.removeprefix("not.").partition(".")
    if operator in ELSEWHERE or re.fullmatch(r"\w+\(\w+\)", operator):
        raise Missing(f"the operator {operator}")
    if not dot or "\0" in rest:
        raise Unreadable(value)
    return Condition(name, operator, _operand(operator, rest), negated)


def _operand(operator: str, text: str) -> str | tuple[str, ...]:
    if operator == "in":
        return _elements(text)
    if operator == "is" and text.lower() in STATES:
        return text.lower()
    if operator not in COMPARISONS:
        raise Unreadable(f"{operator}.{text}")
    return text.replace("*", "%") if operator in {"like", "ilike"} else text


def listed(names: Iterable[str]) -> Composed:
    return SQL(", ").join(Identifier(name) for name in names)


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(one.strip() for one in text.split(","))
    if names == ("*",):
        return ()
    for name in names:
        if not COLUMN.fullmatch(name):
            raise Missing(f"select={text}")
    return names


def _names(text: str) -> tuple[str, ...]:
    """Names with or without quotes, as clients send them."""
    names = tuple(one.strip().strip('"') for one in text.split(",")) if text else ()
    if not all(COLUMN.fullmatch(name) for name in names):
        raise Missing(f"the columns {text}")
    return names


def _term(text: str) -> tuple[str, str]:
    if not (found := ORDER.fullmatch(text.strip())):
        raise Missing(f"order={text}")
    name, way, nulls = found.groups(default="")
    return name, WAYS[way] + NULLS[nulls]


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise Unreadable(text)
    return int(text)


def _elements(text: str) -> tuple[str, ...]:
    """The values of `(1,"two, three")`."""
    if not (text.startswith("(") and text.endswith(")")):
        raise Unreadable(text)
    inner, at, found = text[1:-1], 0, list[str]()
    if not inner:
        return ()
    while True:
        element = ELEMENT.match(inner, at)
        assert element  # it may be empty
        quoted, plain = element.groups()
        found.append(plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        at = element.end()
        if at == len(inner):
            return tuple(found)
        if inner[at] != ",":
            raise Unreadable(text)
        at += 1


def _array(values: Iterable[str]) -> str:
    """An array as Postgres writes one."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
