"""`coveshot presets` and `coveshot check`: what files are made for, and whether they fit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inference.errors import PhotoRejected
from inference.preset import Rules
from ui.cli.console import FAILED, USAGE, Misused, opened, say

if TYPE_CHECKING:
    from inference.compliance import Finding
    from ui.house import House

MOST_BYTES = 500_000_000


def add_presets(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    group = typer.Typer(help="What files are made for.", no_args_is_help=True)
    app.add_typer(group, name="presets")

    @group.command("list")
    def show_all() -> None:
        """List the presets there are, and when their rules were looked up."""
        with opened(open_house) as house:
            presets, troubles = house.fitting.presets.read()
            for one in presets:
                about = one.about
                where = "its own pages" if about.verified else "pages of others"
                told = f"{about.checked}, {where}" if about.checked else "our own"
                typer.echo(f"{one.name:18} {one.title:28} {told}")
            for says in troubles:
                say(says)

    @group.command()
    def edit(
        name: Annotated[str, typer.Argument(help="See: coveshot presets list.")],
    ) -> None:
        """Copy a preset to your own ones and say where it is; yours go before ours."""
        with opened(open_house) as house:
            try:
                typer.echo(house.fitting.presets.adopt(name))
            except OSError as error:
                raise Misused(
                    f"{house.fitting.presets.own} cannot be written: {error.strerror}."
                ) from error


def add_check(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    def check(
        *,
        files: Annotated[list[Path], typer.Argument(help="Finished pictures.")],
        preset: Annotated[str, typer.Option(help="Whose rules. See: coveshot presets list.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False,
    ) -> None:
        """Measure finished pictures by the rules of a preset."""
        with opened(open_house, USAGE) as house:
            from inference.compliance import broken, findings  # noqa: PLC0415 imports NumPy

            rules = house.fitting.presets.named(preset).rules
            if rules == Rules():
                raise Misused(f"{preset} has no rules: it is a look, and any file keeps it.")
            told = {}
            for file in files:
                try:
                    told[str(file)] = findings(_read(file), file.name, rules)
                except PhotoRejected as error:
                    raise Misused(f"{file}: {error.says}") from error
        if as_json:
            rows = {name: [asdict(one) for one in found] for name, found in told.items()}
            typer.echo(json.dumps(rows, indent=2))
        else:
            for name, found in told.items():
                _tell(name, found)
        if any(broken(found) for found in told.values()):
            raise typer.Exit(FAILED)


def _tell(name: str, found: "Sequence[Finding]") -> None:
    wrong = sum(not one.ok for one in found)
    rules = "1 rule" if wrong == 1 else f"{wrong} rules"
    say(f"{name} {f'breaks {rules}' if wrong else 'keeps the rules'}:")
    for one in found:
        say(f"  {'ok   ' if one.ok else 'wrong'} {one.rule}: {one.says}")


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Misused(f"{file} is too large to be checked.")
        return file.read_bytes()
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
