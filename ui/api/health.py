"""Is the program there?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """Answers from the first moment: it needs no photo, no model and no account."""

    version: str

    async def read(self) -> dict[str, bool | str]:
        return {"ok": True, "version": self.version}
