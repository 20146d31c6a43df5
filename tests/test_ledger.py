"""What each line of a ledger was for, in words."""

from dataclasses import replace

import pytest

from storage.books import Line
from ui.components.ledger import note_of, what_for

HELD = Line(
    id=1,
    kind="hold",
    amount=-1,
    balance=4,
    at=0.0,
    item="isnet-fp16",
    state="captured",
    reason=None,
    monthly=False,
    kept=False,
    photo="vase.jpg",
)
CAME = replace(HELD, kind="grant", amount=5, item=None, state=None, photo=None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (HELD, "Cut out vase.jpg"),
        (replace(HELD, photo=None), "Cut out a deleted photo"),
        (replace(HELD, item="isnet-fp16 x2"), "Enlarged vase.jpg, x2"),
        (replace(HELD, kept=True), "Kept vase.jpg"),
        (replace(HELD, kind="release", amount=1), "Back: nothing was made of vase.jpg"),
        (replace(CAME, monthly=True), "Credits of the month"),
        (CAME, "Given by those who run this site"),
        (replace(CAME, reason="Sorry for yesterday"), "Sorry for yesterday"),
        (replace(CAME, kind="purchase"), "Bought"),
        (replace(CAME, kind="adjust", amount=-2), "Put right by those who run this site"),
    ],
)
def test_each_line_says_what_it_was_for(line: Line, says: str) -> None:
    assert what_for(line) == says


def test_what_is_only_held_says_so_and_names_its_model() -> None:
    assert note_of(replace(HELD, state="held")).endswith(" · is on its way")
    assert note_of(replace(HELD, item="gone-model")) == "Model: gone-model"
    assert note_of(CAME) == ""
