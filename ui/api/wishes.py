"""What a program asks for in the words of remove.bg, put into ours.

The parameters are those of remove.bg's API, version 1.0. What cannot be done here is refused, never
passed over in silence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from inference.look import Shadow
from inference.wanted import Colour, Length, Packing, Wanted

MEGAPIXELS = {
    "preview": 0.25,
    "small": 0.25,
    "regular": 0.25,
    "medium": 1.5,
    "hd": 4,
    "4k": 25,
    "full": 25,
    "auto": 50,
    "50MP": 50,
}
PREVIEW = 250_000
"""Pixels of what costs nothing."""
TYPES = ("auto", "person", "product", "car", "animal", "graphic", "transportation")
AUTO = "auto"
SHADOWS = {"none": "none", AUTO: "none", "drop": "soft", "car": "soft", "3D": "hard"}
"""Their kinds of shadows, and ours that come next to them."""
FORMATS = tuple(packing.value for packing in Packing)
NOT_HERE = {
    "type_level": "Leave it out, or send 1.",
}
"""What cannot be done here, and what to do instead."""
HARMLESS = {
    "type_level": {"none", "1", "2", "latest"},
}
"""Values that ask for what happens anyway."""
OPAQUE = 255
SCALES = (10, 100)
"""Percentages, from and to."""
WHOLE = 100
MIDDLE = (0.5, 0.5)
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|%)?")


class InvalidParameter(Exception):
    """A parameter that cannot be followed; the text says what to send instead."""


@dataclass(frozen=True, slots=True)
class Wish:
    type: str
    size: str
    solid: bool
    """Whether nothing of the subject may be seen through."""
    wanted: Wanted

    @property
    def is_preview(self) -> bool:
        return self.wanted.most_pixels == PREVIEW


def preview_of(wish: Wish) -> Wish:
    return replace(wish, size="preview", wanted=replace(wish.wanted, most_pixels=PREVIEW))


def read_wish(fields: Mapping[str, str]) -> Wish:
    """Read the parameters of a request. Raises InvalidParameter."""
    for name, instead in NOT_HERE.items():
        value = fields.get(name, "").lower()
        if value and value not in HARMLESS.get(name, set()):
            raise InvalidParameter(f"{name}={value[:40]} is not supported here. {instead}")
    size = _one_of(fields, "size", MEGAPIXELS, "preview")
    scale, position = _scale(fields.get("scale", "")), _position(fields.get("position", ""))
    if scale and "position" not in fields:
        position = MIDDLE  # as remove.bg has it
    return Wish(
        type=_one_of(fields, "type", TYPES, "auto"),
        size=size,
        solid=_one_of(fields, "semitransparency", ("true", "false"), "true") == "false",
        wanted=Wanted(
            most_pixels=int(MEGAPIXELS[size] * 1_000_000),
            packing=Packing(_one_of(fields, "format", FORMATS, "auto")),
            colour=_colour(fields.get("bg_color", "")),
            crop=_one_of(fields, "crop", ("true", "false"), "false") == "true",
            margins=_margins(fields.get("crop_margin", "")),
            region=_region(fields.get("roi", "")),
            scale=scale,
            position=position,
            shadow=_shadow(fields),
            alpha_alone=_one_of(fields, "channels", ("rgba", "alpha"), "rgba") == "alpha",
        ),
    )


def _one_of(
    fields: Mapping[str, str],
    name: str,
    allowed: "Mapping[str, object] | tuple[str, ...]",
    other: str,
) -> str:
    value = fields.get(name) or other
    known = {word.lower(): word for word in allowed}
    if value.lower() not in known:
        raise InvalidParameter(f"{name} cannot be {value[:40]!r}. Send {', '.join(allowed)}.")
    return known[value.lower()]


def _shadow(fields: Mapping[str, str]) -> Shadow:
    """Read `shadow_type`, or the older `add_shadow`, which means auto, and `shadow_opacity`."""
    added = _one_of(fields, "add_shadow", ("true", "false"), "false") == "true"
    kind = _one_of(fields, "shadow_type", SHADOWS, AUTO if added else "none")
    if kind == AUTO:  # of remove.bg, only cars get a shadow without being asked for a kind
        kind = "car" if fields.get("type", "").lower() in {"car", "transportation"} else "none"
    text = fields.get("shadow_opacity", "")
    if text and not (text.isascii() and text.isdecimal() and int(text[:4]) <= WHOLE):
        raise InvalidParameter("shadow_opacity takes a whole number from 0 to 100.")
    usual = Shadow(SHADOWS[kind])
    return replace(usual, opacity=float(text)) if text else usual


def _colour(text: str) -> Colour | None:
    """Read `81d4fa`, `#fff`, `81d4fa77`, `rgb(1, 2, 3)` or `green`; nothing means none."""
    if not text:
        return None
    hexadecimal = re.fullmatch(r"#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})", text)
    from PIL import ImageColor  # noqa: PLC0415 all of Pillow, for the names of colours

    try:
        red, green, blue, *alpha = ImageColor.getrgb(f"#{hexadecimal[1]}" if hexadecimal else text)
    except ValueError:
        raise InvalidParameter(
            f"bg_color cannot be {text[:40]!r}. Send a colour like 81d4fa, fff or green."
        ) from None
    return red, green, blue, alpha[0] if alpha else OPAQUE


def _scale(text: str) -> float | None:
    """Read `80%` or `original`, which means none."""
    match _lengths("scale", "" if text.lower() == "original" else text):
        case []:
            return None
        case [one] if one.percent and SCALES[0] <= one.value <= SCALES[1]:
            return one.value / WHOLE
    raise InvalidParameter("scale takes 10% to 100%, or original.")


def _position(text: str) -> tuple[float, float] | None:
    """Read `center`, `30%`, `30% 70%`, or `original`, which means none."""
    if text.lower() == "center":
        return MIDDLE
    match _lengths("position", "" if text.lower() == "original" else text):
        case []:
            return None
        case [Length(both, True)] if both <= WHOLE:
            return both / WHOLE, both / WHOLE
        case [Length(x, True), Length(y, True)] if max(x, y) <= WHOLE:
            return x / WHOLE, y / WHOLE
    raise InvalidParameter("position takes 0% to 100%, once or for x and y, center or original.")


def _lengths(name: str, text: str) -> list[Length]:
    found = [LENGTH.fullmatch(word) for word in text.split()]
    if not all(found):
        raise InvalidParameter(f"{name} cannot be {text[:40]!r}. Send lengths like 10px or 5%.")
    return [Length(float(word[1]), word[2] == "%") for word in found if word]


def _margins(text: str) -> tuple[Length, Length, Length, Length]:
    """Read one length for all sides, two for top and side, or four, clockwise from the top."""
    match _lengths("crop_margin", text):
        case []:
            return (Length(0),) * 4
        case [one]:
            return one, one, one, one
        case [down, across]:
            return down, across, down, across
        case [top, right, bottom, left]:
            return top, right, bottom, left
    raise InvalidParameter("crop_margin takes one, two or four lengths, such as 10px or 5% 10%.")


def _region(text: str) -> tuple[Length, Length, Length, Length] | None:
    """Read left, top, right and bottom."""
    match _lengths("roi", text):
        case []:
            return None
        case [left, top, right, bottom]:
            return left, top, right, bottom
    raise InvalidParameter("roi takes four lengths: left, top, right and bottom, as px or %.")
