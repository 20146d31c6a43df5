"""How many photos may wait, how often somebody may have one cut, and what is told of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auth.account import GUEST_PLAN, LOCAL, Account
from auth.metered import Metered
from auth.rates import Act, Asker, Rate
from inference.errors import Crowded, TooOften
from inference.line import Line
from storage.records import Status
from tests.commands import another
from tests.face import Face, opened_face
from ui.desk import Desk

MOST = 3
GUEST = Account("guest", "guest", GUEST_PLAN)


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models, line=Line(MOST)) as face:
        yield face


def photos(photo: bytes) -> Iterator[bytes]:
    while True:
        yield photo
        photo = another(photo)


async def test_beyond_so_many_new_work_is_told_when_to_come_back(face: Face, photo: bytes) -> None:
    several = photos(photo)
    async with face.browser() as ann, face.browser("bob") as bob:
        taken = [(await ann.post("/upload", content=next(several))) for _ in range(MOST)]
        refused = await bob.post("/upload", content=photo)

        assert [one.status_code for one in taken] == [201] * MOST
        assert refused.status_code == 503
        assert refused.json()["says"] == (
            "Photos ahead of you: 3. No more are taken in right now. Try again in a minute."
        )
        assert refused.headers["retry-after"] == "9"
        assert list(face.inbox.glob("*")) == []
        face.work()
        assert (await bob.post("/upload", content=photo)).status_code == 201


async def test_what_is_done_already_joins_no_line(face: Face, photo: bytes) -> None:
    several = photos(photo)
    async with face.browser() as ann:
        await ann.post("/upload", content=next(several))
        face.work()
        for _ in range(MOST):
            await ann.post("/upload", content=next(several))
        again = await ann.post("/upload", content=photo)

    assert again.status_code == 201


def test_many_that_are_tried_again_at_once_are_counted(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    rates = Metered({Act.CUT: Rate("5/hour")})
    rates_line = Line(rates=rates)
    with opened_face(tmp_path, models, line=rates_line) as face:
        desk = Desk(face.fitting, GUEST)
        for number, data in zip(range(4), photos(photo), strict=False):
            file = tmp_path / f"{number}.jpg"
            file.write_bytes(data)
            desk.add(file)
        desk.cancel_all()
        with pytest.raises(TooOften, match="many photos cut out"):
            desk.retry_all(Status.CANCELLED)
        assert {card.job.status for card in face.studio.bench(GUEST)} == {Status.CANCELLED}


def test_a_page_is_counted_at_the_address_that_it_was_last_seen_at() -> None:
    rates = Metered({Act.CUT: Rate("2/hour"), Act.READ: Rate("9/hour")})
    one, other = (replace(GUEST, scope=name) for name in ("one", "other"))
    for visitor in (one, other):
        rates.spend(Act.READ, Asker("203.0.113.9", visitor))
    rates.spend(Act.CUT, Asker("", one))
    rates.spend(Act.CUT, Asker("", other))

    with pytest.raises(Exception, match="many photos cut out"):
        rates.spend(Act.CUT, Asker("", other))


def test_whoever_runs_it_is_never_counted() -> None:
    rates = Metered({Act.CUT: Rate("1/hour")})

    for _ in range(5):
        rates.spend(Act.CUT, Asker("", LOCAL))


def test_a_line_of_ones_own_has_no_end(tmp_path: Path, models: Path) -> None:
    with opened_face(tmp_path, models) as face:
        file = tmp_path / "grey.png"
        for shade in range(5):
            Image.fromarray(np.full((20, 20, 3), shade, np.uint8)).save(file)
            face.studio.arrive(GUEST, file, name="grey.png")
        assert face.library.records.ahead() == 5
        with pytest.raises(Crowded):
            Line(5).join(GUEST, face.library.records)
