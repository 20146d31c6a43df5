"""The workbench as a batch, in a database elsewhere."""

from collections.abc import Sequence
from typing import Any

from storage.records import Card, Changes, Entry, Image, Job, Status
from storage.remote.door import Door, made


class RemoteBatch:
    """The rules of many photos at once; each method is one transaction, however many they are."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def pause(self, scope: str) -> None:
        self._door.call("library_pause", {"p_scope": scope})

    def resume(self, scope: str) -> None:
        self._door.call("library_resume", {"p_scope": scope})

    def paused(self, scope: str) -> bool:
        return bool(self._door.call("library_paused", {"p_scope": scope}))

    def put_first(self, scope: str, entry_ids: Sequence[str]) -> None:
        self._door.call("library_put_first", {"p_scope": scope, "p_entries": [*entry_ids]})

    def cancel_all(self, scope: str) -> int:
        return int(self._door.call("library_cancel_all", {"p_scope": scope}))

    def retry_all(self, scope: str, status: Status) -> int:
        given = {"p_scope": scope, "p_status": status.value}
        return int(self._door.call("library_retry_all", given))

    def clear_all(self, scope: str, entry_ids: Sequence[str]) -> int:
        given = {"p_scope": scope, "p_entries": [*entry_ids]}
        return int(self._door.call("library_clear_all", given))

    def accept(self, scope: str, entry_ids: Sequence[str]) -> None:
        self._door.call("library_accept", {"p_scope": scope, "p_entries": [*entry_ids]})

    def changes(self, scope: str, since: int = 0) -> Changes:
        news = self._door.call("library_news", {"p_scope": scope, "p_since": since})
        return Changes(
            tick=news["tick"],
            whole=news["whole"],
            paused=news["paused"],
            cards=tuple(card(answer) for answer in news["cards"]),
            gone=tuple(news["gone"]),
        )


def card(answer: Any) -> Card:
    return Card(
        entry=made(Entry, answer["entry"]),
        image=made(Image, answer["image"]),
        job=made(Job, answer["job"]),
        expires_at=answer["expires_at"],
    )
