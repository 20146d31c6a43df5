"""Objects: a row in storage.objects under the rights of who asks, and a file."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.gateway.crossing import Crossing, Unknown

Row = dict[str, Any]
Claims = Mapping[str, Any]
KEYS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/!-.*'() &$@=;:+,?"
)
NO_TOKEN = "Invalid Compact JWS"
SERVER = {"role": "service_role"}
ADD = """
insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata)
values (%(id)s, %(bucket)s, %(name)s, %(owner)s::uuid, %(owner)s::uuid::text,
  %(version)s, %(metadata)s)
"""


class Refused(Exception):
    """Said as a 400 with the status inside; the protocol TUS says it as it is."""

    def __init__(self, status: int, error: str, says: str, code: str) -> None:
        super().__init__(says)
        self.status, self.error, self.says, self.code = status, error, says, code


def not_found() -> Refused:
    return Refused(404, "not_found", "Object not found", "NoSuchKey")


def denied(says: str = "new row violates row-level security policy") -> Refused:
    return Refused(403, "Unauthorized", says, "AccessDenied")


def claims_of(crossing: Crossing, request: Request) -> Claims:
    """Raises Refused."""
    try:
        return crossing.claims(request.headers)
    except Unknown as error:
        raise denied(NO_TOKEN) from error


def said(refused: Refused) -> Response:
    told = {
        "statusCode": str(refused.status),
        "error": refused.error,
        "message": refused.says,
        "code": refused.code,
    }
    return JSONResponse(told, 400)


@dataclass(slots=True)
class Objects:
    crossing: Crossing
    folder: Path

    def check(self, bucket: str, name: str, mime: str, size: int) -> None:
        """Raises Refused for what the bucket does not take."""
        if not name or not KEYS.issuperset(name):
            raise Refused(400, "InvalidKey", f"Invalid key: {name}", "InvalidKey")
        with self.crossing.transaction(SERVER, {}) as rows:
            found = rows.execute("select * from storage.buckets where id = %s", [bucket]).fetchone()
        if found is None:
            raise Refused(404, "Bucket not found", "Bucket not found", "NoSuchBucket")
        if found["allowed_mime_types"] and mime not in found["allowed_mime_types"]:
            says = f"mime type {mime} is not supported"
            raise Refused(415, "invalid_mime_type", says, "InvalidMimeType")
        if found["file_size_limit"] and size > found["file_size_limit"]:
            says = "The object exceeded the maximum allowed size"
            raise Refused(413, "Payload too large", says, "EntityTooLarge")

    def may_add(self, claims: Claims, bucket: str, name: str) -> None:
        """Raises Refused where it could not be added now."""

        def leave() -> None:
            raise psycopg.Rollback

        self._add(claims, bucket, name, {}, leave)

    def add(self, claims: Claims, bucket: str, name: str, mime: str, data: bytes) -> Row:
        """Keep a row and its file, both or neither. Raises Refused."""
        self.check(bucket, name, mime, len(data))
        metadata = {
            "eTag": f'"{hashlib.md5(data).hexdigest()}"',  # noqa: S324 as the real one
            "size": len(data),
            "contentLength": len(data),
            "mimetype": mime,
        }
        part = self.folder / f".{uuid4()}"
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        target = self.file(bucket, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._add(claims, bucket, name, metadata, lambda: part.replace(target))
        finally:
            part.unlink(missing_ok=True)

    def find(self, claims: Claims, bucket: str, name: str, operation: str) -> Row:
        """Raises Refused."""
        with self.crossing.transaction(claims, {}, operation) as rows:
            found = rows.execute(
                "select * from storage.objects where bucket_id = %s and name = %s", [bucket, name]
            ).fetchone()
        if found is None:
            raise not_found()
        return found

    def remove(self, claims: Claims, bucket: str, names: list[str]) -> list[Row]:
        with self.crossing.transaction(claims, {}, "storage.object.delete_many") as rows:
            rows.execute("set local storage.allow_delete_query = 'true'")
            gone = rows.execute(
                "delete from storage.objects where bucket_id = %s and name = any (%s) returning *",
                [bucket, names],
            ).fetchall()
        for row in gone:
            file = self.file(bucket, row["name"])
            file.unlink(missing_ok=True)
            for parent in file.parents:
                if parent == self.folder or os.listdir(parent):  # noqa: PTH208 quick
                    break
                parent.rmdir()
        return gone

    def below(self, claims: Claims, bucket: str, prefix: str) -> list[Row]:
        """All whose names begin so, in their order."""
        with self.crossing.transaction(claims, {}, "storage.object.list") as rows:
            return rows.execute(
                "select * from storage.objects where bucket_id = %s and starts_with(name, %s)"
                ' order by name collate "C"',
                [bucket, prefix],
            ).fetchall()

    def read(self, bucket: str, name: str) -> bytes:
        return self.file(bucket, name).read_bytes()

    def file(self, bucket: str, name: str) -> Path:
        return self.folder / bucket / name

    def _add(
        self,
        claims: Claims,
        bucket: str,
        name: str,
        metadata: Row,
        then: Callable[[], object],
    ) -> Row:
        given = {
            "id": str(uuid4()),
            "bucket": bucket,
            "name": name,
            "owner": claims.get("sub"),
            "version": str(uuid4()),
            "metadata": json.dumps(metadata),
        }
        try:
            with self.crossing.transaction(claims, {}, "storage.object.upload") as rows:
                rows.execute(ADD, given)
                then()
        except psycopg.errors.UniqueViolation as error:
            says = "The resource already exists"
            raise Refused(409, "Duplicate", says, "KeyAlreadyExists") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise denied() from error
        return {"Id": given["id"], "Key": f"{bucket}/{name}"}
