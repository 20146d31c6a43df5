"""Where announced photos come in on a hosted instance: into its storage, past the server."""

from dataclasses import dataclass, replace
from pathlib import Path

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.uploads import PIECE
from storage.errors import NotFound
from storage.records import Invitation


@dataclass(frozen=True, slots=True)
class SupabaseDock:
    """What has come is read from there, and kept under another name."""

    blobs: SupabaseBlobs

    def invite(self, spot: str, size: int) -> Invitation:
        invitation = self.blobs.invite(spot)
        if size > PIECE:
            return invitation
        return replace(invitation, resumable="", token="", label="")

    def arrived(self, spot: str) -> int | None:
        try:
            return self.blobs.size(spot)
        except NotFound:
            return None

    def take(self, spot: str, file: Path) -> None:
        self.blobs.fetch(spot, file)

    def remove(self, spot: str) -> None:
        self.blobs.remove(spot)
