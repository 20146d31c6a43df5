"""A screen that nobody sees, with a window manager, and hands on its keys and its mouse."""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from socket import create_server
from typing import Any, Self, TypeVar

from playwright.sync_api import sync_playwright
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

PATIENCE = 60.0
ANSWER_SECONDS = 5.0
"""How long a page is asked: one that goes meanwhile never answers, and is asked again."""
PNG = b"\x89PNG"
TOOLS = ("Xvfb", "openbox", "xclip", "xdotool")

Found = TypeVar("Found")


def lacking() -> list[str]:
    """Return the tools that are not here."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


def until(look: Callable[[], Found], patience: float = PATIENCE) -> Found:
    """Look again and again until there is something; what is last seen where there never is."""
    last = time.monotonic() + patience
    while not (found := look()) and time.monotonic() < last:
        time.sleep(0.05)
    assert found, "it never came to that"
    return found


def port_apart() -> int:
    """Return a port that no system hands out by itself: whoever is told of it opens it later."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError), closing(create_server(("127.0.0.1", port))):
            return port


@dataclass(frozen=True, slots=True)
class Screen:
    display: str

    @property
    def environment(self) -> dict[str, str]:
        return {"DISPLAY": self.display}

    def window(self, title: str) -> str:
        """Wait for a window by the beginning of its title, let it have the keys, return its id."""

        def active() -> str:
            found = self._say("search", "--onlyvisible", "--name", f"^{title}").split()
            if not found:
                return ""
            self._say("windowactivate", found[-1])
            return found[-1] if self._say("getactivewindow").split() == found[-1:] else ""

        return until(active)

    def press(self, *keys: str) -> None:
        self._say("key", *keys)

    def write(self, text: str) -> None:
        """Paste it: a busy computer loses keys that come in a hurry, and umlauts always."""
        subprocess.run(
            ["xclip", "-selection", "clipboard", "-in"],
            input=text.encode(),
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        until(lambda: self._clipboard("UTF8_STRING") == text.encode())  # it hands over in the end
        self.press("ctrl+v")

    def gone(self, title: str) -> bool:
        """Wait until no window is called so any more."""
        return until(lambda: not self._say("search", "--onlyvisible", "--name", f"^{title}"))

    def resize(self, title: str, width: int, height: int) -> None:
        self._say("windowsize", "--sync", self.window(title), str(width), str(height))

    def size(self, title: str) -> tuple[int, int]:
        told = self._say("getwindowgeometry", "--shell", self.window(title))
        named = dict(line.split("=") for line in told.split())
        return int(named["WIDTH"]), int(named["HEIGHT"])

    def picture(self) -> bytes:
        """Wait for a PNG on the clipboard."""

        def found() -> bytes:
            held = self._clipboard("image/png")
            return held if held.startswith(PNG) else b""

        return until(found)

    @property
    def managed(self) -> bool:
        """Whether its window manager is at work."""
        return bool(self._say("get_num_desktops"))

    def _clipboard(self, kind: str) -> bytes:
        ran = subprocess.run(
            ["xclip", "-selection", "clipboard", "-target", kind, "-out"],
            env=os.environ | self.environment,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        return ran.stdout

    def _say(self, *words: str) -> str:
        ran = subprocess.run(
            ["xdotool", *words],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return ran.stdout


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    """Yield a screen of its own, of a size that laptops have."""
    reading, writing = os.pipe()
    log = folder / "screen.log"
    sink = log.open("wb")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=sink,
        stderr=sink,
    )
    started = [server]
    try:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()  # the first that nobody has
        assert number, f"no screen: {log.read_text()}"
        shown = Screen(f":{number}")
        environment = os.environ | shown.environment
        started.append(subprocess.Popen(["openbox"], env=environment, stdout=sink, stderr=sink))
        until(lambda: shown.managed)
        yield shown
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(10)
        sink.close()


@dataclass(frozen=True, slots=True)
class Inside:
    """Looks into the page of a window, as its developer tools would."""

    port: int

    def ask(self, script: str) -> Any:
        """Return the value of a script; None where there is no page yet."""
        asked = {"expression": script, "returnByValue": True, "awaitPromise": True}
        with suppress(OSError, HTTPException, WebSocketException):  # it goes, or another one comes
            address = self._address()
            if not address:
                return None
            with connect(address, max_size=None) as wire:
                wire.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": asked}))
                answer = json.loads(wire.recv(ANSWER_SECONDS))
            return answer.get("result", {}).get("result", {}).get("value")
        return None

    def focus(self, words: str) -> None:
        """Wait for a button or link that is called so, and let it have the keys."""
        until(lambda: self.ask(FOCUS.format(words=json.dumps(words))))

    def point(self, selector: str) -> None:
        """Wait for what a selector finds in sight, and let it have the keys."""
        until(lambda: self.ask(POINT.format(selector=json.dumps(selector))))

    def end(self) -> None:
        """End the browser that it looks into, where there is one."""
        with suppress(OSError, HTTPException, WebSocketException):
            address = self._told("json/version")["webSocketDebuggerUrl"]
            with connect(address) as wire:
                wire.send(json.dumps({"id": 1, "method": "Browser.close"}))
                wire.recv(PATIENCE)
                wire.recv(PATIENCE)  # until it has gone

    def _address(self) -> str:
        pages = [one for one in self._told("json") if one["url"].startswith("http://127")]
        return str(pages[0]["webSocketDebuggerUrl"]) if pages else ""

    def _told(self, what: str) -> Any:
        address = f"http://127.0.0.1:{self.port}/{what}"
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)


class Browser:
    """The browser of a computer, started by a program of ours."""

    def __init__(self, profile: Path) -> None:
        self.page = Inside(port_apart())
        self.command = shlex.join(
            [
                _chromium(),
                *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
                *(f"--user-data-dir={profile}", f"--remote-debugging-port={self.page.port}"),
                "%s",
                "&",
            ]
        ).replace("'&'", "&")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.end()


def _chromium() -> str:
    """Return Debian's where it is installed, else Playwright's own."""
    if found := shutil.which("chromium"):
        return found
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


POINT = """(() => {{
  const found = [...document.querySelectorAll({selector})].find((one) => one.offsetParent);
  found?.focus();
  return Boolean(found) && document.activeElement === found;
}})()"""
FOCUS = """(() => {{
  const named = (one) => [one.innerText.trim(), one.getAttribute("aria-label")].includes({words});
  const found = [...document.querySelectorAll("a[href], button")].find(
    (one) => named(one) && one.offsetParent && !one.disabled,
  );
  found?.focus();
  return Boolean(found);
}})()"""
