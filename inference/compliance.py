"""Does a finished file keep the rules of the place that it is for, and what would mend it?"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import TYPE_CHECKING

from inference.look import SUBJECT, Shadow
from inference.output import QUALITIES, SRGB, File, Format, Output
from inference.preset import MEGA, WHITE, Rules
from inference.recipe import Recipe

if TYPE_CHECKING:
    from inference.measured import Measured

PURE = 255
MOST_TURNS = 6
QUALITY_STEP, LEAST_QUALITY = 8, 40
CLOSE = 0.5
"""Percent by which a share may be missed: a pixel or two of a small picture."""
SPARE = 2.0
"""Percent by which a mended share keeps away from its bounds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one rule."""

    rule: str
    ok: bool
    says: str
    """What was found, and what is asked for."""


def findings(data: bytes, name: str, rules: Rules) -> tuple[Finding, ...]:
    """Measure the bytes of a file called `name` by rules; of each there is one finding.

    Raises PhotoRejected, OutOfMemory where it is no picture.
    """
    from inference.measured import Measured  # noqa: PLC0415 NumPy, where something is measured

    return tuple(_found(Measured.of(data), name, rules))


def broken(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return those findings that are not as they should be."""
    return tuple(one for one in found if not one.ok)


def mended(
    recipe: Recipe, output: Output, rules: Rules, found: Sequence[Finding]
) -> tuple[Recipe, Output]:
    """Return a recipe and an output that do better; the same where nothing here can help.

    Too few pixels are helped by upscaling alone, which is for people to decide, and a name by
    naming.
    """
    for one in broken(found):
        mend = MENDS.get(one.rule)
        if mend:
            recipe, output = mend(recipe, output, rules)
    return recipe, output


def mended_output(
    recipe: Recipe, output: Output, rules: Rules, found: Sequence[Finding]
) -> tuple[Recipe, Output]:
    """Mend as `mended` does what touches no pixel of the recipe."""
    return recipe, mended(recipe, output, rules, found)[1]


def left(
    recipe: Recipe,
    output: Output,
    rules: Rules,  # noqa: ARG001 as mended
    found: Sequence[Finding],  # noqa: ARG001 as mended
) -> tuple[Recipe, Output]:
    """Mend nothing."""
    return recipe, output


@dataclass(frozen=True, slots=True)
class Complied:
    """A file, what was changed for it, and how it stands by the rules."""

    file: File
    recipe: Recipe
    output: Output
    found: tuple[Finding, ...]


def complied(
    name: str,
    recipe: Recipe,
    output: Output,
    rules: Rules,
    make: Callable[[Recipe, Output], File],
    mend: "Mending" = mended,
) -> Complied:
    """Make a file, measure it, and make it anew with mends until rules hold or nothing helps.

    `name` is that of the file without its extension; `mend` may be `left` or `mended_output`, too.
    Raises what `make` raises.
    """
    for _ in range(MOST_TURNS):
        file = make(recipe, output)
        found = findings(file.data, f"{name}.{output.format.extension}", rules)
        better = mend(recipe, output, rules, found)
        if better == (recipe, output):
            return Complied(file, recipe, output, found)
        recipe, output = better
    file = make(recipe, output)
    found = findings(file.data, f"{name}.{output.format.extension}", rules)
    return Complied(file, recipe, output, found)


def _found(it: "Measured", name: str, rules: Rules) -> Iterator[Finding]:
    stem, _, suffix = name.rpartition(".")
    if rules.formats:
        yield _kind(it, suffix.lower(), rules)
    yield from _sizes(it, rules)
    if rules.ratio:
        across, down = (int(side) for side in rules.ratio.split(":"))
        # A pixel too many or too few is rounding.
        right = abs(it.width * down - it.height * across) <= max(across, down)
        yield Finding("ratio", right, f"{it.width} x {it.height}; the form is {rules.ratio}")
    yield from _ground(it, rules)
    if rules.srgb:
        yield Finding("colours", it.colours == SRGB, f"{it.colours}; srgb is asked for")
    if rules.name:
        right = re.fullmatch(rules.name, stem or name) is not None
        yield Finding("name", right, f"{stem or name}; it has to match {rules.name}")


def _kind(it: "Measured", suffix: str, rules: Rules) -> Finding:
    suffix = {"jpeg": "jpg", "tiff": "tif"}.get(suffix, suffix)
    told = it.kind if suffix == it.kind else f"{it.kind} called .{suffix}"
    right = it.kind in rules.formats and suffix == it.kind
    return Finding("format", right, f"{told}; {', '.join(rules.formats)} are taken")


