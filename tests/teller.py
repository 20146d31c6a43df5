"""A face that listens on a port of its own, and a program that comes there with a key."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI

from auth.keys import RIGHTS, new_key
from storage.ports.records import Records

PROBLEM = "application/problem+json"


@contextmanager
def listening(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    """Serve an app on a socket that is bound, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield
    server.should_exit = True
    thread.join()


@dataclass(frozen=True, slots=True)
class Teller:
    """Speaks our API as a program does."""

    http: httpx.Client

    def announce(
        self,
        data: bytes,
        filename: str = "vase.jpg",
        token: str = "",
        page: str = "",
        **said: Any,
    ) -> httpx.Response:
        body = {"sha256": sha256(data).hexdigest(), "size": len(data), "filename": filename} | said
        headers = {"Idempotency-Key": token} if token else {}
        return self.http.post(f"/intake{page}", json=body, headers=headers)

    def put(self, told: Mapping[str, Any], data: bytes) -> httpx.Response:
        """Send bytes to where it was told, as anybody could: without a key."""
        headers = told["upload_headers"]
        return httpx.put(told["upload_url"], content=data, headers=headers, timeout=60)

    def uploaded(self, job_id: str) -> httpx.Response:
        return self.http.post(f"/jobs/{job_id}/uploaded")

    def job(self, job_id: str) -> Any:
        return self.http.get(f"/jobs/{job_id}").json()

    def sent(self, data: bytes, filename: str = "vase.jpg", **said: Any) -> str:
        """Announce a photo, send it where it is not here, say so, and return the id of its job."""
        told = self.announce(data, filename, **said).json()
        if told["upload_url"]:
            self.put(told, data).raise_for_status()
        self.uploaded(told["job_id"]).raise_for_status()
        return str(told["job_id"])


@contextmanager
def teller(address: str, secret: str) -> Iterator[Teller]:
    with httpx.Client(base_url=address, headers={"X-Api-Key": secret}, timeout=60) as http:
        yield Teller(http)


def let_in(records: Records, scope: str, *may: str, per_minute: int | None = None) -> str:
    """Make a key for a scope and return its secret; without a word it may do everything."""
    key, secret = new_key(scope, f"shop {uuid4().hex}", may or RIGHTS, per_minute)
    records.keys.keep(key)
    return secret


def events(stream: httpx.Response) -> Iterator[dict[str, str]]:
    """Yield server-sent events as they come; a comment is one with nothing but that."""
    event: dict[str, str] = {}
    for line in stream.iter_lines():
        if not line:
            if event:
                yield event
            event = {}
            continue
        name, _, value = line.partition(":")
        event[name or "comment"] = value.strip()


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []
