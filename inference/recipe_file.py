"""Recipes and presets as files that people share: `NAME.coveshot.toml`."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any

from inference.errors import RecipeRejected
from inference.look import SHA256
from inference.output import Output
from inference.preset import About, Preset, Rules
from inference.recipe import Recipe, made

FORM = 1
"""The form of the file; a Coveshot reads its own and all before it."""
MOST_BYTES = 64_000
PRIVATE = {"weights", "precision", "second_weights", "upscaler_weights", "strokes", "most_pixels"}
"""What a computer finds out for itself, what is painted on one photo and fits no other, and what
follows from a plan."""
SUFFIXES = (".coveshot.toml", ".toml")
PICTURE = re.compile(r"picture (.+?)((?: (?:fill|fit))?(?: [0-9.]+){0,3})")
"""An own background: a file, and how it is placed."""


def written(preset: Preset) -> str:
    """Return what differs from an untouched recipe as TOML."""
    lines, tables = _lines(preset.recipe, Recipe(), PRIVATE)
    if preset.naming:
        lines.append(_line("naming", preset.naming))
    parts = {"about": About(), "output": Output(), "rules": Rules()}
    for name, usual in parts.items():
        rows, _ = _lines(getattr(preset, name), usual)
        tables += ["", f"[{name}]", *rows] if rows else []
    return "\n".join([f"coveshot = {FORM}", *lines, *tables]) + "\n"


def _lines(part: Any, usual: Any, private: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """Return the lines of what is not usual, and those of the tables below it."""
    lines: list[str] = []
    tables: list[str] = []
    for field in fields(part):
        value, default = getattr(part, field.name), getattr(usual, field.name)
        if field.name in private or value == default:
            continue
        if is_dataclass(value):
            tables += ["", f"[{field.name}]", *_lines(value, default)[0]]
        else:
            lines.append(_line(field.name, value))
    return lines, tables


def read(file: Path, *, alone: bool = False) -> Preset:
    """Raises RecipeRejected with a sentence that names the file.

    One that stands `alone` may name no other file of this computer.
    """
    try:
        with file.open("rb") as stream:
            text = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise RecipeRejected(f"{file} cannot be read: {error.strerror}.") from error
    if len(text) > MOST_BYTES:
        raise RecipeRejected(f"{file} is no recipe: it is too long.")
    try:
        values = tomllib.loads(text.decode())
    except ValueError as error:  # tomllib's errors and those of the encoding are
        raise RecipeRejected(f"{file} is no recipe: {error}.") from error
    form = values.pop("coveshot", None)
    if type(form) is not int:
        raise RecipeRejected(f"{file} is no recipe: its first line is coveshot = {FORM}.")
    if form > FORM:
        raise RecipeRejected(f"{file} was written by a newer Coveshot. Update this one.")
    if own := PRIVATE & values.keys():
        raise RecipeRejected(f"{file}: {min(own)} is not a setting. Leave it away.")
    try:
        return _preset(file, values, alone=alone)
    except RecipeRejected as error:
        raise RecipeRejected(f"{file}: {error.says}") from error


def located(background: str, folder: Path) -> tuple[str, Path | None]:
    """Return a background with the sha256 of its picture for the name of that, and its file.

    Names are those below a folder, or whole paths. Raises RecipeRejected.
    """
    found = PICTURE.fullmatch(background.strip())
    if not found or not _names_file(background):
        return background, None
    file = folder / Path(found[1]).expanduser()
    try:
        with file.open("rb") as stream:
            sha256 = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise RecipeRejected(f"The picture {file} cannot be read: {error.strerror}.") from error
    return f"picture {sha256}{found[2]}", file


def _names_file(background: str) -> bool:
    found = PICTURE.fullmatch(background.strip())
    return found is not None and not SHA256.fullmatch(found[1])


def name_of(file: Path) -> str:
    """Return what a preset is called by its file."""
    for suffix in SUFFIXES:
        if file.name.endswith(suffix):
            return file.name.removesuffix(suffix)
    return file.stem


def _preset(file: Path, values: dict[str, Any], *, alone: bool) -> Preset:
    about = made(About, _plain(values.pop("about", {}), "about"))
    output = made(Output, _plain(values.pop("output", {}), "output"))
    rules = made(Rules, _plain(values.pop("rules", {}), "rules"))
    naming = values.pop("naming", "")
    picture = None
    background = values.get("background")
    if isinstance(background, str):
        if alone and _names_file(background):
            raise RecipeRejected(
                "its picture is a file beside it. Put both into Coveshot where they are, and "
                "download the preset there: then the picture comes along."
            )
        values["background"], picture = located(background, file.parent)
    if type(naming) is not str:
        raise RecipeRejected(f"naming cannot be {naming!r}.")
    return Preset(name_of(file), Recipe.of(values), output, about, rules, naming, picture)


def _plain(table: Any, name: str) -> Mapping[str, Any]:
    """Return the values of a table as dataclasses have them."""
    if not isinstance(table, dict):
        raise RecipeRejected(f"{name} is a table here: [{name}].")
    return {
        key: tuple(one) if isinstance(one, list) else str(one) if isinstance(one, date) else one
        for key, one in table.items()
    }


def _line(key: str, value: Any) -> str:
    # A basic string of TOML has the escapes of JSON, and an array its form (toml.io 1.0.0).
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
