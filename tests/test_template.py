"""Names from templates and tables: safe, distinct, and refused before anything is done."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.cli.console import Misused
from ui.cli.naming import wished_paths
from ui.cli.skus import skus_of
from ui.cli.sources import Source
from ui.names import file_name
from ui.template import FIELDS, NoTemplate, Template, closed


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "skus.csv"
    file.write_text(text, encoding=encoding)
    return file


def test_every_field_has_its_value() -> None:
    template = Template(
        "{sku}_{name}_{preset}_{date}_{n}_{width}x{height}",
        preset="amazon-main",
        date="2026-11-24",
        skus={"vase.jpg": "A-17"},
    )

    stem = template.stem("Vase.JPG", "007")

    assert closed(stem, 2000, 1500) == "A-17_Vase_amazon-main_2026-11-24_007_2000x1500"


def test_no_template_is_the_name_of_the_photo() -> None:
    assert Template().stem("my {width} vase.jpg", "1") == "my {width} vase"


@pytest.mark.parametrize("text", ["{nam}", "{name", "name}", "{name.__class__}", "{}", "{name!r}"])
def test_what_is_no_template_is_refused_with_the_fields_there_are(text: str) -> None:
    with pytest.raises(NoTemplate, match=r"\{sku\}"):
        Template(text)


def test_skus_need_a_table() -> None:
    with pytest.raises(NoTemplate, match="--skus"):
        Template("{sku}")


@given(
    st.lists(st.sampled_from([f"{{{name}}}" for name in FIELDS] + ["-", "/", "..", " ", ":"])),
    st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and "\0" not in text),
)
def test_whatever_comes_out_is_the_name_of_a_file(words: list[str], photo: str) -> None:
    template = Template("".join(words), date="2026-11-24", skus={"x": "y", photo.casefold(): "z"})
    source = Source(Path("/in") / f"{photo}.jpg", "shop")
    try:
        [path] = wished_paths([source], "png", template).values()
    except (Misused, NoTemplate):
        return

    folder, _, name = path.partition("/")
    assert folder == "shop"
    assert name == file_name(name)
    assert name.endswith(".png") or len(name.encode()) >= 190


@pytest.mark.parametrize(
    "text",
    [
        "file,sku\na.jpg,A1\nb.jpg,B2\n",
        "sku;colour;file\nA1;red;a.jpg\nB2;;b.jpg\n",
        "a.jpg\tA1\nb\tB2\n",
        "\ufefffile,sku\n\na.jpg,A1\nb.jpg,B2\nb.jpg,B2\n",
    ],
)
def test_a_table_may_come_from_any_spreadsheet(tmp_path: Path, text: str) -> None:
    template = Template("{sku}", skus=skus_of(table(tmp_path, text)))

    assert [template.stem(name, "1") for name in ("a.jpg", "B.JPG")] == ["A1", "B2"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("file,sku\na.jpg,A1\na.jpg,A2\n", "line 3"),
        ("file,sku\na.jpg\n", "line 2"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(Misused, match=word):
        skus_of(table(tmp_path, text))


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="UTF-8"):
        skus_of(table(tmp_path, "vasé.jpg,A1", "latin-1"))
    with pytest.raises(Misused, match="cannot be read"):
        skus_of(tmp_path / "nowhere.csv")


def test_photos_without_a_sku_are_named_before_anything_is_done() -> None:
    sources = [Source(Path(f"/in/{name}.jpg"), "") for name in "abcdefgh"]
    with pytest.raises(Misused, match=r"7 photos: b\.jpg, c\.jpg"):
        wished_paths(sources, "png", Template("{sku}", skus={"a": "A1"}))


def test_numbers_have_as_many_places_as_the_batch_needs() -> None:
    sources = [Source(Path(f"/in/{number}.jpg"), "") for number in range(12)]

    paths = list(wished_paths(sources, "png", Template("vase-{n}")).values())

    assert (paths[0], paths[-1]) == ("vase-01.png", "vase-12.png")
