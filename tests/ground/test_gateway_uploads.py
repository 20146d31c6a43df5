"""Uploads in pieces through the gateway: each refusal as the real server says it."""

import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.gateway.server import Gateway
from tests.gateway.tus import BYTES, PIECE
from tests.ground.server import sign_up

VERSION = {"tus-resumable": "1.0.0"}
SIZE = PIECE + 7
TARGET = "/storage/v1/upload/resumable"


class Sender:
    """One that may put everything everywhere, in pieces."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.http = httpx.Client(base_url=gateway.url, headers={"apikey": gateway.secret})

    def ask(
        self, method: str, url: str, content: bytes | str = b"", **headers: str
    ) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items() if value}
        return self.http.request(method, url, content=content, headers={**VERSION, **told})

    def begin(self, path: str, target: str = TARGET, **headers: str) -> httpx.Response:
        given = {"upload_length": str(SIZE), "upload_metadata": label(path), **headers}
        return self.ask("POST", target, **given)

    def begun(self, path: str) -> str:
        location = self.begin(path).headers["Location"]
        return f"{TARGET}/{location.rpartition('/')[2]}"

    def piece(self, url: str, at: int, content: bytes, **headers: str) -> httpx.Response:
        given = {"content_type": BYTES, "upload_offset": str(at), **headers}
        return self.ask("PATCH", url, content, **given)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(f"/storage/v1/object/user-library/{path}")


def label(path: str, mime: str = "image/png", bucket: str = "user-library") -> str:
    words = {"bucketName": bucket, "objectName": path, "contentType": mime, "cacheControl": "60"}
    return ",".join(f"{name} {b64encode(word.encode()).decode()}" for name, word in words.items())


@pytest.fixture
def sender(gateway: Gateway) -> Iterator[Sender]:
    sender = Sender(gateway)
    yield sender
    sender.http.close()
    gateway.storage.tus.clock = time.time


@pytest.fixture
def path() -> str:
    return f"visit/{uuid4()}.png"


def test_an_upload_goes_on_where_it_was(sender: Sender, path: str) -> None:
    url = sender.begun(path)
    first = sender.piece(url, 0, bytes(PIECE))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(PIECE))
    reached = sender.ask("HEAD", url)
    assert (reached.headers["Upload-Offset"], reached.headers["Upload-Length"]) == (
        str(PIECE),
        str(SIZE),
    )
    assert sender.get(path).status_code == 400
    last = sender.piece(url, PIECE, b"the end")

    assert (last.status_code, last.headers["Tus-Complete"]) == (204, "1")
    kept = sender.get(path)
    assert kept.content == bytes(PIECE) + b"the end"
    assert kept.headers["Cache-Control"] == "max-age=60"
    assert sender.ask("HEAD", url).headers["Upload-Offset"] == str(SIZE)


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"tus_resumable": "0.2.2"}, 412, "Tus-Resumable Required"),
        ({"upload_length": "many"}, 400, "Upload-Length or"),
        ({"upload_length": ""}, 400, "Upload-Length or"),
        ({"upload_metadata": "bucketName !"}, 400, "Upload-Metadata is invalid"),
        ({"upload_metadata": label("a.svg", "image/svg+xml")}, 415, "is not supported"),
        ({"upload_metadata": label("a.png", bucket="attic")}, 404, "Bucket not found"),
        ({"upload_metadata": label("a\\b^.png")}, 400, "Invalid key"),
        ({"upload_metadata": label("../../a.png")}, 400, "Invalid key"),
        ({"upload_length": str(2**40)}, 413, "Maximum size exceeded"),
        ({"upload_defer_length": "1"}, 501, "does not implement"),
        ({"upload_concat": "partial"}, 501, "does not implement"),
        ({"upload_checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}, 501, "does not implement"),
    ],
)
def test_an_upload_that_cannot_begin_says_why(
    sender: Sender, path: str, headers: dict[str, str], status: int, says: str
) -> None:
    answer = sender.begin(path, **headers)

    assert answer.status_code == status
    assert says in answer.text


@pytest.mark.parametrize(
    ("at", "size", "headers", "status"),
    [
        (7, PIECE, {}, 409),
        (0, SIZE + 1, {}, 413),
        (0, 7, {}, 400),
        (0, PIECE, {"upload_offset": ""}, 403),
        (0, PIECE, {"content_type": ""}, 403),
        (0, PIECE, {"content_type": "image/png"}, 400),
        (0, PIECE, {"tus_resumable": "2"}, 412),
    ],
)
def test_a_piece_that_does_not_fit_changes_nothing(
    sender: Sender, path: str, at: int, size: int, headers: dict[str, str], status: int
) -> None:
    url = sender.begun(path)

    assert sender.piece(url, at, bytes(size), **headers).status_code == status
    assert sender.ask("HEAD", url).headers["Upload-Offset"] == "0"


def test_of_two_uploads_under_one_name_the_second_is_told(sender: Sender, path: str) -> None:
    one, other = sender.begun(path), sender.begun(path)
    for url in (one, other):
        assert sender.piece(url, 0, bytes(PIECE)).status_code == 204
    assert sender.piece(one, PIECE, b"the end").status_code == 204
    late = sender.piece(other, PIECE, b"another")

    assert (late.status_code, late.text) == (409, "The resource already exists")
    assert sender.get(path).content.endswith(b"the end")
    assert sender.begin(path).status_code == 409
    assert sender.begin(path, x_upsert="true").status_code == 201


def test_an_upload_is_given_up_or_forgotten(sender: Sender, path: str) -> None:
    url, slow = sender.begun(path), sender.begun(path)
    assert sender.ask("DELETE", url).status_code == 204
    assert sender.ask("HEAD", url).status_code == 404
    assert sender.piece(url, 0, bytes(PIECE)).status_code == 404
    tus = sender.gateway.storage.tus
    tus.clock = lambda: time.time() + tus.seconds

    assert sender.ask("HEAD", slow).status_code == 410
    assert sender.piece(slow, 0, bytes(PIECE)).status_code == 410


def test_a_signed_token_is_for_one_name_and_each_request(sender: Sender, path: str) -> None:
    signed = sender.http.post(f"/storage/v1/object/upload/sign/user-library/{path}").json()
    token = {"x_signature": signed["token"]}
    sender.http.headers.pop("apikey")
    target = f"{TARGET}/sign"
    assert sender.begin(path, target).status_code == 400
    assert sender.begin(f"visit/{uuid4()}.png", target, **token).status_code == 400
    begun = sender.begin(path, target, **token)
    assert begun.headers["Location"].startswith("https://127.0.0.1:")
    assert "/upload/resumable/sign/" in begun.headers["Location"]
    url = f"{target}/{begun.headers['Location'].rpartition('/')[2]}"
    assert sender.piece(url, 0, bytes(PIECE)).status_code == 400
    assert sender.piece(url, 0, bytes(PIECE), **token).status_code == 204

    assert sender.piece(url, PIECE, b"the end", **token).status_code == 204


def test_an_upload_is_nobody_elses(sender: Sender, gateway: Gateway, path: str) -> None:
    url = sender.begun(path)
    user: dict[str, Any] = {"authorization": f"Bearer {gateway.token(sign_up(gateway.ground))}"}

    assert sender.piece(url, 0, bytes(PIECE), **user).status_code == 403
    assert sender.begin(path, **user).status_code == 403
    assert sender.begin(path, apikey="sb_secret_other").status_code == 400
