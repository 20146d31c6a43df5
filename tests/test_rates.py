"""How often something may be asked for: by address, by network, by account."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from auth.account import GUEST_PLAN, LOCAL_PLAN, Account
from auth.keys import new_key
from auth.metered import Metered, Windows, neighbourhood
from auth.rates import Act, Asker, Rate, TooMany, Unmetered

GUEST = Account("guest", "guest", GUEST_PLAN)
PAYING = Account("ann", "ann", replace(LOCAL_PLAN, name="paid", credits_per_matte=1))


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Metered:
    return Metered({Act.UPLOAD: Rate("3/minute;10/day", near="5/minute", paid="30/hour")}, clock)


def allowed(act: Callable[[], object], most: int = 100) -> int:
    """How often something can be done before it is too often."""
    for count in range(most):
        try:
            act()
        except TooMany:
            return count
    return most


def test_an_address_is_stopped_and_told_when_to_come_back(rates: Metered, clock: Clock) -> None:
    ask = Asker("203.0.113.9")

    assert allowed(lambda: rates.spend(Act.UPLOAD, ask)) == 3
    clock.now += 20
    with pytest.raises(TooMany) as caught:
        rates.spend(Act.UPLOAD, ask)
    assert caught.value.seconds == 40
    assert caught.value.says == (
        "You have sent many photos in a short time. Try again in a minute."
    )
    clock.now += 40
    rates.spend(Act.UPLOAD, ask)


def test_the_longest_wait_is_what_is_told(rates: Metered, clock: Clock) -> None:
    ask = Asker("203.0.113.9")
    for _ in range(10):
        clock.now += 60
        rates.spend(Act.UPLOAD, ask)

    clock.now += 60
    with pytest.raises(TooMany) as caught:
        rates.spend(Act.UPLOAD, ask)
    assert caught.value.says.endswith("Try again in 24 more hours.")


def test_neighbours_share_what_a_network_may(rates: Metered) -> None:
    first, second = Asker("203.0.113.9"), Asker("203.0.113.77")

    assert allowed(lambda: rates.spend(Act.UPLOAD, first)) == 3
    assert allowed(lambda: rates.spend(Act.UPLOAD, second)) == 2
    assert allowed(lambda: rates.spend(Act.UPLOAD, Asker("198.51.100.1"))) == 3


def test_whoever_has_a_network_of_ipv6_is_one(rates: Metered) -> None:
    addresses = (Asker(f"2001:db8:1:2::{number:x}") for number in range(100))

    assert allowed(lambda: rates.spend(Act.UPLOAD, next(addresses))) == 3


def test_a_new_cookie_makes_no_new_address_and_a_new_address_no_new_account(
    rates: Metered,
) -> None:
    visits = (replace(GUEST, scope=f"visit-{number}") for number in range(100))

    assert allowed(lambda: rates.spend(Act.UPLOAD, Asker("203.0.113.9", next(visits)))) == 3
    places = (Asker(f"198.51.{number}.1", GUEST) for number in range(100))
    assert allowed(lambda: rates.spend(Act.UPLOAD, next(places))) == 3


def test_who_pays_is_counted_by_account_alone(rates: Metered) -> None:
    office = Asker("203.0.113.9", PAYING)
    colleague = Asker("203.0.113.9", replace(PAYING, scope="bob"))

    assert allowed(lambda: rates.spend(Act.UPLOAD, office)) == 30
    assert allowed(lambda: rates.spend(Act.UPLOAD, colleague)) == 30


def test_who_asks_is_told_how_often_still(rates: Metered, clock: Clock) -> None:
    ask = Asker("203.0.113.9")
    told = [rates.spend(Act.UPLOAD, ask) for _ in range(3)]
    clock.now += 20
    with pytest.raises(TooMany) as caught:
        rates.spend(Act.UPLOAD, ask)

    assert [one and (one.limit, one.left) for one in told] == [(3, 2), (3, 1), (3, 0)]
    assert (caught.value.limit, caught.value.seconds) == (3, 40)


def test_a_key_may_ask_as_often_as_it_was_made_for(clock: Clock) -> None:
    rates = Metered({Act.API: Rate("100/minute")}, clock)
    slow, _ = new_key("ann", "slow", per_minute=2)
    quick, _ = new_key("ann", "quick")
    told = [rates.spend(Act.API, Asker("203.0.113.9", PAYING, slow)) for _ in range(2)]
    with pytest.raises(TooMany) as caught:
        rates.spend(Act.API, Asker("203.0.113.9", PAYING, slow))

    assert [one and (one.limit, one.left) for one in told] == [(2, 1), (2, 0)]
    assert (caught.value.limit, caught.value.seconds) == (2, 60)
    assert rates.spend(Act.API, Asker("203.0.113.9", PAYING, quick))
    clock.now += 60
    assert rates.spend(Act.API, Asker("203.0.113.9", PAYING, slow))


def test_what_is_refused_is_not_counted(rates: Metered) -> None:
    ask = Asker("203.0.113.9")
    rates.spend(Act.UPLOAD, ask, 2)

    with pytest.raises(TooMany):
        rates.spend(Act.UPLOAD, ask, 2)
    rates.spend(Act.UPLOAD, ask, 1)


def test_windows_that_are_over_are_forgotten(clock: Clock) -> None:
    windows = Windows(clock, most=100)
    for number in range(1000):
        clock.now += 1
        windows.incr(f"short {number}", 10)

    assert len(windows) <= 100
    assert windows.get("short 999") == 1
    assert windows.get("short 900") == 0


def test_a_flood_of_addresses_takes_no_more_memory_than_it_may(clock: Clock) -> None:
    rates = Metered({Act.PAGE: Rate("3/day")}, clock)
    for number in range(60_000):
        rates.spend(Act.PAGE, Asker(f"2001:db8:{number:x}::1"))

    assert rates.windows <= 50_000


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("203.0.113.9", ("203.0.113.9", "203.0.113.0/24")),
        ("::ffff:203.0.113.9", ("203.0.113.9", "203.0.113.0/24")),
        ("2001:db8:1:2:3::4", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
        ("", ("", "")),
        ("unix:", ("unix:", "unix:")),
    ],
)
def test_an_address_has_a_name_and_a_network(address: str, names: tuple[str, str]) -> None:
    assert neighbourhood(address) == names


def test_on_ones_own_computer_nothing_is_counted() -> None:
    assert allowed(lambda: Unmetered().spend(Act.UPLOAD, Asker("127.0.0.1"))) == 100


def test_a_rate_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="often"):
        Metered({Act.PAGE: Rate("often")})
