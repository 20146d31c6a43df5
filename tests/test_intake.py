"""A photo is announced, sent, cut out and fetched by a program, over HTTP on one computer."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from inference.checkpoint import Checkpoint
from inference.line import Line
from inference.scan import CLEAN, NotScanned, Verdict
from tests.commands import another
from tests.face import ANN, Face, opened_face
from tests.teller import PROBLEM, Teller, events, files, let_in, listening, teller
from ui.api.events import Beat
from ui.site import loopback

QUICK = Beat(alive=0.05, whole=30.0, streams=2)


@dataclass(slots=True)
class Scanner:
    """Finds what it is told to find."""

    verdict: Verdict | NotScanned = CLEAN

    def scan(self, file: Path) -> Verdict:
        assert file.stat().st_size
        if isinstance(self.verdict, NotScanned):
            raise self.verdict
        return self.verdict


@dataclass(frozen=True, slots=True)
class Stage:
    face: Face
    shop: Teller
    address: str
    scanner: Scanner

    def left(self) -> list[str]:
        """What is in the way of photos that came."""
        return files(self.face.folder / "dock") + files(self.face.inbox)


@contextmanager
def opened(folder: Path, models: Path, **parts: Any) -> Iterator[Stage]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    scanner = Scanner()
    with ExitStack() as stack:
        given: dict[str, Any] = {"checkpoint": Checkpoint(scanner=scanner), "beat": QUICK} | parts
        face = stack.enter_context(opened_face(folder, models, site=loopback(port), **given))
        stack.enter_context(listening(face.app, listener))
        address = f"http://127.0.0.1:{port}"
        shop = stack.enter_context(teller(address, let_in(face.library.records, "ann")))
        yield Stage(face, shop, address, scanner)


@pytest.fixture
def stage(tmp_path: Path, models: Path) -> Iterator[Stage]:
    with opened(tmp_path, models) as stage:
        yield stage


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the name of an error, which is told in one form."""
    assert answer.headers["content-type"] == PROBLEM
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["detail"].endswith(".")
    return answer.status_code, told["type"].removeprefix("urn:coveshot:")


def test_a_photo_goes_in_and_its_cutout_comes_out(stage: Stage, photo: bytes) -> None:
    announced = stage.shop.announce(photo, width=640, height=480)
    told = announced.json()
    assert (announced.status_code, told["cached"], told["status"]) == (
        201,
        False,
        "awaiting_upload",
    )
    assert announced.headers["location"] == f"{stage.address}/jobs/{told['job_id']}"
    assert stage.shop.put(told, photo).status_code == 201
    queued = stage.shop.uploaded(told["job_id"]).json()
    assert (queued["status"], queued["ahead"]) == ("queued", 0)
    stage.face.work()
    done = stage.shop.job(told["job_id"])
    png = stage.shop.http.get(done["output_urls"]["png"])
    thumbnail = stage.shop.http.get(done["output_urls"]["thumbnail"])

    assert done["status"] == "done"
    assert png.content.startswith(b"\x89PNG")
    assert thumbnail.headers["content-type"] == "image/webp"
    assert stage.left() == []
    assert stage.face.studio.bench(ANN) == []


def test_what_was_made_before_is_the_answer_and_nothing_is_sent(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo)
    stage.face.work()
    again = stage.shop.announce(photo)

    assert again.json() == {
        "cached": True,
        "output_id": stage.shop.job(job_id)["output_id"],
        "output_urls": stage.shop.job(job_id)["output_urls"],
        "most_pixels": None,
    }
    assert [matter.calls for matter in stage.face.stage.opened] == [1]


def test_a_cutout_that_was_lost_is_no_answer(stage: Stage, photo: bytes) -> None:
    output = stage.shop.job(stage.shop.sent(photo))
    stage.face.work()
    output = stage.shop.job(output["id"])["output_id"]
    version = stage.face.library.records.version("ann", output)
    stage.face.blobs.remove(version.path)

    assert stage.shop.announce(photo).json()["cached"] is False


