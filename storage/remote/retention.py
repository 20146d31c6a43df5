"""What lasts for a while, in a database elsewhere."""

from collections.abc import Iterator, Sequence
from secrets import choice, token_hex

from storage.records import Claim, Leaver
from storage.remote.door import Door, names

ARCHIVED_AT_ONCE = 200
GRANTED_AT_ONCE = 500
BUCKETS = ("outputs-ephemeral", "uploads-ephemeral", "user-library")
LOOKED_AT = 3000
"""Objects that a round looks at: millions within a day."""


class RemoteRetention:
    """The rules of time; their clock is that of the database."""

    def __init__(self, door: Door) -> None:
        self._door = door
        # Anywhere: a sweep that is run anew each minute gets round, too.
        self._looked_up_to = f"{choice(BUCKETS)}/{token_hex(4)}"

    def claim(self, most: int) -> Claim:
        found = self._door.call("claim_expired", {"p_most": most})
        return Claim(**{kind: tuple(found[kind]) for kind in ("photos", "versions", "objects")})

    def forget(self, claim: Claim, left: Sequence[str] = ()) -> None:
        if left:
            self._door.call("library_put_off", {"p_paths": [*left]})
        given = {"p_photos": [*claim.photos], "p_versions": [*claim.versions]}
        self._door.call("forget_claimed", given)

    def settle(self) -> None:
        self._door.call("release_stale", {})
        self._door.call("drop_syncs", {})
        while self._door.call("archive", {"p_most": ARCHIVED_AT_ONCE}) == ARCHIVED_AT_ONCE:
            pass
        self._door.call("library_forget_visits", {})
        while self._door.call("grant_month", {"p_most": GRANTED_AT_ONCE}) == GRANTED_AT_ONCE:
            pass

        self._note_strays()

    def erasing(self) -> list[Leaver]:
        return [
            Leaver(user_id=one["user_id"], scopes=tuple(one["scopes"]))
            for one in self._door.call("erasing", {})
        ]

    def objects_of(self, scope: str, most: int) -> list[str]:
        return [*self._door.call("erase_objects", {"p_scope": scope, "p_most": most})]

    def owned(self, scope: str) -> Iterator[str]:
        yield from names(self._door, scope)

    def erase(self, scope: str) -> None:
        self._door.call("erase_rows", {"p_scope": scope})

    def _note_strays(self) -> None:
        """Go on with the search for objects that no row speaks of, and begin anew at its end."""
        after = self._strays_after(self._looked_up_to)
        if not after and self._looked_up_to:
            after = self._strays_after("")
        self._looked_up_to = after

    def _strays_after(self, name: str) -> str:
        given = {"p_after": name, "p_most": LOOKED_AT}
        return self._door.call("note_strays", given)["after"] or ""
