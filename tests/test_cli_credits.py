"""`coveshot credits grant` where there is no instance, and what it refuses before it asks one."""

import pytest
from typer.testing import CliRunner, Result

from storage.errors import NotFound
from ui.cli.credits import Gift, Given, Till
from ui.cli.program import program
from ui.house import House


class Counter:
    """A till that knows one address."""

    def __init__(self) -> None:
        self.gifts: list[Gift] = []
        self.closed = False

    def give(self, gift: Gift) -> Given:
        if gift.email != "ann@example.com":
            raise NotFound("Nobody has an account with this address.")
        self.gifts.append(gift)
        return Given(applied=True, balance=sum(one.amount for one in self.gifts))

    def close(self) -> None:
        self.closed = True

    def asked(self, *words: str) -> Result:
        app = program(_no_house, open_till=lambda: Till(self.give, self.close))
        return CliRunner().invoke(app, ["credits", "grant", *words], catch_exceptions=False)


def _no_house() -> House:
    raise AssertionError("Credits have nothing to do with the library of this computer.")


def test_credits_are_given_with_a_reason_and_the_balance_is_said() -> None:
    till = Counter()
    given = till.asked("ann@example.com", "1", "--reason", " Thanks ", "--key", "17")

    assert (given.exit_code, given.stderr) == (0, "Given. They have 1 credit.\n")
    assert till.gifts == [Gift(email="ann@example.com", amount=1, reason="Thanks", key="cli:17")]
    assert till.closed


def test_without_a_key_each_command_gives() -> None:
    till = Counter()
    for _ in range(2):
        till.asked("ann@example.com", "5", "--reason", "Thanks")

    assert len({gift.key for gift in till.gifts}) == 2


def test_an_address_without_an_account_is_refused_in_a_sentence() -> None:
    refused = Counter().asked("bob@example.com", "5", "--reason", "Thanks")

    assert (refused.exit_code, refused.stderr) == (1, "Nobody has an account with this address.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("ann@example.com", "0", "--reason", "Thanks"),
        ("ann@example.com", "-5", "--reason", "Thanks"),
        ("ann@example.com", "9999999", "--reason", "Thanks"),
        ("ann@example.com", "5"),
        ("ann@example.com", "5", "--reason", "  "),
        ("ann@example.com", "5", "--reason", "x" * 201),
    ],
)
def test_slips_are_refused_before_anything_is_asked(words: tuple[str, ...]) -> None:
    till = Counter()
    refused = till.asked(*words)

    assert refused.exit_code == 2
    assert not till.gifts
