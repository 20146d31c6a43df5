"""Objects through the gateway, as the client of Supabase asks for them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from storage3.exceptions import StorageApiError

from supabase import Client, ClientOptions, create_client
from tests.gateway.server import Gateway

LIBRARY = "user-library"
PNG: Any = {"content-type": "image/png", "cache-control": "60"}
OVER: Any = {**PNG, "upsert": "true"}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as http:
        yield http


@pytest.fixture
def client(gateway: Gateway, http: httpx.Client) -> Client:
    return by(gateway, gateway.secret, http)


@pytest.fixture
def visitor(gateway: Gateway, http: httpx.Client) -> Client:
    return by(gateway, gateway.publishable, http)


def by(gateway: Gateway, key: str, http: httpx.Client) -> Client:
    options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
    return create_client(gateway.url, key, options)


@pytest.fixture
def folder() -> str:
    return f"visit/{uuid4()}"


def refused(call: Any) -> str:
    with pytest.raises(StorageApiError) as error:
        call()
    return str(error.value.status)


def test_an_object_is_written_over_only_by_who_says_so(client: Client, folder: str) -> None:
    bucket, path = client.storage.from_(LIBRARY), f"{folder}/a.png"
    assert refused(lambda: bucket.update(path, b"none", PNG)) == "404"
    bucket.upload(path, b"first", PNG)
    assert refused(lambda: bucket.upload(path, b"second", PNG)) == "409"
    assert bucket.download(path) == b"first"
    bucket.upload(path, b"third", OVER)
    assert bucket.download(path) == b"third"
    bucket.update(path, b"fourth and last", PNG)

    assert bucket.download(path) == b"fourth and last"
    assert bucket.info(path)["size"] == len(b"fourth and last")


def test_an_object_moves_and_is_where_it_was_no_more(client: Client, folder: str) -> None:
    bucket = client.storage.from_(LIBRARY)
    bucket.upload(f"{folder}/a.png", b"pixels", PNG)
    bucket.upload(f"{folder}/b.png", b"others", PNG)
    assert refused(lambda: bucket.move(f"{folder}/a.png", f"{folder}/b.png")) == "409"
    assert refused(lambda: bucket.move(f"{folder}/none.png", f"{folder}/c.png")) == "404"
    bucket.move(f"{folder}/a.png", f"{folder}/deep/c.png")

    assert bucket.download(f"{folder}/deep/c.png") == b"pixels"
    assert bucket.download(f"{folder}/b.png") == b"others"
    assert refused(lambda: bucket.download(f"{folder}/a.png")) == "404"


def test_a_listing_has_folders_and_pages_in_the_order_asked_for(
    client: Client, folder: str
) -> None:
    bucket = client.storage.from_(LIBRARY)
    for name in ("b.png", "a.png", "deep/c.png", "deep/d.png"):
        bucket.upload(f"{folder}/{name}", b"pixels", PNG)
    all_of_it = bucket.list(folder)
    assert [(one["name"], one["id"] is None) for one in all_of_it] == [
        ("a.png", False),
        ("b.png", False),
        ("deep", True),
    ]
    last: Any = {"column": "name", "order": "desc"}
    assert [one["name"] for one in bucket.list(folder, {"sortBy": last, "limit": 2})] == [
        "deep",
        "b.png",
    ]
    newest: Any = {"column": "created_at", "order": "desc"}
    assert [one["name"] for one in bucket.list(f"{folder}/deep", {"sortBy": newest})] == [
        "d.png",
        "c.png",
    ]

    assert [one["name"] for one in bucket.list(folder, {"limit": 2, "offset": 2})] == ["deep"]


def test_signed_links_give_and_take_what_they_say(client: Client, folder: str) -> None:
    bucket, path = client.storage.from_(LIBRARY), f"{folder}/a.png"
    place = bucket.create_signed_upload_url(path)
    bucket.upload_to_signed_url(path, place["token"], b"pixels", PNG)
    assert (
        refused(lambda: bucket.upload_to_signed_url(path, place["token"], b"others", PNG)) == "409"
    )
    bucket.remove([path])
    bucket.upload_to_signed_url(path, place["token"], b"a second time", PNG)
    link = str(bucket.create_signed_url(path, 60, {"download": "Red vase.png"})["signedUrl"])
    part = httpx.get(link, headers={"Range": "bytes=2-7"})
    assert (part.status_code, part.content) == (206, b"second")
    assert part.headers["Content-Disposition"].endswith("Red%20vase.png")
    upload = httpx.put(link.replace("/sign/", "/upload/sign/"), content=b"x")

    assert upload.json()["error"] == "InvalidSignature"


def test_buckets_are_the_servers(client: Client, visitor: Client) -> None:
    name = f"brief-{uuid4()}"
    client.storage.create_bucket(name, options={"file_size_limit": 4})
    bucket = client.storage.from_(name)
    assert refused(lambda: bucket.upload("a.png", b"too large", PNG)) == "413"
    bucket.upload("a.png", b"fits", PNG)
    assert refused(lambda: client.storage.delete_bucket(name)) == "409"
    bucket.remove(["a.png"])
    client.storage.delete_bucket(name)
    assert name not in [one.id for one in client.storage.list_buckets()]

    assert refused(lambda: visitor.storage.create_bucket(name)) == "403"
    assert visitor.storage.list_buckets() == []


@pytest.mark.parametrize("names", [[], [f"{n}.png" for n in range(1001)]])
def test_one_request_names_some_objects_and_not_too_many(client: Client, names: list[str]) -> None:
    assert refused(lambda: client.storage.from_(LIBRARY).remove(names)) == "400"


def test_of_many_at_once_one_has_the_name(client: Client, folder: str) -> None:
    bucket, path = client.storage.from_(LIBRARY), f"{folder}/a.png"
    ready = threading.Barrier(8)

    def put(number: int) -> str:
        ready.wait()
        try:
            bucket.upload(path, bytes([number]), PNG)
        except StorageApiError as error:
            return str(error.status)
        return str(number)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(put, range(8)))

    [won] = [answer for answer in answers if answer != "409"]
    assert bucket.download(path) == bytes([int(won)])


# What goes wrong in the project


def test_the_gateway_fails_as_often_as_it_is_told(gateway: Gateway, client: Client) -> None:
    gateway.faults.blow("500", "GET /rest/v1/plans", times=2, after=1)
    url, headers = f"{gateway.url}/rest/v1/plans", {"apikey": gateway.secret}

    assert [httpx.get(url, headers=headers).status_code for _ in range(4)] == [200, 500, 500, 200]
    with gateway.faults.gone():
        assert httpx.get(url, headers=headers).status_code == 503
    assert client.table("plans").select("id").execute().data


def test_an_answer_that_is_lost_leaves_what_was_done(
    gateway: Gateway, client: Client, folder: str
) -> None:
    bucket, path = client.storage.from_(LIBRARY), f"{folder}/a.png"
    gateway.faults.blow("lose", "POST /storage/v1/object/user-library")
    with pytest.raises(httpx.RemoteProtocolError):
        bucket.upload(path, b"pixels", PNG)

    assert bucket.download(path) == b"pixels"


def test_a_question_that_hangs_is_given_up_and_not_done(
    gateway: Gateway, client: Client, folder: str
) -> None:
    path = f"{folder}/a.png"
    gateway.faults.blow("hang", "POST /storage/v1/object/user-library")
    url = f"{gateway.url}/storage/v1/object/{LIBRARY}/{path}"
    headers = {"apikey": gateway.secret, "Content-Type": "image/png"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, content=b"pixels", headers=headers, timeout=0.3)

    assert not client.storage.from_(LIBRARY).exists(path)


def test_a_slow_gateway_answers_in_the_end(gateway: Gateway, client: Client) -> None:
    gateway.faults.blow("slow", "GET /rest/v1/plans")

    assert client.table("plans").select("id").execute().data
