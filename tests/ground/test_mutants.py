"""The hunt for mutants itself: it calls caught what a test file notices, and nothing else."""

import psycopg

from tests.ground.cluster import Cluster
from tests.ground.mutants import CATALOGUE, File, Hunt, Mutant, connect

OPENED = Mutant("right on a table", "jobs", "grant delete on public.jobs to anon")


def files(cluster: Cluster, *names: str) -> list[File]:
    return [File.read(cluster.supabase / "tests" / name) for name in names]


def test_a_mutant_is_caught_by_the_file_that_notices_it(cluster: Cluster) -> None:
    with connect(cluster) as ground:
        hunt = Hunt(files(cluster, "91_keys.sql", "90_rights.sql"))

        assert hunt.catch(OPENED, ground) == "90_rights.sql"


def test_a_mutant_that_no_file_notices_survives(cluster: Cluster) -> None:
    with connect(cluster) as ground:
        assert Hunt(files(cluster, "91_keys.sql")).catch(OPENED, ground) is None


def test_what_one_mutant_took_away_is_back_for_the_next(cluster: Cluster) -> None:
    with connect(cluster) as ground:
        hunt = Hunt(files(cluster, "90_rights.sql"))
        hunt.catch(OPENED, ground)

        assert hunt.catch(Mutant("none", "jobs", "select"), ground) is None


def test_the_catalogue_knows_each_kind_of_protection(cluster: Cluster) -> None:
    with psycopg.connect(cluster.ground()) as ground:
        kinds = {mutant.kind for mutant in Mutant.all(ground)}

    said = {line.split("'")[1] for line in CATALOGUE.read_text().splitlines() if "select '" in line}
    assert kinds == said - {"constraint of a type", "view with its owner"}
