"""What the owner of a computer signs in with, joined; nothing is asked before somebody does."""

from typing import TYPE_CHECKING

from auth.desktop import DESKTOP, Desktop, Doorway
from auth.errors import SignedOut
from auth.gate import Gate
from storage.blobs import FileBlobs
from storage.outbox import Outbox
from storage.sync import Carrier, Sync, Ticket
from ui.computer import Computer

if TYPE_CHECKING:
    from auth.accounts import Accounts


def open_computer(
    url: str,
    key: str,
    providers: tuple[str, ...],
    *,
    owner: Gate,
    outbox: Outbox,
    blobs: FileBlobs,
) -> Computer:
    """Return a computer that syncs with a project, which is asked with its publishable key."""

    def opened() -> Doorway:
        from auth.instance import open_desktop  # noqa: PLC0415 takes half a second

        return open_desktop(url, key, owner=owner)

    def carrier() -> Carrier:
        from storage.cloud.carrier import SupabaseCarrier  # noqa: PLC0415 takes half a second
        from storage.cloud.project import Project  # noqa: PLC0415

        return SupabaseCarrier(Project(url, key), key, outbox)

    desktop = Desktop(opened, on_change=lambda: sync.wake())  # noqa: PLW0108 made below
    sync = Sync(
        outbox,
        blobs,
        whose=lambda: desktop.user_id,
        ticket=lambda: desktop.asked(_ticket),
        carrier=carrier,
    )
    return Computer(desktop, providers, sync)


async def _ticket(accounts: "Accounts") -> Ticket:
    access = await accounts.access(DESKTOP)
    account = await accounts.who(DESKTOP)
    if account is None:
        raise SignedOut
    return Ticket(account.id, access, keeps=account.plan.kept_hours is None)
