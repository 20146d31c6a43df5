"""The migrations as the Supabase CLI, its linters and pgTAP see them."""

import json

import pytest

from tests.ground.cluster import Cluster, Defaults

# Said of every new database, or of tables that belong to the server alone.
EXPECTED = {"unused_index", "rls_enabled_no_policy"}


@pytest.mark.parametrize("defaults", ["new", "old"])
def test_all_database_tests_pass_under_both_defaults_of_grants(
    cluster: Cluster, defaults: Defaults
) -> None:
    proved = cluster.prove(cluster.ground(defaults))

    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "Result: PASS" in proved.stdout


def test_the_linter_finds_nothing_in_our_functions(cluster: Cluster) -> None:
    linted = cluster.supabase_cli(
        *("db", "lint", f"--remote={cluster.ground()}", "--schema", "public,private"),
        *("--level", "warning", "--fail-on", "warning"),
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "No schema errors found" in linted.stdout + linted.stderr


def test_the_advisors_have_no_advice(cluster: Cluster) -> None:
    advised = cluster.supabase_cli(
        *("db", "advisors", f"--remote={cluster.ground()}", "--level", "info")
    )

    assert advised.returncode == 0, advised.stderr
    advice = json.loads(advised.stdout)
    assert [row["detail"] for row in advice if row["name"] not in EXPECTED] == []
