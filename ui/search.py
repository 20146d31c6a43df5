"""What of the library is looked at, said by the address of a page."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from inference.doubt import WORTH_A_LOOK
from storage.records import Search, Sort

DAYS = (0, 1, 7, 30, 365)
"""Since how many days, today among them; 0 means any time."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A page shows it and its address says it, so that a reload finds it again."""

    text: str = ""
    collection: str = ""
    doubtful: bool = False
    days: int = 0
    trashed: bool = False
    sort: Sort = Sort.NEWEST
    preset: str = ""
    """The name of the one that the version which is shown was made with."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query of an address; what is odd in it is passed over."""
        days, sort = 0, Sort.NEWEST
        with suppress(ValueError):
            days = int(query.get("days", "0"))
        with suppress(ValueError):
            sort = Sort(query.get("sort", Sort.NEWEST))
        return cls(
            text=query.get("text", "")[:LONGEST],
            collection=query.get("collection", ""),
            doubtful="doubtful" in query,
            days=days if days in DAYS else 0,
            trashed="trashed" in query,
            sort=sort,
            preset=query.get("preset", "")[:LONGEST],
        )

    @property
    def address(self) -> str:
        """Say it without what is usual."""
        said: dict[str, object] = {
            "text": self.text,
            "collection": self.collection,
            "doubtful": int(self.doubtful),
            "days": self.days,
            "preset": self.preset,
            "trashed": int(self.trashed),
            "sort": "" if self.sort is Sort.NEWEST else self.sort.value,
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def narrow(self) -> bool:
        """Whether it leaves photos of its place out."""
        return bool(self.text or self.doubtful or self.days or self.preset)

    @property
    def own(self) -> bool:
        """Whether photos stand as their owner has put them, and can be moved."""
        return self.sort is Sort.OWN and bool(self.collection) and not self.narrow

    def search(self, now: float) -> Search:
        """`now` in Unix seconds; days begin at midnight here."""
        since = None
        if self.days:
            midnight = datetime.fromtimestamp(now, UTC).astimezone()
            midnight = midnight.replace(hour=0, minute=0, second=0, microsecond=0)
            since = (midnight - timedelta(days=self.days - 1)).timestamp()
        return Search(
            text=self.text,
            collection_id=self.collection,
            doubtful=WORTH_A_LOOK if self.doubtful else 0.0,
            since=since,
            trashed=self.trashed,
            sort=self.sort,
            preset=self.preset,
        )
