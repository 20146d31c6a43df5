"""Who can sign in to a hosted instance, for the server."""

from supabase_auth import SyncGoTrueAdminAPI

from storage.cloud.fault import MISSING, Fault
from storage.cloud.project import Project


class SupabaseUsers:
    """Asks the auth server with the secret key."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._admin = SyncGoTrueAdminAPI(
            url=f"{project.url}/auth/v1", headers=project.headers, http_client=project.http
        )

    def forget(self, user_id: str) -> None:
        try:
            self._project.ask(lambda: self._admin.delete_user(user_id))
        except Fault as fault:
            if fault.status not in MISSING:
                raise fault.meaning() from fault
