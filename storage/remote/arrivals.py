"""What desktops have brought, in a database elsewhere."""

from contextlib import suppress
from typing import Any

from storage.arrivals import Announced, Arrival
from storage.errors import IllegalMove, NotFound
from storage.remote.door import Door


class RemoteArrivals:
    """Of several servers that look at the same one, the first decides."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def waiting(self, most: int) -> list[Arrival]:
        return [_arrival(row) for row in self._door.call("sync_pending", {"p_most": most})]

    def let_in(self, arrival: Arrival) -> None:
        self._decide(arrival, {"p_ok": True})

    def turn_away(self, arrival: Arrival, says: str) -> None:
        self._decide(arrival, {"p_ok": False, "p_says": says})

    def _decide(self, arrival: Arrival, verdict: dict[str, object]) -> None:
        with suppress(NotFound, IllegalMove):  # it was decided, or has gone with its owner
            self._door.call("sync_verified", {"p_id": arrival.id, **verdict})


def _arrival(row: dict[str, Any]) -> Arrival:
    sizes, bucket = row["sizes"], row["bucket"]
    output = sizes["output"]
    return Arrival(
        id=row["id"],
        scope=row["scope"],
        sha256=row["sha256"],
        mime=sizes["mime"],
        known=row["known"],
        original=Announced(
            key=f"{bucket}/{row['original']}",
            bytes=sizes["bytes"],
            width=sizes["width"],
            height=sizes["height"],
        ),
        output=Announced(
            key=f"{bucket}/{row['output']}",
            bytes=output["bytes"],
            width=output["width"],
            height=output["height"],
        ),
        thumbnail=Announced(key=f"{bucket}/{row['thumbnail']}", bytes=sizes["thumbnail"]["bytes"]),
    )
