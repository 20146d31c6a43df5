"""A hosted instance as its server has it, joined: one project, and all on it."""

from collections.abc import Callable
from dataclasses import dataclass

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.dock import SupabaseDock
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.cloud.users import SupabaseUsers
from storage.library import Library
from storage.remote.arrivals import RemoteArrivals
from storage.remote.door import Door
from storage.remote.records import RemoteRecords
from storage.remote.retention import RemoteRetention
from storage.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Instance:
    url: str
    library: Library
    """Of all visits and accounts."""
    door: Door
    blobs: SupabaseBlobs
    arrivals: RemoteArrivals
    """What desktops have brought."""
    sweep: Sweep
    close: Callable[[], None]


def open_instance(url: str, key: str) -> Instance:
    """Return the instance of a project that is asked with its secret key; nothing is asked yet."""
    project = Project(url, key)
    door, blobs = SupabaseDoor(project), SupabaseBlobs(project)
    library = Library(RemoteRecords(door), blobs, dock=SupabaseDock(blobs))
    sweep = Sweep(library, RemoteRetention(door), blobs, SupabaseUsers(project))

    def close() -> None:
        library.close()
        project.close()

    return Instance(project.url, library, door, blobs, RemoteArrivals(door), sweep, close)
