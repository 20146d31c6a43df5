"""The one contract of all bodies of Blobs."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from storage.blobs import FileBlobs
from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.project import Project
from storage.errors import NotFound
from storage.ports.blobs import Blobs

LARGE = 20_000_000


@pytest.fixture(params=["files", pytest.param("supabase", marks=pytest.mark.ground)])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    if request.param == "files":
        yield FileBlobs(tmp_path / "library")
        return
    gateway = request.getfixturevalue("bodies").gateway
    project = Project(gateway.url, gateway.secret)
    yield SupabaseBlobs(project)
    project.close()


def name(folder: str = "user-library", kind: str = "original.jpg") -> str:
    return f"{folder}/{uuid4()}/{uuid4()}/{kind}"


def noise(size: int) -> bytes:
    return np.random.default_rng(7).bytes(size)


def test_what_is_put_is_got_from_memory_or_from_a_file(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(b"from a file")
    first, second = name(), name("uploads-ephemeral", "original.png")
    blobs.put(first, source)
    blobs.put(second, b"from memory")

    assert blobs.get(first) == b"from a file"
    assert blobs.get(second) == b"from memory"
    assert blobs.has(first)
    assert (blobs.size(first), blobs.size(second)) == (11, 11)


def test_a_large_object_is_whole(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(noise(LARGE))
    first, second = name(), name(kind="original.tif")
    blobs.put(first, source)
    blobs.put(second, noise(LARGE))

    assert blobs.size(first) == LARGE
    assert blobs.get(first) == blobs.get(second) == noise(LARGE)


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    nothing = name()
    assert not blobs.has(nothing)
    with pytest.raises(NotFound):
        blobs.get(nothing)
    with pytest.raises(NotFound):
        blobs.size(nothing)
    with pytest.raises(NotFound):
        blobs.copy(nothing, name())


@pytest.mark.parametrize("key", ["user-library/../secret.png", "/etc/a.png", "no-folder", ""])
def test_what_cannot_be_a_name_is_not_found(blobs: Blobs, key: str) -> None:
    with pytest.raises(NotFound):
        blobs.put(key, b"x")
    with pytest.raises(NotFound):
        blobs.get(key)


def test_what_is_put_again_is_there_once(blobs: Blobs) -> None:
    for size in (9, LARGE // 2):
        key = name()
        blobs.put(key, noise(size))
        blobs.put(key, noise(size))

        assert blobs.get(key) == noise(size)


def test_what_is_removed_is_gone_and_removing_it_again_is_no_error(blobs: Blobs) -> None:
    gone, other = name(), name()
    blobs.put(gone, b"x")
    blobs.put(other, b"y")
    blobs.remove(gone)
    blobs.remove(gone)

    assert not blobs.has(gone)
    assert blobs.get(other) == b"y"
    blobs.put(gone, b"another")
    assert blobs.get(gone) == b"another"


def test_many_are_removed_at_once_and_none_of_them_stays(blobs: Blobs) -> None:
    keys = [name(folder) for folder in ("user-library", "uploads-ephemeral") for _ in range(5)]
    for key in keys:
        blobs.put(key, b"x")
    kept = name()
    blobs.put(kept, b"y")

    assert blobs.clear([*keys, name()]) == []
    assert not any(blobs.has(key) for key in keys)
    assert blobs.has(kept)
    assert blobs.clear([]) == []


def test_a_copy_has_the_same_bytes_and_a_life_of_its_own(blobs: Blobs) -> None:
    origin, target = name("outputs-ephemeral", "a.png"), name(kind="output/b.png")
    blobs.put(origin, b"pixels")
    blobs.copy(origin, target)
    blobs.copy(origin, target)
    blobs.remove(origin)

    assert blobs.get(target) == b"pixels"


def test_all_that_is_there_is_listed_with_its_time(blobs: Blobs) -> None:
    keys = {name(), name(kind="output/a.png"), name("outputs-ephemeral", "a.webp")}
    for key in keys:
        blobs.put(key, b"x")
    listed = dict(blobs.listing())

    assert keys <= listed.keys()
    assert all(abs(listed[key] - time.time()) < 60 for key in keys)


def test_of_a_file_that_cannot_be_read_nothing_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    key = name()
    with pytest.raises(FileNotFoundError):
        blobs.put(key, tmp_path / "missing")

    assert not blobs.has(key)


def test_many_who_put_and_get_at_once_do_not_meet(blobs: Blobs) -> None:
    keys = [name() for _ in range(16)]

    def there_and_back(key: str) -> bytes:
        blobs.put(key, key.encode())
        return blobs.get(key)

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(there_and_back, keys)] == [key.encode() for key in keys]