def test_nobody_learns_what_others_have(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo)
    stage.face.work()
    done = stage.shop.job(job_id)
    with httpx.Client(base_url=stage.address, cookies={"coveshot": "bob"}) as http:
        bob = Teller(http)
        told = bob.announce(photo).json()
        unknown = bob.announce(another(photo)).json()
        named = bob.announce(photo, op_key=done["op_key"])
        foreign = [
            http.get(f"/jobs/{job_id}"),
            http.post(f"/jobs/{job_id}/uploaded"),
            http.get(f"/jobs/{job_id}/events"),
            http.delete(f"/jobs/{job_id}"),
            http.get(f"/outputs/{done['output_id']}/cutout.png"),
            http.get(f"/outputs/{done['output_id']}/thumb.webp"),
            http.post("/outputs/promote", json={"output_id": done["output_id"]}),
        ]
        nobodys = http.get(f"/jobs/{'0' * 32}")

    assert told.keys() == unknown.keys()
    assert (told["cached"], unknown["cached"]) == (False, False)
    assert problem(named) == (422, "recipe-rejected")
    assert {one.content for one in foreign} == {nobodys.content}
    assert problem(nobodys) == (404, "not-found")


def test_a_recipe_is_known_by_its_name_to_who_has_used_it(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo, recipe={"background": "white", "shadow": {"kind": "soft"}})
    op_key = stage.shop.job(job_id)["op_key"]
    other = stage.shop.sent(another(photo), op_key=op_key)

    assert op_key.startswith("cut-u2netp:ffffff:shadow-soft~")
    assert stage.shop.job(other)["op_key"] == op_key


@pytest.mark.parametrize(("lie", "status", "name"), [
    ({"sha256": "0" * 64}, 422, "photo-refused"),
    ({"width": 641, "height": 480}, 422, "photo-refused"),
    ({"filename": "vase.png"}, 415, "photo-of-another-type"),
])  # fmt: skip
def test_a_lie_is_told_as_such_and_what_came_is_removed(
    stage: Stage, photo: bytes, lie: dict[str, Any], status: int, name: str
) -> None:
    told = stage.shop.announce(photo, **lie).json()
    stage.shop.put(told, photo)
    refused = stage.shop.uploaded(told["job_id"])
    again = stage.shop.uploaded(told["job_id"])
    ended = stage.shop.job(told["job_id"])

    assert problem(refused) == (status, name)
    assert problem(again) == (409, "illegal-move")
    assert (ended["status"], ended["says"]) == ("error", refused.json()["detail"])
    assert stage.left() == []
    assert stage.face.library.records.find("ann", sha256(photo).hexdigest()) is None


