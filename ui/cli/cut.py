"""`coveshot cut`: photos and folders of photos in, files out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.asked import Reader, with_wish
from ui.cli.console import GO_ON, USAGE, opened
from ui.cli.sources import find

if TYPE_CHECKING:
    from ui.house import House


def add_cut(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    @with_wish
    def cut(
        *,
        paths: Annotated[list[Path], typer.Argument(help="Photos, and folders of photos.")],
        as_json: Annotated[
            bool, typer.Option("--json", help="Print what became of each photo as JSON.")
        ] = False,
        wish: Reader,
    ) -> None:
        """Cut photos out. What is done already is not done again."""
        with opened(open_house, USAGE, stopped=GO_ON) as house:
            from ui.cli.wish import fulfil  # noqa: PLC0415 imports NumPy

            asked = replace(wish(house), as_json=as_json)
            raise typer.Exit(fulfil(house, asked, find(paths, asked.out)))
