"""The same on a hosted instance: the program itself, on a project with real rows and objects."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import psycopg
import pytest
from PIL import Image

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.remote.records import RemoteRecords
from tests.commands import another
from tests.ground.cluster import Cluster
from tests.ground.server import faults, sign_up
from tests.hosted import Hosted, open_hosted
from tests.matrix import UNCOUNTED, visit
from tests.teller import PROBLEM, Teller, events, let_in, teller
from ui.remote.server import Server


@dataclass(frozen=True, slots=True)
class Shop:
    """A hosted instance, and who comes there."""

    hosted: Hosted
    records: RemoteRecords
    blobs: SupabaseBlobs

    @contextmanager
    def guest(self) -> Iterator[Teller]:
        """A browser that has opened the page."""
        with visit(self.hosted.address) as http:
            yield Teller(http)

    @contextmanager
    def member(self, plan: str, balance: int = 0) -> Iterator[tuple[Teller, str]]:
        """A program with a key of somebody who has a plan, and the scope of that."""
        scope = sign_up(self.hosted.gateway.ground, plan, balance=balance)
        with teller(self.hosted.address, let_in(self.records, scope)) as shop:
            yield shop, scope

    def came(self) -> set[str]:
        """Objects of announcements that are still there."""
        with psycopg.connect(self.hosted.gateway.over) as rows:
            going = rows.execute("select bucket || '/' || path from public.removals").fetchall()
        spoken = {*self.records.objects(), *(name for (name,) in going)}
        return {name for name, _ in self.blobs.listing() if name not in spoken}

    def noted(self) -> int:
        """How many announcements were refused."""
        count = "select count(*) from public.audit_log where action = 'intake_refused'"
        return self.hosted.count(count)


@pytest.fixture(scope="module")
def hosted(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Shop]:
    with open_hosted(cluster, tmp_path_factory.mktemp("intake"), models, **UNCOUNTED) as hosted:
        project = Project(hosted.gateway.url, hosted.gateway.secret)
        yield Shop(hosted, RemoteRecords(SupabaseDoor(project)), SupabaseBlobs(project))
        project.close()
        assert faults(hosted.gateway.ground) == []


def ended(shop: Teller, job_id: str) -> Any:
    """Wait for a job, and return how it is then."""
    with shop.http.stream("GET", f"/jobs/{job_id}/events") as stream:
        for _ in events(stream):
            pass
    return shop.job(job_id)


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == PROBLEM
    return answer.status_code, answer.json()["type"].removeprefix("urn:coveshot:")


def noise(megabytes: int) -> bytes:
    """Return a photo of about so many megabytes."""
    side = int((megabytes * 1e6 / 3) ** 0.5)
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "BMP")
    return file.getvalue()


def flat(width: int, height: int) -> bytes:
    """Return a photo of many pixels and few bytes: a dark square on light paper."""
    pixels = np.full((height, width), 220, np.uint8)
    pixels[height // 4 : -height // 4, width // 4 : -width // 4] = 30
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def area(shop: Teller, done: Any) -> int:
    with Image.open(io.BytesIO(shop.http.get(done["output_urls"]["png"]).content)) as cutout:
        return cutout.width * cutout.height


def test_a_visitor_sends_a_photo_past_the_server_and_gets_a_cutout(
    hosted: Shop, photo: bytes
) -> None:
    with hosted.guest() as visitor, hosted.guest() as other:
        told = visitor.announce(photo).json()
        assert told["upload_url"].startswith(hosted.hosted.gateway.url)
        assert told["resumable"] is None
        visitor.put(told, photo).raise_for_status()
        assert visitor.uploaded(told["job_id"]).json()["status"] in {"queued", "running", "done"}
        done = ended(visitor, told["job_id"])
        png = visitor.http.get(done["output_urls"]["png"])
        again = visitor.announce(photo).json()

        assert png.content.startswith(b"\x89PNG")
        assert (again["cached"], again["output_id"]) == (True, done["output_id"])
        assert other.announce(photo).json()["cached"] is False
        assert problem(other.http.get(f"/jobs/{told['job_id']}")) == (404, "not-found")
        assert problem(other.http.get(urlsplit(done["output_urls"]["png"]).path))[0] == 404
    assert hosted.came() == set()


@pytest.mark.parametrize("plan", ["free", "paid"])
def test_a_plan_decides_where_results_are(hosted: Shop, photo: bytes, plan: str) -> None:
    with hosted.member(plan, balance=1) as (shop, scope):
        wish = shop.announce(photo, wants_persist=True)
        job_id = shop.sent(photo)
        done = ended(shop, job_id)
        version = hosted.records.version(scope, done["output_id"])

    assert done["status"] == "done"
    assert wish.status_code == (201 if plan == "paid" else 403)
    bucket = "user-library" if plan == "paid" else "outputs-ephemeral"
    assert version.path.startswith(bucket)
    assert hosted.records.terms.balance(scope) == (0 if plan == "paid" else 1)


def test_what_cannot_be_paid_is_said_before_anything_is_sent(hosted: Shop, photo: bytes) -> None:
    with hosted.member("paid", balance=1) as (shop, scope):
        first = ended(shop, shop.sent(photo))
        other = shop.announce(another(photo))
        free = shop.announce(photo, recipe={"background": "white"})

    assert first["status"] == "done"
    assert problem(other) == (402, "out-of-credits")
    assert free.status_code == 201
    assert hosted.records.terms.balance(scope) == 0


def test_a_result_is_kept_for_good_and_paid_once(hosted: Shop, photo: bytes) -> None:
    with hosted.member("free") as (shop, scope):
        output = ended(shop, shop.sent(photo))["output_id"]
        refused = shop.http.post("/outputs/promote", json={"output_id": output})
        hosted.hosted.tell(
            "update public.profiles set plan_id = 'paid', plan_until = 'infinity'"
            " where user_id = %s",
            scope,
        )
        unpaid = shop.http.post("/outputs/promote", json={"output_id": output})
        hosted.hosted.tell("select public.grant_credits(%s, 3, 'grant', 'gift')", scope)
        kept = [shop.http.post("/outputs/promote", json={"output_id": output}) for _ in range(2)]

    assert problem(refused) == (403, "not-allowed")
    assert problem(unpaid) == (402, "out-of-credits")
    assert [one.json()["kept"] for one in kept] == [True, True]
    assert hosted.records.version(scope, output).path.startswith("user-library")
    assert hosted.records.terms.balance(scope) == 2


@pytest.mark.parametrize(("lie", "status"), [
    ({"sha256": "0" * 64}, 422),
    ({"width": 641, "height": 480}, 422),
    ({"filename": "vase.png"}, 415),
    ({"size": 9}, 422),
])  # fmt: skip
def test_a_lie_is_refused_removed_and_noted(
    hosted: Shop, photo: bytes, lie: dict[str, Any], status: int
) -> None:
    before = hosted.noted()
    with hosted.guest() as visitor:
        told = visitor.announce(photo, **lie).json()
        visitor.put(told, photo).raise_for_status()
        assert hosted.came()
        refused = visitor.uploaded(told["job_id"])
        job = visitor.job(told["job_id"])

    assert problem(refused)[0] == status
    assert (job["status"], job["says"]) == ("error", refused.json()["detail"])
    assert hosted.came() == set()
    assert hosted.noted() == before + 1


def test_a_photo_of_a_visitor_has_12_megapixels_and_all_of_them_once_somebody_pays(
    hosted: Shop,
) -> None:
    data = flat(4200, 3000)
    with hosted.guest() as visitor, hosted.member("paid", balance=2) as (shop, scope):
        seen = ended(visitor, visitor.sent(data, "large.png"))
        small = area(visitor, seen)
        visit_of = "select scope from public.image_outputs where id = %s::uuid"
        given = hosted.hosted.found(visit_of, seen["output_id"]), scope
        hosted.hosted.tell("select public.adopt(%s, %s)", *given)
        told = shop.announce(data, "large.png").json()
        whole = ended(shop, told["job_id"])
        large = area(shop, whole)

    assert seen["most_pixels"] == 12_000_000
    assert 11_990_000 < small <= 12_000_000
    assert told["upload_url"] is None  # the original has come along
    assert (whole["most_pixels"], large) == (None, 4200 * 3000)
    assert hosted.records.terms.balance(scope) == 1


def test_an_address_is_used_once_even_where_its_token_still_holds(
    hosted: Shop, photo: bytes
) -> None:
    with hosted.guest() as visitor:
        told = visitor.announce(photo).json()
        visitor.put(told, photo).raise_for_status()
        assert visitor.put(told, photo).is_error
        done = ended(visitor, visitor.uploaded(told["job_id"]).json()["id"])
        visitor.put(told, another(photo)).raise_for_status()
        again = visitor.uploaded(told["job_id"]).json()
        png = visitor.http.get(done["output_urls"]["png"])

    assert again["output_id"] == done["output_id"]
    assert png.is_success
    [stray] = hosted.came()
    hosted.blobs.remove(stray)


def test_what_is_large_can_be_sent_in_pieces(hosted: Shop) -> None:
    data = noise(8)
    with hosted.guest() as visitor:
        told = visitor.announce(data, "noise.bmp").json()
        pieces = told["resumable"]
        headers = pieces["headers"]
        begun = httpx.post(
            pieces["url"], headers=headers | {"Upload-Length": str(len(data))}, timeout=60
        )
        place = f"{pieces['url']}/{begun.headers['location'].rpartition('/')[2]}"
        for at in range(0, len(data), pieces["piece"]):
            more = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            piece = data[at : at + pieces["piece"]]
            httpx.patch(place, headers=headers | more, content=piece).raise_for_status()
        queued = visitor.uploaded(told["job_id"])

        assert queued.json()["status"] in {"queued", "running", "done"}
        assert ended(visitor, told["job_id"])["status"] == "done"


def test_our_own_client_sends_what_is_large_in_pieces(hosted: Shop, tmp_path: Path) -> None:
    file = tmp_path / "noise.bmp"
    file.write_bytes(noise(7))
    with hosted.member("free") as (shop, _):
        key = shop.http.headers["x-api-key"]
        server = Server(hosted.hosted.address, key, httpx.Client(timeout=60), lambda _: False)
        told = shop.announce(file.read_bytes(), file.name).json()
        server.put(told, file)
        server.put(told, file)  # said again, when its answer was lost
        server.uploaded(told["job_id"])
        done = server.ended(told["job_id"])
        png = server.fetch(done["output_urls"]["png"])
        left = server.credits()
        server.http.close()

    assert told["resumable"]["piece"] < file.stat().st_size
    assert png.startswith(b"\x89PNG")
    assert left == "0"


def test_a_key_of_somebody_who_goes_is_no_key(hosted: Shop, photo: bytes) -> None:
    with hosted.member("free") as (shop, scope):
        assert shop.announce(photo).status_code == 201
        hosted.hosted.tell("select public.erase_mark(%s)", scope)

        assert problem(shop.announce(photo)) == (401, "no-key")
