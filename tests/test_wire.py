"""What the client of Supabase sends is what it was seen to send when the gateway was written.

A new version of it that asks in other words fails here, before anybody meets a gateway that does
not understand it.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import tests.gateway
from supabase import Client, ClientOptions, create_client

SEEN = {
    told["call"]: told
    for line in Path(tests.gateway.__file__).with_name("wire.jsonl").read_text().splitlines()
    for told in [json.loads(line)]
}
HEADERS = {"accept", "prefer", "accept-profile", "content-profile", "x-upsert", "content-type"}
PNG: Any = {"content-type": "image/png"}
OVER: Any = {**PNG, "upsert": "true", "cache-control": "60"}
SOME: Any = [{"a": 1}, {"a": 2, "b": 3}]
QUEUED: Any = {"queue_name": "jobs", "message": {"j": 1}, "sleep_seconds": 0}
SMALL: Any = {"width": 64, "quality": 60}
TRANSFORM: Any = {"width": 100, "height": 100, "resize": "contain"}
CALLS: dict[str, Callable[[Client], object]] = {
    "select": lambda c: (
        c.table("images")
        .select("id,sha256,image_outputs(id,op_key)", count="exact")  # type: ignore[arg-type]
        .eq("sha256", "x")
        .order("created_at", desc=True)
        .range(0, 9)
        .execute()
    ),
    "single": lambda c: c.table("images").select("*").eq("id", 1).single().execute(),
    "maybe_single": lambda c: c.table("images").select("*").eq("id", 1).maybe_single().execute(),
    "insert": lambda c: c.table("images").insert({"sha256": "x"}).execute(),
    "insert many minimal": lambda c: (
        c.table("images").insert(SOME, returning="minimal").execute()  # type: ignore[arg-type]
    ),
    "upsert": lambda c: (
        c.table("images")
        .upsert({"user_id": 1, "sha256": "x"}, on_conflict="user_id,sha256", ignore_duplicates=True)
        .execute()
    ),
    "update": lambda c: c.table("images").update({"filename": "n"}).eq("id", 1).execute(),
    "delete": lambda c: c.table("images").delete().in_("id", [1, 2]).execute(),
    "rpc": lambda c: c.rpc("claim_job", {"p_vt": 60}).execute(),
    "rpc get": lambda c: c.rpc("f", {"a": 1}, get=True).execute(),
    "rpc of another schema": lambda c: c.schema("pgmq_public").rpc("send", QUEUED).execute(),
    "create_bucket": lambda c: c.storage.create_bucket(
        "b",
        options={"public": False, "file_size_limit": 100, "allowed_mime_types": ["image/png"]},
    ),
    "upload": lambda c: c.storage.from_("b").upload("u/a.png", b"PNGDATA", OVER),
    "create_signed_upload_url": lambda c: c.storage.from_("b").create_signed_upload_url("u/a.png"),
    "upload_to_signed_url": lambda c: c.storage.from_("b").upload_to_signed_url(
        "u/a.png", "tok", b"PNGDATA", PNG
    ),
    "create_signed_url": lambda c: c.storage.from_("b").create_signed_url(
        "a.png", 60, {"download": "x.png", "transform": TRANSFORM}
    ),
    "create_signed_urls": lambda c: c.storage.from_("b").create_signed_urls(["a.png"], 60),
    "download": lambda c: c.storage.from_("b").download("a.png"),
    "download transform": lambda c: c.storage.from_("b").download("a.png", {"transform": SMALL}),
    "list": lambda c: c.storage.from_("b").list(
        "u", {"limit": 10, "offset": 0, "sortBy": {"column": "created_at", "order": "desc"}}
    ),
    "list_v2": lambda c: c.storage.from_("b").list_v2({"prefix": "u/", "limit": 10}),
    "move": lambda c: c.storage.from_("b").move("a.png", "c.png"),
    "copy": lambda c: c.storage.from_("b").copy("a.png", "c.png"),
    "remove": lambda c: c.storage.from_("b").remove(["a.png"]),
    "info": lambda c: c.storage.from_("b").info("a.png"),
    "update of an object": lambda c: c.storage.from_("b").update("a.png", b"X", PNG),
}


class Sent(Exception):
    """Instead of an answer."""


def sent(call: Callable[[Client], object]) -> dict[str, Any]:
    """Ask nobody, and return what was asked."""
    requests: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        raise Sent

    with httpx.Client(transport=httpx.MockTransport(keep)) as http:
        options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        client = create_client("http://supabase.test", "sb_publishable_x", options)
        with pytest.raises(Sent):
            call(client)
    [request] = requests
    return read(request)


def read(request: httpx.Request) -> dict[str, Any]:
    headers = {n: v for n, v in request.headers.items() if n in HEADERS and v != "*/*"}
    text = request.read().decode()
    body: Any = None
    if "multipart" in headers.get("content-type", ""):
        headers["content-type"] = "multipart/form-data"
        body = re.sub(r"--[0-9a-f]{32}", "--{boundary}", text)
    elif text:
        body = json.loads(text)
    return {
        "method": request.method,
        "path": request.url.path,
        "query": [[name, tidy(name, text)] for name, text in request.url.params.multi_items()],
        "headers": headers,
        "body": body,
    }


def tidy(name: str, text: str) -> str:
    """Columns come in another order each time."""
    return ",".join(sorted(text.split(","))) if name == "columns" else text


@pytest.mark.parametrize("call", SEEN)
def test_each_call_is_sent_as_it_was_seen(call: str) -> None:
    seen = {name: value for name, value in SEEN[call].items() if name != "call"}

    assert sent(CALLS[call]) == seen


def test_every_request_shows_the_key_and_who_asks() -> None:
    shown: list[httpx.Headers] = []

    def keep(request: httpx.Request) -> httpx.Response:
        shown.append(request.headers)
        return httpx.Response(200, json=[])

    with httpx.Client(transport=httpx.MockTransport(keep)) as http:
        for told in ({}, {"Authorization": "Bearer user"}):
            options = ClientOptions(headers=told, httpx_client=http, persist_session=False)
            client = create_client("http://supabase.test", "sb_publishable_x", options)
            client.table("images").select("*").execute()
            client.storage.from_("b").list("u")

    assert [headers["apikey"] for headers in shown] == ["sb_publishable_x"] * 4
    assert [headers["authorization"].removeprefix("Bearer ") for headers in shown] == [
        "sb_publishable_x",
        "sb_publishable_x",
        "user",
        "user",
    ]
