"""`coveshot cut`: photos and folders of photos in, files out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inference.look import TRANSPARENT
from inference.recipe import ALL, AUTO, Recipe
from inference.recipe_file import read
from ui.cli.console import GO_ON, USAGE, opened, sentences
from ui.cli.sources import find

if TYPE_CHECKING:
    from ui.house import House


def add_cut(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    def cut(
        *,
        paths: Annotated[list[Path], typer.Argument(help="Photos, and folders of photos.")],
        out: Annotated[Path, typer.Option("--out", "-o", help="The folder for the cutouts.")],
        model: Annotated[str, typer.Option(help="See: coveshot models list.")] = AUTO,
        background: Annotated[
            str,
            typer.Option(
                help="transparent, white, a colour like #ff8800, linear #ffffff #dddddd 180, "
                "radial #ffffff #dddddd, sweep #ececec, or blur 2.5 for the photo's own."
            ),
        ] = TRANSPARENT,
        shadow: Annotated[
            str, typer.Option(help="none, soft, contact, hard or reflection.")
        ] = "none",
        canvas: Annotated[
            str, typer.Option(help="A size like 2000x2000, or a ratio like 4:5.")
        ] = "",
        fill: Annotated[
            float, typer.Option(help="Percent of the canvas that the subject takes; 0 as it is.")
        ] = 0.0,
        align: Annotated[
            str, typer.Option(help="Of a filled subject: centre or bottom.")
        ] = "centre",
        recipe_file: Annotated[
            Path | None,
            typer.Option("--recipe", help="A recipe to begin with: NAME.coveshot.toml."),
        ] = None,
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
        format: Annotated[str, typer.Option(help="png, webp, avif, tif or jpg.")] = "png",  # noqa: A002
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
        as_json: Annotated[
            bool, typer.Option("--json", help="Print what became of each photo as JSON.")
        ] = False,
    ) -> None:
        """Cut photos out. What is done already is not done again."""
        with sentences(USAGE, stopped=GO_ON):
            from ui.cli.makers import Kind  # noqa: PLC0415 imports NumPy
            from ui.cli.wish import Wish, format_named, fulfil  # noqa: PLC0415

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
                "background": background,
                "shadow": {"kind": shadow},
                "frame": {"canvas": canvas, "fill": fill, "align": align},
            }
            begun = read(recipe_file) if recipe_file else Recipe()
            recipe = begun.changed(said)
            wish = Wish(
                recipe=recipe,
                kind=Kind(format_named(format, recipe), small=small),
                out=out.absolute(),
                jobs=jobs,
                keep=keep,
                as_json=as_json,
            )
            found = find(paths, wish.out)
        with opened(open_house, USAGE, stopped=GO_ON) as house:
            raise typer.Exit(fulfil(house, wish, found))
