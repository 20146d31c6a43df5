"""Above the photos of the library: what is looked for, and what can be done with what is chosen."""

from collections.abc import Callable, Mapping
from typing import Protocol

from nicegui import ui
from nicegui.element import Element

from storage.records import Sort
from ui.components.controls import Click, button, icon, icon_button, named, text
from ui.components.search_field import SearchField
from ui.components.select import Select
from ui.search import DAYS, Query
from ui.words import t, tn, word

SORTS = {
    Sort.NEWEST: word("Newest first"),
    Sort.OLDEST: word("Oldest first"),
    Sort.NAME: word("By name"),
    Sort.DOUBT: word("Most doubtful first"),
    Sort.OWN: word("Own order"),
}
SINCE = dict(
    zip(
        DAYS,
        (
            word("Any time"),
            word("Today"),
            word("Last 7 days"),
            word("Last 30 days"),
            word("Last year"),
        ),
        strict=True,
    )
)


class Acts(Protocol):
    """What the tools ask for; it is about what is chosen."""

    @property
    def choose_none(self) -> Callable[[], None]: ...
    async def unfold(self) -> None: ...
    async def collect(self) -> None: ...
    async def take_out(self) -> None: ...
    async def export(self) -> None: ...
    async def throw(self) -> None: ...
    async def take_back(self) -> None: ...
    async def purge(self) -> None: ...
    async def empty(self) -> None: ...


class LibraryTools:
    """Search and filters; while photos are chosen, what can be done with them takes their place."""

    def __init__(self, acts: Acts, query: Query, *, on_look: Callable[..., None]) -> None:
        """`on_look` is told what is looked for, as fields of Query."""
        self._acts = acts
        self._look_for = on_look
        self._is_doubtful = query.doubtful
        self._presets: Mapping[str, str] = {}
        with ui.element("div").classes("library-tools"):
            with ui.element("div").classes("finding").props("role=search") as self._finding:
                self._build_finding(query)
            with ui.element("div").classes("doing").props("role=toolbar") as self._doing:
                named(self._doing, t("What is chosen"))
                self._chosen = text(tag="span").classes("tally").props("role=status")
                self._build_doing()
        self._trouble = text().classes("trouble").props("role=alert")
        self._trouble.set_visibility(False)

    def show(self, query: Query, *, total: int, chosen: int) -> None:
        """Show what is looked for, how much of it there is, and how many of those are chosen."""
        self._finding.set_visibility(not chosen)
        self._doing.set_visibility(bool(chosen))
        photos = tn("{number} photo", "{number} photos", total, number=f"{total:,}")
        self._total.set_text(photos if total else "")
        self._chosen.set_text(t("{number} chosen", number=f"{chosen:,}"))
        for deed in self._anywhere:
            deed.set_visibility(not query.trashed)
        for deed in self._in_trash:
            deed.set_visibility(query.trashed)
        self._take_out.set_visibility(bool(query.collection))
        self._empty.set_visibility(query.trashed and total > 0)
        self._field.show(query.text)
        self._sort.show(query.sort.value)
        self._sort.offer(Sort.OWN.value, bool(query.collection))
        self._days.show(str(query.days))
        self._show_presets(query.preset)
        self._doubtful.props(f"aria-pressed={str(query.doubtful).lower()}")
        self._is_doubtful = query.doubtful

    def load(self, presets: Mapping[str, str]) -> None:
        """Take in what presets are called that photos were made with, by their names."""
        self._presets = presets

    def _show_presets(self, chosen: str) -> None:
        absent = {} if chosen in self._presets or not chosen else {chosen: chosen}
        self._preset.load({"": t("Any preset")} | dict(self._presets) | absent)
        self._preset.show(chosen)
        self._preset.set_visibility(bool(self._presets or chosen))

    def trouble(self, says: str) -> None:
        """Tell why what is shown may not be up to date; nothing where it is."""
        self._trouble.set_text(says)
        self._trouble.set_visibility(bool(says))

    def _build_finding(self, query: Query) -> None:
        acts = self._acts
        self._field = SearchField(query.text, on_look=lambda text: self._look_for(text=text))
        self._doubtful = _tool("visibility", t("Worth a look"), self._turn_doubtful)
        when = {str(days): t(name) for days, name in SINCE.items()}
        self._days = Select(t("When"), when, on_choose=lambda days: self._look_for(days=int(days)))
        self._preset = Select(
            t("Preset"), {}, on_choose=lambda preset: self._look_for(preset=preset)
        )
        sorts = {sort.value: t(name) for sort, name in SORTS.items()}
        self._sort = Select(
            t("Sort"), sorts, on_choose=lambda name: self._look_for(sort=Sort(name))
        )
        self._total = text(tag="span").classes("tally quiet").props("role=status")
        self._empty = button(t("Empty the trash"), acts.empty)

    def _build_doing(self) -> None:
        acts = self._acts
        self._in_trash = (
            _tool("restore_from_trash", t("Put back"), acts.take_back),
            _tool("delete_forever", t("Delete for good"), acts.purge),
        )
        self._anywhere = (
            _tool("cut", t("Open on the workbench"), acts.unfold),
            _tool("download", t("Export"), acts.export),
            _tool("create_new_folder", t("Add to a collection"), acts.collect),
            _tool("delete", t("Move to the trash"), acts.throw),
        )
        self._take_out = _tool("folder_off", t("Take out"), acts.take_out)
        icon_button("close", t("Choose none"), acts.choose_none)

    def _turn_doubtful(self) -> None:
        self._look_for(doubtful=not self._is_doubtful)


def _tool(sign: str, words: str, on_click: Click) -> Element:
    made = button("", on_click, classes="tool")
    with made:
        icon(sign)
        text(words, tag="span")
    return made
