"""The command line: one verb for each face of the program."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import heed_ctrl_c
from ui.cli.credits import Till, add_credits
from ui.cli.cut import add_cut
from ui.cli.desktop import add_desktop
from ui.cli.doctor import add_doctor
from ui.cli.export import add_export
from ui.cli.keys import add_keys
from ui.cli.models import add_models
from ui.cli.presets import add_check, add_presets
from ui.cli.remote import add_remote
from ui.cli.sweep import Broom, add_sweep, broom_of
from ui.cli.version import version
from ui.cli.watch import add_watch
from ui.cli.web import add_web
from ui.cli.worker import Crew, add_worker

if TYPE_CHECKING:
    from ui.house import House


def program(
    open_house: "Callable[[], House]",
    is_hosted: Callable[[], bool] = lambda: False,
    open_broom: Callable[[], Broom] | None = None,
    open_till: Callable[[], Till] | None = None,
    open_crew: Callable[[], Crew] | None = None,
    find_home: Callable[[], Path] | None = None,
) -> typer.Typer:
    """Assemble the verbs; a house is only opened by a verb that needs it.

    What is swept is the library of the house, unless there is something else to sweep. Credits are
    given where there is a till. A server elsewhere is asked with keys that are kept in a home.
    """
    app = typer.Typer(
        name="coveshot",
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
    )

    @app.callback(invoke_without_command=True)
    def coveshot(
        context: typer.Context,
        *,
        show_version: Annotated[
            bool, typer.Option("--version", is_eager=True, help="Print the version and end.")
        ] = False,
    ) -> None:
        """Cut photos out on your own computer."""
        heed_ctrl_c()
        if show_version:
            typer.echo(f"coveshot {version()}")
            raise typer.Exit
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    add_web(app, open_house, is_hosted)
    if find_home:
        add_desktop(app, open_house, find_home)
        add_remote(app, find_home)
    add_cut(app, open_house)
    add_watch(app, open_house)
    add_export(app, open_house)
    add_presets(app, open_house)
    add_check(app, open_house)
    add_models(app, open_house)
    add_doctor(app, open_house)
    add_keys(app, open_house)
    add_sweep(app, open_broom or (lambda: broom_of(open_house())))
    if open_till:
        add_credits(app, open_till)
    if open_crew:
        add_worker(app, open_crew)
    return app