def _ground(it: "Measured", rules: Rules) -> Iterator[Finding]:
    if rules.opaque:
        yield Finding("opaque", not it.transparent, "see-through" if it.transparent else "opaque")
    if rules.border:
        says = f"the darkest value at the edges is {it.darkest_border}; white is {PURE}"
        yield Finding("border", it.darkest_border == PURE, says)
    if rules.least_fill or rules.most_fill:
        most = rules.most_fill or 100.0
        right = rules.least_fill - CLOSE <= it.fill <= most + CLOSE
        fill, least, sides = f"{it.fill:.1f} %", rules.least_fill, " and ".join(it.at_edges)
        says = f"{fill}; from {least:g} to {most:g} is asked for"
        if sides:
            says = f"{fill}; from {least:g} to {most:g} is asked for; cut off at the {sides}"
        yield Finding("fill", right, says)


def _sizes(it: "Measured", rules: Rules) -> Iterator[Finding]:
    shorter, longer = sorted((it.width, it.height))
    many, heavy = it.width * it.height / MEGA, it.size / MEGA
    size = f"{it.width} x {it.height}"
    for rule, bound, right, says in (
        (
            "least_side",
            rules.least_side,
            shorter >= rules.least_side,
            f"{size}; at least {{bound}} a side",
        ),
        (
            "least_longer",
            rules.least_longer,
            longer >= rules.least_longer,
            f"{size}; at least {{bound}} on the longer side",
        ),
        (
            "most_longer",
            rules.most_longer,
            longer <= rules.most_longer,
            f"{size}; up to {{bound}} a side",
        ),
        (
            "megapixels",
            rules.most_megapixels,
            many <= rules.most_megapixels,
            f"{many:.1f} megapixels; up to {{bound}}",
        ),
        (
            "megabytes",
            rules.most_megabytes,
            heavy <= rules.most_megabytes,
            f"{heavy:.2f} MB; up to {{bound}}",
        ),
    ):
        if bound:
            yield Finding(rule, right, says.format(bound=f"{bound:g}"))


Mend = Callable[[Recipe, Output, Rules], tuple[Recipe, Output]]
Mending = Callable[[Recipe, Output, Rules, Sequence[Finding]], tuple[Recipe, Output]]


def _format(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    kind = Format(rules.formats[0])
    if recipe.transparent and not kind.has_alpha:
        recipe = replace(recipe, background=WHITE)
    return recipe, replace(output, format=kind, quality=0)


def _bytes(recipe: Recipe, output: Output, _: Rules) -> tuple[Recipe, Output]:
    if output.format not in QUALITIES:
        return recipe, replace(output, small=True)
    quality = (output.quality or QUALITIES[output.format]) - QUALITY_STEP
    return recipe, replace(output, quality=max(LEAST_QUALITY, quality))


def _white(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    recipe = replace(recipe, background=WHITE, shadow=Shadow())
    if not recipe.frame.fill:  # what stands at the edge is moved away from it
        recipe, output = _fill(recipe, output, rules)
    return recipe, output


def _opaque(recipe: Recipe, output: Output, _: Rules) -> tuple[Recipe, Output]:
    return replace(recipe, background=WHITE), output


def _fill(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    frame, most = recipe.frame, rules.most_fill or 100.0
    canvas = "" if frame.canvas == SUBJECT else frame.canvas
    if frame.size and rules.least_fill <= frame.fill <= most:
        # The share was asked for already, but the photo has too few pixels for such a canvas.
        across, down = frame.size
        shared = gcd(across, down)
        canvas = f"{across // shared}:{down // shared}"
    fill = min((rules.least_fill + most) / 2, most - SPARE) if rules.least_fill else most - SPARE
    frame = replace(frame, canvas=canvas, fill=round(fill, 1), scale=0.0)
    return replace(recipe, frame=frame), output


def _more_room(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    """Let the subject fill as little as it may: the canvas around it has more pixels then."""
    frame, least = recipe.frame, rules.least_fill + SPARE / 2
    if frame.size or frame.fill <= least or not rules.least_fill:
        return recipe, output
    return replace(recipe, frame=replace(frame, fill=least)), output


def _ratio(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    return replace(recipe, frame=replace(recipe.frame, canvas=rules.ratio)), output


def _smaller(recipe: Recipe, output: Output, rules: Rules) -> tuple[Recipe, Output]:
    """Take the largest canvas of the form that is asked for, or a square one."""
    across, down = (int(side) for side in (rules.ratio or "1:1").split(":"))
    sides = [rules.most_longer / max(across, down)] if rules.most_longer else []
    if rules.most_megapixels:
        sides.append((rules.most_megapixels * MEGA / (across * down)) ** 0.5)
    unit = min(sides)
    canvas = f"{int(across * unit)}x{int(down * unit)}"
    return replace(recipe, frame=replace(recipe.frame, canvas=canvas)), output


def _colours(recipe: Recipe, output: Output, _: Rules) -> tuple[Recipe, Output]:
    return recipe, replace(output, profile=SRGB)


MENDS: dict[str, Mend] = {
    "least_side": _more_room,
    "least_longer": _more_room,
    "format": _format,
    "most_longer": _smaller,
    "megapixels": _smaller,
    "megabytes": _bytes,
    "ratio": _ratio,
    "opaque": _opaque,
    "border": _white,
    "fill": _fill,
    "colours": _colours,
}
"""What is changed where a rule is broken."""
