"""What becomes of a photo by plan, on a hosted instance over a project of its own."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.test_sign_in import fill, member, somebody, submit
from tests.program import free_port, running

if TYPE_CHECKING:
    from tests.gateway.server import Gateway
    from tests.ground.cluster import Cluster

pytestmark = [pytest.mark.browser, pytest.mark.ground]

PASSWORD = "a long password"


@dataclass(slots=True)
class Hosted:
    address: str
    gateway: "Gateway"

    def tell(self, statement: str, *values: object) -> None:
        """Change rows as nobody else can."""
        with psycopg.connect(self.gateway.over) as rows:
            rows.execute(statement.encode(), values)

    def end_in(self, seconds: float) -> None:
        """Let everything that passes be over in a while."""
        for table in ("image_outputs", "images"):  # pages learn of the latter
            self.tell(
                f"update public.{table} set expires_at = now() + %s * interval '1 second'"  # noqa: S608
                " where expires_at is not null",
                seconds,
            )

    def pays(self, email: str, credit: int) -> None:
        self.tell(
            "update public.profiles set plan_id = 'paid', plan_until = 'infinity'"
            " where user_id = (select id from auth.users where email = %s)",
            email,
        )
        if credit:
            self.tell(
                "select public.grant_credits(id::text, %s, 'grant', %s) from auth.users"
                " where email = %s",
                credit,
                secrets.token_hex(4),
                email,
            )

    def count(self, query: str) -> int:
        with psycopg.connect(self.gateway.over) as rows:
            [found] = rows.execute(query.encode()).fetchone() or [0]
        return int(found)


@pytest.fixture(scope="module")
def hosted(
    cluster: "Cluster", tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Hosted]:
    ground = cluster.ground()
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("plans")
    made = import_module("tests.gateway.server").Gateway
    gateway: Gateway = made(ground, cluster.over(ground), folder / "objects")
    with running(
        folder,
        models,
        port,
        COVESHOT_HOSTED="1",
        COVESHOT_SECRET=secrets.token_hex(32),
        COVESHOT_HOSTS=site,
        COVESHOT_LIMIT_PAGES="1000/minute",
        COVESHOT_LIMIT_SIGN_INS="1000/minute",
        COVESHOT_LIMIT_CUTS="1000/hour",
        SUPABASE_URL=gateway.url,
        SUPABASE_PUBLISHABLE_KEY=gateway.publishable,
        SUPABASE_SECRET_KEY=gateway.secret,
    ) as program:
        yield Hosted(program.address, gateway)
    gateway.close()
    cluster.drop(ground)


@pytest.fixture
def page(browser: Browser, hosted: Hosted) -> Iterator[Page]:
    hosted.gateway.auth.settings.confirms = False
    with watched(browser, hosted.address) as page:
        page.goto(hosted.address)
        page.get_by_role("button", name="Choose photos").wait_for()
        yield page


def cut(page: Page, sample: str = "bowl") -> None:
    """Have a sample cut out, and wait for it."""
    page.get_by_role("button", name=f"Try the {sample}").click()
    expect(page.locator(".frame.done img")).to_be_visible(timeout=30_000)


def bar(page: Page) -> str:
    return page.locator(".term .stays").inner_text()


def test_a_visitor_sees_on_the_card_how_long_the_result_is_there(
    page: Page, hosted: Hosted
) -> None:
    cut(page)

    expect(page.locator(".frame .stays")).to_have_text("schedule47 hours left")
    expect(page.locator(".term .stays")).to_have_text("47 hours left, then it is deleted.")
    expect(page.get_by_role("button", name="bowl.jpg: 47 hours left.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign up to keep it longer")).to_be_visible()
    assert hosted.count("select count(*) from public.images where bucket = 'user-library'") == 0

    hosted.end_in(300)
    expect(page.locator(".frame .stays.urgent")).to_contain_text("minutes left")
    hosted.end_in(-1)
    expect(page.locator(".frame.over .says")).to_have_text(
        "Deleted: its time was over. Drop the photo again."
    )
    expect(page.locator(".term .stays")).to_contain_text("Its time is over")


def test_what_a_visitor_has_made_is_there_after_signing_up_and_can_stay_longer(
    page: Page, hosted: Hosted
) -> None:
    cut(page)
    jobs = hosted.count("select count(*) from public.jobs")
    email = somebody()
    page.get_by_role("button", name="Sign up to keep it longer").click()
    page.locator(".entrance:visible").get_by_role("button", name="Open an account").click()
    fill(page, email=email, password=PASSWORD)
    submit(page)

    member(page, email)
    expect(page.locator(".frame.done img")).to_be_visible()
    assert hosted.count("select count(*) from public.jobs") == jobs
    keep = page.get_by_role("button", name="Keep 7 days")
    keep.click()
    expect(page.locator(".frame .stays")).to_contain_text("6 days left")
    expect(keep).to_be_hidden()
    page.get_by_role("link", name="Library").click()
    page.locator(".photo-grid .photo").first.dblclick()
    expect(page.locator(".term .stays")).to_have_text("6 days left, then it is deleted.")
