"""The hands of a window, on each page that is shown in it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from ui.components.about import about
from ui.components.shortcuts import Shortcuts
from ui.components.speech import Act, say
from ui.components.watch import Watch
from ui.hands import Failure, Hands, HandsFull
from ui.words import t

LOOK_SECONDS = 0.4


class LentHands(Element, component="lent_hands.js"):
    """Does what the page asks for, and tells what came of it; has keys of its own."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self._hands = hands
        self._told: tuple[Failure, ...] = ()
        self._props["left"] = 0
        self._acts: dict[str, Callable[..., Any]] = {
            "files": hands.take_photos,
            "folder": hands.take_folder,
            "target": hands.choose_target,
            "save": self._save,
            "copy": hands.copy,
            "stop": hands.drop_waiting,
        }
        self.on("ask", self._asked)
        sheet = about()
        Shortcuts(
            {
                "Ctrl+O": partial(self._open, hands.take_photos),
                "Ctrl+Shift+O": partial(self._open, hands.take_folder),
                "Ctrl+1": lambda: ui.navigate.to("/"),
                "Ctrl+2": lambda: ui.navigate.to("/library"),
                "F11": hands.fill_screen,
                "Ctrl+Q": hands.leave,
                "F1": sheet.open,
            }
        )
        Watch(LOOK_SECONDS, self._look)

    async def _asked(self, event: GenericEventArguments) -> None:
        wanted: Mapping[str, Any] = event.args
        more = {name: wanted[name] for name in wanted if name not in {"id", "what"}}
        path, says = None, ""
        try:
            path = await _done(self._acts[wanted["what"]](**more))
        except HandsFull as error:
            says = t(error.says)
            if wanted["what"] != "copy":  # who asked for that tells it
                say(says)
        if not self.is_deleted:
            self.run_method("answered", wanted["id"], {"path": str(path or ""), "says": says})

    async def _save(self, address: str, form: str | None = None) -> Path | None:
        path = await self._hands.save(address, form)
        if path:
            words = t("Saved: {name}", name=path.name)
            say(words, Act(t("Show in folder"), partial(self._reveal, path)))
        return path

    async def _reveal(self, path: Path) -> None:
        try:
            await self._hands.reveal(path)
        except HandsFull as error:
            say(t(error.says))

    async def _open(self, take: Callable[[], Any]) -> None:
        """Let somebody choose photos; they are seen on the workbench."""
        here = ui.context.client.request.url.path == "/"
        if await take() and not here:
            ui.navigate.to("/")

    def _look(self) -> None:
        """Show how far files are that come in."""
        incoming = self._hands.incoming
        if incoming.left != self._props["left"]:
            self._props["left"] = incoming.left
        for failure in incoming.failed:
            if failure not in self._told:
                self.run_method("refused", *asdict(failure).values())
        self._told = incoming.failed


async def _done(doing: Any) -> Path | None:
    done = await doing if hasattr(doing, "__await__") else doing
    return done if isinstance(done, Path) else None
