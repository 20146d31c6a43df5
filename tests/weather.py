"""What happens to requests on their way, on real connections, when a test says so."""

import re
from dataclasses import dataclass, field

import httpx

CALM = httpx.Limits(max_connections=40)


@dataclass(slots=True)
class Blow:
    """What befalls some requests: those that look like this, after so many others, so often."""

    kind: str
    """refuse, cut: it never arrives; lose: it does, and its answer does not; or a status."""
    pattern: str
    times: int = 1
    after: int = 0

    def strikes(self, line: str) -> bool:
        if self.times <= 0 or not re.search(self.pattern, line):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class Weather(httpx.BaseTransport):
    """Lies between a client and the network; calm, unless blows are told."""

    blows: list[Blow] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Each request, as `PATCH /storage/v1/upload/resumable/1 6291456`: with its offset."""
    _network: httpx.HTTPTransport = field(default_factory=lambda: httpx.HTTPTransport(limits=CALM))

    def blow(self, kind: str, pattern: str, times: int = 1, after: int = 0) -> None:
        self.blows.append(Blow(kind, pattern, times, after))

    def clear_up(self) -> None:
        self.blows.clear()

    def count(self, pattern: str) -> int:
        return sum(1 for line in self.seen if re.search(pattern, line))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        offset = request.headers.get("Upload-Offset", "")
        line = f"{request.method} {request.url.path} {offset}".rstrip()
        self.seen.append(line)
        struck = next((blow.kind for blow in self.blows if blow.strikes(line)), "")
        if struck == "refuse":
            raise httpx.ConnectError("refused", request=request)
        if struck == "cut":
            raise httpx.WriteError("cut", request=request)
        if struck.isdecimal():
            return httpx.Response(int(struck), text="<html>", request=request)
        answer = self._network.handle_request(request)
        if struck == "lose":
            answer.read()
            answer.close()
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def close(self) -> None:
        self._network.close()
