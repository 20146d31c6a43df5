"""Recipes as files that people share: `NAME.coveshot.toml`."""

import json
import tomllib
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from inference.errors import RecipeRejected
from inference.recipe import Recipe

FORM = 1
"""The form of the file; a Coveshot reads its own and all before it."""
MOST_BYTES = 64_000
PRIVATE = {"weights", "precision", "second_weights"}
"""What a computer finds out for itself."""


def written(recipe: Recipe) -> str:
    """Return what differs from an untouched recipe as TOML."""
    usual, values = asdict(Recipe()), asdict(recipe)
    lines = [f"coveshot = {FORM}"]
    tables: list[str] = []
    for field in fields(Recipe):
        value = values[field.name]
        if field.name in PRIVATE or value == usual[field.name]:
            continue
        if is_dataclass(field.default):
            rows = {key: it for key, it in value.items() if it != usual[field.name][key]}
            tables += ["", f"[{field.name}]", *(_line(key, it) for key, it in rows.items())]
        else:
            lines.append(_line(field.name, value))
    return "\n".join([*lines, *tables]) + "\n"


def read(file: Path) -> Recipe:
    """Raises RecipeRejected with a sentence that names the file."""
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
        return Recipe.of(values)
    except RecipeRejected as error:
        raise RecipeRejected(f"{file}: {error.says}") from error


def _line(key: str, value: Any) -> str:
    # A basic string of TOML has the escapes of JSON (toml.io 1.0.0, "String").
    return f"{key} = {json.dumps(value)}"
