"""Keys to servers elsewhere, kept with the system's secrets or in a file of one's own."""

from pathlib import Path

import pytest
from keyring.errors import KeyringError

from auth.chest import Chest
from tests.test_keychain import Vault

A, B = "https://a.example", "https://b.example"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "remote.json"


def test_what_the_system_keeps_is_in_no_file(file: Path) -> None:
    vault = Vault()
    own = Chest(file, vault, (KeyringError,))
    assert own.keep(A, "cove_a")

    assert "cove_a" not in file.read_text()
    assert Chest(file, vault, (KeyringError,)).find(A) == "cove_a"
    own.forget(A)
    assert own.find(A) is None
    assert own.last == ""


@pytest.mark.parametrize("locked", [True, False])
def test_without_such_a_place_its_owner_alone_reads_the_file(file: Path, *, locked: bool) -> None:
    vault = Vault()
    vault.locked = True
    own = Chest(file, vault, (KeyringError,)) if locked else Chest(file)
    assert not own.keep(A, "cove_a")
    own.keep(B, "cove_b")

    assert file.stat().st_mode & 0o777 == 0o600
    assert (own.find(A), own.find(B), own.last) == ("cove_a", "cove_b", B)
    assert [one.name for one in file.parent.iterdir()] == ["remote.json"]
    own.forget(B)
    assert (own.find(A), own.find(B), own.last) == ("cove_a", None, "")


def test_a_key_that_the_system_takes_later_leaves_the_file(file: Path) -> None:
    vault = Vault()
    vault.locked = True
    own = Chest(file, vault, (KeyringError,))
    own.keep(A, "cove_old")
    vault.locked = False
    own.keep(A, "cove_new")

    assert "cove" not in file.read_text()
    assert own.find(A) == "cove_new"


def test_a_file_that_is_damaged_is_one_that_is_empty(file: Path) -> None:
    own = Chest(file)
    own.keep(A, "cove_a")
    file.write_text("{")

    assert own.last == ""
    assert own.find(A) is None
