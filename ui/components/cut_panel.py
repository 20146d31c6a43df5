"""Which model cuts, what it is good at, and the way to another one."""

from nicegui import ui

from inference.catalogue import Model, model_named
from inference.errors import UnknownModel
from inference.recipe import Recipe
from ui.components.controls import Click, button, named, text
from ui.words import t


class CutPanel:
    def __init__(self, *, on_try: Click) -> None:
        with ui.element("div").classes("row"):
            self._title = text().classes("strong")
            another = button(t("Try another"), on_try, classes="small").mark("try-another")
            named(another, t("Try another model"))
        self._hint = text().classes("facts")

    def show(self, wanted: Recipe) -> None:
        model = known(wanted.model)
        self._title.set_text(t(model.title) if model else wanted.model)
        self._hint.set_text(t(model.hint) if model else "")


def known(name: str) -> Model | None:
    """Return a model, or None for one that only another Coveshot knows."""
    try:
        return model_named(name)
    except UnknownModel:
        return None
