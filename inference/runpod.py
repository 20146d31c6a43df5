"""An endpoint of Runpod, whose workers are awake while they have requests."""

from dataclasses import dataclass

import httpx

from inference.waker import Asleep

TIMEOUT = httpx.Timeout(15, connect=5)


@dataclass(frozen=True, slots=True)
class Runpod:
    """An endpoint of Runpod: each request that it has not ended is a worker."""

    url: str
    """As in https://api.runpod.ai/v2/abcdefghij"""
    key: str
    http: httpx.Client

    def awake(self) -> int:
        jobs = self._asked("GET", "health").get("jobs")
        told = jobs if isinstance(jobs, dict) else {}
        return int(told.get("inQueue") or 0) + int(told.get("inProgress") or 0)

    def wake(self) -> None:
        self._asked("POST", "run", {"input": {"why": "photos wait"}})

    def close(self) -> None:
        self.http.close()

    def _asked(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            answer = self.http.request(
                method, f"{self.url}/{path}", json=body, headers=headers
            ).raise_for_status()
            told = answer.json()
        except httpx.HTTPStatusError as error:
            raise Asleep(f"it answers {error.response.status_code}") from error
        except (httpx.TransportError, ValueError) as error:
            raise Asleep("it does not answer") from error
        return told if isinstance(told, dict) else {}


def runpod(url: str, key: str) -> Runpod:
    return Runpod(url.rstrip("/"), key, httpx.Client(timeout=TIMEOUT))
