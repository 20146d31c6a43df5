"""What rows and objects rely on, of the gateway and, by hand, of a real project.

The project has our migrations and buckets; it is given as for tests/test_live.py. What is put there
lies below `visit/`, and is removed.
"""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from postgrest.exceptions import APIError
from storage3.exceptions import StorageApiError

from supabase import Client, ClientOptions, create_client

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

LIBRARY = "user-library"
PNG: Any = {"content-type": "image/png", "cache-control": "60"}
OVER: Any = {**PNG, "upsert": "true"}
NAMES = ("COVESHOT_LIVE_URL", "COVESHOT_LIVE_PUBLISHABLE", "COVESHOT_LIVE_SECRET")


@dataclass(frozen=True, slots=True)
class Project:
    http: httpx.Client
    url: str
    publishable: str
    secret: str

    def by(self, key: str) -> Client:
        options = ClientOptions(
            httpx_client=self.http, auto_refresh_token=False, persist_session=False
        )
        return create_client(self.url, key, options)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("gateway", marks=pytest.mark.ground),
        pytest.param("live", marks=pytest.mark.live),
    ],
)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    with httpx.Client(timeout=30) as http:
        if request.param == "live":
            given = [os.environ.get(name, "") for name in NAMES]
            if not all(given):
                pytest.skip(f"needs a project: {', '.join(NAMES)}")
            yield Project(http, *given)
            return
        cluster: Cluster = request.getfixturevalue("cluster")
        ground = cluster.ground()
        gateway = import_module("tests.gateway.server").Gateway(
            ground, cluster.over(ground), tmp_path_factory.mktemp("objects")
        )
        yield Project(http, gateway.url, gateway.publishable, gateway.secret)
        gateway.close()
        cluster.drop(ground)


@pytest.fixture
def client(project: Project) -> Client:
    return project.by(project.secret)


@pytest.fixture
def visitor(project: Project) -> Client:
    return project.by(project.publishable)


@pytest.fixture
def folder(client: Client) -> Iterator[str]:
    folder = f"visit/{uuid4()}"
    yield folder
    bucket = client.storage.from_(LIBRARY)
    for place in (folder, f"{folder}/deep"):
        if names := [f"{place}/{one['name']}" for one in bucket.list(place) if one["id"]]:
            bucket.remove(names)


def refused(call: Any) -> str:
    with pytest.raises(StorageApiError) as error:
        call()
    return str(error.value.status)


def code(call: Any) -> str | None:
    with pytest.raises(APIError) as error:
        call.execute()
    return error.value.code


# Objects


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
    everything = bucket.list(folder)
    assert {(one["name"], one["id"] is None) for one in everything} == {
        ("a.png", False),
        ("b.png", False),
        ("deep", True),
    }
    last: Any = {"column": "name", "order": "desc"}
    assert [one["name"] for one in bucket.list(f"{folder}/deep", {"sortBy": last})] == [
        "d.png",
        "c.png",
    ]
    newest: Any = {"column": "created_at", "order": "desc"}
    assert [one["name"] for one in bucket.list(f"{folder}/deep", {"sortBy": newest})] == [
        "d.png",
        "c.png",
    ]

    pages = [bucket.list(folder, {"limit": 2, "offset": start}) for start in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert sorted(one["name"] for page in pages for one in page) == ["a.png", "b.png", "deep"]


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


# Rows


def test_visitors_read_plans_and_nothing_else(visitor: Client) -> None:
    plans: Any = visitor.table("plans").select("id", count="exact").order("id").execute()  # type: ignore[arg-type]
    assert plans.count == 4
    assert [plan["id"] for plan in plans.data] == ["free", "guest", "paid", "team"]

    assert code(visitor.table("audit_log").select("*")) == "42501"
    assert code(visitor.rpc("recover", {})) == "42501"


def test_what_is_not_there_is_said_by_its_code(client: Client) -> None:
    plans = client.table("plans").select("id")

    assert code(client.table("no_such_table").select("*")) == "PGRST205"
    assert code(client.rpc("no_such_function", {"p_scope": "visit"})) == "PGRST202"
    assert code(client.rpc("job", {"p_colour": "red"})) == "PGRST202"
    assert code(client.schema("private").rpc("now", {})) == "PGRST106"
    assert code(plans.eq("id", "none").single()) == "PGRST116"
    assert code(client.table("plans").select("no_such_column")) == "42703"
    assert code(client.table("images").select("id").eq("id", "no-uuid")) == "22P02"


def test_rules_refuse_by_their_own_codes(client: Client) -> None:
    nobody = str(uuid4())

    assert code(client.rpc("job", {"p_scope": "visit", "p_job": nobody})) == "PT404"
    assert code(client.rpc("job", {"p_scope": "visit", "p_job": "no-uuid"})) == "22P02"
    assert (
        client.rpc("library_find", {"p_scope": nobody, "p_sha256": "0" * 64}).execute().data is None
    )


def test_the_server_writes_rows_by_functions_alone(client: Client) -> None:
    assert code(client.table("audit_log").insert({"action": "mine"})) == "42501"
    assert code(client.table("plans").delete().eq("id", "guest")) == "42501"
    assert code(client.table("plans").update({"kept_hours": 1}).eq("id", "guest")) == "42501"
