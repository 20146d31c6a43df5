"""What can be spent, in the header; and what is said where it is not enough."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from inference.errors import InferenceError
from storage.errors import OutOfCredits, StorageError
from ui.components.ask import agreed
from ui.components.controls import text
from ui.components.speech import say
from ui.words import t, tn, word

LOOK_SECONDS = 5.0
MORE = word(
    "Nothing was spent and nothing is lost: what you have made stays as it is. "
    "Your account tells what costs credits, when new ones come, and how to get more."
)
Balance = Callable[[], Awaitable[int | None]]


class Credits:
    """A number beside the plan, as it is now."""

    def __init__(self, balance: Balance) -> None:
        self._balance = balance
        self._text = text(tag="span").classes("credits")
        ui.timer(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        try:
            count = await self._balance()
        except StorageError:  # it is looked at again
            return
        words = tn("{count} credit", "{count} credits", count) if count is not None else ""
        self._text.set_text(words)


async def tell(error: InferenceError | StorageError) -> None:
    """Say why something was not done; where credits are missing, with a way to them."""
    if not isinstance(error, OutOfCredits):
        say(t(error.says))
        return
    title, why = t("You do not have enough credits"), f"{t(error.says)} {t(MORE)}"
    if await agreed(title, why, t("See your account"), t("Not now")):
        ui.navigate.to("/account#credits")
