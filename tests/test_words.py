"""Everything that is read comes from the catalogue."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from tests.conftest import ROOT
from tests.face import ANN, Face, opened_face
from tests.words import extracted, kept, texts
from ui.lane import Lane
from ui.pages.workbench import Workbench
from ui.theme import frame
from ui.words import DOMAIN, ENGLISH, VOICE, t, tn

SHOWN = ("heading", "text", "button", "link", "say", "agreed", "named", "Slider", "set_text")
"""What shows its texts as they are; an icon button shows its second one."""
FACES = [file for room in ("pages", "components") for file in (ROOT / "ui" / room).glob("*.py")]
LETTERS = re.compile(r"[A-Za-z]{2}")
ICON = re.compile(r"<span[^>]*material-symbols-outlined[^>]*>\w*</span>")
BOUND = re.compile(r"""[:@][\w-]+=("[^"]*"|'[^']*')""")
"""Attributes whose value is code of Vue's."""
LABEL = re.compile(r"""(?:aria-label|title|placeholder|alt)=["']?[A-Za-z]""")


@pytest.fixture
def backwards(tmp_path: Path) -> Iterator[Path]:
    """A language in which every text is written backwards, but for its values."""
    folder = tmp_path / "locales" / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="eo")
    for message in extracted():
        one, *many = [message.id] if isinstance(message.id, str) else message.id
        if many:
            catalogue.add((one, *many), [_turned(one), *map(_turned, many)])
        elif one:
            catalogue.add(one, _turned(one))
    with (folder / f"{DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalogue)
    yield tmp_path / "locales"
    VOICE.speak(ENGLISH)


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
async def user(face: Face, backwards: Path) -> AsyncIterator[User]:
    VOICE.speak("eo", backwards)
    lane = Lane()

    def page() -> None:
        with frame(page="Workbench") as bar:
            Workbench(face.fitting, ANN, lane, bar)

    async with user_simulation(page) as user:
        yield user
    lane.close()


async def test_a_page_speaks_the_language_of_the_catalogue(user: User) -> None:
    await user.open("/")

    await user.should_see(_turned("Stays on this computer."), retries=30)
    await user.should_see(_turned("Workbench"), retries=30)
    await user.should_not_see("Stays on this computer.")


def test_a_text_has_its_values_and_its_number(backwards: Path) -> None:
    assert t("Remove all {count} photos?", count=3) == "Remove all 3 photos?"
    VOICE.speak("eo", backwards)

    assert VOICE.language == "eo"
    assert t("Remove all {count} photos?", count=3) == "?sotohp 3 lla evomeR"
    assert tn("{count} photo", "{count} photos", 1) == "otohp 1"
    assert tn("{count} photo", "{count} photos", 2) == "sotohp 2"


def test_what_was_said_below_the_pages_is_known_again_by_its_form(backwards: Path) -> None:
    refused = "This file is not a photo we can open (it is a PDF). Use JPEG, PNG or WebP."
    assert t(refused) == refused
    VOICE.speak("eo", backwards)

    assert t("This file is empty.") == ".ytpme si elif sihT"
    assert t(
        "This photo is 9 x 4000 pixels; the limit here is 3000 a side. Make it smaller "
        "and try again."
    ).startswith(".niaga yrt dna rellams ti ekaM .edis a 3000 si")
    assert (
        t(refused) == ".JPEG, PNG or WebP esU .)FDP a si ti( nepo nac ew otohp a ton si elif sihT"
    )
    assert t("The photo cuts the subject off at the left and top.").startswith(".tfel and pot")
    assert t("A sentence of nobody.") == "A sentence of nobody."
    assert t("") == ""


def test_a_language_without_a_catalogue_is_english(backwards: Path) -> None:
    VOICE.speak("xx", backwards)

    assert VOICE.language == ENGLISH
    assert t("Workbench") == "Workbench"


def test_the_catalogue_has_each_text_of_the_code() -> None:
    """Where it fails: `make words`."""
    assert _ids(kept()) == _ids(extracted())


def test_a_text_has_one_plural() -> None:
    plurals = {text for text in texts() if isinstance(text, tuple)}

    assert len({one for one, *_ in plurals}) == len(plurals)


@pytest.mark.parametrize("file", FACES, ids=lambda file: file.name)
def test_no_text_of_a_page_is_hard_coded(file: Path) -> None:
    assert list(_hard_coded(file)) == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "ui" / "components").glob("*.js")), ids=lambda file: file.name
)
def test_no_text_of_a_component_is_hard_coded(file: Path) -> None:
    code = ICON.sub("", file.read_text(encoding="utf-8"))

    assert re.findall(r"[^=]>\s*([A-Za-z][\w ,.]+)\s*</", code) == []
    assert LABEL.findall(BOUND.sub("", code)) == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "ui").rglob("*.py")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_the_catalogue_can_find_each_text(file: Path) -> None:
    """Where it is said as a whole within the call, and not within the braces of another text."""
    assert list(_unfindable(file)) == []


def _unfindable(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="tn"), args=[one, many, *_]):
                yield from (ast.unparse(node) for each in (one, many) if not _literal(each))
            case ast.JoinedStr():
                yield from (
                    ast.unparse(inner)
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Call)
                    and getattr(inner.func, "id", "") in {"t", "tn"}
                    and _literal(inner.args[0])
                )


def _turned(text: str) -> str:
    return "".join(part if part[0] == "{" else part[::-1] for part in _parts(text)[::-1])


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"(\{\w*\})", text) if part]


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def _hard_coded(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in {*SHOWN, "icon_button"}:
            texts = node.args[name == "icon_button" : 2]
            yield from filter(LETTERS.search, (_literal(each) for each in texts))
        if name == "props":
            yield from filter(LABEL.search, (_literal(each) for each in node.args))


def _literal(node: ast.AST) -> str:
    """Return the text that stands in the code as it is."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_literal(part) for part in parts)
        case _:
            return ""
