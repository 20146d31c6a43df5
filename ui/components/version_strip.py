"""All versions of a photo, the one that is looked at, and the two that are compared."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from storage.records import Version
from ui.components.controls import button, icon, named, text
from ui.components.select import Select
from ui.tally import dated
from ui.words import t


class VersionStrip:
    """Callbacks get the id of a version."""

    def __init__(
        self,
        *,
        on_look: Callable[[str], Any],
        on_pair: Callable[[str, str], Any],
        on_split: Callable[[], Any],
    ) -> None:
        self._on_look = on_look
        self._on_pair = on_pair
        self._drawn: tuple[object, ...] = ()
        with ui.element("div").classes("versions"):
            self._list = named(ui.element("ol"), t("Versions"))
            with ui.element("div").classes("pair-tools") as self._tools:
                self._pair = ui.element("div").classes("pair-choice")
                self._split = button(t("A beside B"), on_split, classes="small")

    def show(
        self,
        versions: Sequence[Version],
        *,
        current: str | None,
        looked_at: str,
        pair: tuple[str, str],
        split: bool,
        busy: bool,
    ) -> None:
        """`busy` where another one is being made."""
        wanted = (tuple(versions), current, looked_at, pair, split, busy)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self._list.clear()
        with self._list:
            for version in versions:
                marks = [name for name, one in zip("AB", pair, strict=True) if one == version.id]
                self._version(version, version.id == current, version.id == looked_at, marks)
            if busy:
                with ui.element("li").classes("making").props("role=status"):
                    ui.element("span").classes("spinner").props("aria-hidden=true")
                    text(t("Being made …"), tag="span")
        self._tools.set_visibility(len(versions) > 1)
        self._split.props(f"aria-pressed={str(split).lower()}")
        self._show_pair(versions, pair)

    def _show_pair(self, versions: Sequence[Version], pair: tuple[str, str]) -> None:
        self._pair.clear()
        if len(versions) < 2:  # noqa: PLR2004 a pair
            return
        words = {one.id: t("Version {number}", number=one.number) for one in versions}
        with self._pair:
            for at, name in enumerate("AB"):
                text(name, tag="span").classes("mark")
                chosen = partial(self._paired, pair, at)
                Select(name, words, on_choose=chosen).show(pair[at])

    def _paired(self, pair: tuple[str, str], at: int, version_id: str) -> Any:
        one, other = pair
        return self._on_pair(*((one, version_id) if at else (version_id, other)))

    def _version(self, version: Version, current: bool, looked_at: bool, marks: list[str]) -> None:  # noqa: FBT001 of one
        name = t("Version {number}", number=version.number)
        with ui.element("li"), ui.element("button").classes("version") as made:
            made.props("type=button").on("click", partial(self._on_look, version.id))
            made.props(f"aria-pressed={str(looked_at).lower()}")
            shown = [t("shown in the library")] if current else []
            named(made, ", ".join([" ".join([*marks, name]), *shown]))
            made.props["title"] = dated(version.created_at)
            with ui.element("span").classes("picture checker"):
                ui.element("img").props(f'src="/versions/{version.id}/thumb.webp" alt=""')
                for mark in marks:
                    ui.element("span").classes(f"mark {mark}")  # whose letter is in the look
                if current:
                    icon("check_circle").classes("current")
            text(name, tag="span").classes("name")
