"""Rates by address, account and key, in windows of time that are forgotten when they are over."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv6Address, ip_address
from math import ceil

from limits import RateLimitItem, RateLimitItemPerMinute, parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from auth.rates import Act, Asker, Rate, Standing, too_many

MOST_WINDOWS = 50_000
"""Which are remembered, about 15 MB; beyond it the oldest ones are forgotten early."""
MOST_PLACES = 20_000
NEAR, PAID = 10, 100


class Metered:
    """Owns the counts of one process. Raises ValueError for a rate that cannot be read."""

    def __init__(self, rates: Mapping[Act, Rate], clock: Callable[[], float] = time.time) -> None:
        self._alone = {act: parse_many(rate.alone) for act, rate in rates.items()}
        self._near = {act: _read(rate.near, rate.alone, NEAR) for act, rate in rates.items()}
        self._paid = {act: _read(rate.paid, rate.alone, PAID) for act, rate in rates.items()}
        self._clock = clock
        self._windows = Windows(clock)
        self._limiter = FixedWindowRateLimiter(self._windows)
        self._counting = threading.Lock()
        self._places: dict[str, str] = {}
        """Of accounts by scope: the address that each was last seen at; the longest ago first."""

    @property
    def windows(self) -> int:
        """How many are remembered."""
        return len(self._windows)

    def spend(self, act: Act, asker: Asker, count: int = 1) -> Standing | None:
        """Count something about to be done. Raises TooMany; then nothing is counted."""
        with self._counting:
            due = [*self._due(act, asker)]
            over = [one for one in due if not self._limiter.test(*one, cost=count)]
            if over:
                last = max((self._standing(one) for one in over), key=lambda one: one.seconds)
                raise too_many(act, last.seconds, last.limit)
            for one in due:
                self._limiter.hit(*one, cost=count)
            return min((self._standing(one) for one in due), key=lambda one: one.left, default=None)

    def _standing(self, due: tuple[RateLimitItem, str, str]) -> Standing:
        now = self._limiter.get_window_stats(*due)
        return Standing(due[0].amount, now.remaining, ceil(now.reset_time - self._clock()))

    def _due(self, act: Act, asker: Asker) -> Iterator[tuple[RateLimitItem, str, str]]:
        name = asker.account.scope if asker.account else ""
        if asker.key and asker.key.per_minute:
            yield RateLimitItemPerMinute(asker.key.per_minute), act.value, f"key {asker.key.id}"
        if asker.account and asker.account.owns_computer:
            return  # of whoever runs this
        if asker.account and asker.account.plan.credits_per_matte:
            yield from ((rule, act.value, f"account {name}") for rule in self._paid[act])
            return
        if name:
            self._remember(name, asker.address)
        address, network = neighbourhood(asker.address or self._places.get(name, ""))
        if address:
            yield from ((rule, act.value, address) for rule in self._alone[act])
            yield from ((rule, act.value, network) for rule in self._near[act])
        if name:
            yield from ((rule, act.value, f"account {name}") for rule in self._alone[act])

    def _remember(self, name: str, address: str) -> None:
        """Note where an account is: what its pages ask for over their sockets comes from there."""
        if not address:
            return
        self._places.pop(name, None)
        self._places[name] = address
        if len(self._places) > MOST_PLACES:
            del self._places[next(iter(self._places))]


class Windows(Storage):
    """Counts with an end, as many as fit.

    `limits` wants a subclass; its own storage in memory has no bound, and a thread to forget.
    """

    def __init__(self, clock: Callable[[], float], most: int = MOST_WINDOWS) -> None:
        super().__init__()
        self._clock = clock
        self._most = most
        self._counts: dict[str, tuple[int, float]] = {}
        """By key, a count and when its window is over; the one begun first comes first."""

    def __len__(self) -> int:
        return len(self._counts)

    def get(self, key: str) -> int:
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._clock()))[1]

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        count, end = self._counts.get(key, (0, 0.0))
        if end <= self._clock():
            self._counts.pop(key, None)
            self._forget()
            count, end = 0, self._clock() + expiry
        self._counts[key] = (count + amount, end)
        return count + amount

    def _forget(self) -> None:
        """Forget what is over, as soon as there is much; then the oldest until one more fits."""
        if len(self._counts) < self._most:
            return
        now = self._clock()
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
        # A tenth at once: else a flood of addresses would sort through all of them each time.
        for key in [*self._counts][: max(0, len(self._counts) - self._most * 9 // 10)]:
            del self._counts[key]


def neighbourhood(address: str) -> tuple[str, str]:
    """Name an address and its network: who has one of IPv6 has all of a /64."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # a socket of the file system
        return address, address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return f"{_cut(found, 64)}/64", f"{_cut(found, 48)}/48"
        found = found.ipv4_mapped
    return str(found), f"{found}".rpartition(".")[0] + ".0/24"


def _read(text: str, alone: str, times: int) -> list[RateLimitItem]:
    """Read a rate, or take so many times another one where it is empty."""
    if text:
        return parse_many(text)
    return [type(one)(one.amount * times, one.multiples) for one in parse_many(alone)]


def _cut(address: IPv6Address, bits: int) -> IPv6Address:
    return IPv6Address(int(address) >> (128 - bits) << (128 - bits))
