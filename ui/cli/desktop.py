"""`coveshot desktop`: the page in a window of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inference.errors import InferenceError
from storage.blobs import in_sentences
from storage.errors import StorageError
from ui.cli.console import FAILED, USAGE, Misused, sentences

if TYPE_CHECKING:
    from ui.house import House


def add_desktop(
    app: typer.Typer, open_house: "Callable[[], House]", find_home: Callable[[], Path]
) -> None:
    @app.command()
    def desktop(
        *,
        paths: Annotated[
            list[Path] | None, typer.Argument(help="Photos, and folders of photos, to open.")
        ] = None,
        port: Annotated[
            int, typer.Option(min=0, max=65535, help="Of this computer; 0 takes one that is free.")
        ] = 0,
    ) -> None:
        """Open the window."""
        from ui.window.faults import NO_SCREEN, has_screen  # noqa: PLC0415 for this verb alone
        from ui.window.launch import launch  # noqa: PLC0415

        with sentences(USAGE):
            if not has_screen():
                raise Misused(NO_SCREEN)
        with shown(), sentences(USAGE):
            home = find_home().expanduser().absolute()
            files = [path.expanduser().absolute() for path in paths or ()]
            with in_sentences(home / "library"):
                fault = launch(open_house, home, files, port=port)
        if fault:
            raise typer.Exit(FAILED)


@contextmanager
def shown() -> Iterator[None]:
    """Show what is said on the terminal on the screen, too: there may be no terminal."""
    try:
        yield
    except typer.Exit as ended:
        says = _says(ended.__cause__)
        if says:
            from ui.window.alert import alert  # noqa: PLC0415 for what goes wrong

            alert(says)
        raise


def _says(error: BaseException | None) -> str:
    if isinstance(error, InferenceError | StorageError):
        return error.says
    return str(error) if isinstance(error, Misused) else ""
