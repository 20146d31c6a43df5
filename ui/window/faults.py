"""Why there is no window, in a sentence: read off what the engine had to say."""

import os
import re
import sys

from ui.window.process import Ending

INSTEAD = "Or work in the browser: coveshot web"
KEPT = "Your photos are kept."
NO_SCREEN = f"There is no screen here to open a window on. {INSTEAD}"
NO_QT = "What shows the window is not installed. Get it: pip install 'coveshot[desktop]'"
NO_XCB = (
    "The window needs libraries of the system that are not here. "
    "On Debian: apt install libxcb-cursor0 libxkbcommon-x11-0"
)
ROOT = (
    "The window does not open for root, whom browsers do not run safely for. "
    "Start Coveshot as yourself."
)
REASONS = {
    "--no-sandbox": ROOT,
    "xcb": NO_XCB,
    "No module named": NO_QT,
    "must have": NO_QT,
}
"""What is found in the last words of the engine, and what that means to people."""
LACKING = re.compile(r"(lib\S+): cannot open shared object file")
"""Of other things that it looks for, such as a graphics card, it does without."""
ON_WINDOWS = "Windows shows no pages: install the WebView2 Runtime of Microsoft, then start again."


def has_screen() -> bool:
    """Tell whether a window could be shown at all."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def fault_of(ending: Ending) -> str:
    """Say what is wrong with a window that nobody has closed; "" where somebody has."""
    if ending.closed:
        return ""
    if ending.shown:
        return f"The window has crashed. {KEPT} Start Coveshot again. {INSTEAD}"
    return f"{_reason(ending.why)} {INSTEAD}"


def _reason(why: str) -> str:
    lacking = _lacking(why)
    if lacking:
        return (
            f"The window needs {lacking}, which this system does not have. "
            "docs/desktop.md says how to get it."
        )
    if sys.platform == "win32":
        return ON_WINDOWS
    known = (says for sign, says in REASONS.items() if sign in why)
    return next(known, "The window could not be opened; window.log tells why.")


def _lacking(why: str) -> str:
    """Return the library that the system's loader has not found."""
    found = LACKING.search(why)
    return found[1] if found else ""
