"""What the gateway reads in the query of a request: known words, and no SQL of others."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway.filters import (
    COMPARISONS,
    ELSEWHERE,
    RESERVED,
    Missing,
    Question,
    Unreadable,
    condition,
    question,
)
from tests.gateway.statements import Target

QUOTED = re.compile(r"\s?E?'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)
WORDS = set(
    re.findall(
        r"\w+",
        "select from where and order by limit offset as answer found not any is null true false"
        " unknown to_json asc desc nulls first last public like ilike",
    )
)
LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
TEXT = st.text(st.one_of(st.sampled_from("'\"\\;-%*(){},. a"), LETTERS))
COLUMNS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True)


def sql(asked: Question) -> str:
    return Target("images", asked).select(1000).as_string(None)


FILTERS = st.tuples(
    COLUMNS,
    st.tuples(st.sampled_from(["", "not."]), st.sampled_from(sorted(COMPARISONS)), TEXT).map(
        lambda parts: f"{parts[0]}{parts[1]}.{parts[2]}"
    ),
)
LISTS = st.tuples(
    COLUMNS,
    st.lists(TEXT).map(lambda texts: "in.(" + ",".join(json.dumps(t) for t in texts) + ")"),
)
OTHERS = st.tuples(st.one_of(TEXT, st.sampled_from(sorted(RESERVED))), TEXT)
CHOSEN = st.tuples(
    st.sampled_from(["select", "order"]), st.lists(COLUMNS, min_size=1).map(",".join)
)


def assert_ours(text: str) -> None:
    """Nothing of a statement is SQL but what the gateway wrote."""
    left = QUOTED.sub("", text)
    assert re.fullmatch(r"[a-z_0-9 .,*()=<>]*", left)
    assert set(re.findall(r"[a-z_]+", left)) <= WORDS


@settings(deadline=None)
@given(st.lists(st.one_of(FILTERS, LISTS, CHOSEN), min_size=1, max_size=3))
def test_whatever_can_be_asked_nothing_of_it_is_sql(pairs: list[tuple[str, str]]) -> None:
    assert_ours(sql(question(pairs)))


@settings(deadline=None)
@given(st.lists(OTHERS, max_size=2))
def test_whatever_is_sent_is_refused_or_no_sql(pairs: list[tuple[str, str]]) -> None:
    try:
        text = sql(question(pairs))
    except (Missing, Unreadable):
        return

    assert_ours(text)


@settings(deadline=None)
@given(COLUMNS, st.sampled_from(sorted(COMPARISONS)), TEXT, st.booleans())
def test_a_value_stays_a_value(
    column: str,
    operator: str,
    value: str,
    negated: bool,  # noqa: FBT001 of the property
) -> None:
    text = sql(question([(f"{column}", f"{'not.' if negated else ''}{operator}.{value}")]))

    left = QUOTED.sub("", text)
    assert set(re.findall(r"[a-z_]+", left)) <= WORDS
    assert f'"{column}"' in text
    assert ("not (" in left) is negated


@settings(deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4))
def test_values_of_a_list_come_back_as_they_were_quoted(values: list[str]) -> None:
    quoted = ('"' + re.sub(r'(["\\])', r"\\\1", value) + '"' for value in values)

    assert condition("id", f"in.({','.join(quoted)})").value == tuple(values)


@settings(deadline=None)
@given(COLUMNS, st.text("abcdefghijklmnopqrstuvwxyz", min_size=1))
def test_an_operator_that_is_not_known_is_refused(column: str, operator: str) -> None:
    known = {*COMPARISONS, "in", "is", "not"}
    if operator in known:
        return
    with pytest.raises(Missing if operator in ELSEWHERE else Unreadable):
        condition(column, f"{operator}.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("select", "id,image_outputs(id)"),
        ("select", "other:id"),
        ("select", "id::text"),
        ("select", "recipe->>model"),
        ("or", "(id.eq.1,id.eq.2)"),
        ("recipe->>model", "eq.net"),
        ("images.id", "eq.1"),
        ("id", "eq(any).{1,2}"),
        ("id", "fts(english).vase"),
        ("order", "recipe->model.asc"),
        ("order", "id.sideways"),
        ("columns", 'a"; drop table images'),
        ("on_conflict", "a b"),
    ],
)
def test_what_only_the_real_one_knows_is_missing(name: str, value: str) -> None:
    with pytest.raises(Missing):
        question([(name, value)])


@pytest.mark.parametrize("value", ["eq", "in.1,2", 'in.("a"b)', "is.maybe", "not.1", "", "not.eq"])
def test_what_nobody_can_read_is_no_filter(value: str) -> None:
    with pytest.raises(Unreadable):
        condition("id", value)
