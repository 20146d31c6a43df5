"""Questions: before something that cannot be taken back or takes long, and for a name."""

from typing import Any

from nicegui import ui

from ui.components.controls import button, heading, named, text
from ui.words import t, word

VALUE = "(event) => emit(event.target.value)"
NO = word("Keep them")


async def agreed(question: str, consequence: str, yes: str, no: str = NO) -> bool:
    """Ask; closing the dialog in any way but by `yes` is a no."""
    with ui.dialog().props("role=alertdialog") as dialog, ui.element("div").classes("paper"):
        named(dialog, question)
        heading(question, level=1)
        text(consequence)
        with ui.element("div").classes("answers"):
            button(t(no), lambda: dialog.submit(False))  # noqa: FBT003 an answer
            button(yes, lambda: dialog.submit(True), classes="primary").mark("yes")  # noqa: FBT003 an answer
    return bool(await answered(dialog))


async def answered(dialog: ui.dialog) -> Any:
    """Open a dialog and wait for its answer; None where it was closed without one.

    It goes once it is hidden: the browser puts the focus back where it was, and not before that.
    """
    dialog.on("hide", dialog.delete)
    answer = await dialog
    if not dialog.is_deleted:  # with its page, which somebody has left meanwhile
        dialog.set_visibility(False)
    return answer


async def name_asked(question: str, given: str, yes: str) -> str:
    """Ask for a name; "" where the dialog was closed in any way but by `yes`."""
    with ui.dialog() as dialog, ui.element("div").classes("paper"):
        named(dialog, question)
        heading(question, level=1)
        field = named(ui.element("input"), t("Name")).classes("field").mark("name")
        field.props("type=text autofocus maxlength=60 autocomplete=off").props["value"] = given
        typed = [given]
        field.on("input", lambda event: typed.append(str(event.args)), js_handler=VALUE)
        field.on("keydown.enter", lambda: dialog.submit(typed[-1]))
        with ui.element("div").classes("answers"):
            button(t("Cancel"), lambda: dialog.submit(""))
            button(yes, lambda: dialog.submit(typed[-1]), classes="primary").mark("yes")
    return str(await answered(dialog) or "").strip()
