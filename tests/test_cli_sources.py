import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ui.cli.console import Misused
from ui.cli.sources import find


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")


def listed(paths: list[Path], out: Path) -> list[str]:
    return [
        f"{source.folder}/{source.path.name}".lstrip("/") for source in find(paths, out).sources
    ]


def test_a_folder_gives_all_files_below_it_in_a_stable_order(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg", "a.jpg", "shoes/left/2.jpg", "shoes/1.jpg", "hats/1.jpg")

    assert listed([tmp_path], tmp_path / "out") == [
        "a.jpg",
        "b.jpg",
        "hats/1.jpg",
        "shoes/1.jpg",
        "shoes/left/2.jpg",
    ]


def test_hidden_files_and_what_file_managers_leave_are_not_photos(tmp_path: Path) -> None:
    put(tmp_path, ".DS_Store", "._a.jpg", ".cache/a.jpg", "Thumbs.db", "sub/thumbs.db", "a.jpg")

    assert listed([tmp_path], tmp_path / "out") == ["a.jpg"]


def test_the_folder_of_the_cutouts_is_not_cut_again(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "out/a.png", "sub/out/b.jpg")

    assert listed([tmp_path], tmp_path / "out") == ["a.jpg", "sub/out/b.jpg"]


def test_a_link_to_the_folder_of_the_cutouts_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "photos/a.jpg", "out/a.png")
    (tmp_path / "photos" / "results").symlink_to(tmp_path / "out")

    assert listed([tmp_path / "photos"], tmp_path / "out") == ["a.jpg"]


def test_a_photo_that_is_meant_twice_is_cut_once_and_stays_in_its_folder(tmp_path: Path) -> None:
    put(tmp_path, "photos/shoes/a.jpg")
    photo = tmp_path / "photos" / "shoes" / "a.jpg"
    found = find([tmp_path / "photos", photo, photo], tmp_path / "out")

    (source,) = found.sources
    assert (source.folder, source.named) == ("shoes", True)


def test_a_path_that_leads_nowhere_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")

    with pytest.raises(Misused, match=r"no file or folder .*b\.jpg"):
        find([tmp_path / "a.jpg", tmp_path / "b.jpg"], tmp_path / "out")


def test_a_folder_that_cannot_be_looked_into_is_told_and_the_others_go_on() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put(folder, "open/a.jpg", "secret/b.jpg")
        folder.chmod(0o755)
        (folder / "secret").chmod(0)
        with nobody():
            found = find([folder], folder / "out")
        (folder / "secret").chmod(0o755)

    assert [source.path.name for source in found.sources] == ["a.jpg"]
    assert [says for says in found.unreadable if "secret" in says and "Permission denied" in says]


@contextmanager
def nobody() -> Iterator[None]:
    """Root may read everything: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
