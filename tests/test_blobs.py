import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.blobs import FileBlobs, write_durably
from storage.errors import DiskFull, NotFound, NotWritable


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "library")


def test_what_is_put_is_got_and_listed(blobs: FileBlobs, tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(b"from a file")
    blobs.put("local/a/original.jpg", source)
    blobs.put("local/a/output/b.png", b"from memory")

    assert blobs.get("local/a/original.jpg") == b"from a file"
    assert blobs.get("local/a/output/b.png") == b"from memory"
    assert [key for key, _ in blobs.listing()] == ["local/a/original.jpg", "local/a/output/b.png"]


def test_what_is_removed_is_gone_and_removing_it_again_is_no_error(blobs: FileBlobs) -> None:
    blobs.put("local/a.png", b"x")
    blobs.remove("local/a.png")
    blobs.remove("local/a.png")

    assert not blobs.has("local/a.png")
    with pytest.raises(NotFound):
        blobs.get("local/a.png")


def test_folders_go_with_their_last_object(blobs: FileBlobs, tmp_path: Path) -> None:
    for key in ("local/a/original.jpg", "local/a/output/b.png"):
        blobs.put(key, b"x")
    blobs.remove("local/a/output/b.png")
    assert (tmp_path / "library" / "local" / "a").exists()
    blobs.remove("local/a/original.jpg")

    assert not (tmp_path / "library" / "local" / "a").exists()
    assert (tmp_path / "library").exists()


def test_a_folder_that_is_emptied_meanwhile_is_made_again(blobs: FileBlobs) -> None:
    def come_and_go(name: str) -> None:
        for _ in range(40):
            blobs.put(f"local/a/output/{name}.png", b"x")
            blobs.remove(f"local/a/output/{name}.png")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(come_and_go, "abcd"))

    assert list(blobs.listing()) == []


@pytest.mark.parametrize(
    "key", ["../secret.png", "/etc/passwd.png", "a/../../b.png", "a\\b.png", "", "a", "A.png", ".x"]
)
def test_no_key_leads_out_of_the_library(blobs: FileBlobs, key: str) -> None:
    with pytest.raises(NotFound):
        blobs.put(key, b"x")
    with pytest.raises(NotFound):
        blobs.get(key)


def test_a_write_that_fails_leaves_the_old_object_and_no_rest(
    blobs: FileBlobs, tmp_path: Path
) -> None:
    blobs.put("local/a.png", b"old")
    with pytest.raises(FileNotFoundError):
        blobs.put("local/a.png", tmp_path / "is not there")

    assert blobs.get("local/a.png") == b"old"
    assert len(list(blobs.listing())) == 1


def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path: Path) -> None:
    """A limit on the size of files fails as a full disk does, and needs no disk to fill."""
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from storage.blobs import FileBlobs; from storage.errors import DiskFull\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "blobs = FileBlobs(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: blobs.put('local/a.png', bytes(5000))\n"
        "except DiskFull as error: print(error.says)\n"
        "print(list(blobs.listing()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )

    assert run.stdout.splitlines() == [DiskFull().says, "[]"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(NotWritable) as refused:
        FileBlobs(tmp_path / "file" / "library")
    assert str(tmp_path / "file") in refused.value.says


def test_writing_durably_replaces_a_file_at_once(tmp_path: Path) -> None:
    target = tmp_path / "a"
    write_durably(target, b"one")
    write_durably(target, b"two")

    assert target.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
