"""What a batch says at its end."""

from dataclasses import replace
from pathlib import Path

from ui.cli.batch import Report
from ui.cli.console import AGAIN
from ui.cli.manifest import Line, Outcome
from ui.cli.plan import Task
from ui.cli.report import summary
from ui.cli.sources import Source


def cut(number: int, doubt: float) -> Line:
    return Line(
        source=f"{number}.jpg",
        recipe="r",
        op_key="cut",
        format="png",
        output=f"{number}.png",
        status=Outcome.DONE,
        says=f"Reason {number}." if doubt >= 0.5 else "",
        doubt=doubt,
    )


def said(lines: list[Line]) -> str:
    tasks = [
        Task(Source(Path(line.source)), str(line.output), str(line.output), None) for line in lines
    ]
    return "\n".join(summary(Report(lines=lines), tasks, [], Path("out")))


def test_what_is_worth_a_look_is_told_the_most_doubtful_first() -> None:
    text = said([cut(1, 0.6), cut(2, 0.1), cut(3, 0.9)])

    assert "2 photos are worth a look:\n  3.png: Reason 3.\n  1.png: Reason 1.\n" in text
    assert "2.png" not in text


def test_many_doubtful_photos_are_not_all_listed() -> None:
    text = said([cut(number, 0.7) for number in range(9)])

    assert text.count("Reason") == 5
    assert "... and 4 more; the manifest has them all." in text


def test_nothing_doubtful_is_not_spoken_of() -> None:
    assert "worth" not in said([cut(1, 0.2)])


def test_what_may_pass_is_to_be_tried_again() -> None:
    failed = replace(cut(1, 0.0), output=None, status=Outcome.FAILED, says="The disk was lost.")

    assert AGAIN not in said([failed])
    assert said([replace(failed, passing=True)]).endswith(AGAIN)
