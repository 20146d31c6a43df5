from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from ui.cli.manifest import Line, Manifest, Outcome
from ui.cli.naming import outputs, wished_paths
from ui.cli.sources import Source


def sources(*paths: str) -> list[Source]:
    found = []
    for path in paths:
        folder = path.rpartition("/")[0]
        found.append(Source(Path("/in") / path, folder))
    return found


def named(out: Path, *paths: str) -> list[str]:
    with Manifest(out) as manifest:
        found = outputs(wished_paths(sources(*paths), "png"), manifest, out)
    return [found[source] for source in sources(*paths)]


def wrote(out: Path, source: str, output: str, content: str = "") -> None:
    """Note a cutout, as an earlier command did."""
    with Manifest(out) as manifest:
        manifest.append(
            Line(
                source=f"/in/{source}",
                recipe="key",
                op_key="",
                format="png",
                output=output,
                output_sha256=content,
                status=Outcome.DONE,
            )
        )


def test_the_folder_tree_is_kept(tmp_path: Path) -> None:
    assert named(tmp_path, "a.jpg", "shoes/a.jpg") == ["a.png", "shoes/a.png"]


def test_equal_names_get_a_number(tmp_path: Path) -> None:
    assert named(tmp_path, "a.jpg", "a.png", "A.webp") == ["a.png", "a (2).png", "A (3).png"]


def test_the_second_of_two_equal_names_keeps_its_number_when_it_comes_alone(tmp_path: Path) -> None:
    wrote(tmp_path, "a.jpg", "a.png")
    wrote(tmp_path, "a.png", "a (2).png")

    assert named(tmp_path, "a.png") == ["a (2).png"]
    assert named(tmp_path, "a.png", "a.jpg") == ["a (2).png", "a.png"]
    assert named(tmp_path, "a.webp") == ["a (3).png"]


def test_a_file_of_somebody_else_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "A.PNG").write_bytes(b"somebody's")

    assert named(tmp_path, "a.jpg") == ["a (2).png"]


def test_a_cutout_that_somebody_has_changed_keeps_its_name(tmp_path: Path) -> None:
    wrote(tmp_path, "a.jpg", "a.png", "as it was")
    (tmp_path / "a.png").write_bytes(b"retouched")

    assert named(tmp_path, "a.jpg") == ["a (2).png"]


def test_a_name_that_steers_nothing_is_made_of_any_name(tmp_path: Path) -> None:
    assert named(tmp_path, "CON.jpg", "a\x1b[31m:b.jpg") == ["_CON.png", "a[31m_b.png"]


PHOTOS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "s/", "S/"]),
    st.sampled_from(["a", "A", "a (2)", "b"]),
    st.sampled_from([".jpg", ".png", ".webp"]),
)


@given(st.lists(PHOTOS, unique=True), st.sets(st.sampled_from(["a.png", "A (2).png", "b.PNG"])))
def test_no_two_photos_share_a_file_and_none_takes_what_is_there(
    photos: list[str], present: set[str]
) -> None:
    with TemporaryDirectory() as folder:
        for name in present:
            (Path(folder) / name).write_bytes(b"somebody's")
        paths = [path.casefold() for path in named(Path(folder), *photos)]

    assert len(set(paths)) == len(photos)
    assert not set(paths) & {name.casefold() for name in present}
