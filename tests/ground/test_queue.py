"""A project without Supabase Queues is told so before anything is changed."""

import psycopg
import pytest

from tests.ground.cluster import Cluster


def test_without_queues_the_migration_says_what_to_turn_on(cluster: Cluster) -> None:
    address = cluster.ground()
    [migration] = (cluster.supabase / "migrations").glob("*_queue.sql")
    with psycopg.connect(address) as ground:
        ground.execute("create temporary view pg_available_extensions as select '' as name")
        with pytest.raises(psycopg.errors.RaiseException, match="Turn on the extension pgmq"):
            ground.execute(migration.read_bytes())
    cluster.drop(address)
