"""The rows of the catalogue: whole, lawful and true to what rembg uses."""

import re
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import pytest

from inference.catalogue import (
    CATALOGUE,
    PREFERENCE,
    RECOMMENDED,
    SMALL,
    Model,
    ReleaseUrl,
    model_named,
)
from inference.errors import UnknownModel

each_row = pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.name)


def test_a_model_is_found_by_its_name() -> None:
    assert model_named("u2net").title == "People and general"


def test_a_name_with_a_slip_gets_the_closest_one_and_all_others() -> None:
    with pytest.raises(UnknownModel) as refused:
        model_named("u2nets")

    assert "Did you mean u2net?" in refused.value.says
    assert all(row.name in refused.value.says for row in CATALOGUE)


def test_a_name_like_no_other_gets_no_guess() -> None:
    with pytest.raises(UnknownModel) as refused:
        model_named("§§§")

    assert "Did you mean" not in refused.value.says


def test_names_titles_and_files_are_there_once() -> None:
    for column in ("name", "title", "file"):
        values = [getattr(row, column) for row in CATALOGUE]

        assert len(set(values)) == len(values), column


@each_row
def test_a_row_can_be_a_switch_an_address_and_a_file_name(row: Model) -> None:
    file = PurePosixPath(row.file)

    assert re.fullmatch(r"[a-z0-9-]+", row.name)
    assert not file.is_absolute()
    assert ".." not in file.parts
    assert file.suffix == ".onnx"


@each_row
def test_a_row_can_be_verified(row: Model) -> None:
    packages = [source for source in row.sources if not isinstance(source, ReleaseUrl)]
    sums = [row.sha256, *(package.sha256 for package in packages)]

    assert row.sha256 or row.md5
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in sums if value)
    assert re.fullmatch(r"[0-9a-f]{32}", row.md5 or "0" * 32)


@each_row
def test_a_row_can_be_fetched_over_a_safe_line(row: Model) -> None:
    urls = [source.url for source in row.sources if isinstance(source, ReleaseUrl)]

    assert row.sources
    assert all(url.startswith("https://") for url in urls)


@each_row
def test_a_row_speaks_to_people(row: Model) -> None:
    assert row.title[0].isupper()
    assert row.hint.endswith(".")
    assert row.licence


def test_what_is_chosen_unasked_may_be_used_for_work() -> None:
    assert all(model_named(name).commercial for name in PREFERENCE)


def test_the_small_model_is_the_smallest_and_the_last_choice() -> None:
    assert min(CATALOGUE, key=lambda row: row.bytes).name == SMALL
    assert (*RECOMMENDED, SMALL) == PREFERENCE


def test_release_addresses_and_checksums_are_those_of_rembg() -> None:
    sessions = _sessions_of_rembg()

    for row in CATALOGUE:
        code = next(code for code in sessions if f'return "{row.session}"\n' in code)
        urls = [source.url for source in row.sources if isinstance(source, ReleaseUrl)]
        assert all(f'"{url}"' in code for url in urls), row.name
        assert row.md5 is None or f'"md5:{row.md5}"' in code, row.name


def _sessions_of_rembg() -> list[str]:
    """Read its code as text: importing it takes up to a minute the first time."""
    rembg = find_spec("rembg")
    assert rembg
    assert rembg.origin
    return [file.read_text() for file in (Path(rembg.origin).parent / "sessions").glob("*.py")]
