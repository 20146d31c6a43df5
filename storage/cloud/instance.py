"""A hosted instance as its server has it, joined: one project, and all on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auth.account import Account
from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.dock import SupabaseDock
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.cloud.takeout import takeout
from storage.cloud.users import SupabaseUsers
from storage.library import Library
from storage.remote.arrivals import RemoteArrivals
from storage.remote.door import Door
from storage.remote.records import RemoteRecords
from storage.remote.retention import RemoteRetention
from storage.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Instance:
    project: Project
    """Asked with the secret key."""
    library: Library
    """Of all visits and accounts."""
    door: Door
    blobs: SupabaseBlobs
    arrivals: RemoteArrivals
    """What desktops have brought."""
    sweep: Sweep
    close: Callable[[], None]

    @property
    def url(self) -> str:
        return self.project.url

    def adopt(self, visit: str, scope: str) -> None:
        """Let what came with a visit belong to a user from now on. Raises StorageError."""
        self.door.call("adopt", {"p_visit": visit, "p_scope": scope})

    def erase(self, scope: str) -> None:
        """Mark a user to be deleted with everything; the sweep does it. Raises StorageError."""
        self.door.call("erase_mark", {"p_scope": scope})

    def takeout(self, publishable: str, account: Account, access: str) -> Iterator[bytes]:
        """Yield the pieces of a zip of all that is known of somebody, whose token opens it."""
        return takeout(self.project, publishable, account, access)


def open_instance(
    url: str, key: str, clean: Callable[[Path, str], Path | bytes] = lambda file, _: file
) -> Instance:
    """Return the instance of a project that is asked with its secret key; nothing is asked yet.

    `clean` returns what is kept of photos, as Library has it.
    """
    project = Project(url, key)
    door, blobs = SupabaseDoor(project), SupabaseBlobs(project)
    library = Library(RemoteRecords(door), blobs, dock=SupabaseDock(blobs), clean=clean)
    sweep = Sweep(library, RemoteRetention(door), blobs, SupabaseUsers(project))

    def close() -> None:
        library.close()
        project.close()

    return Instance(project, library, door, blobs, RemoteArrivals(door), sweep, close)
