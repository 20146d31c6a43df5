"""Files of strangers are looked at before anything opens them."""

import json
from pathlib import Path

import pytest

from inference.checkpoint import Checkpoint
from inference.reader import Here
from inference.scan import CLEAN, NotScanned, Verdict
from storage.audit import FileAudit
from tests.face import Face, opened_face

MARK = b"harmful, for this test"


class Marked:
    """Finds files that have a mark in them."""

    def scan(self, file: Path) -> Verdict:
        return Verdict("Test.Mark") if MARK in file.read_bytes() else CLEAN


class Down:
    def scan(self, file: Path) -> Verdict:
        raise NotScanned(f"{len(file.name)} letters were not looked at. Try again in a minute.")


def kept(face: Face) -> list[Path]:
    """All files of photos, whole or in part."""
    return [*face.inbox.glob("*"), *(path for path in face.folder.rglob("*.jpg"))]


@pytest.mark.parametrize("route", ["/upload", "/pictures"])
async def test_an_infected_file_is_refused_and_gone_and_noted(
    tmp_path: Path, models: Path, photo: bytes, route: str
) -> None:
    audit = tmp_path / "audit.jsonl"
    checkpoint = Checkpoint(Here(), Marked(), FileAudit(audit, lambda: 1000.0))
    with opened_face(tmp_path, models, checkpoint=checkpoint) as face:
        async with face.browser() as browser:
            answer = await browser.post(f"{route}?name=holiday.jpg", content=photo + MARK)
            clean = await browser.post(route, content=photo)

        assert answer.status_code == 422
        assert "harmful" in answer.json()["says"]
        assert clean.status_code == 201
        assert len(kept(face)) == 1
    assert [json.loads(line) for line in audit.read_text().splitlines()] == [
        {
            "at": 1000.0,
            "action": "file.infected",
            "scope": "ann",
            "detail": {"infection": "Test.Mark", "bytes": len(photo + MARK)},
        }
    ]


async def test_while_nobody_can_look_nothing_comes_in(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models, checkpoint=Checkpoint(scanner=Down())) as face:
        async with face.browser() as browser:
            answer = await browser.post("/upload", content=photo)

        assert answer.status_code == 503
        assert "Try again" in answer.json()["says"]
        assert kept(face) == []


async def test_an_infected_layer_of_strokes_is_refused_too(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models, checkpoint=Checkpoint(scanner=Marked())) as face:
        async with face.browser() as browser:
            entry = (await browser.post("/upload", content=photo)).json()["id"]
            answer = await browser.post(f"/entries/{entry}/strokes", content=photo + MARK)

    assert answer.status_code == 422
    assert "harmful" in answer.json()["says"]


def test_an_audit_that_cannot_be_written_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    FileAudit(tmp_path / "nowhere" / "audit").note("file.infected", "ann", {})

    assert "could not be noted" in caplog.text
