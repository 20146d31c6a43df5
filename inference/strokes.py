"""Strokes of a brush, as data: what is pointed at, and how much of them is taken in."""

from enum import StrEnum

MOST_BYTES = 32_000_000
"""Of a file of strokes: a scribble all over 24 megapixels has a tenth of it."""


class Spot(StrEnum):
    """What somebody points at: an opening in the subject, or a part of it that stands alone."""

    HOLE = "hole"
    ISLAND = "island"
