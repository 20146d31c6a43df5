"""Functions of the database, called by name with arguments that came as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier, Literal

SIGNATURES = """
select p.proretset as many, p.prorettype = 'void'::regtype as silent,
  coalesce(p.proargnames, '{}') as names, p.pronargdefaults as defaults,
  array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, at) order by at)
    as types
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = %s
"""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    many: bool
    silent: bool
    types: Mapping[str, str]
    least: frozenset[str]
    """What has to be given."""

    def fits(self, given: Mapping[str, Any]) -> bool:
        return self.least <= given.keys() <= self.types.keys()

    def call(self, given: Mapping[str, Any], most: int) -> Composed:
        call = SQL("public.{}({})").format(
            Identifier(self.name),
            SQL(", ").join(SQL("{0} => given.{0}").format(Identifier(one)) for one in given),
        )
        bound = SQL(" limit {}").format(Literal(most)) if self.many else SQL("")
        if not given:
            return SQL("select to_json(answer) as answer from {} answer{}").format(call, bound)
        columns = SQL(", ").join(
            SQL("{} {}").format(Identifier(one), SQL(self.types[one])) for one in given
        )
        return SQL(
            "select to_json(answer) as answer"
            " from json_to_record({}::json) given({}), lateral {} answer{}"
        ).format(Literal(json.dumps(given)), columns, call, bound)


@dataclass(slots=True)
class Functions:
    """Looks signatures up once, as the real one does."""

    _known: dict[str, list[Function]] = field(default_factory=dict)

    def find(
        self, connection: Connection[DictRow], name: str, given: Mapping[str, Any]
    ) -> Function | None:
        if not (known := self._known.get(name)):
            rows = connection.execute(SIGNATURES, [name]).fetchall()
            known = self._known[name] = [_described(name, row) for row in rows]
        return next((one for one in known if one.fits(given)), None)


def _described(name: str, row: DictRow) -> Function:
    names = row["names"][: len(row["types"])]
    least = frozenset(names[: len(names) - row["defaults"]])
    types = dict(zip(names, row["types"], strict=True))
    return Function(name, row["many"], row["silent"], types, least)
