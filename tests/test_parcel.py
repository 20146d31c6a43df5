"""Bodies of all kinds are taken apart into files on the disk and short fields."""

import base64
import json
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ui.api.answers import Unfit
from ui.api.parcel import MOST_FIELDS, MOST_LETTERS, Parcel, unpack

PHOTO = b"\xff\xd8\xff\xe0 the bytes of a photo, & = % + \r\n--x\r\n" + bytes(range(256))


class Desk:
    """A folder with an inbox of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def file(self) -> Path:
        file = self._folder / str(next(self._numbers))
        file.touch()
        return file

    def unpack(self, body: bytes, kind: str) -> Parcel:
        file = self.file()
        file.write_bytes(body)
        try:
            return unpack(file, kind, self.file)
        finally:
            file.unlink()

    @property
    def left(self) -> list[Path]:
        return list(self._folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def form(fields: dict[str, str], files: dict[str, bytes]) -> tuple[bytes, str]:
    kind = f"multipart/form-data; boundary={'-' * 20}1"
    request = httpx.Request(
        "POST", "http://127.0.0.1/", data=fields, files=files, headers={"Content-Type": kind}
    )
    return request.read(), kind


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(photo=st.binary(max_size=3_000), size=st.text(min_size=1, max_size=40))
def test_whatever_the_bytes_they_arrive_as_they_were(desk: Desk, photo: bytes, size: str) -> None:
    parcel = desk.unpack(*form({"size": size}, {"image_file": photo}))

    assert parcel.files["image_file"].read_bytes() == photo
    # A form says line breaks its own way.
    assert parcel.fields["size"].split() == size.encode("utf-8", "replace").decode().split()
    parcel.throw_away()
    assert desk.left == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps({"image_file_b64": base64.b64encode(PHOTO).decode()}), "application/json"),
        (
            json.dumps({"image_file_b64": base64.encodebytes(PHOTO).decode()}),
            "application/json; charset=utf-8",
        ),
        (
            urlencode({"image_file_b64": b"data:image/jpeg;base64," + base64.b64encode(PHOTO)}),
            "application/x-www-form-urlencoded",
        ),
        (urlencode({"image_file_b64": PHOTO}), "application/x-www-form-urlencoded"),
    ],
)
def test_text_is_decoded(desk: Desk, body: str, kind: str) -> None:
    assert desk.unpack(body.encode(), kind).files["image_file_b64"].read_bytes() == PHOTO


def test_json_speaks_as_a_form_does(desk: Desk) -> None:
    body = json.dumps({"crop": True, "roi": None, "shadow_opacity": 50, "format": "png"})

    fields = desk.unpack(body.encode(), "application/json").fields

    assert fields == {"crop": "true", "shadow_opacity": "50", "format": "png"}


FORM = "application/x-www-form-urlencoded"
NESTED = b"[" * 100_000
MANY = {f"f{number}": "x" for number in range(MOST_FIELDS + 1)}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (b"photo", "image/jpeg"),
        (b"[]", "application/json"),
        (b"\x89PNG", "application/json"),
        (NESTED, "application/json"),
        (urlencode(MANY).encode(), FORM),
        (
            urlencode({"roi": "x" * (MOST_LETTERS + 1)}).encode(),
            "application/x-www-form-urlencoded",
        ),
        (b"no form", "multipart/form-data"),
        (b"no form", "multipart/form-data; boundary=x"),
        form(MANY, {"image_file": PHOTO}),
        form({}, {"image_file": PHOTO, "picture": PHOTO}),
    ],
)
def test_what_cannot_be_taken_apart_is_said_and_leaves_nothing(
    desk: Desk, body: bytes, kind: str
) -> None:
    with pytest.raises(Unfit) as refused:
        desk.unpack(body, kind)

    assert refused.value.status == 400
    assert desk.left == []


def test_one_picture_is_not_sent_twice(desk: Desk) -> None:
    request = httpx.Request(
        "POST", "http://127.0.0.1/", files=[("image_file", b"one"), ("image_file", b"two")]
    )

    with pytest.raises(Unfit, match="more than once"):
        desk.unpack(request.read(), request.headers["content-type"])
    assert desk.left == []
