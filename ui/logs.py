"""What is written to the log: as text, or a line of JSON each; never whose or what photo it was.

What lands in it may be kept for long and read by many. So addresses, keys, tokens and the names of
files are taken out of every line, wherever it came from.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

OURS = ("auth", "inference", "storage", "ui", "main")
STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
"""What each record has; all else was given with it."""
SECRETS = (
    (re.compile(r"\b(?:https?|wss?|postgres(?:ql)?)://[^\s\"'<>]+", re.IGNORECASE), "[address]"),
    (re.compile(r"\b(?:cove|sb_secret|sb_publishable|whsec)_[\w+/=-]+"), "[key]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "[token]"),
    (
        re.compile(
            r"\b(bearer|token|apikey|x-api-key|authorization)\b([\s:='\"]+)[\w.+/=-]{8,}",
            re.IGNORECASE,
        ),
        r"\1\2[token]",
    ),
    (
        re.compile(
            r"[^\s\"'/\\(]+\.(?:jpe?g|png|webp|tiff?|bmp|gif|hei[cf]|avif|psd|zip)\b", re.IGNORECASE
        ),
        "[file]",
    ),
)
REPEATED_SECONDS = 60.0
"""A warning that is said again before that is left out: an outage is a sentence, no flood."""


class Repeats:
    """Lets a warning through once a minute; what has a traceback always."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING or record.exc_info:
            return True
        now, sentence = self._clock(), (record.name, record.getMessage())
        self._said = {one: at for one, at in self._said.items() if now - at < REPEATED_SECONDS}
        if sentence in self._said:
            return False
        self._said[sentence] = now
        return True


class Lines(logging.Formatter):
    """A line of text each, and its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


class JsonLines(logging.Formatter):
    """An object each, in one line: time, level, logger, message, and what was given with it."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        given = {name: one for name, one in vars(record).items() if name not in STANDARD}
        told |= {name: _plain(one) for name, one in given.items()}
        if record.exc_info:
            told["traceback"] = clean(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | None) else clean(str(value))


def clean(text: str) -> str:
    """Return a text without what nobody is to read in a log."""
    for secret, instead in SECRETS:
        text = secret.sub(instead, text)
    return text


class Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at the moment of writing."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


STYLES: Mapping[str, Callable[[], logging.Formatter]] = {
    "text": lambda: Lines("%(levelname)s %(name)s: %(message)s"),
    "json": JsonLines,
}


def keep_log(style: str) -> None:
    """Let all logs of the process be written to stderr in one of STYLES; said again, anew."""
    handler = Stderr()
    handler.setFormatter(STYLES[style]())
    handler.addFilter(Repeats())
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, Stderr)]:
        root.removeHandler(old)
    root.addHandler(handler)
    if style == "json":  # who reads it by a program wants to know of each job
        for name in OURS:
            logging.getLogger(name).setLevel(logging.INFO)
