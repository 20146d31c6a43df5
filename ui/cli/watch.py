"""`coveshot watch`: what comes into a folder is cut out, until somebody stops it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.asked import Reader, with_wish
from ui.cli.console import USAGE, Misused, opened

if TYPE_CHECKING:
    from ui.house import House


def add_watch(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    @with_wish
    def watch(
        *,
        folder: Annotated[Path, typer.Argument(help="The folder that photos come into.")],
        settle: Annotated[
            float,
            typer.Option(min=0.0, help="Seconds for which a file has to stay as it is."),
        ] = 2.0,
        wish: Reader,
    ) -> None:
        """Cut out what comes into a folder, until Ctrl-C. What is done is not done again."""
        with opened(open_house, USAGE) as house:
            from ui.cli.vigil import Vigil  # noqa: PLC0415 imports NumPy

            asked = wish(house)
            if not folder.is_dir():
                raise Misused(f"There is no folder {folder}.")
            if "{n}" in asked.template.text:
                raise Misused("{n} counts the photos of one run, and this one has no end.")
            absolute = Path(os.path.abspath(folder))  # noqa: PTH100 resolve() would follow links
            Vigil(house, asked, absolute, settle).keep()
