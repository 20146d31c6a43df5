"""A web instance and a worker, each killed wherever it hurts: nothing is lost or paid twice."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image

from storage.records import Status
from tests.commands import another
from tests.crew import Firm, firm, until
from tests.ground.cluster import Cluster
from tests.matrix import visit
from tests.pretend import BEGUN
from tests.program import free_port
from tests.teller import Teller

LOST = "urn:coveshot:lost-lease"
LEASE, LOOK, DAY = 31, 61, 86_460


@pytest.fixture(scope="module")
def instance(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Firm]:
    with firm(cluster, tmp_path_factory.mktemp("firm"), models) as opened:
        yield opened


def test_a_worker_has_jobs_and_no_key(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=2) as (shop, scope):
        jobs = [shop.sent(data) for data in (photo, another(photo))]
        instance.drained()

        assert [instance.status(scope, job) for job in jobs] == [Status.DONE] * 2
        done = shop.job(jobs[0])
        assert shop.http.get(done["output_urls"]["png"]).content.startswith(b"\x89PNG")
        assert instance.records.terms.balance(scope) == 0
    instance.audit()


def test_a_worker_makes_a_photo_as_small_as_the_plan_has_it(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        with psycopg.connect(instance.gateway.over) as rows:
            rows.execute("update public.plans set processed_pixels = 76800 where id = 'free'")
            own = "insert into public.settings (scope, full_resolution) values (%s, false)"
            rows.execute(own, [scope])
        job_id = shop.sent(photo)
        instance.drained()
        done = shop.job(job_id)
        png = shop.http.get(done["output_urls"]["png"]).content

    assert done["most_pixels"] == 76_800
    with Image.open(io.BytesIO(png)) as cutout:
        assert cutout.size == (320, 240)
    instance.audit()


def test_a_request_of_runpod_drains_the_line(instance: Firm, photo: bytes) -> None:
    port = free_port()
    with instance.member(balance=2) as (shop, scope), instance.serverless(port):
        jobs = [shop.sent(data) for data in (photo, another(photo))]
        request = {"input": {"seconds": 60}}
        answer = httpx.post(f"http://127.0.0.1:{port}/runsync", json=request, timeout=90).json()

        assert (answer["status"], answer["output"]) == ("COMPLETED", {"drained": True})
        assert [instance.status(scope, job) for job in jobs] == [Status.DONE] * 2
        again = httpx.post(f"http://127.0.0.1:{port}/runsync", json=request, timeout=90).json()
        assert again["output"] == {"drained": True}  # nothing waits
    instance.audit()


def test_without_its_token_nothing_is_handed_out(instance: Firm) -> None:
    with instance.member(balance=0) as (shop, _):
        for shown in ("", "Bearer", f"Bearer {'0' * 64}", f"Basic {instance.token}"):
            for what in ("take", "beat", "release", "anew", "matte", "finish", "fail"):
                headers = {"Authorization": shown}
                answer = shop.http.post(f"/work/{what}", headers=headers, json={})

                assert answer.status_code == 401, what
                assert answer.json()["type"] == "urn:coveshot:no-key"


def test_who_has_a_job_tells_of_that_start_alone(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        told = instance.told("take", {}).json()
        known = {name: told["job"][name] for name in ("id", "scope", "fence", "owner")}
        for wrong in ({"owner": "0" * 32}, {"fence": 2}, {"scope": "visit"}, {"id": "0" * 32}):
            ticket = known | wrong
            bodies: dict[str, dict[str, Any]] = {
                "anew": {"ticket": ticket},
                "matte": {"ticket": ticket, "note": {}},
                "finish": {"ticket": ticket, "size": [4, 3], "note": {}},
                "fail": {"ticket": ticket, "says": "No."},
            }
            for what, body in bodies.items():
                answer = instance.told(what, body)
                assert (answer.status_code, answer.json()["type"]) == (409, LOST), (what, wrong)
            assert instance.told("beat", {"tickets": [ticket]}).json() == {"held": []}
            instance.told("release", {"tickets": [ticket]}).raise_for_status()
        nothing = {"ticket": known, "size": [4, 3], "note": {}}

        assert instance.told("finish", nothing).status_code == 404  # nothing was put
        assert instance.status(scope, job) is Status.RUNNING
        assert instance.told("beat", {"tickets": [known]}).json() == {"held": [told["job"]["id"]]}
        instance.told("release", {"tickets": [known]}).raise_for_status()
        assert instance.status(scope, job) is Status.QUEUED
        instance.drained()
    instance.audit()


def test_a_job_whose_photo_is_lost_is_not_handed_out(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        image = instance.records.find(scope, sha256(photo).hexdigest())
        assert image
        instance.blobs.remove(image.path)

        assert instance.told("take", {}).json() is None
        assert instance.status(scope, job) is Status.ERROR
        assert instance.records.terms.balance(scope) == 1
        instance.blobs.put(image.path, photo)
    instance.audit()


def test_a_signal_to_end_gives_back_what_is_in_hand(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        with instance.worker("--patience", "0", seconds=60) as worker:
            worker.says(BEGUN)
            worker.process.terminate()
            worker.ended()
        assert instance.status(scope, job) is Status.QUEUED
        instance.drained()

        assert instance.status(scope, job) is Status.DONE
    instance.audit()


KILLED = {
    "with the original in hand": ("hang", "GET /storage/v1/object/sign/"),
    "when the matte is put": ("mute", "PUT /storage/v1/object/upload/sign/.*matte"),
    "when the cutout is put": ("mute", "PUT /storage/v1/object/upload/sign/.*output"),
    "when all objects are put": ("mute", "PUT /storage/v1/object/upload/sign/.*thumb"),
}


@pytest.mark.parametrize("where", KILLED)
def test_a_worker_is_killed(instance: Firm, photo: bytes, where: str) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        instance.gateway.faults.blow(*KILLED[where])
        with instance.worker() as worker:
            instance.held()
            worker.kill()
        instance.gateway.faults.clear_up()
        assert instance.status(scope, job) is Status.RUNNING
        instance.wait(LEASE)
        instance.drained()

        assert instance.status(scope, job) is Status.DONE
        assert instance.records.terms.balance(scope) == 0
    instance.audit()


def test_a_worker_is_killed_while_it_computes(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        with instance.worker(seconds=60) as worker:
            worker.says(BEGUN)
            worker.kill()
        instance.wait(LEASE)
        instance.drained()

        assert instance.status(scope, job) is Status.DONE
        assert instance.records.terms.balance(scope) == 0
    instance.audit()


@pytest.mark.parametrize("blow", ["hang", "mute"], ids=["before the commit", "after the commit"])
def test_the_instance_is_killed_and_its_worker_waits_for_it(
    instance: Firm, photo: bytes, blow: str
) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        instance.gateway.faults.blow(blow, "POST /rest/v1/rpc/finish")
        with instance.worker() as worker:
            instance.held()
            instance.kill()
            instance.gateway.faults.clear_up()
            instance.open()
            until(lambda: instance.status(scope, job) is Status.DONE, 100)
            worker.process.terminate()
            worker.ended()
        assert instance.records.terms.balance(scope) == 0
    instance.audit()


def test_both_are_killed_at_the_commit(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        instance.gateway.faults.blow("hang", "POST /rest/v1/rpc/finish")
        with instance.worker() as worker:
            instance.held()
            instance.kill()
            worker.kill()
        instance.gateway.faults.clear_up()
        instance.open()
        instance.wait(LEASE)
        instance.drained()

        assert instance.status(scope, job) is Status.DONE
        assert instance.records.terms.balance(scope) == 0
    instance.audit()


def test_a_photo_that_kills_three_workers_is_set_aside(instance: Firm, photo: bytes) -> None:
    with instance.member(balance=1) as (shop, scope):
        job = shop.sent(photo)
        for _ in range(3):
            with instance.worker(PRETEND_DIES="1") as worker:
                worker.says(BEGUN)
                worker.process.wait(30)
            instance.wait(LEASE)

        assert instance.status(scope, job) is Status.ERROR
        assert "has stopped Coveshot 3 times" in shop.job(job)["says"]
        assert instance.records.terms.balance(scope) == 1
    instance.audit()


@pytest.mark.parametrize("moment", ["put", "verify"])
def test_the_instance_is_killed_while_a_photo_comes(
    instance: Firm, photo: bytes, moment: str
) -> None:
    with instance.member(balance=1) as (shop, scope):
        told = shop.announce(photo).json()
        shop.put(told, photo).raise_for_status()
        if moment == "put":
            instance.kill()
        else:
            instance.gateway.faults.blow("hang", "POST /rest/v1/rpc/admit")
            with ThreadPoolExecutor() as pool:
                asked = pool.submit(shop.uploaded, told["job_id"])
                instance.held()
                instance.kill()
            assert isinstance(asked.exception(), httpx.TransportError)
        instance.gateway.faults.clear_up()
        instance.open()
        instance.wait(LOOK)
        assert shop.uploaded(told["job_id"]).json()["status"] == "queued"
        instance.drained()

        assert instance.status(scope, told["job_id"]) is Status.DONE
        assert instance.records.terms.balance(scope) == 0
    instance.wait(DAY)
    instance.swept()  # what was taken out of the sender's reach, and never came to be a photo
    instance.start_anew_later()
    instance.audit()


def test_a_sweep_is_killed_and_the_next_one_goes_on(instance: Firm, photo: bytes) -> None:
    with visit(instance.address) as browser:
        for data in (photo, another(photo)):
            Teller(browser).sent(data)
    instance.drained()
    before = instance.objects()
    instance.wait(49 * 3600)
    with instance.gateway.slow_removals(), instance.sweep() as sweep:
        until(lambda: instance.objects() < before)
        sweep.kill()
    instance.wait(360)
    instance.swept()

    assert instance.objects() < before - 5
    instance.audit()
