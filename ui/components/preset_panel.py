"""What a picture is made for, and whether it keeps the rules there."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Protocol

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.compliance import Finding, broken
from inference.preset import Preset, Rules
from ui.components.controls import button, give, icon, named, text
from ui.components.menu import Item, Menu
from ui.words import t, tn, word

KINDS = {"marketplace": word("Marketplaces"), "studio": word("Studio")}
VALUE = "(event) => emit(event.target.value)"
RULES = {
    "format": word("Kind of file"),
    "least_side": word("Pixels"),
    "least_longer": word("Pixels"),
    "most_longer": word("Pixels"),
    "megapixels": word("Pixels"),
    "megabytes": word("Size of the file"),
    "ratio": word("Form"),
    "opaque": word("Opaque"),
    "border": word("White edges"),
    "fill": word("Share of the subject"),
    "colours": word("Colours"),
    "name": word("Name"),
}
"""What people call a rule."""


class PresetActs(Protocol):
    """What can be done with presets, by their names."""

    async def take(self, preset: str) -> None: ...
    async def fix(self, preset: str) -> None: ...
    async def keep_preset(self) -> None: ...
    async def update_preset(self, name: str) -> None: ...
    async def copy_preset(self, name: str) -> None: ...
    async def rename_preset(self, name: str, title: str) -> None: ...
    async def remove_preset(self, name: str, title: str) -> None: ...
    async def take_up(self, name: str, title: str) -> None: ...


class PresetPanel:
    """A list to choose from, what can be done with them, and what the rules say."""

    def __init__(self, acts: PresetActs) -> None:
        self._acts = acts
        self._presets: dict[str, Preset] = {}
        self._own: frozenset[str] = frozenset()
        self._options: dict[str, ui.element] = {}
        self.name = ""
        """Of the preset that is shown."""
        with ui.element("div").classes("preset-line"):
            self._list = named(ui.element("select"), t("Preset")).classes("field presets")
            self._list.mark("presets").on("change", self._taken, js_handler=VALUE)
            self._menu = Menu(t("Presets"), on_choose=self._act, on_taken=self._took)
        with ui.element("div").classes("verdict").props("role=status") as self._verdict:
            with ui.element("div").classes("line"):
                self._icon = icon("rule")
                self._says = text()
                self._fix = button(t("Fix"), lambda: acts.fix(self.name), classes="small")
            self._wrongs = ui.element("ul")
        self._source = text().classes("facts")

    def load(self, presets: Sequence[Preset], own: AbstractSet[str]) -> None:
        """Take in which presets there are, and which of them can be changed."""
        self._presets, self._own = {one.name: one for one in presets}, frozenset(own)
        groups = {t("Your own"): [one for one in presets if one.name in own]}
        for kind, group in groupby(presets, key=lambda one: one.about.kind):
            groups[t(KINDS[kind])] = [one for one in group if one.name not in own]
        self._list.clear()
        with self._list:
            self._options = {"": _option("", t("No preset"))}
            for title, some in groups.items():
                if some:
                    with ui.element("optgroup") as options:
                        options.props["label"] = title
                        made = {one.name: _option(one.name, t(one.title)) for one in some}
                    self._options |= made

    @property
    def chosen(self) -> Preset | None:
        return self._presets.get(self.name)

    @property
    def rules(self) -> bool:
        """Whether the preset that is shown has any rules."""
        return self.chosen is not None and self.chosen.rules != Rules()

    def show(self, name: str) -> None:
        """Show the preset of a name; none where it is empty, or not there any more."""
        self.name = name if name in self._options else ""
        for each, option in self._options.items():
            option.props("selected") if each == self.name else option.props(remove="selected")
        give(self._list, value=self.name)
        self._menu.show(self._items())
        self._verdict.set_visibility(self.rules)
        checked = self.chosen.about.checked if self.chosen else ""
        self._source.set_text(t("Rules as of {date}.", date=checked) if checked else "")
        self._source.set_visibility(bool(checked))

    def _items(self) -> list[Item]:
        own, some = self.name in self._own, bool(self.name)
        file = f"/presets/{self.name}" if some else ""
        return [
            Item("save", t("Save this look as a preset …"), "bookmark_add"),
            Item("update", t("Let the preset have this look"), "sync", off=not own),
            Item("rename", t("Rename …"), "edit", off=not own),
            Item("copy", t("Duplicate"), "content_copy", off=not some),
            Item("delete", t("Delete …"), "delete", off=not own),
            Item("export", t("Download as a file"), "download", off=not some, href=file),
            Item(
                "import", t("Add from a file …"), "upload_file", accept=".toml,.zip", to="/presets/"
            ),
        ]

    async def _act(self, act: str) -> None:
        name = self.name
        title = self.chosen.title if self.chosen else ""
        match act:
            case "save":
                await self._acts.keep_preset()
            case "update":
                await self._acts.update_preset(name)
            case "rename":
                await self._acts.rename_preset(name, title)
            case "copy":
                await self._acts.copy_preset(name)
            case "delete":
                await self._acts.remove_preset(name, title)

    async def _took(self, answer: dict[str, str]) -> None:
        await self._acts.take_up(answer["name"], answer["title"])

    def wait(self) -> None:
        """Say that the picture is being measured."""
        self._told("rule", t("Checking …"), [])

    def tell(self, found: Sequence[Finding]) -> None:
        """Show what came of the rules."""
        wrong = broken(found)
        if wrong:
            self._told("error", t("Not yet as asked for:"), wrong)
        else:
            kept = tn("Keeps its one rule", "Keeps all {count} rules", len(found))
            self._told("check_circle", kept, [])

    def _told(self, sign: str, says: str, wrong: Sequence[Finding]) -> None:
        self._icon.set_text(sign)
        self._says.set_text(says)
        self._fix.set_visibility(bool(wrong))
        self._verdict.classes(remove="good bad")
        if sign != "rule":
            self._verdict.classes("bad" if wrong else "good")
        self._wrongs.clear()
        with self._wrongs:
            for one in wrong:
                text(f"{t(RULES[one.rule])}: {t(one.says)}.", tag="li")

    async def _taken(self, event: GenericEventArguments) -> None:
        await self._acts.take(str(event.args))


def _option(name: str, title: str) -> ui.element:
    return text(title, tag="option").props(f'value="{name}"')
