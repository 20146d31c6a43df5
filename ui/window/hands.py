"""The hands that a window lends its pages: dialogs of the system, and files by their paths."""

import sys
import tempfile
from pathlib import Path

from ui.cli.sources import PHOTO_SUFFIXES
from ui.hands import HandsFull, Incoming
from ui.lane import Lane
from ui.window.errand import Errand
from ui.window.memory import Memory
from ui.window.porter import Porter
from ui.window.process import Window
from ui.window.reveal import reveal
from ui.words import t

KINDS = ";".join(f"*{suffix}" for suffix in sorted(PHOTO_SUFFIXES))


class WindowHands:
    """Remembers where somebody was last, as the dialogs of most programs do."""

    def __init__(
        self, window: Window, porter: Porter, memory: Memory, lane: Lane, errand: Errand
    ) -> None:
        self._window, self._porter, self._memory = window, porter, memory
        self._lane, self._errand = lane, errand

    @property
    def lent(self) -> bool:
        return self._window.there

    async def take_photos(self) -> bool:
        photos, everything = t("Photos"), t("All files")
        kinds = [f"{photos} ({KINDS})", f"{everything} (*.*)"]
        folder = self._memory.now.photos or str(_pictures())
        paths = await self._window.ask("photos", folder=folder, kinds=kinds)
        if paths:
            self._memory.note(photos=str(paths[0].parent))
            self._porter.bring(paths)
        return bool(paths)

    async def take_folder(self) -> bool:
        folder = self._memory.now.photos or str(_pictures())
        paths = await self._window.ask("folder", folder=folder)
        if paths:
            self._memory.note(photos=str(paths[0]))
            self._porter.bring(paths)
        return bool(paths)

    async def choose_target(self) -> Path | None:
        folder = self._memory.now.results or str(_pictures())
        paths = await self._window.ask("folder", folder=folder)
        if not paths:
            return None
        self._memory.note(results=str(paths[0]))
        return paths[0]

    async def save(self, address: str, form: str | None) -> Path | None:
        return await self._errand.fetch(address, form, self._ask_target)

    async def copy(self, address: str) -> None:
        if not sys.platform.startswith("linux"):
            raise HandsFull("Pictures are not copied here. Save the cutout instead.")
        with tempfile.TemporaryDirectory(prefix="coveshot") as folder:
            file = Path(folder) / "cutout.png"

            async def there(_: str) -> Path:
                return file

            await self._errand.fetch(address, None, there)
            if not await self._window.ask("copy", file=str(file)):
                raise HandsFull("The window is not there any more. Save the cutout instead.")

    async def reveal(self, path: Path) -> None:
        await self._lane.run(reveal, path)

    @property
    def incoming(self) -> Incoming:
        return self._porter.incoming

    def drop_waiting(self) -> None:
        self._porter.drop_waiting()

    def fill_screen(self) -> None:
        self._window.tell("full")

    def leave(self) -> None:
        self._window.tell("end")

    def prefer(self, preset: str) -> None:
        self._memory.note(preset=preset)

    async def _ask_target(self, name: str) -> Path | None:
        folder = self._memory.now.results or str(_pictures())
        paths = await self._window.ask("target", folder=folder, name=name)
        if not paths:
            return None
        target = _with_suffix(paths[0], name)
        self._memory.note(results=str(target.parent))
        return target


def _with_suffix(target: Path, name: str) -> Path:
    """Let a file be called what it is: dialogs take any name."""
    suffix = Path(name).suffix
    if target.suffix.lower() == suffix.lower() or target.with_name(target.name + suffix).exists():
        return target
    return target.with_name(target.name + suffix)


def _pictures() -> Path:
    from platformdirs import user_pictures_path  # noqa: PLC0415 for the first time alone

    folder = user_pictures_path()
    return folder if folder.is_dir() else Path.home()
