"""The options that say how cutouts are to be made, for every verb that makes them."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inference.look import TRANSPARENT
from inference.output import Format, Output
from inference.preset import Preset, Rules
from inference.presets import Presets
from inference.recipe import ALL, AUTO
from inference.recipe_file import located, read
from ui.cli.console import Misused, say
from ui.cli.skus import skus_of
from ui.template import Template

if TYPE_CHECKING:
    from ui.cli.wish import Wish
    from ui.house import House

Reader = Callable[["House"], "Wish"]
"""Reads what was asked for, in a house that knows presets. Raises Misused, InferenceError."""


def with_wish(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb all options of `asked`; it is handed the answer as `wish`."""
    own = [one for one in _parameters(verb) if one.name != "wish"]

    @wraps(verb)
    def run(**given: Any) -> None:
        mine = {one.name: given.pop(one.name) for one in own}
        verb(**mine, wish=asked(**given))

    parameters = [*own, *_parameters(asked)]
    setattr(run, "__signature__", inspect.Signature(parameters))  # noqa: B010 mypy knows none
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function, eval_str=False).parameters.values())


def asked(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the cutouts.")],
    model: Annotated[str, typer.Option(help="See: coveshot models list.")] = AUTO,
    background: Annotated[
        str,
        typer.Option(
            help="transparent, white, a colour like #ff8800, linear #ffffff #dddddd 180, "
            "radial #ffffff #dddddd, sweep #ececec, blur 2.5 for the photo's own, or "
            "picture FILE."
        ),
    ] = TRANSPARENT,
    shadow: Annotated[
        str, typer.Option(help="none, soft, contact, hard, reflection or original.")
    ] = "none",
    canvas: Annotated[
        str, typer.Option(help="A size like 2000x2000, a ratio like 4:5, or subject.")
    ] = "",
    fill: Annotated[
        float, typer.Option(help="Percent of the canvas that the subject takes; 0 as it is.")
    ] = 0.0,
    align: Annotated[str, typer.Option(help="Of a filled subject: centre or bottom.")] = "centre",
    padding: Annotated[
        float, typer.Option(help="Around a canvas of the subject, in percent of it.")
    ] = 0.0,
    scale: Annotated[
        float, typer.Option(help="Of a series: the most in percent of the photo's size.")
    ] = 0.0,
    recipe_file: Annotated[
        Path | None,
        typer.Option("--recipe", help="A recipe to begin with: NAME.coveshot.toml."),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="A preset to begin with. See: coveshot presets list.")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Measure the files by the rules of the preset.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Check, and change what does not keep the rules.")
    ] = False,
    subject: Annotated[
        str, typer.Option(help='all, largest, or the part at a place: "0.5 0.25".')
    ] = ALL,
    islands: Annotated[
        float, typer.Option(help="Leave parts away below this percentage of the largest.")
    ] = 0.0,
    holes: Annotated[
        float, typer.Option(help="Close openings up to this percentage of the subject.")
    ] = 0.0,
    solid: Annotated[
        bool, typer.Option("--solid", help="Let nothing shine through the inside.")
    ] = False,
    shift: Annotated[
        float, typer.Option(help="Move edges outwards by pixels; below 0 inwards.")
    ] = 0.0,
    feather: Annotated[float, typer.Option(help="Soften edges by pixels.")] = 0.0,
    upscale: Annotated[
        int, typer.Option(help="Make cutouts 2 or 4 times as large as their photos.")
    ] = 1,
    format: Annotated[  # noqa: A002
        str, typer.Option(help="png, webp, avif, tif, jpg or psd; png if nothing is said.")
    ] = "",
    quality: Annotated[
        int, typer.Option(help="Of JPEG, WebP and AVIF, 1 to 100; 0 for the usual one.")
    ] = 0,
    dpi: Annotated[int, typer.Option(help="Dots per inch that the file tells.")] = 0,
    depth: Annotated[int, typer.Option(help="Bits a channel: 8, or 16 in PNG and TIFF.")] = 0,
    profile: Annotated[
        str, typer.Option(help="srgb, or source for the colours of the photo's own profile.")
    ] = "",
    matte: Annotated[
        bool, typer.Option("--matte", help="The alpha alone, as a grey picture.")
    ] = False,
    name: Annotated[
        str,
        typer.Option(help="Of files: {name} {preset} {width} {height} {date} {sku} {n}."),
    ] = "",
    skus: Annotated[
        Path | None, typer.Option(help="A table of file names and SKUs, as CSV.")
    ] = None,
    bare: Annotated[
        bool, typer.Option("--bare", help="The network's own edges and colours; quickest.")
    ] = False,
    small: Annotated[
        bool, typer.Option("--small", help="Spend time on the smallest files.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Photos in hand at a time.")] = 2,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep photos and cutouts in the library, too.")
    ] = False,
) -> Reader:
    def wish(house: "House") -> "Wish":
        from ui.cli.wish import Wish, check_output  # noqa: PLC0415 imports NumPy

        begun = _begun(house.fitting.presets, preset, recipe_file)
        ground, picture = located(background, Path())
        said = {
            "model": model,
            "second": "" if bare else AUTO,
            "refine": not bare,
            "decontaminate": not bare,
            "subject": subject,
            "islands": islands,
            "holes": holes,
            "solid": solid,
            "shift": shift,
            "feather": feather,
            "upscale": upscale,
            "background": ground,
            "shadow": {"kind": shadow},
            "frame": {
                "canvas": canvas,
                "fill": fill,
                "align": align,
                "padding": padding,
                "scale": scale,
            },
        }
        recipe = begun.recipe.changed(said)
        output = _output(
            begun.output,
            format=format,
            quality=quality,
            dpi=dpi,
            depth=depth,
            profile=profile,
            matte=matte,
            small=small,
        )
        if fix:
            output = _taken(output, begun.rules)
        check_output(output, recipe)
        if (check or fix) and begun.rules == Rules():
            raise Misused("There are no rules to check by. Choose one with --preset.")
        return Wish(
            recipe=recipe,
            output=output,
            out=out.absolute(),
            jobs=jobs,
            keep=keep,
            template=Template(
                name or begun.naming,
                preset=begun.name,
                date=date.today().isoformat(),  # noqa: DTZ011 that of the person's calendar
                skus=skus_of(skus) if skus else {},
            ),
            rules=begun.rules if check or fix else None,
            fix=fix,
            picture=picture or begun.picture,
        )

    return wish


def _begun(presets: Presets, name: str, file: Path | None) -> Preset:
    """Return what is begun with. Raises Misused, RecipeRejected."""
    if name and file:
        raise Misused("Use --preset or --recipe: both say what to begin with.")
    if file:
        return read(file)
    return presets.named(name) if name else Preset("")


def _taken(output: Output, rules: Rules) -> Output:
    """Return an output in a format that the rules take: files are named before they are mended."""
    if not rules.formats or output.format in rules.formats:
        return output
    say(f"Writing {rules.formats[0]}: {output.format} is not taken there.")
    return replace(output, format=Format(rules.formats[0]), quality=0)


def _output(begun: Output, **said: Any) -> Output:
    """Return an output with what was said of it; another format has its own quality."""
    changes = {name: value for name, value in said.items() if value}
    if changes.get("format", begun.format) != begun.format:
        begun = replace(begun, quality=0)
    return replace(begun, **changes)
