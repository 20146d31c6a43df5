"""Objects as the hosted storage keeps them: files, each with its row in storage.objects."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg

from storage.blobs import FileBlobs

KEPT = """
insert into storage.objects (bucket_id, name, metadata)
values (split_part(%(key)s, '/', 1), substr(%(key)s, strpos(%(key)s, '/') + 1),
  jsonb_build_object('size', %(size)s::bigint))
on conflict (bucket_id, name) do nothing
"""
GONE = """
delete from storage.objects
where bucket_id = split_part(%(key)s, '/', 1) and name = substr(%(key)s, strpos(%(key)s, '/') + 1)
"""


class StoredBlobs:
    """A row comes before its file and goes after it, as with the real service."""

    def __init__(self, root: Path, over: str, step: Callable[[], object]) -> None:
        """Do a `step` before each change."""
        self._step = step
        self._files = FileBlobs(root)
        self._rows = psycopg.connect(over, autocommit=True)
        self._rows.execute("set storage.allow_delete_query = 'true'")

    def put(self, key: str, source: bytes | Path) -> None:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        self._step()
        self._rows.execute(KEPT, {"key": key, "size": size})
        self._step()
        self._files.put(key, source)

    def get(self, key: str) -> bytes:
        return self._files.get(key)

    def has(self, key: str) -> bool:
        return self._files.has(key)

    def size(self, key: str) -> int:
        return self._files.size(key)

    def remove(self, key: str) -> None:
        self._step()
        self._files.remove(key)
        self._step()
        self._rows.execute(GONE, {"key": key})

    def clear(self, keys: Sequence[str]) -> list[str]:
        for key in keys:
            self.remove(key)
        return [key for key in keys if self.has(key)]

    def copy(self, origin: str, target: str) -> None:
        self.put(target, self.get(origin))

    def listing(self) -> Iterator[tuple[str, float]]:
        return self._files.listing()

    def close(self) -> None:
        self._rows.close()


class StoredUsers:
    """Deletes users as the auth server does: the row, and what hangs on it."""

    def __init__(self, over: str, step: Callable[[], object]) -> None:
        self._over = over
        self._step = step

    def forget(self, user_id: str) -> None:
        self._step()
        with psycopg.connect(self._over) as connection:
            connection.execute("delete from auth.users where id = %s", [user_id])
