"""Many programs at once, slow ones, and ones that send anything at all."""

import asyncio
import base64
import io
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from tests.face import opened_face
from tests.program import Program, running
from tests.teller import let_in

CALLS = 200
PHOTOS = 8
SIDE = 1500
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("shop"), models) as program:
        yield program


@pytest.fixture(scope="module")
def key(program: Program) -> str:
    return program.say("keys", "create", "--name", "shop").split()[-1]


def noisy(number: int) -> bytes:
    """Return a photo that weighs some megabytes: a dark disc before coloured noise."""
    generator = np.random.default_rng(number)
    pixels = generator.integers(120, 256, (SIDE, SIDE, 3), np.uint8)
    y, x = np.ogrid[:SIDE, :SIDE]
    middle = SIDE / 2
    pixels[(y - middle) ** 2 + (x - middle) ** 2 < (SIDE / 4 + number) ** 2] = (20, 10, 40)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


async def called(
    client: httpx.AsyncClient, key: str, photo: bytes, sizes: list[tuple[int, int]]
) -> None:
    answer = await client.post(
        "/v1.0/removebg",
        files={"image_file": ("photo.jpg", photo)},
        data={"size": "medium", "format": "png"},
        headers={"X-Api-Key": key},
    )
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as image:
        sizes.append(image.size)


async def most_memory(pid: int, until: "asyncio.Future[list[None]]") -> int:
    """Return the largest resident size of a process, in bytes, while something goes on."""
    process, most = psutil.Process(pid), 0
    while not until.done():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(0.05)
    until.result()
    return most


async def rush(program: Program, key: str, photos: list[bytes], calls: int) -> int:
    """Send so many calls at once; all must be answered. The most memory meanwhile, in bytes."""
    sizes: list[tuple[int, int]] = []
    limits = httpx.Limits(max_connections=calls)
    async with httpx.AsyncClient(base_url=program.address, timeout=120, limits=limits) as client:
        rushing = asyncio.gather(
            *(called(client, key, photos[n % len(photos)], sizes) for n in range(calls))
        )
        most = await most_memory(program.pid, rushing)
    assert len(sizes) == calls
    assert set(sizes) == {(1224, 1224)}
    return most


async def test_two_hundred_calls_at_once_are_answered_in_the_memory_of_a_few(
    program: Program, key: str
) -> None:
    photos = [noisy(number) for number in range(PHOTOS)]
    few = await rush(program, key, photos, PHOTOS)
    many = await rush(program, key, photos, CALLS)
    more = await rush(program, key, photos, CALLS)

    sent = sum(len(photos[n % PHOTOS]) for n in range(CALLS))
    assert sent > 300 * MEGABYTE
    assert many - few < sent  # a call leaves its body on the disk ...
    assert more - many < sent / 4  # ... and nothing behind


async def test_a_slow_sender_holds_up_nobody(program: Program, key: str, photo: bytes) -> None:
    host, port = program.address.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)))) as slow:
        slow.sendall(
            f"POST /v1.0/removebg HTTP/1.1\r\nHost: {host}:{port}\r\nX-Api-Key: {key}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n"
            "--x\r\n".encode()
        )
        async with httpx.AsyncClient(base_url=program.address, timeout=30) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        "/v1.0/removebg",
                        files={"image_file": photo},
                        headers={"X-Api-Key": key},
                    )
                    for _ in range(4)
                )
            )
        slow.settimeout(0.1)
        with pytest.raises(TimeoutError):  # and is still being listened to
            slow.recv(1)

    assert [answer.status_code for answer in answers] == [200] * 4


async def test_a_sender_that_falls_silent_is_told_so(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield photo[:100]
        await asyncio.sleep(60)

    with opened_face(tmp_path, models, idle_seconds=0.2) as face:
        secret = let_in(face.library.records, "ann")
        async with face.browser("nobody") as client:
            answer = await client.post(
                "/v1.0/removebg",
                content=stalling(),
                headers={"X-Api-Key": secret, "Content-Type": "application/json"},
            )

        assert answer.status_code == 408
        assert answer.json()["errors"][0]["code"] == "invalid_request"
        assert list(face.inbox.iterdir()) == []


def asked(program: Program) -> st.SearchStrategy[Case[Any]]:
    """Requests that fit the description of the running program, and ones that do not."""
    schema = schemathesis.openapi.from_url(f"{program.address}/v1.0/openapi.json")
    operations = [schema["/v1.0/removebg"]["POST"], schema["/v1.0/account"]["GET"]]
    return st.one_of(
        *(
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            for mode in GenerationMode
        )
    )


def test_whatever_is_sent_is_answered_as_the_description_says(
    program: Program, key: str, photo: bytes
) -> None:
    seen: set[int] = set()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=asked(program), real=st.booleans())
    def ask(case: Case[Any], *, real: bool) -> None:
        body: Any = case.body
        if real and isinstance(body, dict):
            if case.media_type == "multipart/form-data":
                body["image_file"] = photo
            else:
                body["image_file_b64"] = base64.b64encode(photo).decode()
        answer = case.call(headers={"X-Api-Key": key})
        seen.add(answer.status_code)
        checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
        case.validate_response(answer, checks=checks)

    ask()

    assert seen >= {200, 400}
