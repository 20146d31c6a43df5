"""What a window saves: whole files where somebody wants them, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from errno import ENOSPC
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ui.api.answers import attachment
from ui.hands import HandsFull
from ui.lane import Lane
from ui.window.errand import Errand, says_of

PIECES = 1000


def inside(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


class Pieces:
    """An answer that comes in pieces, and counts them."""

    def __init__(self) -> None:
        self.sent = 0

    async def answer(self, request: Request) -> Response:
        asked = {**request.query_params, **(await request.form())}

        async def body() -> AsyncIterator[bytes]:
            for _ in range(PIECES):
                self.sent += 1
                yield str(asked.get("letter", "x")).encode() * 100
                await asyncio.sleep(0)

        headers = {"Content-Disposition": attachment("Vase für 20 %.zip")}
        return StreamingResponse(body(), headers=headers)


@pytest.fixture
def pieces() -> Pieces:
    return Pieces()


@pytest.fixture
def errand(pieces: Pieces) -> Iterator[Errand]:
    async def refuse(_: Request) -> Response:
        return JSONResponse({"says": "No photo is ready to download yet."}, 409)

    app = Starlette(
        routes=[
            Route("/pieces", pieces.answer, methods=["GET", "POST"]),
            Route("/refuse", refuse),
        ]
    )
    lane = Lane(1)
    yield Errand(lambda: app, lane, host="127.0.0.1:1", cookie="coveshot=x")
    lane.close()


async def test_a_file_is_offered_under_its_name_and_written_whole(
    errand: Errand, tmp_path: Path
) -> None:
    offered: list[str] = []

    async def choose(name: str) -> Path:
        offered.append(name)
        return tmp_path / name

    saved = await errand.fetch("/pieces?letter=v", None, choose)

    assert offered == ["Vase für 20 %.zip"]
    assert saved == tmp_path / "Vase für 20 %.zip"
    assert saved.read_bytes() == b"v" * 100 * PIECES
    assert inside(tmp_path) == [saved.name]


async def test_a_form_is_sent_along(errand: Errand, tmp_path: Path) -> None:
    async def choose(_: str) -> Path:
        return tmp_path / "cutouts.zip"

    saved = await errand.fetch("/pieces", "letter=f", choose)

    assert saved
    assert saved.read_bytes() == b"f" * 100 * PIECES


async def test_what_nobody_wants_is_not_made(
    errand: Errand, pieces: Pieces, tmp_path: Path
) -> None:
    async def choose(_: str) -> None:
        return None

    saved = await errand.fetch("/pieces", None, choose)

    assert saved is None
    assert pieces.sent < PIECES
    assert inside(tmp_path) == []


async def test_a_refusal_is_told_in_its_own_words(errand: Errand, tmp_path: Path) -> None:
    async def choose(_: str) -> Path:
        raise AssertionError("nothing is there to be saved")

    with pytest.raises(HandsFull, match="No photo is ready"):
        await errand.fetch("/refuse", None, choose)
    assert inside(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_said(errand: Errand, tmp_path: Path) -> None:
    async def choose(_: str) -> Path:
        return tmp_path / "gone" / "cutouts.zip"

    with pytest.raises(HandsFull, match="cannot be written"):
        await errand.fetch("/pieces", None, choose)


def test_a_full_disk_is_said() -> None:
    assert says_of(OSError(ENOSPC, "No space left on device")).startswith("The disk is full.")
