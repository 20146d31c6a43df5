"""Addresses that are told when a job ends, added and removed over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.face import Face, opened_face
from tests.teller import let_in

ADDRESS = "https://shop.example/hook"


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


def program(face: Face) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(face.app),
        base_url="http://127.0.0.1:8080",
        headers={"X-Api-Key": let_in(face.library.records, "ann")},
    )


async def test_a_secret_is_told_once(face: Face) -> None:
    async with program(face) as http:
        added = await http.post("/hooks", json={"address": ADDRESS})
        listed = await http.get("/hooks")
        twice = await http.post("/hooks", json={"address": ADDRESS})
        gone = await http.delete(f"/hooks/{added.json()['id']}")
        after = await http.get("/hooks")

    assert added.status_code == 201
    assert added.json()["secret"].startswith("whsec_")
    [hook] = listed.json()["hooks"]
    assert hook == {name: one for name, one in added.json().items() if name != "secret"}
    assert (hook["address"], hook["disabled_at"], hook["failures"]) == (ADDRESS, None, 0)
    assert twice.status_code == 409
    assert gone.status_code == 204
    assert after.json() == {"hooks": []}


@pytest.mark.parametrize(
    "address",
    ["http://shop.example", "https://shop.example:8080", "https://a@shop.example", "https://"],
)
async def test_an_address_that_is_never_told_is_refused(face: Face, address: str) -> None:
    async with program(face) as http:
        answer = await http.post("/hooks", json={"address": address})

    assert answer.status_code == 422
    assert face.library.records.hooks.all("ann") == []
