"""Who is signed in on one's own computer."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from auth.keychain import Keychain, keychain
from auth.session import Flow, MemorySessions, Session, Sessions

SERVICE = "Coveshot https://project.example.com"
NAME = "s.desktop"
ANN = Session(
    access="a.b.c", refresh="renews", user_id="ann", email="ann@example.com", expires_at=9.0
)


class Vault(KeyringBackend):
    """A place for secrets that can be locked."""

    priority = 9

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if not self.kept.pop((service, username), None):
            raise PasswordDeleteError

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def vault() -> Iterator[Vault]:
    before = keyring.get_keyring()
    vault = Vault()
    keyring.set_keyring(vault)
    yield vault
    keyring.set_keyring(before)


def test_who_has_signed_in_is_found_after_a_restart(vault: Vault) -> None:
    keychain(SERVICE).keep(NAME, ANN)
    store = keychain(SERVICE)

    found = store.find(NAME)
    assert found
    assert (found.refresh, found.user_id, found.email) == ("renews", "ann", "ann@example.com")
    assert found.access == ""
    assert store.lasting
    assert "a.b.c" not in vault.kept[SERVICE, NAME]


def test_who_signs_out_is_forgotten(vault: Vault) -> None:
    store = keychain(SERVICE)
    store.keep(NAME, ANN)
    store.forget(NAME)
    store.forget(NAME)

    assert store.find(NAME) is None
    assert vault.kept == {}
    assert not store.renew(NAME, ANN)
    store.keep(NAME, ANN)
    store.forget_user("ann")
    assert vault.kept == {}


def test_what_cannot_be_kept_is_in_memory_alone_and_says_so(vault: Vault) -> None:
    store = keychain(SERVICE)
    vault.locked = True
    store.keep(NAME, ANN)

    assert store.find(NAME) == ANN
    assert not store.lasting
    vault.locked = False
    assert keychain(SERVICE).find(NAME) is None


def test_a_locked_place_signs_nobody_in(vault: Vault) -> None:
    keychain(SERVICE).keep(NAME, ANN)
    vault.locked = True
    store = keychain(SERVICE)

    assert store.find(NAME) is None
    assert not store.lasting


def test_something_else_under_our_name_signs_nobody_in(vault: Vault) -> None:
    for text in ("", "null", "{}", '{"refresh": 1}', "[1]", "nonsense"):
        vault.kept[SERVICE, NAME] = text

        assert keychain(SERVICE).find(NAME) is None


def test_without_a_place_for_secrets_nothing_lasts() -> None:
    before = keyring.get_keyring()
    from keyring.backends.fail import Keyring  # noqa: PLC0415

    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    store = keychain(SERVICE)
    keyring.set_keyring(before)

    assert isinstance(store, MemorySessions)
    assert not store.lasting


@pytest.mark.parametrize("kind", ["memory", "keychain"])
def test_a_flow_is_handed_out_once_to_who_began_it(vault: Vault, kind: str) -> None:
    store: Sessions = MemorySessions() if kind == "memory" else Keychain(SERVICE, vault, ())
    flow = Flow(verifier="v", visitor="me", leads_to="/")
    for number in range(30):
        store.begin(f"flow {number}", flow)

    assert store.end("flow 29", "you") is None
    assert store.end("flow 29", "me") == flow
    assert store.end("flow 29", "me") is None
    assert store.end("flow 0", "me") is None
