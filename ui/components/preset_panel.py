"""What a picture is made for, and whether it keeps the rules there."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from nicegui import ui
from nicegui.events import GenericEventArguments

from inference.compliance import Finding, broken
from inference.preset import Preset, Rules
from inference.recipe import Recipe
from ui.components.controls import button, icon, named, text
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


class PresetPanel:
    """A list to choose from, and below it what the rules say."""

    def __init__(
        self,
        presets: Sequence[Preset],
        *,
        on_take: Callable[[str], Awaitable[None]],
        on_fix: Callable[[], Awaitable[None]],
    ) -> None:
        self._presets = {one.name: one for one in presets}
        self._on_take = on_take
        with named(ui.element("select"), t("Preset")).classes("field presets") as self._list:
            self._options = {"": _option("", t("No preset"))}
            for kind, group in groupby(presets, key=lambda one: one.about.kind):
                with ui.element("optgroup") as options:
                    options.props["label"] = t(KINDS[kind])
                    self._options |= {one.name: _option(one.name, one.title) for one in group}
        self._list.mark("presets").on("change", self._taken, js_handler=VALUE)
        with ui.element("div").classes("verdict").props("role=status") as self._verdict:
            with ui.element("div").classes("line"):
                self._icon = icon("rule")
                self._says = text()
                self._fix = button(t("Fix"), on_fix, classes="small")
            self._wrongs = ui.element("ul")
        self._source = text().classes("facts")

    def named(self, name: str) -> Preset | None:
        return self._presets.get(name)

    def matching(self, wanted: Recipe) -> str:
        """Return the name of the preset whose look a recipe has, or nothing."""
        looks = (wanted.background, wanted.shadow, wanted.frame)
        for one in self._presets.values():
            its = one.recipe
            if (its.background, its.shadow, its.frame) == looks:
                return one.name
        return ""

    def show(self, name: str) -> None:
        """Show which preset is meant."""
        for each, option in self._options.items():
            option.props("selected") if each == name else option.props(remove="selected")
        self._list.props(f'value="{name}"')
        preset = self.named(name)
        self._verdict.set_visibility(preset is not None and preset.rules != Rules())
        checked = preset.about.checked if preset else ""
        self._source.set_text(t("Rules as of {date}.", date=checked) if checked else "")
        self._source.set_visibility(bool(checked))

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
                text(f"{t(RULES[one.rule])}: {one.says}.", tag="li")

    async def _taken(self, event: GenericEventArguments) -> None:
        await self._on_take(str(event.args))


def _option(name: str, title: str) -> ui.element:
    return text(title, tag="option").props(f'value="{name}"')
