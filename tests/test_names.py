"""Names from outside: shown as they are meant, written where any system can read them."""

import re
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.names import distinct, file_name, file_path, shown_folder, shown_name

DEVICE = re.compile(r"CON|PRN|AUX|NUL|CON(IN|OUT)\$|(COM|LPT)[0-9¹²³]", re.IGNORECASE)
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("/\\:.. *?<>|\"\0\n\r\t\u202e\u2066\u200f\u2028~%'`$&;\ud800é😀Ω日"),
        st.sampled_from("CONcomLPTaux1.png"),
    ),
    max_size=400,
)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("vase.jpg", "vase.jpg"),
        ("C:\\photos\\vase.jpg", "vase.jpg"),
        ("../../etc/passwd", "passwd"),
        ("  vase .jpg  ", "vase .jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("two\nlines\x00.png", "twolines.png"),
        ("Cafe\u0301.png", "Café.png"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("", "photo"),
        ("..", "photo"),
        ("\u202e..", "photo"),
    ],
)
def test_a_name_is_shown_on_one_line_and_without_its_path(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


@pytest.mark.parametrize(
    ("given_folder", "shown"),
    [
        ("", ""),
        ("shoot/vases", "shoot/vases"),
        ("/etc/", "etc"),
        ("..\\..\\Windows\\System32", "Windows/System32"),
        ("C:/shoot//./vases", "shoot/vases"),
        ("/".join("abcdefghijklmnopqrstuvwxyz"), "/".join("abcdefghijklmnopqrst")),
    ],
)
def test_a_folder_stays_below_the_top(given_folder: str, shown: str) -> None:
    assert shown_folder(given_folder) == shown


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("vase.png", "vase.png"),
        ("CON.png", "_CON.png"),
        ("com1", "_com1"),
        ("console.png", "console.png"),
        ('what? "this": <new>*.png', "what_ _this__ _new__.png"),
        (".htaccess", "htaccess"),
        ("trailing. . ", "trailing"),
        ("...", "photo"),
        ("日本.png", "日本.png"),
    ],
)
def test_a_file_name_suits_every_desktop(name: str, written: str) -> None:
    assert file_name(name) == written


def test_a_long_name_is_cut_before_its_suffix() -> None:
    assert file_name("ü" * 300 + ".png") == "ü" * 98 + ".png"
    assert shown_name("x" * 300 + ".jpeg") == "x" * 250 + ".jpeg"


@given(NASTY)
@example("CON .png")
@example("NUL.tar.gz")
@example("." + "é" * 300)
def test_any_file_name_can_be_written_anywhere(text: str) -> None:
    name = file_name(text)

    assert 0 < len(name.encode()) <= 200
    assert not set(name) & set('<>:"/\\|?*\0\n\r\t\u202e\u2028')
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert not DEVICE.fullmatch(name.partition(".")[0].rstrip())
    assert PureWindowsPath(name).name == PurePosixPath(name).name == name
    assert file_name(name) == name


@given(NASTY)
def test_what_is_shown_needs_no_second_cleaning(text: str) -> None:
    assert shown_name(shown_name(text)) == shown_name(text)
    assert shown_folder(shown_folder(text)) == shown_folder(text)
    assert len(shown_name(text)) <= 255


@given(NASTY, NASTY)
def test_no_path_leaves_its_root(folder: str, name: str) -> None:
    path = PurePosixPath(file_path(folder, name))

    assert not path.is_absolute()
    assert ".." not in path.parts
    assert 1 <= len(path.parts) <= 21
    assert not PureWindowsPath(path).drive


def test_equal_names_are_numbered() -> None:
    assert distinct(["x.png", "a/x.png", "x.png", "x.png"]) == [
        "x.png",
        "a/x.png",
        "x (2).png",
        "x (3).png",
    ]


def test_names_that_differ_in_case_alone_are_equal() -> None:
    assert distinct(["Vase.png", "vase.PNG"]) == ["Vase.png", "vase (2).PNG"]


def test_a_file_does_not_stand_where_a_folder_is() -> None:
    assert distinct(["shoot.png", "shoot.png/x.png"]) == ["shoot (2).png", "shoot.png/x.png"]


@given(st.lists(st.sampled_from(["x.png", "X.png", "x (2).png", "a/x.png", "a", "a/b/x.png"])))
def test_distinct_paths_never_meet(paths: list[str]) -> None:
    found = distinct(paths)

    assert len({path.casefold() for path in found}) == len(paths)
    assert [path.rpartition("/")[0] for path in found] == [
        path.rpartition("/")[0] for path in paths
    ]
