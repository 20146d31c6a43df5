"""What a designer does with the recipe of a photo, in a real browser on the running program."""

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_workbench import downloaded, drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser


@pytest.fixture
def bowl(page: Page) -> Page:
    """The workbench with one photo that is cut out."""
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    return page


def fold(page: Page, name: str) -> Locator:
    return page.locator(".fold-head h2 button", has_text=name)


def unfold(page: Page, name: str) -> None:
    fold(page, name).click()
    expect(fold(page, name)).to_have_attribute("aria-expanded", "true")


def alpha(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))[..., 3]


def act(page: Page, name: str) -> None:
    expect(page.locator(".q-dialog")).to_have_count(0)  # such as the one before, which fades
    page.get_by_role("button", name="Presets", exact=True).click()
    page.get_by_role("menuitem", name=name).click()


def test_edges_are_moved_seen_at_once_and_in_the_file_with_no_new_version(bowl: Page) -> None:
    _, before = downloaded(bowl, "PNG")
    unfold(bowl, "Edges")
    picture = bowl.get_by_alt_text("The cutout")
    bowl.get_by_role("slider", name="Move edges").fill("10")
    expect(picture).to_have_attribute("src", re.compile("/looks/"))
    bowl.wait_for_function("document.querySelector('.sheet img:last-child').naturalWidth")
    expect(bowl.locator(".frame.done")).to_have_count(1)  # nothing is cut out again

    _, after = downloaded(bowl, "PNG")
    assert (alpha(after) > 0).sum() > (alpha(before) > 0).sum()
    bowl.get_by_role("button", name="Reset: Edges").click()
    expect(bowl.get_by_role("slider", name="Move edges")).to_have_value("0")
    expect(bowl.get_by_role("button", name="Reset: Edges")).to_have_count(0)


def test_a_look_is_taken_back_and_made_again_by_keys(bowl: Page) -> None:
    sky = bowl.get_by_role("button", name="Sky")
    sky.click()
    expect(sky).to_have_attribute("aria-pressed", "true")
    bowl.keyboard.press("Control+z")
    expect(sky).to_have_attribute("aria-pressed", "false")
    bowl.keyboard.press("Control+Shift+z")
    expect(sky).to_have_attribute("aria-pressed", "true")
    bowl.get_by_role("button", name="Reset all").click()
    expect(sky).to_have_attribute("aria-pressed", "false")
    bowl.locator(".toast").get_by_role("button", name="Undo").click()

    expect(sky).to_have_attribute("aria-pressed", "true")


def test_a_preset_of_ones_own_is_saved_renamed_copied_shared_and_deleted(
    bowl: Page, tmp_path: Path
) -> None:
    bowl.get_by_role("button", name="Sand").click()
    act(bowl, "Save this look")
    bowl.get_by_role("dialog").get_by_role("textbox").fill("Spring")
    bowl.keyboard.press("Enter")
    preset = bowl.get_by_role("combobox", name="Preset")
    expect(preset).to_have_value("spring")
    act(bowl, "Rename")
    bowl.get_by_role("dialog").get_by_role("textbox").fill("Summer")
    bowl.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(preset.get_by_role("option", name="Summer")).to_have_count(1)
    act(bowl, "Duplicate")
    expect(preset).to_have_value("summer-copy")

    with bowl.expect_download() as waiting:
        act(bowl, "Download as a file")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert 'background = "#e8ded1"' in file.read_text()
    act(bowl, "Delete")
    bowl.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(preset.locator("option[value=summer-copy]")).to_have_count(0)
    bowl.get_by_role("button", name="Presets", exact=True).click()
    with bowl.expect_file_chooser() as chooser:
        bowl.get_by_role("menuitem", name="Add from a file").click()
    chooser.value.set_files(file)

    expect(preset).to_have_value("summer-copy")