def test_bytes_are_counted_as_they_come(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()

    assert problem(stage.shop.put(told, photo[:-1])) == (422, "photo-refused")
    assert problem(stage.shop.put(told, photo + b"x")) == (413, "photo-too-large")
    assert problem(stage.shop.uploaded(told["job_id"])) == (409, "illegal-move")
    assert stage.shop.put(told, photo).status_code == 201


def test_what_is_no_photo_ends_its_announcement(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    stage.shop.put(told, b"<svg " + photo[5:]).raise_for_status()

    assert problem(stage.shop.uploaded(told["job_id"])) == (415, "photo-of-another-type")
    assert stage.shop.job(told["job_id"])["status"] == "error"
    assert stage.left() == []


def test_another_recipe_on_a_photo_that_is_here_needs_no_second_upload(
    stage: Stage, photo: bytes
) -> None:
    stage.shop.sent(photo)
    stage.face.work()
    told = stage.shop.announce(photo, token="order 7", recipe={"background": "white"})
    again = stage.shop.announce(photo, token="order 7", recipe={"background": "white"})
    stage.face.work()
    job_id = told.json()["job_id"]

    assert (told.status_code, told.json()["upload_url"]) == (201, None)
    assert told.json()["status"] == "queued"
    assert again.json()["job_id"] == job_id
    assert stage.shop.job(job_id)["status"] == "done"
    assert stage.shop.uploaded(job_id).json()["status"] == "done"


def test_a_photo_whose_original_is_gone_is_sent_again(stage: Stage, photo: bytes) -> None:
    stage.shop.sent(photo)
    stage.face.work()
    image = stage.face.library.records.find("ann", sha256(photo).hexdigest())
    assert image
    stage.face.blobs.remove(image.path)

    assert stage.shop.announce(photo, recipe={"background": "white"}).json()["upload_url"]


def test_a_photo_can_be_put_on_the_workbench_on_its_way(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo, page="?folder=shop").json()
    stage.shop.put(told, photo)
    bare = f"/jobs/{told['job_id']}/uploaded"
    first, second = (stage.shop.http.post(f"{bare}?folder=shop").json() for _ in range(2))
    [card] = stage.face.studio.bench(ANN)
    stage.face.work()
    known = stage.shop.announce(photo, page="?folder=../a").json()

    assert "entry_id" not in told
    assert first["entry_id"] == second["entry_id"] == card.entry.id
    assert (card.entry.name, card.entry.folder) == ("vase.jpg", "shop")
    assert known["cached"] is True
    assert {card.entry.folder for card in stage.face.studio.bench(ANN)} == {"shop", "a"}


def test_an_address_takes_one_photo(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    assert stage.shop.put(told, photo).status_code == 201

    assert problem(stage.shop.put(told, photo)) == (409, "taken")
    stage.shop.uploaded(told["job_id"]).raise_for_status()
    assert problem(stage.shop.put(told, photo)) == (404, "not-found")


@pytest.mark.parametrize(("said", "status", "name"), [
    ({"size": 3_000_001}, 413, "photo-too-large"),
    ({"width": 20_000, "height": 20_000}, 413, "photo-too-large"),
    ({"filename": "vase.svg"}, 415, "photo-of-another-type"),
    ({"filename": "vase"}, 415, "photo-of-another-type"),
    ({"sha256": "vase"}, 422, "unprocessable-entity"),
    ({"size": "9"}, 422, "unprocessable-entity"),
    ({"size": 0}, 422, "unprocessable-entity"),
    ({"colour": "red"}, 422, "unprocessable-entity"),
    ({"width": 640}, 422, "unprocessable-entity"),
    ({"recipe": {}, "op_key": "cut~1"}, 422, "unprocessable-entity"),
    ({"recipe": {"feather": 900}}, 422, "recipe-rejected"),
    ({"recipe": {"weights": "0" * 64}}, 422, "recipe-rejected"),
    ({"recipe": {"strokes": "0" * 64}}, 422, "recipe-rejected"),
    ({"recipe": {"model": "nothing"}}, 404, "unknown-model"),
])  # fmt: skip
def test_what_cannot_be_is_refused_before_it_is_sent(
    stage: Stage, photo: bytes, said: dict[str, Any], status: int, name: str
) -> None:
    assert problem(stage.shop.announce(photo, **said)) == (status, name)


def test_a_body_is_json_and_says_where_it_is_wrong(stage: Stage) -> None:
    wrong = stage.shop.http.post("/intake", json={"size": 1, "sha256": "a", "filename": "a.jpg"})

    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/sha256"]
    assert problem(stage.shop.http.post("/intake", data={"size": 1})) == (
        415,
        "unsupported-media-type",
    )
    as_json = {"Content-Type": "application/json"}
    assert problem(stage.shop.http.post("/intake", content=b"{", headers=as_json)) == (
        400,
        "bad-request",
    )
    long = b'{"filename": "' + b"a" * 70_000 + b'"}'
    assert problem(stage.shop.http.post("/intake", content=long, headers=as_json))[0] == 413


def test_the_same_announcement_under_one_token_is_one_job(stage: Stage, photo: bytes) -> None:
    first = stage.shop.announce(photo, token="order 7").json()
    second = stage.shop.announce(photo, token="order 7").json()
    other = stage.shop.announce(another(photo), token="order 7")
    stage.shop.put(second, photo)
    sent = stage.shop.announce(photo, token="order 7").json()
    stage.shop.uploaded(first["job_id"])
    stage.face.work()
    done = stage.shop.announce(photo, token="order 7").json()

    assert first == second
    assert problem(other) == (409, "illegal-move")
    assert (sent["job_id"], sent["upload_url"]) == (first["job_id"], None)
    assert done["cached"] is True
    assert problem(stage.shop.announce(photo, token="x" * 256)) == (422, "unprocessable-entity")


def test_two_who_say_that_it_has_come_queue_it_once(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo)
    again = stage.shop.uploaded(job_id).json()
    twin = stage.shop.sent(photo)
    stage.face.work()

    assert again["status"] == "queued"
    assert [stage.shop.job(one)["status"] for one in (job_id, twin)] == ["done", "done"]
    assert stage.shop.job(job_id)["output_id"] == stage.shop.job(twin)["output_id"]
    assert [matter.calls for matter in stage.face.stage.opened] == [1]


def test_what_carries_something_harmful_is_removed(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    stage.shop.put(told, photo)
    stage.scanner.verdict = Verdict("Eicar-Test")

    assert problem(stage.shop.uploaded(told["job_id"])) == (422, "photo-refused")
    assert stage.left() == []


def test_what_cannot_be_scanned_is_held_until_it_can(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    stage.shop.put(told, photo)
    stage.scanner.verdict = NotScanned()
    held = stage.shop.uploaded(told["job_id"])
    job = stage.shop.job(told["job_id"])
    stage.scanner.verdict = CLEAN

    assert problem(held) == (503, "not-scanned")
    assert held.headers["retry-after"]
    assert (job["status"], job["says"]) == ("verifying", NotScanned().says)
    assert stage.shop.uploaded(told["job_id"]).json()["status"] == "queued"


def test_a_full_line_says_when_to_come_back(tmp_path: Path, models: Path, photo: bytes) -> None:
    with opened(tmp_path, models, line=Line(1)) as stage:
        stage.shop.sent(photo)
        told = stage.shop.announce(another(photo)).json()
        stage.shop.put(told, another(photo))
        refused = stage.shop.uploaded(told["job_id"])
        stage.face.work()

        assert problem(refused) == (503, "crowded")
        assert int(refused.headers["retry-after"]) > 0
        assert stage.shop.uploaded(told["job_id"]).json()["status"] == "queued"


def test_an_announcement_can_be_taken_back(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    stage.shop.put(told, photo)
    cancelled = [stage.shop.http.delete(f"/jobs/{told['job_id']}").json() for _ in range(2)]

    assert [one["status"] for one in cancelled] == ["cancelled", "cancelled"]
    assert problem(stage.shop.put(told, photo)) == (404, "not-found")
    assert problem(stage.shop.uploaded(told["job_id"])) == (409, "illegal-move")
    assert stage.left() == []


def test_a_job_that_waits_can_be_cancelled_and_one_that_is_done_cannot(
    stage: Stage, photo: bytes
) -> None:
    waiting = stage.shop.sent(photo)
    cancelled = stage.shop.http.delete(f"/jobs/{waiting}")
    done = stage.shop.sent(another(photo))
    stage.face.work()

    assert cancelled.json()["status"] == "cancelled"
    assert problem(stage.shop.http.delete(f"/jobs/{done}")) == (409, "illegal-move")


def test_a_job_is_told_of_as_it_goes_on(stage: Stage, photo: bytes) -> None:
    told = stage.shop.announce(photo).json()
    seen: list[str] = []
    with stage.shop.http.stream("GET", f"/jobs/{told['job_id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for event in events(stream):
            if "comment" in event and not seen.count("alive"):
                seen.append("alive")
                stage.shop.put(told, photo)
                stage.shop.uploaded(told["job_id"])
            if "event" in event:
                seen.append(event["event"])
                if event["event"] == "queued":
                    stage.face.work()

    assert (seen[0], seen[-1]) == ("awaiting_upload", "done")
    assert "alive" in seen
    assert stage.shop.job(told["job_id"])["status"] == "done"


def test_what_another_process_makes_of_a_job_is_told_too(
    stage: Stage, models: Path, photo: bytes
) -> None:
    job_id = stage.shop.sent(photo)
    with (
        opened_face(stage.face.folder, models) as elsewhere,
        stage.shop.http.stream("GET", f"/jobs/{job_id}/events") as stream,
    ):
        seen = []
        for event in events(stream):
            if "event" in event:
                seen.append(event["event"])
            if seen == ["queued"]:
                elsewhere.work()

    assert (seen[0], seen[-1]) == ("queued", "done")


def test_who_comes_back_is_told_what_is_newer(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo)
    path = f"/jobs/{job_id}/events"
    with stage.shop.http.stream("GET", path) as stream:
        queued = next(event for event in events(stream) if "id" in event)
    with stage.shop.http.stream("GET", path, headers={"Last-Event-ID": queued["id"]}) as stream:
        told = events(stream)
        assert "comment" in next(event for event in told if "retry" not in event)
        stage.face.work()
        done = [event for event in told if "id" in event][-1]
    after = stage.shop.http.get(path, headers={"Last-Event-ID": done["id"]})

    assert (queued["event"], done["event"]) == ("queued", "done")
    assert after.status_code == 204


def test_so_many_jobs_are_followed_at_a_time_and_no_more(stage: Stage, photo: bytes) -> None:
    path = f"/jobs/{stage.shop.sent(photo)}/events"
    with ExitStack() as streams:
        opened = [
            streams.enter_context(stage.shop.http.stream("GET", path)).iter_lines()
            for _ in range(QUICK.streams)
        ]
        assert [next(lines) for lines in opened] == ["retry: 3000"] * QUICK.streams
        refused = stage.shop.http.get(path)

    assert problem(refused) == (429, "too-often")
    assert refused.headers["retry-after"]


def test_on_ones_own_computer_everything_is_kept(stage: Stage, photo: bytes) -> None:
    job_id = stage.shop.sent(photo, wants_persist=True)
    stage.face.work()
    output = stage.shop.job(job_id)["output_id"]
    kept = [stage.shop.http.post("/outputs/promote", json={"output_id": output}) for _ in range(2)]

    assert [one.json()["kept"] for one in kept] == [True, True]
    assert kept[0].json()["output_id"] == output


def test_strangers_are_asked_for_a_key(stage: Stage, photo: bytes) -> None:
    with httpx.Client(base_url=stage.address) as http:
        stranger = Teller(http).announce(photo)
        wrong = http.get("/jobs/1", headers={"Authorization": "Bearer cove_wrong"})
        nowhere = http.get("/jobs/", headers={"X-Api-Key": stage.shop.http.headers["x-api-key"]})
        right = {"Authorization": f"bearer {stage.shop.http.headers['x-api-key']}"}
        otherwise = http.put("/intake", headers=right)
        bearer = http.get(f"/jobs/{'0' * 32}", headers=right)

    assert problem(stranger) == (401, "no-key")
    assert "Bearer" in stranger.headers["www-authenticate"]
    assert problem(wrong) == (401, "no-key")
    assert problem(nowhere) == (404, "not-found")
    assert problem(otherwise) == (405, "method-not-allowed")
    assert otherwise.headers["allow"] == "POST"
    assert problem(bearer) == (404, "not-found")
