"""Whose key it is that a program shows."""

from auth.account import Account
from auth.keys import PREFIX, digest
from storage.errors import Gone, NotFound
from storage.ports import Records


class Keyring:
    """Looks in the libraries that there are, one after the other. May block."""

    def __init__(self, *libraries: Records) -> None:
        self._libraries = libraries

    def owner(self, secret: str) -> Account | None:
        """Return the account of a key; None for one that is unknown, revoked, or of nobody."""
        if not secret.startswith(PREFIX):
            return None
        for records in self._libraries:
            if key := records.key(digest(secret)):
                try:
                    return Account(key.scope, key.scope, records.terms.plan(key.scope))
                except (NotFound, Gone):
                    return None
        return None
