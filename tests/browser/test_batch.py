"""Many photos on the workbench: what is in sight, selected, paused, tried again and kept."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from auth.account import LOCAL
from storage.local import SqliteRecords
from tests.browser.filled import crowded
from tests.browser.test_workbench import PATIENCE, drop, wait_for_cutouts
from tests.commands import another
from tests.program import Program, running
from ui.shipment import NO_JPEG

pytestmark = pytest.mark.browser

MANY = 2000
MOST_CELLS = 60
"""In the page, however many photos there are."""


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Open the workbench in a window of its own; an error on it fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.locator(".bench:not(.hidden), .welcome:not(.hidden)").first.wait_for()
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def crowded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("crowded")
    crowded(home, MANY)
    return home


@pytest.fixture
def crowd(crowded_home: Path, tmp_path: Path, models: Path, browser: Browser) -> Iterator[Page]:
    """A workbench with thousands of photos, paused."""
    shutil.copytree(crowded_home, tmp_path / "home")
    with running(tmp_path, models) as program, opened(browser, program.address) as page:
        expect(page.locator(".frame.chosen")).to_be_visible()  # keys go on from there
        yield page


def cell(page: Page, name: str) -> Locator:
    return page.locator(".frame", has=page.locator(f'.name[title="{name}"]'))


def selected(page: Page) -> Locator:
    return page.locator(".frame.marked")


def several(photo: bytes, count: int) -> list[tuple[str, bytes]]:
    """Return files of other bytes, which show the same."""
    return [(f"{number}.jpg", photo + bytes([number])) for number in range(count)]


def test_of_thousands_only_those_in_sight_are_in_the_page(crowd: Page) -> None:
    scroller = crowd.locator(".scroller")
    expect(crowd.locator(".frame.waiting").first).to_be_visible()
    assert crowd.locator(".frame").count() < MOST_CELLS
    expect(crowd.locator(".frame").first).to_have_attribute("aria-setsize", str(MANY + 1))
    scroller.evaluate("box => (box.scrollTop = box.scrollHeight)")
    expect(cell(crowd, f"shoot/IMG_{MANY - 1}.jpg")).to_be_visible()
    assert crowd.locator(".frame").count() < MOST_CELLS
    crowd.keyboard.press("g")
    expect(crowd.locator(".filmstrip.grid")).to_be_visible()
    assert crowd.locator(".frame").count() < 2 * MOST_CELLS

    crowd.keyboard.press("Control+a")
    expect(crowd.locator(".marked-tools")).to_contain_text(f"{MANY} selected")
    crowd.keyboard.press("Delete")
    expect(crowd.get_by_role("alertdialog")).to_contain_text(f"Remove {MANY} photos?")
    crowd.get_by_role("button", name="Remove them").click()
    expect(crowd.get_by_role("button", name="Choose photos")).to_be_visible(timeout=PATIENCE)


def test_what_is_in_sight_is_to_be_cut_out_first(crowd: Page, tmp_path: Path) -> None:
    def urgent() -> set[str]:
        with closing(SqliteRecords(tmp_path / "home" / "library.sqlite")) as records:
            return {one.entry.name for one in records.bench(LOCAL.scope) if one.job.priority}

    poll(crowd, lambda: "IMG_0.jpg" in urgent())
    crowd.locator(".scroller").evaluate("box => (box.scrollTop = box.scrollHeight)")
    poll(crowd, lambda: f"IMG_{MANY - 1}.jpg" in urgent())

    assert "IMG_0.jpg" not in urgent()
    assert len(urgent()) < MOST_CELLS


def test_photos_are_sorted_and_the_order_is_remembered(crowd: Page) -> None:
    order = crowd.get_by_label("Order of the photos")
    expect(crowd.locator(".frame .name").first).to_have_text("IMG_0.jpg")
    order.select_option("Newest")
    order.blur()
    place = str(MANY - 1)
    expect(cell(crowd, "shoot/IMG_1.jpg")).to_have_attribute("aria-posinset", place)
    crowd.keyboard.press("ArrowUp")
    expect(crowd.locator(".chosen .name")).to_have_text("IMG_1.jpg")
    crowd.reload()

    expect(cell(crowd, "shoot/IMG_1.jpg")).to_have_attribute("aria-posinset", place)
    expect(crowd.locator(".chosen .name")).to_have_text("IMG_1.jpg")
    expect(order).to_have_value("time")


def test_a_pause_is_seen_in_every_tab_and_after_a_reload(
    page: Page, home: Path, photo: bytes
) -> None:
    with closing(SqliteRecords(home / "library.sqlite")) as records:
        records.batch.pause(LOCAL.scope)  # until all are there, so that none is done too soon
    drop(page, *several(photo, 6))
    expect(page.locator(".tally")).to_have_text("Paused · 0/6")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".tally")).to_contain_text("Paused")
    page.reload()
    expect(page.locator(".tally")).to_contain_text("Paused")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Resume").click()

    wait_for_cutouts(page, 6)
    wait_for_cutouts(other, 6)
    expect(page.get_by_role("button", name="Resume")).to_be_hidden()


def test_two_tabs_show_the_same(page: Page, photo: bytes) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    drop(page, *several(photo, 2))
    wait_for_cutouts(other, 2)
    cell(other, "0.jpg").hover()
    other.get_by_role("button", name="Remove 0.jpg").click()

    expect(page.locator(".frame.done")).to_have_count(1, timeout=PATIENCE)
    expect(cell(page, "1.jpg")).to_be_visible()


def test_photos_are_selected_by_click_and_by_key(page: Page, photo: bytes) -> None:
    drop(page, *several(photo, 5))
    wait_for_cutouts(page, 5)
    pictures = page.locator(".frame .picture")
    pictures.nth(0).click()
    pictures.nth(2).click(modifiers=["Shift"])
    expect(selected(page)).to_have_count(3)
    pictures.nth(1).click(modifiers=["ControlOrMeta"])
    expect(selected(page)).to_have_count(2)
    pictures.nth(4).click()
    expect(selected(page)).to_have_count(0)
    for _ in range(2):
        page.keyboard.press("Shift+ArrowUp")
    expect(selected(page).locator(".name")).to_have_text(["2.jpg", "3.jpg", "4.jpg"])
    page.keyboard.press("Escape")
    expect(selected(page)).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(page.locator(".marked-tools")).to_contain_text("5 selected")
    expect(pictures.nth(2)).to_be_focused()

    page.get_by_role("button", name="Remove the selected photos").click()
    page.get_by_role("button", name="Remove them").click()
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def dropped_folder(page: Page, folder: Path, photo: bytes) -> None:
    """Choose a folder with two photos of one name in it, and wait until both are cut out."""
    for colour, data in (("red", photo), ("blue", another(photo))):
        (folder / colour).mkdir(parents=True)
        (folder / colour / "vase.jpg").write_bytes(data)
    page.locator("input[webkitdirectory]").set_input_files(folder)
    wait_for_cutouts(page, 2)


def test_equal_names_in_a_folder_leave_as_two_files_in_its_tree(
    page: Page, photo: bytes, tmp_path: Path
) -> None:
    dropped_folder(page, tmp_path / "shoot", photo)
    expect(cell(page, "shoot/red/vase.jpg")).to_be_visible()
    page.keyboard.press("e")
    page.get_by_label("Names").fill("{colour}")
    page.get_by_role("button", name="Download ZIP").click()
    expect(page.locator(".export")).to_contain_text("'{colour}' is no template for names.")
    page.get_by_label("Names").fill("{name} {width}x{height}")
    page.get_by_label("Format").select_option("As each photo came")
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("button", name="Download ZIP").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))

    assert sorted(names) == [
        "manifest.json",
        "shoot/blue/vase 640x480.png",
        "shoot/red/vase 640x480.png",
    ]
    assert [line["says"] for line in manifest] == [NO_JPEG] * 2


def test_photos_leave_into_a_folder_of_this_computer(
    page: Page, photo: bytes, tmp_path: Path
) -> None:
    dropped_folder(page, tmp_path / "shoot", photo)
    page.keyboard.press("e")
    page.get_by_label("Keep the folders").uncheck()
    page.get_by_label("Into a folder").fill(str(tmp_path / "out"))
    page.get_by_role("button", name="Write into the folder").click()

    expect(page.locator(".export")).to_contain_text("2 of 2 photos are in", timeout=PATIENCE)
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == ["manifest.json", "vase (2).png", "vase.png"]


def test_all_that_failed_are_tried_again_at_once(page: Page, photo: bytes) -> None:
    drop(page, *((f"{number}.jpg", photo[: 3000 + number]) for number in range(2)))
    expect(page.locator(".frame.failed")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(".tally")).to_have_text("2 failed")
    before = page.evaluate("fetch('/strip?since=0').then(answer => answer.json())")
    page.get_by_role("button", name="Try the failed again").click()

    def tried() -> bool:
        now = page.evaluate("fetch('/strip?since=0').then(answer => answer.json())")
        return bool(now["tick"] >= before["tick"] + 4)

    poll(page, tried)
    expect(page.locator(".frame.failed")).to_have_count(2, timeout=PATIENCE)


def test_a_batch_goes_on_after_the_program_was_killed(
    tmp_path: Path, models: Path, browser: Browser, photo: bytes
) -> None:
    count, in_hand = 10, 2

    def arrived() -> int:
        with closing(SqliteRecords(tmp_path / "home" / "library.sqlite")) as records:
            return len(records.bench(LOCAL.scope))

    with running(tmp_path, models) as first, opened(browser, first.address) as page:
        drop(page, *several(photo, count))
        poll(page, lambda: arrived() == count)  # what is on its way ends with the program
        expect(page.locator(".frame.done").first).to_be_visible(timeout=PATIENCE)
        first.kill()
        expect(page.locator(".connection")).to_contain_text("Not connected.", timeout=PATIENCE)
        with running(tmp_path, models, port=port_of(first)):
            done = page.locator(".frame.done")
            expect(done.nth(count - in_hand - 1)).to_be_visible(timeout=PATIENCE)


def port_of(program: Program) -> int:
    return int(re.findall(r"\d+", program.address)[-1])


def poll(page: Page, true: Callable[[], bool]) -> None:
    """Look until something is so; a minute is long."""
    for _ in range(PATIENCE // 100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not become so.")
