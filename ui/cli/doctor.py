"""`coveshot doctor`: is all well, and what to do where it is not."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import FAILED, opened, printable, say

if TYPE_CHECKING:
    from ui.house import House


def add_doctor(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    def doctor(
        *,
        repair: Annotated[
            bool, typer.Option("--repair", help="Set aside what belongs to nothing.")
        ] = False,
        gpu: Annotated[
            bool, typer.Option("--gpu", help="Prove that a graphics card computes, and how fast.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
    ) -> None:
        """Tell what computes, and whether all is whole."""
        with opened(open_house) as house:
            from ui.cli.examination import State, examined, proven  # noqa: PLC0415 imports NumPy

            if repair:
                _repair(house)
            checks = list(proven(house) if gpu else examined(house))
        healthy = all(check.state is not State.WRONG for check in checks)
        if as_json:
            listed = [asdict(check) for check in checks]
            typer.echo(json.dumps({"healthy": healthy, "checks": listed}, indent=2))
        else:
            for check in checks:
                typer.echo(printable(f"{check.state:5}  {check.name:8} {check.says}"))
        raise typer.Exit(0 if healthy else FAILED)


def _repair(house: "House") -> None:
    """Raises Busy."""
    from storage.doctor import repair  # noqa: PLC0415 imports the database

    trash = house.home / "trash" / time.strftime("%Y-%m-%d-%H%M%S")
    moved = repair(house.library.records, house.blobs, trash)
    say(f"Set aside in {trash}: {len(moved)}" if moved else "There was nothing to set aside.")