def test_a_preset_with_a_picture_of_its_own_travels_in_one_file(bowl: Page, tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    Image.new("RGB", (64, 48), "#204060").save(wall)
    bowl.locator(".own-picture input").set_input_files(wall)
    expect(bowl.locator(".own-picture")).to_have_attribute("aria-pressed", "true")
    act(bowl, "Save this look")
    bowl.get_by_role("dialog").get_by_role("textbox").fill("Wall")
    bowl.keyboard.press("Enter")
    preset = bowl.get_by_role("combobox", name="Preset")
    expect(preset).to_have_value("wall")
    with bowl.expect_download() as waiting:
        act(bowl, "Download as a file")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name == "wall.coveshot.zip"
    with zipfile.ZipFile(file) as content:
        picture = next(name for name in content.namelist() if name.endswith(".png"))
        assert content.read(picture) == wall.read_bytes()
    bowl.get_by_role("button", name="Reset all").click()
    expect(preset).to_have_value("")
    bowl.get_by_role("button", name="Presets", exact=True).click()
    with bowl.expect_file_chooser() as chooser:
        bowl.get_by_role("menuitem", name="Add from a file").click()
    chooser.value.set_files(file)

    expect(preset).to_have_value("wall-2")
    expect(bowl.locator(".own-picture")).to_have_attribute("aria-pressed", "true")


def test_a_file_that_is_no_preset_is_refused_with_its_name(bowl: Page, tmp_path: Path) -> None:
    (tmp_path / "letter.toml").write_text("Dear Ann,")
    bowl.get_by_role("button", name="Presets", exact=True).click()
    with bowl.expect_file_chooser() as chooser:
        bowl.get_by_role("menuitem", name="Add from a file").click()
    chooser.value.set_files(tmp_path / "letter.toml")

    expect(bowl.locator(".toast")).to_contain_text("letter.toml is no recipe")


def test_the_models_are_seen_side_by_side_and_the_chosen_one_is_marked(bowl: Page) -> None:
    bowl.keyboard.press("m")
    dialog = bowl.get_by_role("dialog", name="Try another model")
    here = dialog.locator("button.candidate")
    expect(here).to_have_count(1)
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(here.locator("img")).to_be_visible()
    expect(dialog.get_by_text("People and general")).to_be_visible()
    expect(dialog.get_by_role("button", name=re.compile("Get it")).first).to_be_visible()
    here.click()

    expect(dialog).to_have_count(0)


def test_a_file_is_written_as_it_was_asked_for(bowl: Page) -> None:
    bowl.get_by_role("button", name="White", exact=True).click()
    unfold(bowl, "File")
    bowl.get_by_role("button", name="JPEG", exact=True).click()
    bowl.get_by_label("Density").last.select_option("300")
    quality = bowl.get_by_role("slider", name="Quality")
    quality.fill("60")
    link = bowl.get_by_role("link", name="Download JPEG")
    expect(link).to_have_attribute("href", re.compile("quality=60.*dpi=300"))

    name, jpeg = downloaded(bowl, "Download JPEG")
    with Image.open(io.BytesIO(jpeg)) as image:
        assert (name, image.format) == ("bowl.jpg", "JPEG")
        assert image.info["dpi"] == (300, 300)


def test_one_key_gives_all_photos_the_look_and_others_are_marked(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"), sample("scissors"))
    wait_for_cutouts(page, 3)
    page.get_by_role("button", name="White", exact=True).click()
    expect(page.locator(".frame .special")).to_have_count(1)
    page.keyboard.press("l")
    expect(page.locator(".toast")).to_contain_text("All 3 photos have this look now.")
    expect(page.locator(".frame .special")).to_have_count(0)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="all 3 as ZIP").click()
    with zipfile.ZipFile(waiting.value.path()) as content:
        lines = json.loads(content.read("manifest.json"))
    assert {line["recipe"]["background"] for line in lines} == {"#ffffff"}
    page.keyboard.press("Control+z")
    expect(page.locator(".frame .special")).to_have_count(1)


def test_what_was_folded_stays_so_after_a_reload(bowl: Page) -> None:
    fold(bowl, "Shadow").click()
    unfold(bowl, "Edges")
    bowl.reload()

    expect(fold(bowl, "Edges")).to_have_attribute("aria-expanded", "true")
    expect(fold(bowl, "Shadow")).to_have_attribute("aria-expanded", "false")
