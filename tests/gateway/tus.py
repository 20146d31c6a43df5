"""/storage/v1/upload/resumable: the protocol TUS, in pieces of 6 MiB but for the last."""

import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from uuid import uuid4

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.gateway.crossing import Crossing
from tests.gateway.links import Links
from tests.gateway.objects import (
    NO_TOKEN,
    SERVER,
    Claims,
    Content,
    Objects,
    Refused,
    claims_of,
    said,
)

PIECE = 6 * 1024 * 1024
KEPT_SECONDS = 86_400.0
BYTES = "application/offset+octet-stream"
VERSION = {"Tus-Resumable": "1.0.0"}
EXTENSIONS = "creation,expiration,termination"
ELSEWHERE = ("upload-defer-length", "upload-concat", "upload-checksum")
"""Parts of the protocol that are not here."""
SAID = {413: "Maximum size exceeded\n"}
Answer = Callable[[Request], Response]


class Halt(Exception):
    """Said as it is, in plain text."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status, self.says = status, says


@dataclass(slots=True)
class Upload:
    claims: Claims
    bucket: str
    path: str
    mime: str
    cache: str
    size: int
    upsert: bool
    ends_at: float
    data: bytearray = field(default_factory=bytearray)

    @property
    def whole(self) -> bool:
        return len(self.data) == self.size


@dataclass(slots=True)
class Tus:
    crossing: Crossing
    objects: Objects
    links: Links
    clock: Callable[[], float] = time.time
    seconds: float = KEPT_SECONDS
    """How long an upload may take."""
    _uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def routes(self) -> list[Route]:
        target = "/storage/v1/upload/resumable"
        return [
            Route(target, self.options, methods=["OPTIONS"]),
            *(
                route
                for path in (f"{target}/sign", target)
                for route in (
                    Route(path, _told(self.begin), methods=["POST"]),
                    Route(f"{path}/{{id}}", _told(self.reached), methods=["HEAD"]),
                    Route(f"{path}/{{id}}", _told(self.more), methods=["PATCH"]),
                    Route(f"{path}/{{id}}", _told(self.end), methods=["DELETE"]),
                )
            ),
        ]

    async def options(self, _: Request) -> Response:
        told = {"Tus-Version": "1.0.0", "Tus-Extension": EXTENSIONS}
        return Response(status_code=204, headers={**VERSION, **told})

    def begin(self, request: Request) -> Response:
        if request.state.piece:
            raise Halt(501, "The gateway takes no bytes with the creation of an upload")
        words, size = _label(request.headers), _length(request.headers)
        bucket, path = words.get("bucketName", ""), words.get("objectName", "")
        claims, upsert = self._sender(request, bucket, path)
        self.objects.check(bucket, path, words.get("contentType", ""), size)
        self.objects.may_add(claims, bucket, path, upsert=upsert)
        cache = words.get("cacheControl", "")
        upload = Upload(
            claims,
            bucket,
            path,
            words.get("contentType", ""),
            f"max-age={cache}" if cache.isdecimal() else "no-cache",
            size,
            upsert,
            self.clock() + self.seconds,
        )
        name = b64encode(f"{bucket}/{path}/{uuid4()}".encode(), b"-_").decode().rstrip("=")
        self._uploads[name] = upload
        # As the real one: by https, and with the name that it has for itself.
        place = request.url.path.removeprefix("/storage/v1")
        location = {"Location": f"https://{request.url.netloc}{place}/{name}"}
        return Response(status_code=201, headers={**VERSION, **location, **_ends(upload)})

    def reached(self, request: Request) -> Response:
        upload = self._upload(request)
        offset = {"Upload-Offset": str(len(upload.data)), "Upload-Length": str(upload.size)}
        kept = {"Cache-Control": "no-store"}
        return Response(headers={**VERSION, **offset, **kept, **_ends(upload)})

    def more(self, request: Request) -> Response:
        if "upload-offset" not in request.headers:
            raise Halt(403, "Upload-Offset header required\n")
        if "content-type" not in request.headers:
            raise Halt(403, "Content-Type header required\n")
        if request.headers["content-type"] != BYTES:
            raise Halt(400, "Invalid content-type\n")
        upload, piece = self._upload(request), request.state.piece
        if request.headers["upload-offset"] != str(len(upload.data)):
            raise Halt(409, "Upload-Offset conflict\n")
        reached = len(upload.data) + len(piece)
        if reached > upload.size:
            raise Halt(413, "upload's size exceeded\n")
        if len(piece) > PIECE or (len(piece) < PIECE and reached != upload.size):
            raise Halt(400, "a piece of another size")
        self.objects.may_add(upload.claims, upload.bucket, upload.path, upsert=upload.upsert)
        upload.data += piece
        offset = {"Upload-Offset": str(reached), **_ends(upload)}
        if upload.whole:
            content = Content(upload.mime, bytes(upload.data), upload.cache)
            self.objects.add(
                upload.claims, upload.bucket, upload.path, content, upsert=upload.upsert
            )
            offset["Tus-Complete"] = "1"
        return Response(status_code=204, headers={**VERSION, **offset})

    def end(self, request: Request) -> Response:
        """Give an upload up."""
        if self._upload(request).whole:
            raise Halt(400, "Cannot terminate an already completed upload")
        del self._uploads[request.path_params["id"]]
        return Response(status_code=204, headers=VERSION)

    def _upload(self, request: Request) -> Upload:
        """Raises Halt, Refused: for one that is not there, over, or somebody else's."""
        upload = self._uploads.get(request.path_params["id"])
        if upload is None:
            raise Halt(404, "The file for this url was not found\n")
        claims, _ = self._sender(request, upload.bucket, upload.path)
        if not upload.whole and self.clock() >= upload.ends_at:
            raise Halt(410, "The file for this url no longer exists\n")
        if claims.get("sub") != upload.claims.get("sub"):
            raise Halt(403, "new row violates row-level security policy")
        return upload

    def _sender(self, request: Request, bucket: str, path: str) -> tuple[Claims, bool]:
        """Who asks, and whether they may write over what is there. Raises Halt, Refused."""
        if not request.url.path.startswith("/storage/v1/upload/resumable/sign"):
            claims = claims_of(self.crossing, request)
            return claims, request.headers.get("x-upsert") == "true"
        try:
            told = self.links.read(request.headers.get("x-signature", ""), bucket, path, "upload")
        except Refused as error:
            raise Halt(400, "Invalid signature") from error
        return {**SERVER, "sub": told.get("owner")}, told["upsert"]


