"""A gateway that fails when it is told to, and what it leaves behind."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from storage3.exceptions import StorageApiError

from supabase import Client, ClientOptions, create_client
from tests.gateway.server import Gateway

LIBRARY = "user-library"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as http:
        yield http


@pytest.fixture
def client(gateway: Gateway, http: httpx.Client) -> Client:
    options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
    return create_client(gateway.url, gateway.secret, options)


@pytest.fixture
def folder() -> str:
    return f"visit/{uuid4()}"


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
        bucket.upload(path, b"pixels", {"content-type": "image/png"})

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


def test_a_database_that_is_gone_is_told_and_found_again(
    gateway: Gateway, client: Client, folder: str
) -> None:
    bucket, plans = client.storage.from_(LIBRARY), client.table("plans").select("id")
    bucket.upload(f"{folder}/a.png", b"pixels", {"content-type": "image/png"})
    url, headers = f"{gateway.url}/rest/v1/plans", {"apikey": gateway.secret}
    with gateway.database_gone():
        answers = [httpx.get(url, headers=headers) for _ in range(3)]
        told = httpx.get(f"{gateway.url}/storage/v1/object/info/{LIBRARY}/a.png", headers=headers)

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["code"] for answer in answers} <= {"PGRST000", "PGRST001"}
    assert (told.status_code, told.json()["statusCode"]) == (500, "500")
    assert plans.execute().data
    assert bucket.download(f"{folder}/a.png") == b"pixels"


@pytest.mark.parametrize("names", [[], [f"{n}.png" for n in range(1001)]])
def test_one_request_names_some_objects_and_not_too_many(client: Client, names: list[str]) -> None:
    with pytest.raises(StorageApiError) as refused:
        client.storage.from_(LIBRARY).remove(names)

    assert refused.value.status == "400"
