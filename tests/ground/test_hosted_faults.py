"""What befalls a hosted instance at work: nothing is lost, nothing is paid twice or told on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from auth.account import GUEST_PLAN, Account
from inference.encode import encode
from inference.engine import Engine
from inference.studio import Studio
from inference.weights import Weights
from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.errors import Unreachable
from storage.library import Library
from storage.records import Card, Status
from tests.face import opened_face
from tests.gateway.entry import ANN, PASSWORD, SITE, Entry, entry
from tests.ground.cluster import Cluster
from tests.ground.server import move_clock, sign_up
from tests.ground.site import Site
from tests.test_engine import Brightness, Stage
from ui.site import hosted

BATCH = 1000


class Interrupted(Brightness):
    """Lets something happen in the middle of its first photo."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if not self.calls:
            self._happens()
        return super().__call__(pixels)


@dataclass(slots=True)
class House:
    """A hosted instance that cuts out, photo by photo, when it is told to."""

    site: Site
    folder: Path
    models: Path
    happens: list[Callable[[], object]] = field(default_factory=list)
    """In the middle of the first photo."""
    library: Library = field(init=False)
    stage: Stage = field(init=False)
    studio: Studio = field(init=False)

    def __post_init__(self) -> None:
        weights = Weights(self.models)
        self.library = Library(self.site.records, self.site.blobs)
        self.stage = Stage(lambda: Interrupted(lambda: [one() for one in self.happens]))
        self.studio = Studio(
            weights=weights,
            engine=Engine(weights, self.stage),
            library_for=lambda _: self.library,
        )

    @property
    def inferences(self) -> int:
        return sum(matter.calls for matter in self.stage.opened)

    def member(self, credit: int) -> Account:
        scope = sign_up(self.site.gateway.ground, "paid", balance=credit)
        return Account(id=scope, scope=scope, plan=GUEST_PLAN)

    def send(self, account: Account, photo: bytes) -> Card:
        """Let a photo arrive; return how it stands then."""
        file = self.folder / "vase.jpg"
        file.write_bytes(photo)
        sent = self.studio.arrive(account, file, name="vase.jpg")
        [card] = [card for card in self.studio.bench(account) if card.entry.id == sent.id]
        return card

    def work(self) -> None:
        while job := self.library.records.start("worker"):
            self.studio.work(self.library, job)

    def balance(self, account: Account) -> int | None:
        return self.library.records.terms.balance(account.scope)


@pytest.fixture
def house(site: Site, tmp_path: Path, models: Path) -> Iterator[House]:
    house = House(site, tmp_path, models)
    yield house
    house.studio.close()


def told(card: Card) -> tuple[object, ...]:
    """Return what somebody can know of a photo that has just arrived, but for its names."""
    return card.job.status, card.job.version_id, card.job.attempts, card.job.fence, card.job.says


def test_a_photo_that_somebody_else_has_sent_is_computed_as_if_it_was_never_seen(
    house: House, photo: bytes
) -> None:
    ann, bob, carl = house.member(5), house.member(5), house.member(5)
    house.send(ann, photo)
    house.work()
    known = house.send(bob, photo)
    new = house.send(carl, photo + b" ")

    assert told(known) == told(new)
    assert house.inferences == 1
    assert [house.balance(one) for one in (ann, bob, carl)] == [4, 4, 4]
    house.work()
    assert house.inferences == 3
    assert house.send(ann, photo).job.status is Status.DONE
    assert house.inferences == 3
    assert house.balance(ann) == 4


def test_a_database_that_is_gone_for_half_a_minute_costs_no_photo_and_no_credit(
    house: House, photo: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    ann = house.member(5)
    sent = house.send(ann, photo)
    with ExitStack() as outage:
        house.happens.append(lambda: outage.enter_context(house.site.gateway.database_gone()))
        with pytest.raises(Unreachable), caplog.at_level(logging.CRITICAL):
            house.work()  # it cannot tell how it has ended, nor ask for more
        with pytest.raises(Unreachable):
            house.studio.bench(ann)
    assert house.library.records.job(ann.scope, sent.job.id).status is Status.RUNNING
    move_clock(house.site.gateway.ground, "31 seconds")
    house.library.records.recover()
    house.work()

    [card] = house.studio.bench(ann)
    assert card.job.status is Status.DONE
    assert house.library.cutout(ann.scope, str(card.job.version_id))
    assert len(house.library.records.history(ann.scope, card.image.id)) == 1
    assert house.balance(ann) == 4
    assert {name for name, _ in house.site.blobs.listing()} == set(house.library.records.objects())


def test_a_project_that_does_not_answer_is_given_up_after_some_tries(site: Site) -> None:
    pauses: list[float] = []
    with httpx.Client(timeout=0.2) as http:
        project = Project(site.gateway.url, site.gateway.secret, http=http, sleep=pauses.append)
        site.gateway.faults.blow("hang", "rpc/start", times=99)
        site.gateway.faults.blow("hang", "GET /storage/v1/object/user-library", times=99)
        with pytest.raises(Unreachable):
            SupabaseDoor(project).call("start", {"p_owner": "me"})
        with pytest.raises(Unreachable):
            SupabaseBlobs(project).get("user-library/visit/a.png")
        site.gateway.faults.clear_up()

        assert SupabaseDoor(project).call("start", {"p_owner": "me"}) is None
    assert pauses


@pytest.fixture
async def gate(cluster: Cluster) -> AsyncIterator[Entry]:
    address = cluster.ground()
    async with entry(cluster.over(address)) as gate:
        yield gate
    cluster.drop(address)


async def test_a_batch_outlasts_the_token_that_it_was_begun_with(
    gate: Entry, tmp_path: Path, models: Path
) -> None:
    token = await gate.accounts.sign_up(ANN, PASSWORD, gate.way(gate.visitor()))
    assert token
    account = await gate.accounts.who(token)
    assert account
    waiting = iter(range(BATCH))
    refused: list[int] = []
    with opened_face(tmp_path, models, gate=gate.accounts, site=hosted([SITE], [])) as face:
        async with face.browser(token) as browser:

            async def send(number: int) -> None:
                """Send a photo as the page does: again where it is asked to come back."""
                gate.clock.now += 8
                gate.line.cut = number > 400 and len(refused) < 5  # it is gone when it is needed
                answer = await browser.post(
                    "/upload", params={"name": f"{number}.png"}, content=tiny(number)
                )
                if answer.status_code != HTTPStatus.CREATED:
                    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                    refused.append(number)
                    gate.clock.now += float(answer.headers["Retry-After"])
                    await send(number)

            async def send_all() -> None:
                for number in waiting:
                    await send(number)

            await asyncio.gather(send_all(), send_all())
        names = {card.entry.name for card in face.studio.bench(account)}

    assert len(refused) >= 5
    assert names == {f"{number}.png" for number in range(BATCH)}
    assert gate.count("POST token?grant_type=refresh_token") == 2


def tiny(number: int) -> bytes:
    """Return a photo that is not any other."""
    return encode(np.full((2, 2, 3), number // 256, np.uint8)) + number.to_bytes(4)
