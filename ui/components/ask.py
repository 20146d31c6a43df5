"""A question before something that cannot be taken back, or takes long."""

from nicegui import ui

from ui.components.controls import button, heading, named, text
from ui.words import t, word

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
    answer = await dialog
    dialog.delete()
    return bool(answer)
