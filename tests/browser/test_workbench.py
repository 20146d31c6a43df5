"""What a designer does on the workbench, in a real browser on the running program."""

import base64
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[2] / "assets" / "samples"
PATIENCE = 60_000
"""Milliseconds for a photo on a slow machine."""

DROP = """
files => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  const name = PASTES ? "paste" : "drop";
  const event = PASTES
    ? new ClipboardEvent("paste", { clipboardData: transfer })
    : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  window.dispatchEvent(event);
}
"""
SQUARE = """() => {
  const { naturalWidth, naturalHeight } = document.querySelector(".sheet img:last-child");
  const { width, height } = document.querySelector(".sheet").getBoundingClientRect();
  return naturalWidth && naturalWidth === naturalHeight && Math.abs(width - height) < 1;
}"""


def drop(page: Page, *files: tuple[str, bytes], paste: bool = False) -> None:
    encoded = [(name, base64.b64encode(data).decode()) for name, data in files]
    page.evaluate(DROP.replace("PASTES", "true" if paste else "false"), encoded)


def sample(name: str) -> tuple[str, bytes]:
    return f"{name}.jpg", (SAMPLES / f"{name}.jpg").read_bytes()


def wait_for_cutouts(page: Page, count: int) -> None:
    """Wait for so many in the strip, and until all beside it knows, too: that is told apart."""
    expect(page.locator(".frame.done")).to_have_count(count, timeout=PATIENCE)
    expect(page.get_by_alt_text("The cutout")).to_be_visible()


def choose(page: Page, name: str) -> None:
    """Choose a photo: of some that come together, any may be the first, and so the chosen one."""
    page.locator(".frame", has_text=name).locator(".picture").click()
    expect(page.locator(".panel h1")).to_have_text(name)  # it is shown, and not only chosen


def downloaded(page: Page, name: str) -> tuple[str, bytes]:
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("link", name=name).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_three_photos_are_dropped_cut_compared_and_downloaded(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"), sample("scissors"))
    wait_for_cutouts(page, 3)

    handle = page.get_by_role("slider", name="Split")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "48")
    expect(page.get_by_alt_text("The cutout")).to_be_visible()

    choose(page, "bowl.jpg")
    name, png = downloaded(page, "PNG")
    alpha = np.asarray(Image.open(io.BytesIO(png)))[..., 3]
    assert name == "bowl.png"
    assert alpha.shape == (1200, 1600)
    assert 0.2 < (alpha == 255).mean() < 0.5
    assert alpha[5, 5] == 0

    name, archive = downloaded(page, re.compile("all 3 as ZIP").pattern)
    with zipfile.ZipFile(io.BytesIO(archive)) as content:
        assert sorted(content.namelist()) == [
            "bowl.png",
            "lens.png",
            "manifest.json",
            "scissors.png",
        ]
        assert content.read("bowl.png") == png
        lines = json.loads(content.read("manifest.json"))
    assert {line["status"] for line in lines} == {"done"}


def test_a_chosen_background_is_seen_at_once_and_is_in_the_file(page: Page) -> None:
    page.get_by_role("button", name="Try the bowl").click()
    wait_for_cutouts(page, 1)
    expect(page.get_by_role("link", name="JPEG")).to_be_disabled()
    expect(page.get_by_text("JPEG has no transparency")).to_be_visible()
    page.get_by_role("button", name="Sky").click()
    expect(page.get_by_role("button", name="Sky")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        """() => {
          const canvas = document.querySelector(".stage > canvas");
          const pixels = canvas.getContext("2d").getImageData(canvas.width * 0.9, 60, 1, 1).data;
          return [...pixels].join() === "207,224,242,255";
        }"""
    )

    name, jpeg = downloaded(page, "JPEG")
    picture = Image.open(io.BytesIO(jpeg))
    assert name == "bowl.jpg"
    assert picture.format == "JPEG"
    assert picture.getpixel((5, 5)) == pytest.approx((207, 224, 242), abs=3)


