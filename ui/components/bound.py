"""That a photo was made smaller before it was cut out, and what makes it as large as it came."""

from collections.abc import Callable

from nicegui import ui

from auth.account import Account
from inference.recipe import Recipe
from ui.components.controls import Click, button, icon, text
from ui.words import t

MILLION = 10**6


class Bound:
    """A bar above a picture; not to be seen where a photo was cut out as it came."""

    def __init__(
        self, account: Account, *, on_whole: Click, enter: Callable[[], Click] | None = None
    ) -> None:
        """`on_whole` makes it as large as it came; `enter` says that people can sign in here."""
        self._account = account
        self._can_enter = enter is not None
        with ui.element("div").classes("bound") as self._bar:
            icon("photo_size_select_large")
            self._text = text().classes("told")
            if account.plan.processed_pixels is None:
                button(t("Make it at full size"), on_whole, classes="small")
        self._bar.set_visibility(False)

    def show(self, size: tuple[int, int], recipe: Recipe | None) -> None:
        """Show what is true of a photo of (width, height) that was cut out by a recipe."""
        bound = bool(recipe and recipe.most_pixels)
        self._bar.set_visibility(bound)
        if recipe and bound:
            made, whole = recipe.most_pixels / MILLION, size[0] * size[1] / MILLION
            says = t(
                "Made at {made} of {whole} megapixels.", made=f"{made:g}", whole=f"{whole:.3g}"
            )
            self._text.set_text(" ".join(filter(None, (says, self._why()))))

    def _why(self) -> str:
        plan = self._account.plan
        if plan.processed_pixels is None:
            return ""
        if plan.kept_hours is None:
            return t("Full resolution is off in your account.")
        if self._account.email:
            return t("A paid plan makes it at full size.")
        if self._can_enter:
            return t("Sign up and take a paid plan for full size.")
        return t("Larger photos are made smaller here.")
