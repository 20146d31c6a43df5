"""/storage/v1 as the Storage server answers: objects, listings, signed links. 501 for all else."""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import jwt
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.crossing import Crossing
from tests.gateway.objects import SERVER, Claims, Objects, Refused, Row, claims_of, said
from tests.gateway.tus import Tus

UPLOAD_SECONDS = 7200
HIDDEN = "Either the object does not exist or you do not have access to it"
LISTED = ("id", "updated_at", "created_at", "last_accessed_at", "metadata")
READ = "storage.object.get_authenticated"
INFO = "object.get_authenticated_info"
Answer = Callable[[Request], Response]
Served = Callable[[Request], Awaitable[Response]]
PATH = "{bucket}/{path:path}"


@dataclass(slots=True)
class Storage:
    crossing: Crossing
    objects: Objects
    pause_seconds: float = 0.0
    """Before each removal of an object."""
    _key: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def routes(self) -> list[Route]:
        def route(path: str, method: str, answer: Answer) -> Route:
            return Route(f"/storage/v1/{path}", _served(answer), methods=[method])

        return [
            *Tus(self.crossing, self.objects, self.read_signed).routes,
            route("object/copy", "POST", self.copy),
            route("object/list/{bucket}", "POST", self.listing),
            route("bucket", "GET", self.buckets),
            route("object/sign/{bucket}", "POST", self.sign_many),
            route(f"object/info/{PATH}", "GET", self.info),
            route(f"object/upload/sign/{PATH}", "POST", self.sign_upload),
            route(f"object/upload/sign/{PATH}", "PUT", self.put_signed),
            route(f"object/sign/{PATH}", "POST", self.sign),
            route(f"object/sign/{PATH}", "GET", self.get_signed),
            route(f"object/{PATH}", "POST", self.put),
            route(f"object/{PATH}", "GET", self.get),
            route("object/{bucket}", "DELETE", self.remove),
            Route("/storage/v1/{rest:path}", nothing, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    def put(self, request: Request) -> Response:
        mime, data = request.state.file
        added = self.objects.add(self._claims(request), *_place(request), mime, data)
        return JSONResponse(added)

    def get(self, request: Request) -> Response:
        row = self.objects.find(self._claims(request), *_place(request), READ)
        return self._content(row)

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
                "etag": told["eTag"],
                "metadata": {},
                "created_at": row["created_at"].isoformat(),
            }
        )

    def remove(self, request: Request) -> Response:
        names = request.state.told["prefixes"]
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
        target = told.get("destinationBucket") or told["bucketId"]
        data = self.objects.read(row["bucket_id"], row["name"])
        mime = row["metadata"]["mimetype"]
        return JSONResponse(self.objects.add(claims, target, told["destinationKey"], mime, data))

    def listing(self, request: Request) -> Response:
        told = request.state.told
        prefix = f"{told['prefix'].strip('/')}/".lstrip("/")
        rows = self.objects.below(self._claims(request), request.path_params["bucket"], prefix)
        there: dict[str, Row] = {}
        for row in rows:
            name, deeper, _ = row["name"].removeprefix(prefix).partition("/")
            shown = {one: None if deeper else _shown(row)[one] for one in LISTED}
            there.setdefault(name, {"name": name, **shown})
        start = told.get("offset", 0)
        return JSONResponse([*there.values()][start : start + told.get("limit", 100)])

    def sign(self, request: Request) -> Response:
        place = _place(request)
        self.objects.find(self._claims(request), *place, "storage.object.sign")
        return JSONResponse({"signedURL": self._link(*place, request.state.told["expiresIn"])})

    def sign_many(self, request: Request) -> Response:
        told, bucket = request.state.told, request.path_params["bucket"]

        def one(path: str) -> Row:
            try:
                self.objects.find(self._claims(request), bucket, path, "storage.object.sign_many")
            except Refused:
                return {"error": HIDDEN, "path": path, "signedURL": None}
            return {
                "error": None,
                "path": path,
                "signedURL": self._link(bucket, path, told["expiresIn"]),
            }

        return JSONResponse([one(path) for path in told["paths"]])

    def buckets(self, request: Request) -> Response:
        with self.crossing.transaction(self._claims(request), {}, "storage.bucket.list") as rows:
            found = rows.execute("select id, name, public from storage.buckets order by id")
            return JSONResponse(found.fetchall())

    def get_signed(self, request: Request) -> Response:
        self.read_signed(request.query_params.get("token", ""), *_place(request))
        answer = self._content(self.objects.find(SERVER, *_place(request), READ))
        if name := request.query_params.get("download"):
            answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return answer

    def sign_upload(self, request: Request) -> Response:
        place = _place(request)
        self.objects.may_add(self._claims(request), *place)
        token = self.signed("/".join(place), UPLOAD_SECONDS, upsert=False, scope="upload")
        return JSONResponse(
            {"url": f"/object/upload/sign/{'/'.join(place)}?token={token}", "token": token}
        )

    def put_signed(self, request: Request) -> Response:
        self.read_signed(request.query_params.get("token", ""), *_place(request))
        mime, data = request.state.file
        return JSONResponse({"Key": self.objects.add(SERVER, *_place(request), mime, data)["Key"]})

    def read_signed(self, token: str, bucket: str, path: str) -> None:
        """Raises Refused for what was not signed, for something else, or is over."""
        try:
            told = jwt.decode(token, self._key, algorithms=["HS256"])
        except jwt.ExpiredSignatureError as error:
            raise invalid('"exp" claim timestamp check failed') from error
        except jwt.PyJWTError as error:
            raise invalid("signature verification failed") from error
        if told["url"] != f"{bucket}/{path}":
            raise Refused(400, "InvalidSignature", "Invalid signature", "InvalidSignature")

    def signed(self, url: str, seconds: float, **more: Any) -> str:
        """A token for an object and nothing else."""
        now = int(time.time())
        claims = {"url": url, "iat": now, "exp": now + int(seconds), **more}
        return jwt.encode(claims, self._key, "HS256")

    def _link(self, bucket: str, path: str, seconds: str) -> str:
        token = self.signed(f"{bucket}/{path}", float(seconds), scope="download")
        return f"/object/sign/{bucket}/{path}?token={token}"

    def _content(self, row: Row) -> Response:
        data = self.objects.read(row["bucket_id"], row["name"])
        return Response(data, media_type=row["metadata"]["mimetype"])

    def _claims(self, request: Request) -> Claims:
        return claims_of(self.crossing, request)


def invalid(says: str) -> Refused:
    return Refused(400, "InvalidJWT", says, "InvalidJWT")


async def nothing(request: Request) -> Response:
    return JSONResponse({"message": f"The gateway has no {request.url.path}"}, 501)


def _served(answer: Answer) -> Served:
    """Read what came along, and answer on a thread of its own."""

    async def serve(request: Request) -> Response:
        kind = request.headers.get("content-type", "")
        if kind.startswith("multipart/"):
            async with request.form() as form:
                file: Any = next(one for one in form.values() if not isinstance(one, str))
                request.state.file = (file.content_type, await file.read())
        else:
            data = await request.body()
            request.state.file = (kind, data)
            request.state.told = json.loads(data) if data and "json" in kind else {}
        try:
            return await run_in_threadpool(answer, request)
        except Refused as refused:
            return said(refused)

    return serve


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["bucket"], request.path_params["path"]


def _shown(row: Row) -> Row:
    times = ("created_at", "updated_at", "last_accessed_at")
    names = ("name", "bucket_id", "version", "metadata")
    return {
        "id": str(row["id"]),
        **{name: row[name] for name in names},
        **{name: row[name].isoformat() for name in times},
    }
