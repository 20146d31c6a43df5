"""All versions of a photo, the one that is looked at, and the two that are compared."""

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from storage.outbox import Mark
from storage.records import Version
from ui.components.controls import button, icon, named, text
from ui.components.select import Select
from ui.components.synced import SIGNS, told
from ui.exhibit import Exhibit
from ui.tally import dated
from ui.words import t


class VersionStrip:
    """Callbacks get the id of a version. What is there stays, so that the focus does."""

    def __init__(
        self,
        *,
        on_look: Callable[[str], Any],
        on_pair: Callable[[str, str], Any],
        on_split: Callable[[], Any],
    ) -> None:
        self._on_look = on_look
        self._on_pair = on_pair
        self._two = ("", "")
        self._cells: dict[str, _Cell] = {}
        with ui.element("div").classes("versions"):
            self._list = named(ui.element("ol"), t("Versions"))
            with self._list, ui.element("li").classes("making").props("role=status") as self._busy:
                ui.element("span").classes("spinner").props("aria-hidden=true")
                text(t("Being made …"), tag="span")
            with ui.element("div").classes("pair-tools") as self._tools:
                with ui.element("div").classes("pair-choice"):
                    self._pair = self._choice("A", 0), self._choice("B", 1)
                self._split = button(t("A beside B"), on_split, classes="small")

    def _choice(self, name: str, at: int) -> Select:
        text(name, tag="span").classes("mark")
        return Select(name, {}, on_choose=partial(self._paired, at))

    def show(self, one: Exhibit, *, busy: bool) -> None:
        """`busy` where another version is being made."""
        if one.shown is None:
            return
        versions, current = one.shown.versions, one.shown.holding.image.current_id
        looked_at = "" if one.split or one.version is None else one.version.id
        for gone in self._cells.keys() - {version.id for version in versions}:
            self._cells.pop(gone).item.delete()
        for at, version in enumerate(versions):
            if version.id not in self._cells:
                with self._list:
                    self._cells[version.id] = _Cell(version, self._on_look)
                self._cells[version.id].item.move(target_index=at)
            marks = [name for name, its in zip("AB", one.two, strict=True) if its == version.id]
            mark = one.marks.get(version.id)
            cell = self._cells[version.id]
            cell.show(marks, mark, current=version.id == current, seen=version.id == looked_at)
        self._busy.set_visibility(busy)
        self._tools.set_visibility(len(versions) > 1)
        self._split.props(f"aria-pressed={str(one.split).lower()}")
        self._two = one.two
        words = {one.id: t("Version {number}", number=one.number) for one in versions}
        for choice, its in zip(self._pair, one.two, strict=True):
            choice.load(words)
            choice.show(its)

    def _paired(self, at: int, version_id: str) -> Any:
        one, other = self._two
        return self._on_pair(*((one, version_id) if at else (version_id, other)))


class _Cell:
    """A version in the strip."""

    def __init__(self, version: Version, on_look: Callable[[str], Any]) -> None:
        self._name = t("Version {number}", number=version.number)
        self._drawn: tuple[object, ...] = ()
        with ui.element("li") as self.item, ui.element("button").classes("version") as self._button:
            self._button.props("type=button").on("click", partial(on_look, version.id))
            self._button.props["title"] = dated(version.created_at)
            with ui.element("span").classes("picture checker"):
                ui.element("img").props(f'src="/versions/{version.id}/thumb.webp" alt=""')
                self._signs = ui.element("span")
            text(self._name, tag="span").classes("name")

    def show(self, marks: list[str], synced: Mark | None, *, current: bool, seen: bool) -> None:
        wanted = (marks, synced, current, seen)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        shown = [t("shown in the library")] if current else []
        shown += [told(synced)] if synced else []
        named(self._button, ", ".join([" ".join([*marks, self._name]), *shown]))
        self._button.props(f"aria-pressed={str(seen).lower()}")
        self._signs.clear()
        with self._signs:
            for mark in marks:
                ui.element("span").classes(f"mark {mark}")  # whose letter is in the look
            if current:
                icon("check_circle").classes("current")
            if synced:
                sign = icon(SIGNS[synced.state]).classes(f"synced {synced.state}")
                sign.props["title"] = told(synced)