def _told(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def tell(request: Request) -> Response:
        request.state.piece = await request.body()
        try:
            _check(request.headers)
            return await run_in_threadpool(answer, request)
        except Halt as halt:
            return PlainTextResponse(halt.says, halt.status, VERSION)
        except psycopg.Error:
            return PlainTextResponse("The database does not answer", 500, VERSION)
        except Refused as refused:
            if refused.says == NO_TOKEN:
                return said(refused)
            says = SAID.get(refused.status, refused.says)
            return PlainTextResponse(says, refused.status, VERSION)

    return tell


def _check(headers: Mapping[str, str]) -> None:
    """Raises Halt for another version of the protocol, and for parts that are not here."""
    if headers.get("tus-resumable") != VERSION["Tus-Resumable"]:
        raise Halt(412, "Tus-Resumable Required\n")
    if known := [name for name in ELSEWHERE if name in headers]:
        raise Halt(501, f"The gateway does not implement {known[0]}")


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("upload-length", "")
    if not text.isdecimal():
        raise Halt(400, "Upload-Length or Upload-Defer-Length header required\n")
    return int(text)


def _label(headers: Mapping[str, str]) -> dict[str, str]:
    """Raises Halt for what is not words, each with a value in base64."""
    try:
        pairs = (pair.strip().split(" ") for pair in headers["upload-metadata"].split(","))
        return {name: b64decode(word, validate=True).decode() for name, word in pairs}
    except (KeyError, ValueError) as error:
        raise Halt(400, "Upload-Metadata is invalid") from error


def _ends(upload: Upload) -> dict[str, Any]:
    return {} if upload.whole else {"Upload-Expires": formatdate(upload.ends_at, usegmt=True)}
