"""How far a matte may be wrong, and why, as data."""

from dataclasses import dataclass

WORTH_A_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A score, 0 for none to 1; from a half on a cutout is worth a look, and `reasons` say why."""

    score: float = 0.0
    reasons: tuple[str, ...] = ()


NONE = Doubt()
