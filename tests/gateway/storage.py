"""/storage/v1 as the Storage server answers: objects, listings, signed links. 501 for all else."""

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tests.gateway.buckets import Buckets
from tests.gateway.crossing import Crossing
from tests.gateway.links import Links
from tests.gateway.objects import (
    SERVER,
    Claims,
    Content,
    Objects,
    Refused,
    Row,
    claims_of,
    said,
    stamp,
)
from tests.gateway.refusal import missing
from tests.gateway.tus import Tus

HIDDEN = "Either the object does not exist or you do not have access to it"
LISTED = ("id", "updated_at", "created_at", "last_accessed_at", "metadata")
SORTED = {"name", "updated_at", "created_at", "last_accessed_at"}
READ = "storage.object.get_authenticated"
INFO = "object.get_authenticated_info"
MOST = 1000
"""Objects that are named in one request."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATH = "{bucket}/{path:path}"
Answer = Callable[[Request], Response]
Served = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Storage:
    crossing: Crossing
    objects: Objects
    pause_seconds: float = 0.0
    """Before each removal of an object."""
    links: Links = field(default_factory=Links)
    tus: Tus = field(init=False)

    def __post_init__(self) -> None:
        self.tus = Tus(self.crossing, self.objects, self.links)

    @property
    def routes(self) -> list[Route]:
        def route(path: str, method: str, answer: Answer) -> Route:
            return Route(f"/storage/v1/{path}", _served(answer), methods=[method])

        buckets = Buckets(self.crossing)
        return [
            *self.tus.routes,
            route("bucket", "GET", buckets.listing),
            route("bucket", "POST", buckets.make),
            route("bucket/{bucket}", "GET", buckets.find),
            route("bucket/{bucket}", "DELETE", buckets.remove),
            *(
                Route(f"/storage/v1/object/{kind}/{{rest:path}}", nothing, methods=METHODS)
                for kind in ("public", "list-v2")
            ),
            route("object/copy", "POST", self.copy),
            route("object/move", "POST", self.move),
            route("object/list/{bucket}", "POST", self.listing),
            route("object/sign/{bucket}", "POST", self.sign_many),
            route(f"object/info/{PATH}", "GET", self.info),
            route(f"object/authenticated/{PATH}", "GET", self.get),
            route(f"object/upload/sign/{PATH}", "POST", self.sign_upload),
            route(f"object/upload/sign/{PATH}", "PUT", self.put_signed),
            route(f"object/sign/{PATH}", "POST", self.sign),
            route(f"object/sign/{PATH}", "GET", self.get_signed),
            route(f"object/{PATH}", "POST", self.put),
            route(f"object/{PATH}", "PUT", self.replace),
            route(f"object/{PATH}", "GET", self.get),
            route("object/{bucket}", "DELETE", self.remove),
            Route("/storage/v1/{rest:path}", nothing, methods=METHODS),
        ]

    def put(self, request: Request) -> Response:
        upsert = _upserts(request)
        claims = self._claims(request)
        return JSONResponse(
            self.objects.add(claims, *_place(request), request.state.file, upsert=upsert)
        )

    def replace(self, request: Request) -> Response:
        claims = self._claims(request)
        return JSONResponse(self.objects.replace(claims, *_place(request), request.state.file))

    def get(self, request: Request) -> Response:
        return self._content(self.objects.find(self._claims(request), *_place(request), READ))

    def info(self, request: Request) -> Response:
        row = self.objects.find(self._claims(request), *_place(request), INFO)
        told = row["metadata"]
        return JSONResponse(
            {
                "id": str(row["id"]),
                "name": row["name"],
                "version": row["version"],
                "bucket_id": row["bucket_id"],
                "size": told["size"],
                "content_type": told["mimetype"],
                "cache_control": told["cacheControl"],
                "etag": told["eTag"],
                "metadata": row["user_metadata"] or {},
                "last_modified": stamp(row["updated_at"]),
                "created_at": stamp(row["created_at"]),
            }
        )

    def remove(self, request: Request) -> Response:
        names = _some(request, "prefixes")
        bucket = request.path_params["bucket"]
        claims = self._claims(request)
        if not self.pause_seconds:
            return JSONResponse([_shown(row) for row in self.objects.remove(claims, bucket, names)])
        gone: list[Row] = []
        for name in names:
            time.sleep(self.pause_seconds)
            gone += self.objects.remove(claims, bucket, [name])
        return JSONResponse([_shown(row) for row in gone])

    def copy(self, request: Request) -> Response:
        told, claims = request.state.told, self._claims(request)
        row = self.objects.find(claims, told["bucketId"], told["sourceKey"], "storage.object.copy")
        place = (told.get("destinationBucket") or told["bucketId"], told["destinationKey"])
        data = self.objects.read(row["bucket_id"], row["name"])
        content = Content(row["metadata"]["mimetype"], data, row["metadata"]["cacheControl"])
        added = self.objects.add(claims, *place, content, upsert=_upserts(request))
        return JSONResponse({**added, **_shown(self.objects.find(SERVER, *place, ""))})

    def move(self, request: Request) -> Response:
        told = request.state.told
        origin = (told["bucketId"], told["sourceKey"])
        target = (told.get("destinationBucket") or told["bucketId"], told["destinationKey"])
        self.objects.move(self._claims(request), origin, target)
        return JSONResponse({"message": "Successfully moved"})

    def listing(self, request: Request) -> Response:
        told = request.state.told
        sort = {"column": "name", "order": "asc", **(told.get("sortBy") or {})}
        if "search" in told or sort["column"] not in SORTED:
            return missing("such a listing")
        prefix = f"{told['prefix'].strip('/')}/".lstrip("/")
        rows = self.objects.below(self._claims(request), request.path_params["bucket"], prefix)
        there: dict[str, Row] = {}
        for row in rows:
            name, deeper, _ = row["name"].removeprefix(prefix).partition("/")
            shown = {one: None if deeper else _shown(row)[one] for one in LISTED}
            there.setdefault(name, {"name": name, **shown})
        found = sorted(there.values(), key=lambda one: str(one[sort["column"]] or ""))
        found = found[::-1] if sort["order"] == "desc" else found
        start = told.get("offset", 0)
        return JSONResponse(found[start : start + told.get("limit", 100)])

    def sign(self, request: Request) -> Response:
        place, told = _place(request), request.state.told
        if told.get("transform"):
            return missing("transformed images")
        self.objects.find(self._claims(request), *place, "storage.object.sign")
        return JSONResponse({"signedURL": self.links.download(*place, told["expiresIn"])})

    def sign_many(self, request: Request) -> Response:
        paths, bucket = _some(request, "paths"), request.path_params["bucket"]
        claims, seconds = self._claims(request), request.state.told["expiresIn"]

        def one(path: str) -> Row:
            try:
                self.objects.find(claims, bucket, path, "storage.object.sign_many")
            except Refused:
                return {"error": HIDDEN, "path": path, "signedURL": None}
            link = self.links.download(bucket, path, seconds)
            return {"error": None, "path": path, "signedURL": link}

        return JSONResponse([one(path) for path in paths])

    def get_signed(self, request: Request) -> Response:
        self.links.read(request.query_params.get("token", ""), *_place(request), "download")
        answer = self._content(self.objects.find(SERVER, *_place(request), READ))
        if "download" in request.query_params:
            name = quote(request.query_params["download"])
            named = f"attachment; filename*=UTF-8''{name}" if name else "attachment"
            answer.headers["Content-Disposition"] = named
        return answer

    def sign_upload(self, request: Request) -> Response:
        place, claims, upsert = _place(request), self._claims(request), _upserts(request)
        self.objects.may_add(claims, *place, upsert=upsert)
        link, token = self.links.upload(*place, claims.get("sub"), upsert=upsert)
        return JSONResponse({"url": link, "token": token})

    def put_signed(self, request: Request) -> Response:
        told = self.links.read(request.query_params.get("token", ""), *_place(request), "upload")
        added = self.objects.add(
            {**SERVER, "sub": told.get("owner")},
            *_place(request),
            request.state.file,
            upsert=told["upsert"],
        )
        return JSONResponse({"Key": added["Key"]})

    def _content(self, row: Row) -> Response:
        told = row["metadata"]
        headers = {"Cache-Control": told["cacheControl"], "ETag": told["eTag"]}
        file = self.objects.file(row["bucket_id"], row["name"])
        return FileResponse(file, media_type=told["mimetype"], headers=headers)

    def _claims(self, request: Request) -> Claims:
        return claims_of(self.crossing, request)


async def nothing(request: Request) -> Response:
    return missing(f"{request.method} {request.url.path}")


def _served(answer: Answer) -> Served:
    """Read what came along, and answer on a thread of its own."""

    async def serve(request: Request) -> Response:
        await _read(request)
        try:
            return await run_in_threadpool(answer, request)
        except Refused as refused:
            return said(refused)
        except psycopg.Error:
            return said(
                Refused(500, "DatabaseError", "The database does not answer", "DatabaseError")
            )

    return serve


async def _read(request: Request) -> None:
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        async with request.form() as form:
            file: Any = next(one for one in form.values() if not isinstance(one, str))
            cache = str(form.get("cacheControl", ""))
            data = await file.read()
            request.state.file = Content(file.content_type, data, _cached(cache))
    else:
        data = await request.body()
        request.state.file = Content(kind, data, request.headers.get("cache-control", "no-cache"))
        request.state.told = json.loads(data) if data and "json" in kind else {}


def _cached(text: str) -> str:
    return f"max-age={text}" if re.fullmatch(r"-?\d+", text) else "no-cache"


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["bucket"], request.path_params["path"]


def _some(request: Request, name: str) -> list[str]:
    """Raises Refused for none, and for too many."""
    given: list[str] = request.state.told[name]
    if not 1 <= len(given) <= MOST:
        most = f"more than {MOST}" if given else "fewer than 1"
        says = f"body/{name} must NOT have {most} items"
        raise Refused(400, "Error", says, "InvalidRequest")
    return given


def _upserts(request: Request) -> bool:
    return request.headers.get("x-upsert") == "true"


def _shown(row: Row) -> Row:
    times = ("updated_at", "created_at", "last_accessed_at")
    return {
        "name": row["name"],
        "bucket_id": row["bucket_id"],
        "owner": str(row["owner"] or ""),
        "owner_id": row["owner_id"] or "",
        "version": row["version"],
        "id": str(row["id"]),
        **{name: stamp(row[name]) for name in times},
        "metadata": row["metadata"],
        "user_metadata": row["user_metadata"] or {},
    }
