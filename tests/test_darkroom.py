"""Photos opened in a process of their own: the same pixels, and faults that stay there."""

import io
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from inference.checkpoint import Checkpoint
from inference.darkroom import ENDLESS, TOO_MUCH, UNREADABLE, Booth, Darkroom
from inference.errors import PhotoRejected, Refusal
from inference.header import Header, Limits
from inference.photo import Photo
from inference.plate import packed, unpacked
from inference.wire import Message, Torn, memory, receive, send
from tests.face import opened_face

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such processes")


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    room = Darkroom(1, seconds=10)
    yield room
    room.close()


def children() -> list[psutil.Process]:
    """Processes that read photos for this one."""
    mine = psutil.Process().children()
    return [one for one in mine if "inference.developing" in one.cmdline()]


def file_of(image: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def deep_png() -> bytes:
    import cv2  # noqa: PLC0415

    wide = np.random.default_rng(3).integers(0, 1 << 16, (30, 40, 4), np.uint16)
    return cv2.imencode(".png", wide)[1].tobytes()


def same(one: Photo, other: Photo) -> bool:
    pairs = [(one.pixels, other.pixels), (one.alpha, other.alpha), (one.deep, other.deep)]
    alike = all(
        (a is None) == (b is None) and (a is None or b is None or np.array_equal(a, b))
        for a, b in pairs
    )
    return alike and one.header == other.header and one.profile == other.profile


def test_a_photo_is_the_same_as_when_it_is_opened_here(darkroom: Darkroom, photo: bytes) -> None:
    clear = file_of(Image.new("RGBA", (50, 40), (200, 100, 50, 120)), "PNG")

    for data in (photo, clear, deep_png()):
        for deep in (False, True):
            assert same(darkroom.open(data, deep=deep), Photo.open(data, deep=deep))


def test_its_header_is_the_same_whether_bytes_or_a_file(
    darkroom: Darkroom, photo: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "photo"
    file.write_bytes(photo)

    assert darkroom.inspect(photo) == darkroom.inspect(file) == Photo.open(photo).header


def test_a_refusal_comes_back_as_it_is(darkroom: Darkroom, photo: bytes) -> None:
    for data, limits, why in [
        (photo[:2000], Limits(), Refusal.BROKEN),
        (b"%PDF-1.7" + photo, Limits(), Refusal.TYPE),
        (photo, Limits(max_side=100), Refusal.SIZE),
    ]:
        with pytest.raises(PhotoRejected) as there:
            darkroom.open(data, limits)
        with pytest.raises(PhotoRejected) as here:
            Photo.open(data, limits)
        assert there.value.refusal is here.value.refusal is why
        assert there.value.says == here.value.says


def test_what_takes_too_much_memory_is_said_and_the_next_photo_opens(photo: bytes) -> None:
    room = Darkroom(1, megabytes=100)
    large = file_of(Image.new("RGB", (6000, 5900)), "PNG")
    try:
        with pytest.raises(PhotoRejected) as caught:
            room.open(large)
        assert caught.value.says in {TOO_MUCH, UNREADABLE}
        assert room.open(photo).header.width == 640
    finally:
        room.close()


def test_a_reader_that_hangs_is_ended_and_the_next_photo_opens(photo: bytes) -> None:
    before = {one.pid for one in children()}
    room = Darkroom(1, seconds=2)
    try:
        room.open(photo)
        [hung] = [one.pid for one in children() if one.pid not in before]
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(PhotoRejected) as caught:
            room.open(photo)
        assert caught.value.says == ENDLESS
        assert not psutil.pid_exists(hung)
        assert room.open(photo).header.width == 640
    finally:
        room.close()


async def test_the_server_goes_on_whatever_comes_in(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    room = Darkroom(1, megabytes=100)
    bomb = file_of(Image.new("RGB", (6000, 5900)), "PNG")
    bad = {"bomb": bomb, "cut short": photo[:9000], "noise": photo[:600] + os.urandom(4000)}
    with opened_face(tmp_path, models, checkpoint=Checkpoint(room)) as face:
        async with face.browser() as browser:
            refused = {name: await browser.post("/pictures", content=bad[name]) for name in bad}
            good = await browser.post("/upload", content=photo)
            face.work()
            shown = await browser.get(f"/entries/{good.json()['id']}/download")
    room.close()

    assert {one.status_code for one in refused.values()} == {422}
    assert all(one.json()["says"].startswith("This ") for one in refused.values())
    assert shown.status_code == 200


def test_a_process_that_died_in_between_is_no_fault_of_the_next_photo(photo: bytes) -> None:
    before = {one.pid for one in children()}
    room = Darkroom(1)
    try:
        room.open(photo)
        for one in children():
            if one.pid not in before:
                one.kill()
                one.wait()
        assert room.open(photo).header.width == 640
    finally:
        room.close()


def test_a_process_is_replaced_after_so_many_photos(photo: bytes) -> None:
    before = {one.pid for one in children()}
    room = Darkroom(1, photos=2)
    try:
        pids = set()
        for _ in range(4):
            pids |= {one.pid for one in children()} - before
            room.open(photo)
    finally:
        room.close()

    assert len(pids) == 2
    assert {one.pid for one in children()} <= before


def test_many_callers_wait_for_one_process(darkroom: Darkroom, photo: bytes) -> None:
    opened: list[Photo] = []
    threads = [
        threading.Thread(target=lambda: opened.append(darkroom.open(photo))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(opened) == 6


def test_nothing_of_ours_is_in_there(photo: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVESHOT_SECRET", "canary")
    room = Darkroom(1)
    try:
        room.open(photo)
        for one in children():
            assert "COVESHOT_SECRET" not in one.environ()
            names = [Path(f"/proc/{one.pid}/fd/{fd.name}") for fd in fds(one.pid)]
            assert not [name for name in names if str(name.readlink()).startswith("/work")]
    finally:
        room.close()


def fds(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/fd").iterdir())


def test_no_handle_is_left_open(darkroom: Darkroom, photo: bytes) -> None:
    darkroom.open(photo)
    before = len(fds(os.getpid()))
    for _ in range(20):
        darkroom.open(photo)
        with pytest.raises(PhotoRejected):
            darkroom.open(photo[:3000])
        darkroom.inspect(photo)

    assert len(fds(os.getpid())) <= before


LIES = [
    {"alpha": True},
    {"deep": True},
    {"profile": 1 << 40},
    {"profile": "much"},
    {"profile": None},
]


@pytest.mark.parametrize("lie", LIES)
def test_a_reader_that_was_taken_over_is_not_believed(photo: bytes, lie: dict[str, object]) -> None:
    opened = Photo.open(photo)
    said, handle = packed(opened)
    message = Message(said | lie, handle)
    try:
        with pytest.raises(Torn):
            unpacked(message, opened.header)
        with pytest.raises(Torn):
            unpacked(Message(said, handle), Header("image/jpeg", "jpg", 6000, 6000))
    finally:
        message.drop()


def test_pixels_cannot_be_taken_away_again(photo: bytes) -> None:
    opened = Photo.open(photo)
    said, handle = packed(opened)
    message = Message(said, handle)
    taken = unpacked(message, opened.header)

    with pytest.raises(OSError, match="not permitted"):
        os.ftruncate(handle, 0)
    message.drop()
    assert same(taken, opened)


@pytest.mark.parametrize("text", [b"", b"\0\0", b"\xff" * 8, b"\0\0\0\x02no", b"\0\0\0\x09{}"])
def test_noise_on_the_line_is_no_answer(text: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(text)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(Torn):
            receive(ours)


def test_a_message_and_its_file_arrive_together() -> None:
    ours, theirs = socket.socketpair()
    handle = memory(5)
    with ours, theirs:
        send(ours, {"word": "ü" * 3000}, handle)
        came = receive(theirs)
    os.close(handle)

    assert came.said == {"word": "ü" * 3000}
    assert came.handle is not None
    assert os.fstat(came.handle).st_size == 5
    came.drop()


def test_a_crash_in_the_middle_is_a_sentence(photo: bytes) -> None:
    booth = Booth(1 << 30, 5.0)
    handle = memory(len(photo))
    try:
        assert booth.is_ready()
        [pid] = [one.pid for one in children() if one.pid == booth.pid]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises((Torn, OSError)):
            booth.ask({"limits": [1, 1, 1], "look": False, "deep": False}, handle, 5.0)
    finally:
        os.close(handle)
        booth.end()
    assert UNREADABLE.endswith(".")
