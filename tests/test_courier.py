"""Programs are told when a job ends: signed, again until they take it, and after a restart."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inference.meter import Meter, Tally
from storage.local import SqliteRecords
from storage.ports.hooks import CALL_PAUSES
from storage.records import Status
from tests.ports.rows import Clock, ending, image, order, started, version
from ui.courier import Courier, NotSent, Signer

SECRET = b"s" * 32
Sent = tuple[str, dict[str, str], bytes]


@dataclass(slots=True)
class Shop:
    """Takes messages as it is told to."""

    answers: list[int | str]
    sent: list[Sent] = field(default_factory=list)

    async def post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        self.sent.append((address, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            raise NotSent(answer)
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(tmp_path: Path, clock: Clock) -> Iterator[SqliteRecords]:
    records = SqliteRecords(tmp_path / "library.sqlite", clock=clock)
    yield records
    records.close()


def courier(
    records: SqliteRecords, clock: Clock, shop: Shop, meter: Meter | None = None
) -> Courier:
    signer = Signer(SECRET)
    return Courier([records], signer, meter or Meter(), lambda: shop, clock)


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Verify a message as a library of Standard Webhooks does."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split()


def test_a_message_tells_what_became_of_a_job_and_is_signed(
    records: SqliteRecords, clock: Clock
) -> None:
    hook = records.hooks.keep("local", "https://shop.example/hook")
    records.admit(image(), order())
    running = started(records)
    done = records.finish(running, version(running))
    shop = Shop([200])
    sender = courier(records, clock, shop)

    assert sender.round() == 1
    [(address, headers, body)] = shop.sent
    assert address == "https://shop.example/hook"
    assert verified(sender.signer.secret_of(hook.id), headers, body)
    assert not verified(sender.signer.secret_of("another"), headers, body)
    assert not verified(sender.signer.secret_of(hook.id), headers, body + b" ")
    assert headers["webhook-timestamp"] == str(int(clock.now))
    assert json.loads(body)["type"] == "job.done"
    assert json.loads(body)["data"] == {
        "id": done.id,
        "status": "done",
        "op_key": "cut:white",
        "says": "",
        "output_id": done.version_id,
    }
    assert sender.round() == 0


def test_what_is_not_taken_is_told_again_by_the_next_process(
    records: SqliteRecords, clock: Clock
) -> None:
    records.hooks.keep("local", "https://shop.example")
    job = ending(records)
    shop, meter = Shop(["The address cannot be reached.", 500, 302, 204]), Meter()
    for _ in range(4):
        assert courier(records, clock, shop, meter).round() == 1
        assert courier(records, clock, shop, meter).round() == 0
        clock.now += max(CALL_PAUSES)

    assert len({headers["webhook-id"] for _, headers, _ in shop.sent}) == 1
    assert {json.loads(body)["data"]["id"] for _, _, body in shop.sent} == {job.id}
    assert len({headers["webhook-timestamp"] for _, headers, _ in shop.sent}) == 4
    assert meter.read().counts == {(Tally.HOOKS, "failed"): 3, (Tally.HOOKS, "sent"): 1}
    assert records.hooks.all("local")[0].failures == 0


def test_whoever_wants_no_messages_gets_none(records: SqliteRecords, clock: Clock) -> None:
    records.hooks.keep("local", "https://shop.example")
    ending(records)
    courier(records, clock, Shop([410])).round()
    [hook] = records.hooks.all("local")

    assert hook.disabled_at is not None
    assert "410" in hook.says


def test_a_job_that_was_purged_meanwhile_is_told_by_its_name(
    records: SqliteRecords, clock: Clock
) -> None:
    records.hooks.keep("local", "https://shop.example")
    job = ending(records)
    records.trash.throw("local", [job.image_id])
    records.trash.purge("local", [job.image_id])
    shop = Shop([200])
    courier(records, clock, shop).round()

    [(_, _, body)] = shop.sent
    assert json.loads(body)["data"] == {"id": job.id, "status": Status.CANCELLED}


def test_each_address_has_a_secret_of_its_own_that_stays() -> None:
    first, again = Signer(SECRET), Signer(SECRET)

    assert first.secret_of("a") == again.secret_of("a")
    assert first.secret_of("a").startswith("whsec_")
    assert len({first.secret_of("a"), first.secret_of("b"), Signer(b"t" * 32).secret_of("a")}) == 3
    assert "sss" not in repr(first)
