"""Photos on their way from a page: hashed there, announced, sent past the server, and only once."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_workbench import drop, sample, wait_for_cutouts
from tests.hosted import Hosted

pytestmark = pytest.mark.browser
LENGTHS = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1_000_003, (1 << 20) + 56]
HASHED = """async (lengths) => {
  const wrong = [];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 251);
    const worker = new Worker("/components/hasher.js");
    const told = await new Promise((done) => {
      worker.onmessage = ({ data }) => data.sha256 && done(data.sha256);
      worker.postMessage(new Blob([bytes]));
    });
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const known = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (told !== known) wrong.push(length);
  }
  return wrong;
}"""


@pytest.fixture
def asked(page: Page, hosted: Hosted) -> list[str]:
    """What the page sends, to us and to the storage."""
    lines: list[str] = []

    def note(method: str, url: str) -> None:
        path = url.removeprefix(hosted.address).removeprefix(hosted.gateway.url)
        if method != "GET" and path.startswith(("/intake", "/jobs", "/upload", "/storage")):
            lines.append(f"{method} {path.partition('?')[0]}")

    page.on("request", lambda request: note(request.method, request.url))
    return lines


def noise(side: int) -> bytes:
    """Return a photo of 3 side² bytes."""
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "BMP")
    return file.getvalue()


def test_a_photo_is_sent_past_the_server_and_never_twice(page: Page, asked: list[str]) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    first = [*asked]
    drop(page, ("once more.jpg", sample("bowl")[1]))
    wait_for_cutouts(page, 2)

    assert [line.split("/")[1] for line in first] == ["intake", "storage", "jobs"]
    assert first[1].startswith("PUT /storage/v1/object/upload/sign/uploads-ephemeral/")
    assert asked[len(first) :] == ["POST /intake"]


def test_what_its_name_hides_is_looked_at_by_the_server(page: Page, asked: list[str]) -> None:
    drop(page, ("bowl", sample("bowl")[1]), ("lens.png", sample("lens")[1]))
    wait_for_cutouts(page, 2)

    assert asked.count("POST /upload") == 2


def test_what_is_no_photo_is_said_at_the_file(page: Page) -> None:
    drop(page, ("table.jpg", b"%PDF-1.7 no photo"))

    expect(page.locator(".incoming .says")).to_contain_text("it is a PDF")


def test_a_hash_is_that_of_the_bytes_whatever_their_length(page: Page) -> None:
    assert page.evaluate(HASHED, LENGTHS) == []


@pytest.fixture
def rough(browser: Browser, hosted: Hosted) -> Iterator[Page]:
    """A window whose network may fail, which the console complains of."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(hosted.address)
    page.get_by_role("button", name="Choose photos").wait_for()
    yield page
    context.close()
    hosted.gateway.faults.clear_up()


def test_a_large_photo_goes_in_pieces_and_on_where_it_stopped(rough: Page, hosted: Hosted) -> None:
    sent: list[str] = []
    rough.on("request", lambda one: sent.append(one.method) if "/resumable" in one.url else None)
    hosted.gateway.faults.blow("lose", "PATCH /storage", times=1)
    with rough.expect_response(lambda one: "/uploaded" in one.url) as told:
        drop(rough, ("noise.bmp", noise(1500)))

    assert told.value.status == 200
    assert sent == ["POST", "PATCH", "HEAD", "PATCH"]


def test_a_storage_that_a_browser_does_not_reach_is_gone_round(rough: Page, hosted: Hosted) -> None:
    hosted.gateway.faults.blow("503", "PUT /storage/v1/object/upload/sign", times=1)
    with rough.expect_response(lambda one: "/upload?" in one.url) as told:
        drop(rough, sample("bowl"))

    assert told.value.status == 201


def test_an_upload_that_is_stopped_is_awaited_no_more(rough: Page, hosted: Hosted) -> None:
    hosted.gateway.faults.blow("hang", "PUT /storage/v1/object/upload/sign", times=1)
    cancelled = "select count(*) from public.intakes where status = 'cancelled'"
    before = hosted.count(cancelled)
    with rough.expect_request(lambda one: one.method == "PUT"):
        drop(rough, sample("bowl"))
    with rough.expect_response(lambda one: one.request.method == "DELETE") as told:
        rough.locator(".incoming").get_by_role("button", name="Remove bowl.jpg").click()

    assert told.value.status == 200
    assert hosted.count(cancelled) == before + 1
