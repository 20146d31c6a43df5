"""All that is known of somebody who asks for it, as a zip."""

from collections.abc import Iterator

from auth.account import Account
from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.export import export
from storage.remote.retention import RemoteRetention


def takeout(project: Project, publishable: str, account: Account, access: str) -> Iterator[bytes]:
    """Yield the pieces: rows as the owner may read them, objects of the scope from the server."""
    known = SupabaseDoor(project.as_user(publishable, access)).call("export_me", {})
    objects = RemoteRetention(SupabaseDoor(project)).owned(account.scope)
    yield from export({"email": account.email, **known}, objects, SupabaseBlobs(project))
