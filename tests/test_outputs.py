"""How a file is to be written, in the words of an address."""

from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from inference.output import Format, Output
from inference.preset import Preset
from inference.recipe import Recipe
from tests.face import opened_face
from ui.api.answers import Unfit
from ui.api.outputs import output_of, query_of


@pytest.mark.parametrize(
    "output",
    [
        Output(),
        Output(Format.JPEG, quality=80, dpi=300, profile="source"),
        Output(Format.TIFF, depth=16),
        Output(Format.PNG, matte=True, small=True),
    ],
    ids=lambda output: output.text,
)
def test_an_output_comes_back_from_its_query(output: Output) -> None:
    assert output_of(QueryParams(query_of(output))) == output


@pytest.mark.parametrize("query", ["format=doc", "format=png&quality=9", "format=jpg&quality=x"])
def test_what_is_no_output_is_refused_with_a_sentence(query: str) -> None:
    with pytest.raises(Unfit) as refused:
        output_of(QueryParams(query))
    assert refused.value.says.endswith(".")


def test_another_format_leaves_away_what_it_has_no_place_for() -> None:
    deep = Output(Format.TIFF, dpi=300, depth=16)
    assert deep.as_format(Format.WEBP) == Output(Format.WEBP)
    assert deep.as_format(Format.PNG) == Output(Format.PNG, dpi=300, depth=16)
    mask = Output(Format.PNG, matte=True)
    assert mask.as_format(Format.PSD) == Output(Format.PSD)


async def test_a_preset_is_handed_out_as_a_file_and_an_unknown_one_is_not(
    tmp_path: Path, models: Path
) -> None:
    with opened_face(tmp_path, models) as face:
        face.fitting.presets.add(Preset("", Recipe(background="#e8ded1")), "Spring")
        async with face.browser() as browser:
            answer = await browser.get("/presets/spring")
            unknown = await browser.get("/presets/autumn")

    assert 'background = "#e8ded1"' in answer.text
    assert "spring.coveshot.toml" in answer.headers["content-disposition"]
    assert unknown.status_code == 422
    assert "no preset" in unknown.json()["says"]


async def test_an_unknown_model_is_refused_with_a_sentence(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    with opened_face(tmp_path, models) as face:
        async with face.browser() as browser:
            entry = (await browser.post("/upload?name=a.jpg", content=photo)).json()["id"]
            answer = await browser.get(f"/entries/{entry}/models/u2nett/preview.webp")

    assert answer.status_code == 404
    assert "Did you mean" in answer.json()["says"]
