"""The map of the keys, behind `?`."""

from nicegui import ui
from nicegui.events import KeyEventArguments

from ui.components.controls import heading, icon_button, text

TITLE = "Keys"
CLOSE = "Close"
KEYS = {
    ("←", "→", "↑", "↓"): "Go through the photos",
    ("Space",): "Hold to see the original",
    ("Z",): "100 % and back",
    ("Delete",): "Remove the photo",
    ("Ctrl", "V"): "Paste a photo",
    ("?",): "This list",
}
ON_A_MAC = {"Ctrl": "⌘", "Delete": "⌫"}
HANDLE = "With the handle in focus, arrow keys move it, and Home and End show one side alone."


def keys() -> ui.dialog:
    """Build the dialog; `?` opens it wherever nothing is typed."""
    agent = ui.context.client.request.headers.get("user-agent", "")
    caps = ON_A_MAC if "Mac" in agent else {}
    with ui.dialog().props(f'aria-label="{TITLE}"') as dialog, ui.element("div").classes("paper"):
        with ui.element("div").classes("paper-head"):
            heading(TITLE, level=1)
            icon_button("close", CLOSE, dialog.close)
        with ui.element("table").classes("keys"), ui.element("tbody"):
            for cap, effect in KEYS.items():
                with ui.element("tr"):
                    with ui.element("th").props("scope=row"):
                        for name in cap:
                            text(caps.get(name, name), tag="kbd")
                    text(effect, tag="td")
        text(HANDLE).classes("quiet")

    def open_on(event: KeyEventArguments) -> None:
        if event.key == "?" and event.action.keydown:
            dialog.open()

    ui.keyboard(on_key=open_on, repeating=False)
    return dialog
