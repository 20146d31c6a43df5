"""A sentence on the screen, where there is no window of ours to say it in."""

import subprocess
import sys
from collections.abc import Sequence
from shutil import which

from ui.window.process import command, surroundings

YES = "Open in the browser"
NO = "Close"
TITLE = "A message of Coveshot"
ASKED = 2
"""The exit code of ours for a dialog that was closed without a yes."""


def alert(says: str, *, yes: str = "") -> bool:
    """Show a sentence until somebody has read it; with `yes`, tell whether they have agreed.

    False where nothing can be shown: whoever calls has written it on the terminal, too.
    """
    if sys.platform == "win32":
        return _windows(says, yes)
    if sys.platform == "darwin":
        return _ran(_mac(says, yes)) == 0 and bool(yes)
    if (code := _ran(command("alert", says, yes))) in {0, ASKED}:
        return code == 0
    answers = map(_ran, (one for one in _others(says, yes) if which(one[0])))
    return next((code == 0 and bool(yes) for code in answers if code in {0, 1}), False)


def main(words: Sequence[str]) -> int:
    """Show a dialog of Qt: a sentence, and what can be agreed to, until the program has gone."""
    from PySide6.QtCore import QSocketNotifier  # noqa: PLC0415 where it is
    from PySide6.QtWidgets import QApplication, QMessageBox  # noqa: PLC0415

    says, yes = [*words, ""][:2]
    app = QApplication(["Coveshot"])
    box = QMessageBox(QMessageBox.Icon.Warning, TITLE, says)
    agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole) if yes else None
    box.setEscapeButton(box.addButton(NO, QMessageBox.ButtonRole.RejectRole))
    gone = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    gone.activated.connect(lambda: box.done(ASKED))
    box.exec()
    app.quit()
    return 0 if agreed and box.clickedButton() is agreed else ASKED


def _others(says: str, yes: str) -> list[list[str]]:
    """Return what desktops bring along to ask with."""
    ask = "--question" if yes else "--warning"
    labels = [f"--ok-label={yes}", f"--cancel-label={NO}"] if yes else []
    return [
        ["zenity", ask, f"--title={TITLE}", f"--text={says}", "--no-markup", *labels],
        ["kdialog", "--yesno" if yes else "--sorry", says, "--title", TITLE],
        ["xmessage", "-buttons", f"{yes}:0,{NO}:1" if yes else f"{NO}:1", says],
    ]


def _mac(says: str, yes: str) -> list[str]:
    quoted = says.replace("\\", "\\\\").replace('"', '\\"')
    buttons = f'{{"{NO}", "{yes}"}} default button 2 cancel button 1' if yes else f'{{"{NO}"}}'
    return [
        "osascript",
        "-e",
        f'display dialog "{quoted}" with title "{TITLE}" with icon caution buttons {buttons}',
    ]


def _windows(says: str, yes: str) -> bool:
    import ctypes  # noqa: PLC0415 for Windows alone

    ok, yes_no, warning, answered_yes = 0x0, 0x4, 0x30, 6
    text = f"{says}\n\n{yes}?" if yes else says
    box = getattr(ctypes, "windll").user32.MessageBoxW  # noqa: B009 other systems have none
    return bool(box(None, text, TITLE, (yes_no if yes else ok) | warning) == answered_yes)


def _ran(words: Sequence[str]) -> int:
    """Return its exit code; -1 where it is not there or breaks off.

    What it reads from has an end once we have gone, whatever has ended us.
    """
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        with subprocess.Popen(  # noqa: S603
            words, env=surroundings(), stdin=pipe, stdout=null, stderr=null, process_group=0
        ) as asked:
            return asked.wait()
    except OSError:
        return -1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
