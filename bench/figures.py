"""A figure: one number the program is held to, and the line that reports it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """The side of its bar on which a value has to be."""

    AT_LEAST = ">="
    AT_MOST = "<="


class Verdict(StrEnum):
    OK = "ok"
    MISS = "MISS"
    SKIP = "SKIP"


class Skipped(Exception):
    """What a figure needs is not on this computer; the text tells how to get it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table; a new figure is a new row and a function that returns its value."""

    name: str
    """One word; its group comes first, so that `cut` chooses `cut-u2net` and its kin."""
    unit: str
    bound: Bound
    bar: float
    measure: Callable[[], float]
    """Returns the value in `unit`. Raises Skipped."""


@dataclass(frozen=True, slots=True)
class Result:
    """A figure that was taken; without a value where it was skipped."""

    figure: Figure
    value: float | None

    @property
    def verdict(self) -> Verdict:
        if self.value is None:
            return Verdict.SKIP
        bar = self.figure.bar
        at_least = self.figure.bound is Bound.AT_LEAST
        reached = self.value >= bar if at_least else self.value <= bar
        return Verdict.OK if reached else Verdict.MISS

    @property
    def line(self) -> str:
        """`BENCH name value unit bound bar verdict`: seven words, for people and for scripts."""
        figure = self.figure
        value = "-" if self.value is None else f"{self.value:.4g}"
        return (
            f"BENCH {figure.name} {value} {figure.unit} {figure.bound} {figure.bar:g} "
            f"{self.verdict}"
        )


def report(figures: Iterable[Figure]) -> int:
    """Take and print each figure; return the exit code: 1 where any missed its bar, else 0."""
    verdicts = [_printed(figure).verdict for figure in figures]
    return 1 if Verdict.MISS in verdicts else 0


def note(text: str) -> None:
    """Print what stands behind a figure, told apart from the figures themselves."""
    print(f"  {text}", flush=True)


def _printed(figure: Figure) -> Result:
    try:
        result = Result(figure, figure.measure())
    except Skipped as skipped:
        note(f"{figure.name}: {skipped}")
        result = Result(figure, None)
    print(result.line, flush=True)
    return result
