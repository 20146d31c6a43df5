"""/storage/v1/upload/resumable: the protocol TUS, in pieces of 6 MiB but for the last."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.gateway.crossing import Crossing
from tests.gateway.objects import NO_TOKEN, SERVER, Claims, Objects, Refused, claims_of, said

PIECE = 6 * 1024 * 1024
SAID = {413: "Maximum size exceeded\n"}
VERSION = {"Tus-Resumable": "1.0.0"}


@dataclass(slots=True)
class Upload:
    claims: Claims
    bucket: str
    path: str
    mime: str
    size: int
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Tus:
    crossing: Crossing
    objects: Objects
    read_signed: Callable[[str, str, str], None]
    _uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def routes(self) -> list[Route]:
        target = "/storage/v1/upload/resumable"
        return [
            Route(target, self.options, methods=["OPTIONS"]),
            *[
                route
                for path in (f"{target}/sign", target)
                for route in (
                    Route(path, self.begin, methods=["POST"]),
                    Route(f"{path}/{{id}}", self.reached, methods=["HEAD"]),
                    Route(f"{path}/{{id}}", self.more, methods=["PATCH"]),
                )
            ],
        ]

    async def options(self, _: Request) -> Response:
        return Response(status_code=204, headers={**VERSION, "Tus-Version": "1.0.0"})

    async def begin(self, request: Request) -> Response:
        try:
            name = await run_in_threadpool(self._begin, request)
        except Refused as refused:
            if refused.says == NO_TOKEN:
                return said(refused)
            says = SAID.get(refused.status, refused.says)
            return PlainTextResponse(says, refused.status, VERSION)
        # As the real one: by https, and with the name that it has for itself.
        path = request.url.path.removeprefix("/storage/v1")
        location = f"https://{request.url.netloc}{path}/{name}"
        return Response(status_code=201, headers={**VERSION, "Location": location})

    async def reached(self, request: Request) -> Response:
        upload = self._uploads.get(request.path_params["id"])
        if upload is None:
            return Response(status_code=404, headers=VERSION)
        offset = {"Upload-Offset": str(len(upload.data)), "Upload-Length": str(upload.size)}
        return Response(headers={**VERSION, **offset})

    async def more(self, request: Request) -> Response:
        upload = self._uploads.get(request.path_params["id"])
        piece = await request.body()
        if upload is None:
            return PlainTextResponse("not found", 404, VERSION)
        if int(request.headers["upload-offset"]) != len(upload.data):
            return PlainTextResponse("Upload-Offset conflict", 409, VERSION)
        last = len(upload.data) + len(piece) == upload.size
        if len(piece) > PIECE or (len(piece) < PIECE and not last):
            return PlainTextResponse("a piece of another size", 400, VERSION)
        upload.data += piece
        if last:
            del self._uploads[request.path_params["id"]]
            try:
                await run_in_threadpool(self._end, upload)
            except Refused as refused:
                return PlainTextResponse(refused.says, refused.status, VERSION)
        offset = {"Upload-Offset": str(len(upload.data))}
        return Response(status_code=204, headers={**VERSION, **offset})

    def _begin(self, request: Request) -> str:
        pairs = (one.split(" ") for one in request.headers["upload-metadata"].split(","))
        told = {name: b64decode(word).decode() for name, word in pairs}
        size = int(request.headers["upload-length"])
        bucket, path = told["bucketName"], told["objectName"]
        if request.url.path.endswith("/sign"):
            claims = self._signed(request.headers.get("x-signature", ""), bucket, path)
        else:
            claims = claims_of(self.crossing, request)
        upload = Upload(claims, bucket, path, told["contentType"], size)
        self.objects.check(upload.bucket, upload.path, upload.mime, size)
        self.objects.may_add(upload.claims, upload.bucket, upload.path)
        name = b64encode(f"{upload.bucket}/{upload.path}/{uuid4()}".encode(), b"-_").decode()
        self._uploads[name] = upload
        return name

    def _end(self, upload: Upload) -> Any:
        data = bytes(upload.data)
        return self.objects.add(upload.claims, upload.bucket, upload.path, upload.mime, data)

    def _signed(self, token: str, bucket: str, path: str) -> Claims:
        try:
            self.read_signed(token, bucket, path)
        except Refused as error:
            raise Refused(400, "InvalidSignature", "Invalid signature", "") from error
        return SERVER
