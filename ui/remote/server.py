"""A server that cuts photos out, asked over our own API: see docs/api.md."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any
from urllib.parse import urlsplit

import httpx

from ui.remote.errors import Elsewhere, Lost, Refused

TIMEOUT = httpx.Timeout(60, connect=10)
LISTENING = httpx.Timeout(45, connect=10)
"""A stream that is silent for longer is none: servers give a sign of life every 15 seconds."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0
BETWEEN = 1.0
"""Seconds between two streams of a job."""
PATIENCE = 300.0
"""Seconds for which a server may be away before a run gives up."""
LONGEST_WAIT = 180.0
"""Seconds that are waited because the server says so; for more, another run is better."""
AGAIN = "Run the same command again later: it goes on where it stopped."
AWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
WRONG_KEY = "The key is wrong or was revoked. Log in with another one: coveshot remote login"
NO_CREDITS = "There are not enough credits. What is done stays done; get more and run this again."
USED = {HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
"""Of an address that takes a photo once: it came, and its answer was lost. `uploaded` tells."""
QUOTA = "urn:coveshot:quota-exceeded"
ENDED = {"done", "error", "cancelled", "expired"}
Wait = Callable[[float], bool]
"""Waits some seconds; tells whether the run is to stop."""


@dataclass(frozen=True, slots=True)
class Server:
    """Thread-safe. Whatever may pass is asked again, for PATIENCE seconds."""

    address: str
    """Such as https://cutouts.example.com; the key is shown there and nowhere else."""
    key: str
    http: httpx.Client
    wait: Wait

    def announce(self, said: Mapping[str, Any], token: str) -> Mapping[str, Any]:
        headers = {"Idempotency-Key": token}
        return self._told("POST", "/intake", json=dict(said), headers=headers)

    def put(self, told: Mapping[str, Any], file: Path) -> None:
        """Send a photo to where it was told, in pieces where that is possible."""
        if pieces := told.get("resumable"):
            self._put_pieces(pieces, file)
            return

        def send() -> httpx.Response:
            with file.open("rb") as stream:
                headers = {**told["upload_headers"], "Content-Length": str(file.stat().st_size)}
                return self.http.put(told["upload_url"], content=stream, headers=headers)

        answer = self._asked(send)
        if answer.status_code not in USED:
            _check(answer)

    def uploaded(self, job_id: str) -> Mapping[str, Any]:
        return self._told("POST", f"/jobs/{job_id}/uploaded")

    def ended(self, job_id: str) -> Mapping[str, Any]:
        """Wait for a job, and return it when it has ended."""
        while True:
            job = self._told("GET", f"/jobs/{job_id}")
            if job["status"] in ENDED or (job := self._followed(job_id)):
                return job
            self._pause(BETWEEN)

    def fetch(self, url: str) -> bytes:
        """Fetch a result of ours; a key is shown to nobody else."""
        if urlsplit(url)[:2] != urlsplit(self.address)[:2]:
            raise Refused("The server names a result that is not its own. It is not fetched.")
        return _check(self._asked(lambda: self._ours("GET", url))).content

    def credits(self) -> str:
        """Return what is left to be spent, in words; raises Elsewhere where the key is wrong."""
        answer = self._asked(lambda: self._ours("GET", f"{self.address}/v1.0/account"))
        if answer.status_code == HTTPStatus.FORBIDDEN:  # a key that may not look at this
            return ""
        told = _check(answer).json()
        with suppress(KeyError, TypeError):
            return str(told["data"]["attributes"]["credits"]["total"])
        return ""

    def _followed(self, job_id: str) -> Mapping[str, Any]:
        """Return how a job ended; nothing where its stream ends before, or there is none."""
        told: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        # Nobody can be woken who reads a stream: whoever stops leaves that thread behind.
        threading.Thread(target=self._listen, args=(job_id, told), daemon=True).start()
        while True:
            try:
                job = told.get(timeout=FIRST_PAUSE)
            except Empty:
                self._pause(0.0)
                continue
            if not job or job["status"] in ENDED:
                return job

    def _listen(self, job_id: str, told: "SimpleQueue[Mapping[str, Any]]") -> None:
        url = f"{self.address}/jobs/{job_id}/events"
        with (
            suppress(httpx.HTTPError, httpx.StreamError, OSError, RuntimeError, ValueError),
            self.http.stream("GET", url, headers=self._shown, timeout=LISTENING) as stream,
        ):
            if stream.status_code == HTTPStatus.OK:
                for job in _jobs(stream.iter_lines()):
                    told.put(job)
        told.put({})

    def _put_pieces(self, pieces: Mapping[str, Any], file: Path) -> None:
        """By the protocol TUS: what was cut goes on where it stopped."""
        size, own = file.stat().st_size, {**pieces["headers"]}
        begin = {**own, "Upload-Length": str(size)}
        begun = self._asked(lambda: self.http.post(pieces["url"], headers=begin))
        if begun.status_code == HTTPStatus.CONFLICT:  # all of it is there
            return
        name = _check(begun).headers["Location"].rstrip("/").rpartition("/")[2]
        url, reached = f"{pieces['url']}/{name}", 0
        with file.open("rb") as stream:
            while reached < size:
                reached = self._put_piece(url, own, stream, reached, pieces["piece"])

    def _put_piece(
        self, url: str, own: Mapping[str, str], stream: IO[bytes], reached: int, length: int
    ) -> int:
        at = [reached]

        def send() -> httpx.Response:
            stream.seek(at[0])
            more = {"Upload-Offset": str(at[0]), "Content-Type": "application/offset+octet-stream"}
            answer = self.http.patch(url, headers={**own, **more}, content=stream.read(length))
            if answer.status_code == HTTPStatus.CONFLICT:  # a piece came whose answer was lost
                known = _check(self.http.head(url, headers=dict(own)))
                at[0] = int(known.headers["Upload-Offset"])
                known.status_code = HTTPStatus.NO_CONTENT
                return known
            return answer

        return int(_check(self._asked(send)).headers["Upload-Offset"])

    def _told(self, method: str, path: str, **given: Any) -> Mapping[str, Any]:
        answer = self._asked(lambda: self._ours(method, f"{self.address}{path}", **given))
        try:
            told: Mapping[str, Any] = _check(answer).json()
        except ValueError as error:
            raise Elsewhere(f"{self.address} is no server of Coveshot.") from error
        return told

    def _ours(self, method: str, url: str, **given: Any) -> httpx.Response:
        headers = {**given.pop("headers", {}), **self._shown}
        return self.http.request(method, url, headers=headers, **given)

    @property
    def _shown(self) -> dict[str, str]:
        return {"X-Api-Key": self.key}

    def _asked(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask until there is an answer that does not pass. Raises Elsewhere."""
        waited, pause = 0.0, FIRST_PAUSE
        while True:
            try:
                answer = ask()
            except httpx.TransportError:
                answer = None
            if answer is not None and not _passes(answer):
                return answer
            seconds = None
            if answer is not None:
                seconds = _wished(answer)
                if seconds is not None and seconds > LONGEST_WAIT:
                    raise Elsewhere(f"{_says(answer)} {_later(seconds)}")
            if waited >= PATIENCE:
                says = _says(answer) if answer is not None else self._unreachable
                raise Elsewhere(f"{says} {AGAIN}")
            given = pause if seconds is None else max(seconds, pause)
            self._pause(given)
            if seconds is None or answer is None or answer.status_code in AWAY:
                waited += given
            pause = min(pause * 2, LONGEST_PAUSE)

    @property
    def _unreachable(self) -> str:
        return f"{self.address} cannot be reached. Check the network."

    def _pause(self, seconds: float) -> None:
        if self.wait(seconds):
            raise Elsewhere("Stopped.")


def _passes(answer: httpx.Response) -> bool:
    return answer.status_code in AWAY or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _wished(answer: httpx.Response) -> float | None:
    """Return the seconds after which the server wants to be asked again."""
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else None


def _later(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"Run the same command again in {minutes} minutes: it goes on where it stopped."


def _says(answer: httpx.Response) -> str:
    """Return the sentence of an error, whoever it came from."""
    told = _problem(answer).get("detail")
    return told if isinstance(told, str) else f"The server answers {answer.status_code}."


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    with suppress(ValueError):
        told = answer.json()
        if isinstance(told, dict):
            return told
    return {}


def _check(answer: httpx.Response) -> httpx.Response:
    """Raises Elsewhere for what all photos would meet, Refused or Lost for this one alone."""
    if answer.is_success:
        return answer
    match answer.status_code:
        case HTTPStatus.UNAUTHORIZED:
            raise Elsewhere(WRONG_KEY)
        case HTTPStatus.PAYMENT_REQUIRED:
            raise Elsewhere(f"{_says(answer)} {NO_CREDITS}")
        case HTTPStatus.FORBIDDEN | HTTPStatus.MISDIRECTED_REQUEST:
            raise Elsewhere(_says(answer))
        case _ if _problem(answer).get("type") == QUOTA:
            raise Elsewhere(_says(answer))
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Lost(_says(answer))
        case _:
            raise Refused(_says(answer))


def _jobs(lines: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the jobs that a stream of events tells of."""
    for line in lines:
        name, _, value = line.partition(":")
        if name == "data" and "status" in (told := json.loads(value)):
            yield told
