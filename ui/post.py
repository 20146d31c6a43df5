"""Messages to addresses that programs name: to the open network alone, as pictures are fetched."""

import asyncio
import ssl
from dataclasses import dataclass, field

import httpcore

from ui.api.fetcher import BROKEN, NotFetched, Pinned, Resolve, place_of, resolved
from ui.courier import NotSent

SECONDS = 15.0
"""All in all, for one message."""
NOT_OPEN = "The address does not lead to a public server."
NOT_THERE = "The address cannot be reached."
TOO_SLOW = f"The address has not answered for {SECONDS:.0f} seconds."


@dataclass(frozen=True, slots=True)
class Post:
    """Follows no redirect, and reads no answer but its status."""

    resolve: Resolve = resolved
    network: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    async def post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(address, headers, body)
        except TimeoutError as error:
            raise NotSent(TOO_SLOW) from error
        except NotFetched as error:
            raise NotSent(NOT_OPEN) from error
        except BROKEN as error:
            raise NotSent(NOT_THERE) from error

    async def _post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        place = place_of(address)
        at = httpcore.URL(scheme="https", host=place.host, target=place.target)
        through = Pinned(self.resolve, self.network)
        async with (
            httpcore.AsyncConnectionPool(self.trust, network_backend=through) as pool,
            pool.stream("POST", at, headers=[*headers.items()], content=body) as answer,
        ):
            return answer.status
