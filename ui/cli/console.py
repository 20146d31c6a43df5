"""Speaking to the person at the terminal: sentences on stderr, exit codes, no stack traces."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import typer

from inference.errors import InferenceError
from storage.errors import StorageError
from ui.template import NoTemplate

if TYPE_CHECKING:
    from inference.worker import Workers  # imports NumPy, which `--version` does not wait for
    from ui.house import House

FAILED = 1
USAGE = 2
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C has ended: 128 + SIGINT."""

AGAIN = "Run the same command again: it goes on where it stopped."
GO_ON = f"Stopped. {AGAIN}"


class Misused(Exception):
    """The command cannot be carried out as it was given; the text says what to change."""


def heed_ctrl_c() -> None:
    """Let Ctrl-C be told from now on, where it has ended the process at once so far."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def leave(workers: "Workers", code: int = 0) -> None:
    """End here where a photo is still being computed after all has been closed.

    Its lease has been given back; libraries that compute crash where a process ends around them.
    """
    if workers.busy:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def say(text: str) -> None:
    """Write a line on stderr; stdout is for what a program may read."""
    typer.echo(printable(text), err=True)


def printable(text: str) -> str:
    """Disarm what would steer a terminal: names of files come from anywhere."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


@contextmanager
def sentences(code: int = FAILED, *, stopped: str = "Stopped.") -> Iterator[None]:
    """Turn an error that speaks, and Ctrl-C, into its sentence and an exit code."""
    try:
        yield
    except (Misused, NoTemplate) as error:
        say(str(error))
        raise typer.Exit(USAGE) from error
    except (InferenceError, StorageError) as error:
        say(error.says)
        raise typer.Exit(code) from error
    except KeyboardInterrupt as error:
        say(f"\n{stopped}")
        raise typer.Exit(INTERRUPTED) from error


@contextmanager
def opened(
    open_house: "Callable[[], House]", code: int = FAILED, *, stopped: str = "Stopped."
) -> Iterator["House"]:
    """Open the house for one command; whatever goes wrong in it ends in a sentence."""
    with sentences(code, stopped=stopped), closing(open_house()) as house:
        yield house
