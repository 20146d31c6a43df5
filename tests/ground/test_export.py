"""All that is known of a user, and of nobody else, in one zip."""

import io
import json
from pathlib import Path
from zipfile import ZipFile

import psycopg

from storage.export import export
from storage.postgres import PostgresDoor
from tests.ground.cluster import Cluster
from tests.ground.instance import Instance


def test_an_export_has_every_row_and_object_of_its_user_alone(
    cluster: Cluster, tmp_path: Path
) -> None:
    ground = cluster.ground()
    instance = Instance(ground, cluster.over(ground), tmp_path / "objects")
    mine, theirs = instance.signed_up(), instance.signed_up()
    kept = instance.worked_on(instance.kept(mine, "vase.png"))
    instance.furnished(mine, kept, "My vases")
    instance.kept(theirs, "secret.png")
    lost = instance.kept(mine, "lost.png")
    instance.blobs.remove(lost.path)

    def as_user(connection: psycopg.Connection) -> None:
        claims = json.dumps({"sub": mine, "role": "authenticated"})
        connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])

    user = PostgresDoor(ground, role="authenticated", before=as_user)
    pieces = export(user.call("export_me", {}), instance.retention.owned(mine), instance.blobs)
    archive = ZipFile(io.BytesIO(b"".join(pieces)))
    user.close()

    assert archive.testzip() is None
    names = set(archive.namelist())
    assert names - {"data.json", "missing.txt"} == {
        name for name, _ in instance.blobs.listing() if mine in name
    }
    assert archive.read(kept.path) == b"pixels"
    assert archive.read("missing.txt").decode() == lost.path
    known = json.loads(archive.read("data.json"))
    assert [one["name"] for one in known["collections"]] == ["My vases"]
    assert len(known["photos"]) == len(known["versions"]) == 2
    assert len(known["ledger"]) > 0
    for name in ("data.json", "missing.txt"):
        assert theirs.encode() not in archive.read(name)
    instance.close()