def test_a_file_that_is_no_photo_is_refused_with_a_sentence_and_the_rest_goes_on(
    page: Page,
) -> None:
    drop(page, ("paper.jpg", b"%PDF-1.7 " + bytes(100)), sample("bowl"))
    wait_for_cutouts(page, 1)

    expect(page.get_by_role("alert")).to_contain_text("it is a PDF")
    page.get_by_role("button", name="Remove paper.jpg").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_refused_file_is_told_of_where_it_was_dropped(page: Page) -> None:
    drop(page, ("paper.pdf", b"%PDF-1.7 " + bytes(100)))

    expect(page.locator(".incoming")).to_contain_text("it is a PDF")
    page.get_by_role("button", name="Remove paper.pdf").click()
    expect(page.locator(".incoming")).to_have_count(0)
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def test_a_folder_keeps_its_paths_and_leaves_out_what_is_no_photo(
    page: Page, tmp_path: Path
) -> None:
    inside = tmp_path / "spring" / "bowls"
    inside.mkdir(parents=True)
    shutil.copy(SAMPLES / "bowl.jpg", inside)
    for name in ("Thumbs.db", ".DS_Store"):
        (inside / name).write_bytes(b"not a photo")
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "spring")

    expect(page.locator(".frame .name")).to_have_text("bowl.jpg", timeout=PATIENCE)
    expect(page.locator(".frame .name")).to_have_attribute("title", "spring/bowls/bowl.jpg")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_photo_that_is_cut_short_says_so_and_can_be_removed(page: Page) -> None:
    name, data = sample("bowl")
    drop(page, (name, data[: len(data) // 2]))

    expect(page.locator(".notice")).to_contain_text("cut short", timeout=PATIENCE)
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def test_a_reload_finds_everything_again(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"))
    here = page.locator(".frame:not(.uploading) .name")  # what is on its way ends with the page
    expect(here).to_have_count(2, timeout=PATIENCE)
    page.reload()

    wait_for_cutouts(page, 2)


def test_arrows_go_through_the_photos_and_space_shows_the_original(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"))
    wait_for_cutouts(page, 2)
    choose(page, "bowl.jpg")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".frame.chosen .name")).to_have_text("lens.jpg")
    expect(page.locator(".panel h1")).to_have_text("lens.jpg")
    page.keyboard.down("Space")
    expect(page.get_by_role("slider", name="Split")).to_be_hidden()
    page.keyboard.up("Space")
    expect(page.get_by_role("slider", name="Split")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="100 %")).to_have_attribute("aria-pressed", "true")


def test_space_shows_the_original_whatever_was_clicked_last(page: Page) -> None:
    page.get_by_role("button", name="Try the bowl").click()
    wait_for_cutouts(page, 1)
    page.get_by_role("button", name="Sky").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.down("Space")

    expect(page.get_by_role("slider", name="Split")).to_be_hidden()
    page.keyboard.up("Space")
    expect(page.get_by_role("slider", name="Split")).to_be_visible()


def test_the_handle_stays_in_sight_while_the_wheel_zooms_to_the_pointer(page: Page) -> None:
    page.get_by_role("button", name="Try the bowl").click()
    wait_for_cutouts(page, 1)
    stage = page.locator(".stage").bounding_box()
    assert stage
    page.mouse.move(stage["x"] + 100, stage["y"] + 100)
    page.mouse.wheel(0, -1500)

    expect(page.locator(".stage")).to_have_class(re.compile("zoomed"))
    handle = page.get_by_role("slider", name="Split").bounding_box()
    assert handle
    assert stage["x"] <= handle["x"] <= stage["x"] + stage["width"]
    before = page.locator(".sheet").bounding_box()
    page.mouse.down()
    page.mouse.move(stage["x"] + 160, stage["y"] + 130)
    page.mouse.up()
    after = page.locator(".sheet").bounding_box()
    assert before
    assert after
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((60, 30), abs=1)


def test_removing_all_asks_first(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"))
    expect(page.locator(".frame .name")).to_have_count(2, timeout=PATIENCE)
    page.get_by_role("button", name="Remove all").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove all").click()

    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def test_while_something_is_dragged_the_whole_page_takes_it(page: Page) -> None:
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["x"], "x.jpg"));
          window.dispatchEvent(new DragEvent("dragenter", { dataTransfer: transfer }));
        }"""
    )

    expect(page.get_by_text("Drop to cut out")).to_be_visible()
    drop(page, sample("bowl"))
    expect(page.get_by_text("Drop to cut out")).to_have_count(0)
    expect(page.locator(".frame:not(.uploading) .name")).to_have_text("bowl.jpg", timeout=PATIENCE)


def test_the_chosen_colours_are_remembered(page: Page) -> None:
    page.get_by_role("button", name="Colours").click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.reload()

    expect(page.get_by_role("button", name="Colours: dark")).to_be_visible()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))


def test_a_pasted_photo_is_cut(page: Page) -> None:
    drop(page, sample("bowl"), paste=True)

    wait_for_cutouts(page, 1)


def test_a_name_full_of_markup_is_shown_as_it_is(page: Page) -> None:
    _, data = sample("bowl")
    drop(page, ("<img src=x onerror=alert(1)>.jpg", data))
    wait_for_cutouts(page, 1)

    expect(page.locator(".frame .name")).to_have_text("<img src=x onerror=alert(1)>.jpg")


def test_keys_are_listed(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()

    expect(page.get_by_text("Hold to see the original")).to_be_visible()


def test_a_phone_has_it_all_in_one_column(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Try the lens").click()
    wait_for_cutouts(page, 1)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.get_by_role("link", name="PNG")).to_be_in_viewport()


def test_a_look_is_seen_as_it_is_downloaded(page: Page) -> None:
    """Shadow, ground and frame come in one picture, small on the page and whole in the file."""
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.get_by_role("button", name="Studio", exact=True).click()
    page.get_by_role("button", name="Contact", exact=True).click()
    page.get_by_role("button", name="1:1", exact=True).click()
    fill = page.get_by_role("slider", name="Subject fills")
    fill.fill("80")
    expect(page.locator(".slider", has=fill).locator(".value")).to_have_text("80 %")
    expect(page.get_by_role("button", name="Bottom")).to_be_visible()
    expect(fill).to_have_value("80")

    picture = page.get_by_alt_text("The cutout")
    expect(picture).to_have_attribute("src", re.compile("/looks/"))
    page.wait_for_function(SQUARE)  # looks of before may come first, each as a picture of its own

    _, png = downloaded(page, "PNG")
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "RGB"
        assert image.width == image.height > 1000


def test_an_own_picture_is_behind_the_subject_on_the_page_and_in_the_file(
    page: Page, tmp_path: Path
) -> None:
    Image.new("RGB", (400, 300), (0, 120, 60)).save(tmp_path / "wall.png")
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Own picture").click()
    chooser.value.set_files(tmp_path / "wall.png")

    expect(page.get_by_role("button", name="Own picture")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_alt_text("The cutout")).to_have_attribute("src", re.compile("/looks/"))
    _, png = downloaded(page, "PNG")
    with Image.open(io.BytesIO(png)) as image:
        assert image.getpixel((3, 3)) == (0, 120, 60)


def test_a_photo_that_comes_alone_is_shown_though_another_was_clicked(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.locator(".frame .picture").first.click()
    drop(page, sample("lens"))

    expect(page.locator(".panel h1")).to_have_text("lens.jpg", timeout=PATIENCE)
    expect(page.locator(".frame.chosen .name")).to_have_text("lens.jpg")
