"""Photos in over HTTP: streamed, counted, refused as early as can be."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request

from storage.errors import DiskFull
from tests.face import ANN, MOST_BYTES, Face, opened_face
from ui.api.answers import Unfit
from ui.api.inbox import Inbox, append
from ui.lane import Lane
from ui.site import loopback

FULL = Path("/dev/full")


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


class Sender:
    """A body that counts how much of it was asked for."""

    def __init__(self, *chunks: bytes, ends: bool = True) -> None:
        self._chunks = chunks
        self._ends = ends
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            self.taken += len(chunk)
            yield chunk
        if not self._ends:
            await asyncio.Event().wait()


async def test_an_uploaded_photo_is_on_the_workbench(face: Face, photo: bytes) -> None:
    async with face.browser() as browser:
        answer = await browser.post(
            "/upload",
            params={"name": "C:\\shop\\vase\u202e.jpg", "folder": "../shop"},
            content=photo,
        )

    [card] = face.studio.bench(ANN)
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json() == {"id": card.entry.id}
    assert (card.entry.folder, card.entry.name) == ("shop", "vase.jpg")
    assert not list(face.inbox.iterdir())


async def test_a_file_of_another_kind_is_refused_by_its_first_bytes(face: Face) -> None:
    sender = Sender(b"%PDF-1.7 and so on" * 10, *[bytes(65536)] * 40)
    async with face.browser() as browser:
        answer = await browser.post("/upload", params={"name": "vase.jpg"}, content=sender)

    assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert "PDF" in answer.json()["says"]
    assert sender.taken == 180
    assert not list(face.inbox.iterdir())


async def test_a_file_that_says_it_is_too_large_is_not_even_read(face: Face) -> None:
    sender = Sender(b"\xff\xd8\xff" * 100)
    async with face.browser() as browser:
        answer = await browser.post(
            "/upload", content=sender, headers={"Content-Length": str(MOST_BYTES + 1)}
        )

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "3 MB" in answer.json()["says"]
    assert sender.taken == 0


async def test_a_file_that_turns_out_too_large_is_cut_off(face: Face, photo: bytes) -> None:
    sender = Sender(photo, *[bytes(65536)] * 200)
    async with face.browser() as browser:
        answer = await browser.post("/upload", content=sender)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert sender.taken < MOST_BYTES + 2**20 + 65536
    assert not list(face.inbox.iterdir())


@pytest.mark.parametrize("length", [0, 20])
async def test_a_photo_whose_header_is_cut_short_is_refused_with_a_sentence(
    face: Face, photo: bytes, length: int
) -> None:
    async with face.browser() as browser:
        answer = await browser.post("/upload", content=photo[:length])

    assert answer.status_code in {
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    assert answer.json()["says"].endswith(".")
    assert face.studio.bench(ANN) == []


async def test_a_sender_that_falls_silent_is_given_up(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models, idle_seconds=0.05) as face:
        async with face.browser() as browser:
            answer = await browser.post("/upload", content=Sender(photo, ends=False))

        assert answer.status_code == HTTPStatus.REQUEST_TIMEOUT
        assert "Send the photo again" in answer.json()["says"]
        assert not list(face.inbox.iterdir())


async def test_a_sender_that_takes_for_ever_is_given_up(tmp_path: Path, photo: bytes) -> None:
    inbox = Inbox(tmp_path / "inbox", whole_seconds=0.0)
    lane = Lane()
    chunks = [photo[at : at + 1] for at in range(200)]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(Unfit, match="too long") as caught:
        async with inbox.receive(request, lane, MOST_BYTES):
            raise AssertionError("it never arrives")
    lane.close()

    assert caught.value.status == HTTPStatus.REQUEST_TIMEOUT
    assert list(inbox.folder.iterdir()) == []
    assert len(chunks) > 190


async def test_a_sender_that_goes_away_leaves_nothing_behind(face: Face, photo: bytes) -> None:
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": photo, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(_: MutableMapping[str, Any]) -> None:
        """Nobody listens any more."""

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/upload",
        "query_string": b"name=vase.jpg",
        "headers": [(b"host", b"127.0.0.1:8080"), (b"cookie", b"coveshot=ann")],
    }
    await face.app(scope, receive, send)

    assert not list(face.inbox.iterdir())
    assert face.studio.bench(ANN) == []


async def test_a_slow_sender_is_cut_off_and_holds_up_nobody(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with opened_face(tmp_path, models, site=loopback(port), idle_seconds=0.3) as face:
        server = uvicorn.Server(uvicorn.Config(face.app, ws="none", log_level="critical"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listener]))
            slow = await asyncio.open_connection("127.0.0.1", port)
            slow[1].write(request(port, length=len(photo)) + photo[:1000])
            good = await asyncio.open_connection("127.0.0.1", port)
            good[1].write(request(port, length=len(photo)) + photo)

            assert (await good[0].readline()).startswith(b"HTTP/1.1 201")
            assert (await slow[0].readline()).startswith(b"HTTP/1.1 408")
            rest = await slow[0].read()
            assert b'{"says":' in rest
            assert b"connection: close" in rest.lower()
            for _, writer in (slow, good):
                writer.close()
            server.should_exit = True


def request(port: int, length: int) -> bytes:
    lines = [
        "POST /upload?name=vase.jpg HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Cookie: coveshot=ann",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a file that is always full")
def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(DiskFull):
        append(FULL, b"a piece of a photo")


async def test_what_a_crash_left_in_the_inbox_is_cleared_at_the_next_start(
    tmp_path: Path, models: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    old, young = inbox / "old.part", inbox / "young.part"
    old.touch()
    young.touch()
    os.utime(old, (0, time.time() - 4000))

    with opened_face(tmp_path, models):
        assert list(inbox.iterdir()) == [young]


async def test_an_own_picture_is_taken_in_without_a_place_on_the_workbench(
    face: Face, photo: bytes
) -> None:
    async with face.browser() as browser:
        answer = await browser.post("/pictures", content=photo)
        refused = await browser.post("/pictures", content=b"%PDF-1.7 and so on" * 10)

    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json() == {"sha256": sha256(photo).hexdigest()}
    assert refused.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert not face.studio.bench(ANN)
    assert not list(face.inbox.iterdir())
