"""Buckets of the storage: rows, and what may be done with them."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import DictRow
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.gateway.crossing import Crossing
from tests.gateway.objects import Refused, Row, claims_of, denied, duplicate, stamp

MADE = """
insert into storage.buckets (id, name, owner_id, public, file_size_limit, allowed_mime_types)
values (%(id)s, %(name)s, %(owner)s, %(public)s, %(file_size_limit)s, %(allowed_mime_types)s)
"""


def no_bucket() -> Refused:
    return Refused(404, "Bucket not found", "Bucket not found", "NoSuchBucket")


@dataclass(slots=True)
class Buckets:
    crossing: Crossing

    def listing(self, request: Request) -> Response:
        claims = claims_of(self.crossing, request)
        with self.crossing.transaction(claims, {}, "storage.bucket.list") as rows:
            found = rows.execute("select * from storage.buckets order by id").fetchall()
        return JSONResponse([_shown(row) for row in found])

    def find(self, request: Request) -> Response:
        claims, name = claims_of(self.crossing, request), request.path_params["bucket"]
        with self.crossing.transaction(claims, {}, "storage.bucket.get") as rows:
            row = rows.execute("select * from storage.buckets where id = %s", [name]).fetchone()
        if row is None:
            raise no_bucket()
        return JSONResponse(_shown(row))

    def make(self, request: Request) -> Response:
        told, claims = request.state.told, claims_of(self.crossing, request)
        given = {"public": False, "file_size_limit": None, "allowed_mime_types": None, **told}
        given |= {"id": told.get("id", told["name"]), "owner": claims.get("sub")}
        try:
            with self.crossing.transaction(claims, {}, "storage.bucket.create") as rows:
                rows.execute(MADE, given)
        except psycopg.errors.UniqueViolation as error:
            raise duplicate("BucketAlreadyExists") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise denied() from error
        return JSONResponse({"name": told["name"]})

    def remove(self, request: Request) -> Response:
        claims, name = claims_of(self.crossing, request), request.path_params["bucket"]
        try:
            with self.crossing.transaction(claims, {}, "storage.bucket.delete") as rows:
                rows.execute("set local storage.allow_delete_query = 'true'")
                gone = rows.execute("delete from storage.buckets where id = %s", [name]).rowcount
        except psycopg.errors.ForeignKeyViolation as error:
            says = "The bucket you tried to delete is not empty"
            raise Refused(409, "InvalidRequest", says, "InvalidRequest") from error
        if not gone:
            raise no_bucket()
        return JSONResponse({"message": "Successfully deleted"})


def _shown(row: DictRow) -> Row:
    names = ("id", "name", "public", "file_size_limit", "allowed_mime_types")
    return {
        **{name: row[name] for name in names},
        "owner": row["owner_id"] or "",
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }
