"""How far a version is on its way to the library of an account."""

from storage.outbox import Mark
from ui.words import t, word

SIGNS = {
    "waiting": "cloud_upload",
    "sent": "cloud_sync",
    "synced": "cloud_done",
    "refused": "error",
}
"""Material Symbols."""
WORDS = {
    "waiting": word("Waits to be synced"),
    "sent": word("Sent; it is being checked there"),
    "synced": word("Synced"),
}


def told(mark: Mark) -> str:
    if mark.state == "refused":
        return t("Not synced: {why}", why=t(mark.says))
    return t(WORDS[mark.state])
