"""The library with ten thousand photos, in a real browser on the running program."""

import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from storage.local import SqliteRecords
from storage.purge import HANDFUL
from tests.browser.conftest import watched
from tests.browser.test_workbench import PATIENCE, sample, wait_for_cutouts
from tests.browser.test_workbench import drop as drop_files
from tests.program import running
from tests.stock import stocked

pytestmark = pytest.mark.browser

MANY = 10_000
AGAIN = "document.querySelector('.photo-grid [role=alert] button')?.click()"
MOST_NODES = 1_500
"""Elements of a page, however many photos there are."""


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[str]:
    """The address of the program on a library of many photos, which all tests share."""
    folder = tmp_path_factory.mktemp("stock")
    (folder / "home").mkdir()
    stocked(folder / "home", MANY)
    with running(folder, models) as program:
        yield program.address


@pytest.fixture
def library(browser: Browser, stock: str) -> Iterator[Page]:
    with watched(browser, stock) as page:
        opened(page, stock)
        yield page


def opened(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/library{query}")
    expect(photos(page).first).to_be_visible()


def photos(page: Page) -> Locator:
    """Return the photos that have come: of others there are places alone."""
    return page.get_by_role("option").and_(page.locator(".photo[title]"))


def photo(page: Page, name: str) -> Locator:
    return page.get_by_role("option", name=re.compile(rf"^{re.escape(name)}(,|$)"))


def tally(page: Page, words: str) -> None:
    expect(page.locator(".finding .tally")).to_have_text(words)


def found(page: Page, text: str, words: str) -> None:
    page.get_by_role("searchbox").fill(text)
    tally(page, words)


def test_ten_thousand_photos_scroll_with_few_nodes_and_no_full_picture(library: Page) -> None:
    asked: list[str] = []
    library.on("request", lambda request: asked.append(request.url))
    scroller = library.get_by_role("listbox")
    tally(library, "10,000 photos")
    expect(photo(library, "Chair 10000.jpg")).to_be_visible()
    for share in (0.25, 0.5, 0.75, 1):
        scroller.evaluate("(list, share) => { list.scrollTop = list.scrollHeight * share }", share)
        middle = library.locator(".photo img").nth(30)
        expect(middle).to_be_visible()
        assert library.locator("*").count() < MOST_NODES
    expect(photo(library, "Bowl 1.jpg")).to_be_in_viewport()

    assert [url for url in asked if "preview" in url or "download" in url] == []
    assert sum("/listing/page.json" in url for url in asked) < 20


def test_a_thumbnail_that_is_known_is_not_sent_again(library: Page) -> None:
    address = str(library.locator(".photo img").first.evaluate("image => image.src"))
    first = library.request.get(address)
    again = library.request.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"] == "image/webp"
    assert "immutable" in first.headers["cache-control"]
    assert again.status == 304
    assert again.body() == b""


def test_what_is_searched_filtered_and_sorted_is_in_the_address(library: Page) -> None:
    found(library, "BOWL 996", "12 photos")
    expect(library).to_have_url(re.compile(r"text=BOWL\+996"))
    library.reload()
    expect(library.get_by_role("searchbox")).to_have_value("BOWL 996")
    tally(library, "12 photos")
    found(library, "no such photo", "")
    expect(library.get_by_text("Nothing found.")).to_be_visible()
    library.get_by_role("button", name="Show all").click()
    tally(library, "10,000 photos")

    library.get_by_role("button", name="Worth a look").click()
    tally(library, "1,000 photos")
    library.get_by_label("Sort").select_option("name")
    expect(photos(library).first).to_have_accessible_name("Shoe 4.jpg, Worth a look")
    library.get_by_label("When").select_option("1")
    expect(library.get_by_text("Nothing found.")).to_be_visible()


def test_photos_of_a_preset_are_found_by_keyboard_and_in_the_address(library: Page) -> None:
    preset = library.get_by_role("search").get_by_label("Preset")
    expect(preset.locator("option")).to_have_count(2)
    preset.focus()
    library.keyboard.press("ArrowDown")
    library.keyboard.press("Enter")
    expect(preset.locator("option:checked")).to_have_text("Etsy listing")
    tally(library, "2,000 photos")
    expect(library).to_have_url(re.compile(r"preset=etsy"))
    library.reload()
    expect(preset).to_have_value("etsy")
    tally(library, "2,000 photos")

    found(library, "no such photo", "")
    library.get_by_role("button", name="Show all").click()
    tally(library, "10,000 photos")
    expect(preset).to_have_value("")
    library.goto(f"{library.url}?preset=gone")
    expect(preset.locator("option:checked")).to_have_text("gone")
    expect(library.get_by_text("Nothing found.")).to_be_visible()


def test_photos_are_chosen_by_pointer_and_by_key(library: Page) -> None:
    options, chosen = photos(library), library.locator(".doing .tally")
    options.nth(1).click()
    options.nth(4).click(modifiers=["Shift"])
    expect(chosen).to_have_text("4 chosen")
    options.nth(2).click(modifiers=["ControlOrMeta"])
    expect(chosen).to_have_text("3 chosen")
    library.keyboard.press("Escape")
    expect(chosen).to_be_hidden()

    library.keyboard.press("Home")
    for _ in range(2):
        library.keyboard.press("Shift+ArrowRight")
    library.keyboard.press("Shift+ArrowDown")
    expect(chosen).to_have_text(re.compile(r"\d+ chosen"))
    expect(options.first).to_have_attribute("aria-selected", "true")
    library.keyboard.press("ControlOrMeta+a")
    expect(chosen).to_have_text("10,000 chosen")
    library.keyboard.press("Escape")
    library.keyboard.press("End")
    expect(photo(library, "Bowl 1.jpg")).to_have_attribute("aria-selected", "true")
    library.keyboard.press("Enter")
    expect(library.get_by_label("Name", exact=True)).to_have_value("Bowl 1.jpg")


def test_photos_are_dragged_into_a_collection_or_put_there_by_key(library: Page) -> None:
    library.get_by_role("button", name="New collection").click()
    library.keyboard.type("Spring")
    library.keyboard.press("Enter")
    spring = library.locator(".collections .row", has_text="Spring")
    photos(library).nth(0).click()
    photos(library).nth(2).click(modifiers=["Shift"])
    photos(library).nth(1).drag_to(spring)
    expect(spring.locator(".count")).to_have_text("3")

    photos(library).nth(4).click()
    library.keyboard.press("c")
    library.get_by_role("dialog").get_by_role("button", name="Spring").click()
    expect(spring.locator(".count")).to_have_text("4")
    spring.get_by_role("button", name="Spring").first.click()
    tally(library, "4 photos")
    photos(library).first.click()
    library.get_by_role("button", name="Take out").click()
    tally(library, "3 photos")
    library.get_by_role("button", name="Undo").click()
    tally(library, "4 photos")


def test_photos_of_a_collection_are_put_in_an_own_order(library: Page) -> None:
    library.get_by_role("button", name="New collection").click()
    library.keyboard.type("Window")
    library.keyboard.press("Enter")
    window = library.locator(".collections .row", has_text="Window")
    for at in range(3):
        photos(library).nth(at).drag_to(window)
        expect(window.locator(".count")).to_have_text(str(at + 1))
    names = library.locator(".photo .name")
    window.get_by_role("button", name="Window").first.click()
    library.get_by_label("Sort").select_option("own")
    expect(names).to_have_text(["Chair 10000.jpg", "Shoe 9999.jpg", "Lens 9998.jpg"])

    photos(library).nth(2).drag_to(photos(library).nth(0))
    expect(names).to_have_text(["Lens 9998.jpg", "Chair 10000.jpg", "Shoe 9999.jpg"])
    photos(library).nth(0).click()
    library.keyboard.press("Alt+ArrowRight")
    expect(names).to_have_text(["Chair 10000.jpg", "Lens 9998.jpg", "Shoe 9999.jpg"])
    library.keyboard.press("Alt+ArrowRight")
    expect(names).to_have_text(["Chair 10000.jpg", "Shoe 9999.jpg", "Lens 9998.jpg"])


def test_a_photo_goes_to_the_trash_and_comes_back_in_two_tabs(
    library: Page, browser: Browser, stock: str
) -> None:
    with watched(browser, stock) as other:
        opened(other, stock, "?text=vase+77")
        tally(other, "128 photos")
        found(library, "Vase 9977.jpg", "1 photo")
        photo(library, "Vase 9977.jpg").click()
        library.keyboard.press("Delete")
        tally(other, "127 photos")
        expect(photo(other, "Vase 9977.jpg")).to_have_count(0)
        library.get_by_role("button", name="Undo").click()
        tally(other, "128 photos")

    photo(library, "Vase 9977.jpg").drag_to(library.locator(".collections .trash"))
    expect(library.get_by_text("Nothing found.")).to_be_visible()
    library.locator(".collections .trash").click()
    photo(library, "Vase 9977.jpg").click()
    library.get_by_role("button", name="Put back").click()
    library.get_by_role("button", name="All photos").first.click()
    expect(photo(library, "Vase 9977.jpg")).to_be_visible()


def test_deleting_many_shows_how_far_it_is_and_can_be_stopped(
    browser: Browser, tmp_path: Path, models: Path
) -> None:
    (tmp_path / "home").mkdir()
    ids = stocked(tmp_path / "home", 5 * HANDFUL)
    records = SqliteRecords(tmp_path / "home" / "library.sqlite")
    records.trash.throw("local", ids)
    records.close()
    with (
        running(tmp_path, models) as program,
        watched(browser, program.address) as page,
        closing(sqlite3.connect(tmp_path / "home" / "library.sqlite")) as writer,
    ):
        opened(page, program.address, "?trashed=1")
        writer.execute("begin immediate")  # who writes now waits for us
        page.get_by_role("button", name="Empty the trash").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
        line = page.locator(".under-way")
        expect(line).to_contain_text("0 of 200 photos are deleted.")
        page.get_by_role("button", name="Empty the trash").click()
        expect(page.get_by_role("alertdialog")).to_have_count(0)
        page.reload()
        expect(line).to_contain_text("0 of 200 photos are deleted.")
        stop = line.get_by_role("button", name="Stop")
        stop.focus()
        page.keyboard.press("Enter")
        expect(stop).to_be_disabled()
        writer.rollback()

        expect(line).to_be_hidden()
        tally(page, "160 photos")


def test_what_is_chosen_while_another_one_goes_to_the_trash_stays_chosen(library: Page) -> None:
    found(library, "Shoe 994", "12 photos")
    first, second = photos(library).nth(0), photos(library).nth(1)
    first.click()
    second.evaluate(
        """photo => {
          const key = new KeyboardEvent("keydown", { key: "Delete", bubbles: true });
          document.activeElement.dispatchEvent(key);
          photo.click();  // before any answer can have come
        }"""
    )
    expect(library.get_by_text("1 photo is in the trash.")).to_be_visible()
    tally(library, "11 photos")

    expect(photos(library).first).to_have_attribute("aria-selected", "true")
    library.get_by_role("button", name="Undo").click()
    tally(library, "12 photos")


def test_what_is_deleted_for_good_is_asked_for_first(library: Page) -> None:
    found(library, "Lens 9988.jpg", "1 photo")
    photo(library, "Lens 9988.jpg").click()
    library.keyboard.press("Delete")
    trash = library.locator(".collections .trash")
    trash.click()
    expect(trash).to_have_attribute("aria-current", "page")  # else it is clicked where it was
    photo(library, "Lens 9988.jpg").click()
    library.keyboard.press("Delete")
    question = library.get_by_role("alertdialog")
    expect(question).to_contain_text("Delete 1 photo for good?")
    question.get_by_role("button", name="Keep them").click()
    expect(question).to_have_count(0)
    expect(photo(library, "Lens 9988.jpg")).to_be_visible()
    library.get_by_role("button", name="Delete for good").click()
    library.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    expect(photo(library, "Lens 9988.jpg")).to_have_count(0)
    expect(library.get_by_text("Nothing found.")).to_be_visible()


def test_where_the_program_does_not_answer_the_grid_says_so_and_tries_again(
    browser: Browser, stock: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/listing/survey.json*", lambda route: route.abort())
    page.goto(f"{stock}/library")
    expect(page.get_by_role("alert")).to_contain_text("Coveshot does not answer.")
    again = page.get_by_role("button", name="Try again")
    with page.expect_request("**/listing/survey.json*"):
        again.click()
    page.unroute("**/listing/survey.json*")
    page.evaluate(AGAIN)  # unless the page has found out by itself

    expect(photos(page).first).to_be_visible()
    context.close()


def test_an_empty_library_leads_to_the_workbench(page: Page, address: str) -> None:
    page.goto(f"{address}/library")
    expect(page.get_by_text("Your library is empty.")).to_be_visible()
    page.locator(".collections .trash").click()
    expect(page.get_by_text("The trash is empty.")).to_be_visible()
    page.goto(f"{address}/library/{'0' * 32}")
    expect(page.get_by_text("This photo is not here any more.")).to_be_visible()


def test_versions_are_made_compared_restored_and_taken_to_the_workbench(page: Page) -> None:
    drop_files(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.get_by_role("link", name="Library").click()
    photo(page, "bowl.jpg").dblclick()
    picture, versions = page.get_by_alt_text("The cutout"), page.locator(".versions .version")
    expect(versions).to_have_count(1)
    for count, look in enumerate(("amazon-main", "etsy"), 2):
        page.get_by_label("Look").select_option(look)
        page.get_by_role("button", name="Make it").click()
        expect(versions).to_have_count(count, timeout=PATIENCE)  # they are numbered as they end
        expect(page.locator(".making")).to_be_hidden()

    third = str(picture.get_attribute("src"))
    page.keyboard.press("a")
    expect(versions.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(picture).not_to_have_attribute("src", third)
    page.keyboard.press("b")
    expect(picture).to_have_attribute("src", third)
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="A beside B")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_alt_text("The photo")).to_have_attribute("src", re.compile("/versions/"))

    versions.first.click()
    expect(versions.first).to_have_attribute("aria-pressed", "true")
    expect(versions.first).to_be_focused()
    page.get_by_role("button", name="Show this one in the library").click()
    expect(versions.first).to_have_accessible_name("Version 1, shown in the library")
    page.get_by_label("Notes").fill("For the spring catalogue")
    page.get_by_label("Name", exact=True).fill("Our bowl")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page).to_have_title("Our bowl · Coveshot")
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("For the spring catalogue")
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("link", name="Download PNG").click()
    assert waiting.value.suggested_filename == "Our bowl.png"

    versions.nth(2).click()
    page.get_by_role("button", name="Open on the workbench").click()
    expect(page.locator(".frame.done")).to_have_count(1)
    expect(page.get_by_label("Preset", exact=True)).to_have_value("etsy")


def test_old_versions_go_once_that_is_agreed_to(page: Page) -> None:
    drop_files(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.get_by_role("link", name="Library").click()
    photo(page, "bowl.jpg").dblclick()
    versions = page.locator(".versions .version")
    for count, look in enumerate(("amazon-main", "etsy"), 2):
        page.get_by_label("Look").select_option(look)
        page.get_by_role("button", name="Make it").click()
        expect(versions).to_have_count(count, timeout=PATIENCE)  # they are numbered as they end
        expect(page.locator(".making")).to_be_hidden()
    page.get_by_role("link", name="Library").click()
    page.get_by_role("button", name="Storage").click()
    page.get_by_label("Versions to keep").select_option("1")

    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text(re.compile(r"1 version of 1 photo will be removed, .+\."))
    question.get_by_role("button", name="Remove them").click()
    sheet = page.get_by_role("dialog", name="Storage")
    expect(sheet.get_by_role("row", name="Versions")).to_contain_text("2")


def test_a_photo_that_comes_later_is_not_chosen_with_all_that_were_there(
    library: Page, browser: Browser, stock: str
) -> None:
    chosen = library.locator(".doing .tally")
    with watched(browser, stock) as other:
        opened(other, stock, "?text=chair+77")
        photos(other).first.click()
        other.keyboard.press("Delete")
        other.locator(".toast").hover()  # so that it stays
        found(library, "chair 77", "37 photos")
        photos(library).first.click()
        library.keyboard.press("End")
        library.keyboard.press("Shift+Home")
        expect(chosen).to_have_text("37 chosen")
        other.get_by_role("button", name="Undo").click()
        expect(photos(library).first).to_have_attribute("aria-setsize", "38")
        expect(chosen).to_have_text("37 chosen")

        library.keyboard.press("ControlOrMeta+a")
        expect(chosen).to_have_text("38 chosen")
        photos(other).first.click()
        other.keyboard.press("Delete")
        expect(chosen).to_have_text("37 chosen")
        other.get_by_role("button", name="Undo").click()
        expect(photos(library).first).to_have_attribute("aria-setsize", "38")
        expect(chosen).to_have_text("37 chosen")


def test_a_photo_that_failed_is_named_so(page: Page) -> None:
    name, data = sample("bowl")
    drop_files(page, (name, data[: len(data) // 2]))
    expect(page.locator(".notice")).to_contain_text("cut short", timeout=PATIENCE)
    page.get_by_role("link", name="Library").click()

    expect(page.locator(".photo")).to_have_accessible_name("bowl.jpg, Failed")


def test_what_is_chosen_leaves_as_a_zip_file(page: Page, address: str) -> None:
    drop_files(page, sample("bowl"), sample("lens"))
    wait_for_cutouts(page, 2)
    opened(page, address)
    expect(photos(page)).to_have_count(2)
    photos(page).first.click()
    page.keyboard.press("ControlOrMeta+a")
    expect(page.locator(".doing .tally")).to_have_text("2 chosen")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Export 2 photos")
    dialog.get_by_label("Names").fill("shop-{n}")
    with page.expect_download(timeout=PATIENCE) as waiting:
        dialog.get_by_role("button", name="Download ZIP").click()

    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.namelist() == ["shop-1.png", "shop-2.png", "manifest.json"]
