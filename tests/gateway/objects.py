"""Objects: a row in storage.objects under the rights of who asks, and a file."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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
REPLACE = """
update storage.objects set version = %(version)s, metadata = %(metadata)s,
  owner = %(owner)s::uuid, owner_id = %(owner)s::uuid::text, updated_at = now()
where bucket_id = %(bucket)s and name = %(name)s
"""
UPSERT = f"""{ADD}
on conflict (bucket_id, name) do update set version = excluded.version,
  metadata = excluded.metadata, owner = excluded.owner, owner_id = excluded.owner_id,
  updated_at = now()
"""
MOVE = """
update storage.objects set bucket_id = %(target)s, name = %(to)s, version = %(version)s,
  updated_at = now()
where bucket_id = %(bucket)s and name = %(name)s
"""


class Refused(Exception):
    """Said as a 400 with the status inside, but for 500; the protocol TUS says it as it is."""

    def __init__(self, status: int, error: str, says: str, code: str) -> None:
        super().__init__(says)
        self.status, self.error, self.says, self.code = status, error, says, code


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be kept, and how others on the way may keep it."""

    mime: str
    data: bytes
    cache: str = "no-cache"

    def told(self) -> str:
        """What a row tells of it."""
        digest = hashlib.md5(self.data).hexdigest()  # noqa: S324 as the real one
        return json.dumps(
            {
                "eTag": f'"{digest}"',
                "size": len(self.data),
                "mimetype": self.mime,
                "cacheControl": self.cache,
                "lastModified": stamp(datetime.now(UTC)),
                "contentLength": len(self.data),
                "httpStatusCode": 200,
            }
        )


def stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def not_found() -> Refused:
    return Refused(404, "not_found", "Object not found", "NoSuchKey")


def denied(says: str = "new row violates row-level security policy") -> Refused:
    return Refused(403, "Unauthorized", says, "AccessDenied")


def duplicate(code: str) -> Refused:
    return Refused(409, "Duplicate", "The resource already exists", code)


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
    return JSONResponse(told, 500 if refused.status == 500 else 400)


@dataclass(slots=True)
class Objects:
    crossing: Crossing
    folder: Path

    def check(self, bucket: str, name: str, mime: str, size: int) -> None:
        """Raises Refused for what the bucket does not take."""
        if not name or not KEYS.issuperset(name) or ".." in name.split("/"):
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

    def may_add(self, claims: Claims, bucket: str, name: str, *, upsert: bool = False) -> None:
        """Raises Refused where it could not be added now."""

        def leave() -> None:
            raise psycopg.Rollback

        given = _given(claims, bucket, name, "{}")
        self._write(claims, UPSERT if upsert else ADD, given, leave)

    def add(
        self, claims: Claims, bucket: str, name: str, content: Content, *, upsert: bool = False
    ) -> Row:
        """Keep a row and its file, both or neither. Raises Refused."""
        return self._keep(claims, bucket, name, content, UPSERT if upsert else ADD)

    def replace(self, claims: Claims, bucket: str, name: str, content: Content) -> Row:
        """Write over an object that is there. Raises Refused."""
        return self._keep(claims, bucket, name, content, REPLACE)

    def find(self, claims: Claims, bucket: str, name: str, operation: str) -> Row:
        """Raises Refused."""
        with self.crossing.transaction(claims, {}, operation) as rows:
            found = rows.execute(
                "select * from storage.objects where bucket_id = %s and name = %s", [bucket, name]
            ).fetchone()
        if found is None:
            raise not_found()
        return found

    def move(self, claims: Claims, origin: tuple[str, str], target: tuple[str, str]) -> None:
        """Give an object another name. Raises Refused."""
        row = self.find(claims, *origin, "storage.object.move")
        self.check(*target, row["metadata"]["mimetype"], row["metadata"]["size"])
        given = {**_given(claims, *origin, ""), "target": target[0], "to": target[1]}
        file = self.file(*target)
        file.parent.mkdir(parents=True, exist_ok=True)
        with self.crossing.transaction(claims, {}, "storage.object.move") as rows:
            _written(rows, MOVE, given, "ResourceAlreadyExists")
            self.file(*origin).replace(file)
        self._clear(self.file(*origin))

    def remove(self, claims: Claims, bucket: str, names: list[str]) -> list[Row]:
        with self.crossing.transaction(claims, {}, "storage.object.delete_many") as rows:
            rows.execute("set local storage.allow_delete_query = 'true'")
            gone = rows.execute(
                "delete from storage.objects where bucket_id = %s and name = any (%s) returning *",
                [bucket, names],
            ).fetchall()
        for row in gone:
            self._clear(self.file(bucket, row["name"]))
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

    def _keep(
        self, claims: Claims, bucket: str, name: str, content: Content, statement: str
    ) -> Row:
        self.check(bucket, name, content.mime, len(content.data))
        part = self.folder / f".{uuid4()}"
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.data)
        target = self.file(bucket, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        given = _given(claims, bucket, name, content.told())
        try:
            self._write(claims, statement, given, lambda: part.replace(target))
        finally:
            part.unlink(missing_ok=True)
        row = self.find(SERVER, bucket, name, "")
        return {"Id": str(row["id"]), "Key": f"{bucket}/{name}"}

    def _write(
        self, claims: Claims, statement: str, given: Row, then: Callable[[], object]
    ) -> None:
        with self.crossing.transaction(claims, {}, "storage.object.upload") as rows:
            _written(rows, statement, given, "KeyAlreadyExists")
            then()

    def _clear(self, file: Path) -> None:
        """Remove a file, and the folders that it leaves empty."""
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == self.folder or os.listdir(parent):  # noqa: PTH208 quick
                break
            parent.rmdir()


def _given(claims: Claims, bucket: str, name: str, metadata: str) -> Row:
    return {
        "id": str(uuid4()),
        "bucket": bucket,
        "name": name,
        "owner": claims.get("sub"),
        "version": str(uuid4()),
        "metadata": metadata,
    }


def _written(rows: "psycopg.Connection[Any]", statement: str, given: Row, code: str) -> None:
    """Raises Refused."""
    try:
        changed = rows.execute(statement.encode(), given).rowcount
    except psycopg.errors.UniqueViolation as error:
        raise duplicate(code) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise denied() from error
    if not changed:
        raise not_found()
