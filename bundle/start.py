"""The program as a bundle starts it: with nothing to say, or with photos, it is the window."""

import os
import signal
import sys
from multiprocessing import freeze_support
from pathlib import Path

PARTS = {"window", "alert"}
"""What the program starts of itself."""
LOADER = "LD_LIBRARY_PATH"


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is to be told until a verb begins
    freeze_support()  # ends here where photos are decoded in a process of their own
    _let_others_be()
    words = sys.argv[1:]
    if words and words[0] in PARTS:
        raise SystemExit(_part(words[0], words[1:]))
    if not words or _is_photo(words[0]):  # started by a click, or with photos dropped on it
        sys.argv[1:1] = ["desktop"]
    from main import cli  # noqa: PLC0415 the parts need nothing of it

    cli()


def _part(name: str, words: list[str]) -> int:
    if name == "alert":
        from ui.window.alert import main as alert  # noqa: PLC0415

        return alert(words)
    from ui.window.pane import main as pane  # noqa: PLC0415

    return pane()


def _is_photo(word: str) -> bool:
    """Tell a path, of something that has gone meanwhile, too, from a command and its options."""
    return Path(word).exists() or (not word.startswith("-") and bool(Path(word).suffix))


def _let_others_be() -> None:
    """Start other programs, such as the browser, with the libraries of the system, not ours."""
    before = os.environ.pop(f"{LOADER}_ORIG", None)
    if before is not None:
        os.environ[LOADER] = before
    elif getattr(sys, "frozen", False):
        os.environ.pop(LOADER, None)


if __name__ == "__main__":
    main()
