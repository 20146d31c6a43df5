"""The port of keys for programs."""

from typing import Protocol

from auth.keys import Key

MOST_KEYS = 50
"""Of one scope that open something."""
SHOWN_SECONDS = 60.0
"""How exactly it is noted when a key was shown: a note is a write."""


class Keys(Protocol):
    """What programs show to be let in."""

    def keep(self, key: Key) -> Key:
        """Raises IllegalMove where the scope has a key of this name, or has many."""
        ...

    def find(self, digest: str) -> Key | None:
        """Return the key of a hash, unless it was revoked; it is noted when it was shown."""
        ...

    def all(self, scope: str) -> list[Key]:
        """All keys, the oldest first; revoked ones, too."""
        ...

    def revoke(self, scope: str, name: str) -> Key:
        """Raises NotFound."""
        ...
