"""What is logged says what happened, and never whose or what photo it was."""

import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.face import opened_face
from tests.program import running
from tests.teller import events, let_in, listening, teller
from ui.logs import OURS, REPEATED_SECONDS, JsonLines, Lines, Repeats, clean
from ui.site import loopback

NAME = "grandmothers-birthday.jpg"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that anybody logs, as lines of JSON."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", *OURS)}
    root.addHandler(handler)
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_a_whole_cut_leaves_no_name_no_key_and_no_address_in_the_log(
    tmp_path: Path, models: Path, photo: bytes, log: io.StringIO
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with (
        opened_face(tmp_path, models, site=loopback(port)) as face,
        listening(face.app, listener),
    ):
        secret = let_in(face.library.records, "ann")
        with teller(f"http://127.0.0.1:{port}", secret) as shop:
            job_id = shop.sent(photo, NAME)
            face.work()
            with shop.http.stream("GET", f"/jobs/{job_id}/events") as stream:
                assert [one for one in events(stream) if one.get("event") == "done"]
            shop.http.get(shop.job(job_id)["output_urls"]["png"]).raise_for_status()
            broken = shop.announce(b"no photo", NAME).json()
            shop.put(broken, b"no photo")
            shop.uploaded(broken["job_id"])

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [ended] = [line for line in lines if line["message"] == "a job ended as done"]
    assert ended["seconds"] > 0
    assert ended["op_key"].startswith("cut-")
    for secret_word in (NAME, "grandmothers", secret, f"127.0.0.1:{port}", str(photo[:20])):
        assert secret_word not in log.getvalue()


def test_what_the_server_itself_says_is_in_the_same_form(tmp_path: Path, models: Path) -> None:
    with running(tmp_path, models, COVESHOT_LOG="json") as program:
        host, _, port = program.address.rpartition("//")[2].rpartition(":")
        with socket.create_connection((host, int(port))) as odd:
            odd.sendall(b"no request\r\n\r\n")
            assert odd.recv(100).startswith(b"HTTP/1.1 400")
    lines = (tmp_path / "log").read_text().splitlines()

    told = [json.loads(line) for line in lines if not line.startswith("Coveshot runs at")]
    assert [line["logger"] for line in told] == ["uvicorn.error"]


@pytest.mark.parametrize(("text", "cleaned"), [
    ("GET https://a.supabase.co/x?token=eyJ1.eyJ2.abc", "GET [address]"),
    ("key cove_Ab-1_x and sb_secret_abc", "key [key] and [key]"),
    ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer [token]"),
    ("a session eyJhbGciOi.eyJzdWIi.c2ln ended", "a session [token] ended"),
    ("/home/ann/photos/me.JPG cannot be read", "/home/ann/photos/[file] cannot be read"),
    ("The library cannot be reached.", "The library cannot be reached."),
])  # fmt: skip
def test_what_nobody_is_to_read_is_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def record(message: str, level: int = logging.WARNING, **given: object) -> logging.LogRecord:
    known = logging.makeLogRecord({"name": "storage", "levelno": level, "msg": message, **given})
    known.levelname = logging.getLevelName(level)
    return known


def test_what_was_given_with_a_line_is_in_it() -> None:
    told = json.loads(JsonLines().format(record("a job ended", job="1", seconds=0.5)))

    assert (told["message"], told["level"]) == ("a job ended", "warning")
    assert (told["job"], told["seconds"], told["logger"]) == ("1", 0.5, "storage")


@pytest.mark.parametrize("style", [JsonLines(), Lines("%(message)s")])
def test_a_traceback_is_in_it_without_what_it_was_about(style: logging.Formatter) -> None:
    error = FileNotFoundError(2, "No such file", "/home/ann/me.jpg")
    text = style.format(record("a photo failed", exc_info=(type(error), error, None)))

    assert "FileNotFoundError" in text
    assert "me.jpg" not in text


def test_an_outage_is_one_sentence_a_minute() -> None:
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    away, other = record("the queue cannot be read: away"), record("another sentence")
    let = [repeats.filter(one) for one in (away, away, other)]
    now[0] = REPEATED_SECONDS
    later = repeats.filter(away)

    assert let == [True, False, True]
    assert later
    assert all(repeats.filter(record("a job ended", logging.INFO)) for _ in range(2))
