"""What a question becomes in SQL: one statement, whose rows are the answer as JSON."""

import json
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from tests.gateway.filters import Missing, Question, Unreadable, listed

KEYS = """
select coalesce(array_agg(a.attname order by a.attname), '{}') as names
from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indrelid = to_regclass(%s) and i.indisprimary
"""
"""The columns by which rows of a table are told apart."""


@dataclass(frozen=True, slots=True)
class Target:
    table: str
    question: Question

    @property
    def name(self) -> Composed:
        return SQL("public.{}").format(Identifier(self.table))

    def select(self, most: int) -> Composed:
        asked = self.question
        limit = most if asked.limit is None else min(asked.limit, most)
        return SQL(
            "select to_json(found) as answer from (select {} from {}{}{} limit {} offset {}) found"
        ).format(
            asked.chosen(),
            self.name,
            asked.where(),
            asked.ordered(),
            Literal(limit),
            Literal(asked.offset),
        )

    def count(self) -> Composed:
        return SQL("select count(*) as number from {}{}").format(self.name, self.question.where())

    def insert(self, body: Any, conflict: str, keys: list[str], *, shown: bool) -> Composed:
        """`conflict` is `merge-duplicates`, `ignore-duplicates`, or nothing."""
        rows = _rows(body)
        names = self.question.given or tuple(sorted({name for row in rows for name in row}))
        if not rows or not names:
            raise Missing("an insert of nothing")
        return self._changed(
            SQL("insert into {0} ({1}) select {1} from json_populate_recordset(null::{0}, {2}){3}"),
            listed(names),
            Literal(json.dumps(rows)),
            self._conflict(conflict, names, keys),
            shown=shown,
            fresh=bool(conflict),
        )

    def update(self, body: Any, *, shown: bool) -> Composed:
        if not isinstance(body, dict) or not body:
            raise Missing("a change of nothing")
        self._unbounded()
        return self._changed(
            SQL(
                "update {0} set ({1}) = (select {1}"
                " from json_populate_record(null::{0}, {2}::json)){3}"
            ),
            listed(body),
            Literal(json.dumps(body)),
            self.question.where(),
            shown=shown,
        )

    def delete(self, *, shown: bool) -> Composed:
        self._unbounded()
        return self._changed(SQL("delete from {0}{1}"), self.question.where(), shown=shown)

    def _unbounded(self) -> None:
        """A change within bounds is not here."""
        if self.question.limit is not None or self.question.offset or self.question.order:
            raise Missing("a change with order or limit")

    def _changed(self, form: SQL, *parts: Composable, shown: bool, fresh: bool = False) -> Composed:
        change = form.format(self.name, *parts)
        if not shown:
            return change
        new = SQL(", xmax = 0 as coveshot_new") if fresh else SQL("")
        asked = self.question
        columns = listed(asked.columns) if asked.columns else SQL("{}.*").format(self.name)
        return SQL(
            "with changed as ({} returning {}{}) select to_jsonb(changed) as answer from changed"
        ).format(change, columns, new)

    def _conflict(self, kind: str, names: tuple[str, ...], keys: list[str]) -> Composable:
        if not kind:
            return SQL("")
        target = listed(self.question.conflict or keys)
        if kind == "ignore-duplicates":
            return SQL(" on conflict ({}) do nothing").format(target)
        same = [SQL("{0} = excluded.{0}").format(Identifier(name)) for name in names]
        return SQL(" on conflict ({}) do update set {}").format(target, SQL(", ").join(same))


def _rows(body: Any) -> list[dict[str, Any]]:
    rows = body if isinstance(body, list) else [body]
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("All object keys must match")
    return rows
