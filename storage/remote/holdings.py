"""What a library holds, in a database elsewhere: searched, sorted, named, shown."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from storage.records import (
    Entry,
    Holding,
    Image,
    Job,
    Mark,
    Search,
    Share,
    Survey,
    Usage,
    Version,
)
from storage.remote.door import Door, made, made_all, made_or_none


class RemoteHoldings:
    """The rules of looking through a library."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def changes(self, scope: str) -> int:
        return int(self._door.call("library_count", {"p_scope": scope}))

    def survey(self, scope: str, search: Search, page: int) -> Survey:
        given = {"p_scope": scope, "p_search": asdict(search), "p_page": page}
        found = self._door.call("library_survey", given)
        return Survey(found["total"], tuple(Mark(*mark) for mark in found["marks"]))

    def page(
        self,
        scope: str,
        search: Search,
        *,
        start: Mark | None = None,
        end: Mark | None = None,
        most: int,
    ) -> list[Holding]:
        given = {
            "p_scope": scope,
            "p_search": asdict(search),
            "p_start": start and [start.value, start.id],
            "p_end": end and [end.value, end.id],
            "p_most": most,
        }
        return [_holding(answer) for answer in self._door.call("library_page", given)]

    def ids(self, scope: str, search: Search) -> list[str]:
        return [*self._door.call("library_ids", {"p_scope": scope, "p_search": asdict(search)})]

    def presets(self, scope: str) -> list[tuple[str, int]]:
        found = self._door.call("library_presets", {"p_scope": scope})
        return [(name, count) for name, count in found]

    def holding(self, scope: str, image_id: str) -> Holding:
        given = {"p_scope": scope, "p_image": image_id}
        return _holding(self._door.call("library_holding", given))

    def rename(self, scope: str, image_id: str, name: str) -> Image:
        given = {"p_scope": scope, "p_image": image_id, "p_name": name}
        return made(Image, self._door.call("library_rename", given))

    def annotate(self, scope: str, image_id: str, notes: str) -> Image:
        given = {"p_scope": scope, "p_image": image_id, "p_notes": notes}
        return made(Image, self._door.call("library_annotate", given))

    def restore(self, scope: str, image_id: str, version_id: str) -> Image:
        given = {"p_scope": scope, "p_image": image_id, "p_version": version_id}
        return made(Image, self._door.call("restore_version", given))

    def entries(self, scope: str, image_id: str) -> list[Entry]:
        given = {"p_scope": scope, "p_image": image_id}
        return made_all(Entry, self._door.call("library_entries", given))

    def usage(self, scope: str) -> Usage:
        kinds = self._door.call("library_usage", {"p_scope": scope})
        return Usage(**{kind: Share(*share) for kind, share in kinds.items()})

    def unweighed(self) -> list[str]:
        return [*self._door.call("library_unweighed", {})]

    def weigh(self, weights: Mapping[str, int]) -> None:
        self._door.call("library_weigh", {"p_weights": {**weights}})


def _holding(answer: Any) -> Holding:
    return Holding(
        image=made(Image, answer["image"]),
        job=made(Job, answer["job"]),
        version=made_or_none(Version, answer["version"]),
        versions=answer["versions"],
        expires_at=answer["expires_at"],
    )
