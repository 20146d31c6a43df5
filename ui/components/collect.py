"""The question which collection photos are to go into."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from storage.records import Collection
from ui.components.ask import answered
from ui.components.controls import button, heading, icon, icon_button, named, text
from ui.words import t

NAME = "(event) => { event.preventDefault(); emit(event.target.elements.name.value) }"


@dataclass(frozen=True, slots=True)
class Place:
    """A collection by its id, or the name of one that is to be made; nothing where all is empty."""

    id: str = ""
    name: str = ""


async def which_collection(collections: Sequence[Collection]) -> Place:
    """Ask; closing the dialog is no answer."""
    with ui.dialog() as dialog, ui.element("div").classes("paper"):
        named(dialog, t("Add to a collection"))
        with ui.element("div").classes("paper-head"):
            heading(t("Add to a collection"), level=1)
            icon_button("close", t("Close"), dialog.close)
        if collections:
            with named(ui.element("div"), t("Collections")).classes("collection-choices"):
                for one in collections:
                    with button("", partial(dialog.submit, Place(id=one.id))):
                        icon("folder")
                        text(one.name, tag="span").classes("name")
        with ui.element("form").classes("new-collection") as form:
            field = named(ui.element("input"), t("Name of a new collection")).classes("field")
            field.props("type=text name=name maxlength=120 autocomplete=off")
            field.props["placeholder"] = t("Name of a new collection")
            button(t("Make"), lambda: None).props("type=submit")
        form.on(
            "submit",
            lambda event: dialog.submit(Place(name=str(event.args).strip())),
            js_handler=NAME,
        )
    return await answered(dialog) or Place()
