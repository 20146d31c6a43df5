"""What the tests of the database stand on, and which of it this computer lacks."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARIES = Path("/usr/lib/postgresql/15/bin")
EXTENSIONS = Path("/usr/share/postgresql/15/extension")
CLI = ROOT / ".data/supabase/node_modules/@supabase/cli-linux-x64/bin/supabase"


def missing() -> list[str]:
    parts = {
        "Postgres 15": (BINARIES / "postgres").exists(),
        "pgTAP": (EXTENSIONS / "pgtap.control").exists(),
        "pg_prove": shutil.which("pg_prove") is not None,
        "pg_cron": (EXTENSIONS / "pg_cron.control").exists(),
        "plpgsql_check": (EXTENSIONS / "plpgsql_check.control").exists(),
        "psycopg": find_spec("psycopg") is not None,
        "pgmq": (EXTENSIONS / "pgmq.control").exists(),
        "the Supabase CLI": CLI.exists(),
    }
    return [name for name, here in parts.items() if not here]


def need_all() -> None:
    """Skip where a part is missing; fail in CI, where that would hide everything."""
    if not (lacking := missing()):
        return
    says = f"this computer lacks {', '.join(lacking)}: see tests/ground/install.sh"
    if os.environ.get("CI") == "true":
        pytest.fail(says, pytrace=False)
    pytest.skip(says)


def leave_if_missing() -> None:
    """The same for a program."""
    if lacking := missing():
        print(f"Skipped: this computer lacks {', '.join(lacking)}: see tests/ground/install.sh")
        sys.exit(os.environ.get("CI") == "true")
