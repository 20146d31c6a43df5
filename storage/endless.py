"""One's own computer: what is kept has no end and no price, and each photo a folder of its own."""

from collections.abc import Callable

from auth.account import GUEST_PLAN, LOCAL, LOCAL_PLAN, Plan
from storage.records import Job, Move, Version


class LocalTerms:
    """Nothing goes by itself, and nothing costs anything."""

    def __init__(self, version: Callable[[str, str], Version]) -> None:
        self._version = version

    def plan(self, scope: str) -> Plan:
        return LOCAL_PLAN if scope == LOCAL.scope else GUEST_PLAN

    def balance(self, scope: str) -> int | None:  # noqa: ARG002 the same for all
        return None

    def charged(self, scope: str, job_id: str) -> int:  # noqa: ARG002 the same for all
        return 0

    def keep_longer(self, scope: str, version_id: str) -> None:
        self._version(scope, version_id)

    def cost(self, scope: str, version_id: str) -> int:
        self._version(scope, version_id)
        return 0

    def reserve(self, scope: str, version_id: str) -> list[Move]:
        self._version(scope, version_id)
        return []

    def commit(self, scope: str, version_id: str) -> Version:
        return self._version(scope, version_id)


class LocalNames:
    def original(self, scope: str, image_id: str, extension: str) -> str:
        return f"{self.beside(scope, image_id)}/original.{extension}"

    def output(self, job: Job, version_id: str) -> tuple[str, str]:
        folder = self.beside(job.scope, job.image_id)
        return f"{folder}/output/{version_id}.png", f"{folder}/thumb/{version_id}.webp"

    def beside(self, scope: str, image_id: str) -> str:
        return f"{scope}/{image_id}"
