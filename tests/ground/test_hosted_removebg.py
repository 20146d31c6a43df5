"""remove.bg's API on a hosted instance: credits that are really taken, headers that are true."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from PIL import Image

from auth.keys import CUT
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.remote.records import RemoteRecords
from tests.commands import another
from tests.ground.cluster import Cluster
from tests.ground.server import faults, sign_up
from tests.hosted import Hosted, open_hosted
from tests.matrix import UNCOUNTED
from tests.teller import let_in

PREVIEW = 250_000


@dataclass(frozen=True, slots=True)
class Member:
    """A program with a key of somebody."""

    http: httpx.Client
    scope: str
    records: RemoteRecords

    def cut(self, photo: bytes, **fields: str) -> httpx.Response:
        return self.http.post("/v1.0/removebg", files={"image_file": photo}, data=fields)

    def total(self) -> int:
        told = self.http.get("/v1.0/account").json()["data"]["attributes"]["credits"]
        assert told["total"] == told["payg"]
        return int(told["total"])


@dataclass(frozen=True, slots=True)
class Shop:
    hosted: Hosted
    records: RemoteRecords

    @contextmanager
    def member(
        self, balance: int, plan: str = "paid", per_minute: int | None = None
    ) -> Iterator[Member]:
        scope = sign_up(self.hosted.gateway.ground, plan, balance=balance)
        key = {"X-Api-Key": let_in(self.records, scope, per_minute=per_minute)}
        with httpx.Client(base_url=self.hosted.address, headers=key, timeout=60) as http:
            yield Member(http, scope, self.records)

    def rows(self, table: str, scope: str) -> int:
        return self.hosted.count(f"select count(*) from public.{table} where scope = %s", scope)  # noqa: S608 own words


@pytest.fixture(scope="module")
def shop(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Shop]:
    with open_hosted(cluster, tmp_path_factory.mktemp("shop"), models, **UNCOUNTED) as hosted:
        project = Project(hosted.gateway.url, hosted.gateway.secret)
        yield Shop(hosted, RemoteRecords(SupabaseDoor(project)))
        project.close()
        assert faults(hosted.gateway.ground) == []


def area(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    width, height = Image.open(io.BytesIO(answer.content)).size
    assert (answer.headers["X-Width"], answer.headers["X-Height"]) == (str(width), str(height))
    return width * height


def error(answer: httpx.Response) -> tuple[int, str]:
    [told] = answer.json()["errors"]
    assert told["title"]
    return answer.status_code, told["code"]


def test_a_photo_takes_a_credit_once_and_the_header_says_so(shop: Shop, photo: bytes) -> None:
    with shop.member(balance=5) as ann:
        answers = [ann.cut(photo, size="auto"), ann.cut(photo, size="auto", bg_color="red")]
        other = ann.cut(another(photo), size="hd")

        assert [one.headers["X-Credits-Charged"] for one in (*answers, other)] == ["1", "0", "1"]
        assert area(answers[0]) > PREVIEW
        assert int(answers[0].headers["X-RateLimit-Limit"]) == 1_000_000 * 100
        assert ann.total() == 3
        assert shop.rows("image_outputs", ann.scope) == 2


def test_of_several_at_once_one_pays(shop: Shop, photo: bytes) -> None:
    with shop.member(balance=5) as ann, ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda size: ann.cut(photo, size=size), ("auto", "hd", "full", "4k"))

        charged = sorted(one.headers["X-Credits-Charged"] for one in answers)
        assert (charged, ann.total()) == (["0", "0", "0", "1"], 4)


def test_a_preview_is_free_and_leaves_nothing(shop: Shop, photo: bytes) -> None:
    with shop.member(balance=1) as ann:
        answers = [ann.cut(photo), ann.cut(photo, size="preview", crop="true", bg_color="green")]

        assert [one.headers["X-Credits-Charged"] for one in answers] == ["0", "0"]
        assert 0.9 * PREVIEW < area(answers[0]) <= PREVIEW
        assert area(answers[1]) <= PREVIEW
        assert ann.total() == 1
        assert [shop.rows(table, ann.scope) for table in ("images", "jobs")] == [0, 0]


def test_without_credits_it_is_402_or_a_preview_where_any_size_will_do(
    shop: Shop, photo: bytes
) -> None:
    with shop.member(balance=0) as ann:
        refused, taken = ann.cut(photo, size="full"), ann.cut(photo, size="auto")

        assert error(refused) == (402, "insufficient_credits")
        assert (area(taken) <= PREVIEW, taken.headers["X-Credits-Charged"]) == (True, "0")
        assert [shop.rows(table, ann.scope) for table in ("images", "jobs")] == [0, 0]


def test_what_is_no_photo_costs_nothing(shop: Shop) -> None:
    with shop.member(balance=1) as ann:
        found = [error(ann.cut(b"%PDF-1.7 no photo", size=size)) for size in ("auto", "preview")]

        assert found == [(400, "unknown_file_type")] * 2
        assert ann.total() == 1


def test_a_free_account_has_what_its_plan_allows(shop: Shop, photo: bytes) -> None:
    with shop.member(balance=0, plan="free") as bob:
        answer = bob.cut(photo, size="full")

        assert answer.headers["X-Credits-Charged"] == "0"
        assert shop.rows("image_outputs", bob.scope) == 1


def test_who_may_not_or_not_so_often_is_told_in_their_words(shop: Shop) -> None:
    with shop.member(balance=1, per_minute=1) as ann:
        first, second = (ann.http.get("/v1.0/account") for _ in range(2))
        wrong = ann.http.get("/v1.0/account", headers={"X-Api-Key": "cove_wrong"})
        cutter = let_in(shop.records, ann.scope, CUT)
        closed = ann.http.get("/v1.0/account", headers={"X-Api-Key": cutter})

    assert first.status_code == 200
    assert error(second) == (429, "rate_limit_exceeded")
    assert int(second.headers["Retry-After"]) > 0
    assert error(wrong) == error(closed) == (403, "auth_failed")


def test_an_address_that_leads_inside_is_not_asked(shop: Shop) -> None:
    with shop.member(balance=1) as ann:
        for host in ("127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"):
            answer = ann.http.post("/v1.0/removebg", data={"image_url": f"https://{host}/a.jpg"})

            assert error(answer) == (400, "invalid_parameter")
            assert "public server" in answer.text
