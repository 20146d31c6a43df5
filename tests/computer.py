"""The program of somebody's own computer that knows a project, and its place for secrets."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from tests.program import Program, running

if TYPE_CHECKING:
    from tests.gateway.server import Gateway

FOLLOWS = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
"""A browser that goes where it is led."""


class FileVault(KeyringBackend):
    """A place for secrets that is there after a restart; named by the environment."""

    priority = 9

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._read() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        if not kept.pop(f"{service} {username}", None):
            raise PasswordDeleteError
        self._write(kept)

    def _read(self) -> dict[str, str]:
        file = Path(os.environ["VAULT"])
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ["VAULT"]).write_text(json.dumps(kept))


@contextmanager
def open_computer(gateway: "Gateway", folder: Path, models: Path) -> Iterator[Program]:
    """Run it; run again in the same folder, it is as it was left."""
    folder.mkdir(exist_ok=True)
    follows = folder / "follows.py"
    follows.write_text(FOLLOWS)
    with running(
        folder,
        models,
        PYTHON_KEYRING_BACKEND="tests.computer.FileVault",
        VAULT=str(folder / "vault.json"),
        BROWSER=f"{sys.executable} {follows} %s",
        SUPABASE_URL=gateway.url,
        SUPABASE_PUBLISHABLE_KEY=gateway.publishable,
        SUPABASE_PROVIDERS="google",
    ) as program:
        yield program
