"""Whether the program can do its work, and what goes on in it, told to those who watch over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from storage.errors import Unreachable
from tests.face import Face, opened_face
from ui.api.readiness import KEPT_SECONDS, ROOM_BYTES, Readiness, checks_of
from ui.lane import Lane
from ui.site import Site, hosted

HERE, ELSEWHERE = ("127.0.0.1", 40000), ("203.0.113.9", 40000)
SITE = hosted(["https://cutouts.example.com"], [])


@asynccontextmanager
async def asked(
    face: Face, client: tuple[str, int], at: str = "http://127.0.0.1:9"
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(face.app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url=at) as http:
        yield http


def numbers(answer: httpx.Response) -> dict[tuple[str, ...], float]:
    """Return what was told by its name and labels."""
    families = text_string_to_metric_families(answer.raise_for_status().text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


async def test_numbers_tell_what_was_done_and_what_waits(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models) as face:
        async with face.browser() as browser, asked(face, HERE) as http:
            for name in ("vase.jpg", "bowl.jpg"):
                headers = {"X-File-Name": name, "Origin": "http://127.0.0.1:8080"}
                sent = await browser.post("/upload", content=photo, headers=headers)
                sent.raise_for_status()
            waiting = numbers(await http.get("/metrics"))
            face.work()
            done = numbers(await http.get("/metrics"))

    assert waiting["coveshot_jobs", "queued"] == 1
    assert done["coveshot_jobs", "queued"] == 0
    assert done["coveshot_database_up",] == 1
    assert done["coveshot_jobs_ended_total", "done"] == 1
    assert done["coveshot_mattes_total", "miss"] == 1
    assert done["coveshot_stage_seconds_count", "matte"] == 1
    assert done["coveshot_stage_seconds_bucket", "+Inf", "matte"] == 1
    assert done["coveshot_credits_held",] == 0
    assert [name for name, *_ in done if name == "coveshot_device_info"]
    assert "vase" not in str(done)


@pytest.mark.parametrize(("client", "at", "site", "status"), [
    (HERE, "http://127.0.0.1:9", SITE, 200),
    (HERE, "http://localhost:9", SITE, 200),
    (HERE, "http://evil.example:9", SITE, 421),
    (HERE, "http://cutouts.example.com", SITE, 403),
    (ELSEWHERE, "http://cutouts.example.com", SITE, 403),
    (ELSEWHERE, "http://127.0.0.1:9", SITE, 421),
])  # fmt: skip
async def test_without_a_token_this_computer_alone_reads_numbers(
    tmp_path: Path, models: Path, client: tuple[str, int], at: str, site: Site, status: int
) -> None:
    with opened_face(tmp_path, models, site=site) as face:
        async with asked(face, client, at) as http:
            answer = await http.get("/metrics")

    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


async def test_with_a_token_whoever_shows_it_does(tmp_path: Path, models: Path) -> None:
    with opened_face(tmp_path, models, site=SITE, metrics_token="a token of ours") as face:
        async with asked(face, ELSEWHERE, "http://cutouts.example.com") as http:
            answers = [
                await http.get("/metrics", headers={"Authorization": shown} if shown else {})
                for shown in ("Bearer a token of ours", "Bearer another", "")
            ]

    assert [answer.status_code for answer in answers] == [200, 403, 403]


async def test_a_program_that_has_all_is_ready(tmp_path: Path, models: Path) -> None:
    with opened_face(tmp_path, models) as face:
        async with asked(face, HERE) as http:
            answer = await http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"weights": "ok", "database": "ok", "disk": "ok"},
    }


@pytest.mark.parametrize("lack", ["weights", "database", "disk"])
async def test_what_is_lacking_is_said(tmp_path: Path, models: Path, lack: str) -> None:
    (tmp_path / "none").mkdir()
    weights = tmp_path / "none" if lack == "weights" else models
    with opened_face(tmp_path, weights) as face:
        stirs: Any = Away() if lack == "database" else face.library.records.stirs
        library: Any = Rows(stirs)
        room = ROOM_BYTES - 1 if lack == "disk" else ROOM_BYTES
        checks = checks_of(face.studio.networks, [library], tmp_path, lambda _: room)

        assert [name for name, check in checks.items() if check()] == [lack]


async def test_whoever_asks_often_loads_nothing() -> None:
    now, asked, lane = [0.0], [], Lane()

    def check() -> str:
        asked.append(now[0])
        return "" if len(asked) == 1 else "It is away."

    readiness = Readiness(lane, {"database": check}, clock=lambda: now[0])
    first = [(await readiness.read(None)).status_code for _ in range(3)]  # type: ignore[arg-type]
    now[0] += KEPT_SECONDS
    later = await readiness.read(None)  # type: ignore[arg-type]
    lane.close()

    assert first == [200, 200, 200]
    assert later.status_code == 503
    assert asked == [0.0, KEPT_SECONDS]


class Away:
    def since(self, _mark: int) -> None:
        raise Unreachable


class Rows:
    def __init__(self, stirs: Any) -> None:
        self.stirs = stirs
