"""How the installed program ends: at any moment, with all that it has started, and for good."""

import os
import signal
from pathlib import Path

import pytest

from tests.desktop.conftest import Bundle
from tests.desktop.screen import until
from tests.desktop.test_window import NAMES, close, cutouts
from ui.cli.console import INTERRUPTED
from ui.window.alert import TITLE

pytestmark = pytest.mark.desktop


@pytest.mark.parametrize(
    ("moment", "ends"),
    [
        (".", signal.SIGINT),
        ("window.door", signal.SIGTERM),
        ("library.sqlite", signal.SIGINT),
        ("window", signal.SIGTERM),
    ],
)
def test_it_ends_at_any_moment_of_its_start_and_the_next_one_starts(
    bundle: Bundle, vase: Path, moment: str, ends: signal.Signals
) -> None:
    """Moments are told by what is in its home then."""
    with bundle.started(str(vase)) as running:
        until((bundle.home / moment).exists)
        running.process.send_signal(ends)
        assert running.ended() in {0, -ends, INTERRUPTED}
    with bundle.started(str(vase)) as again:
        again.opened()
        until(lambda: cutouts(bundle.home) == 1)
        again.process.send_signal(ends)
        assert again.ended() == 0


def test_one_that_is_closed_while_its_page_comes_is_gone(bundle: Bundle) -> None:
    with bundle.started() as running:
        close(bundle.screen)
        code = running.ended()

    assert code == 0


def test_a_start_while_another_ends_opens_a_window_of_its_own(
    bundle: Bundle, vase: Path, urn: Path
) -> None:
    with bundle.started(str(vase)) as first:
        first.opened()
        first.process.terminate()
        with bundle.started(str(urn)) as second:
            second.opened()
            until(lambda: len(second.inside.ask(NAMES) or ()) == 2)
            names = second.inside.ask(NAMES)

    assert set(names) == {vase.name, urn.name}


def test_a_dialog_goes_with_the_program_that_shows_it(bundle: Bundle) -> None:
    with bundle.started() as running:
        running.opened()
        os.kill(running.pane, signal.SIGKILL)
        bundle.screen.window(TITLE)
        running.process.terminate()
        running.ended()

    assert bundle.screen.gone(TITLE)


def test_a_window_that_is_ended_with_all_programs_has_not_crashed(bundle: Bundle) -> None:
    with bundle.started() as running:
        running.opened()
        os.kill(running.pane, signal.SIGTERM)
        code = running.ended()

    assert code == 0
    assert "crashed" not in running.said()
