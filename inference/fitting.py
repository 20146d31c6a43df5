"""Cutouts fitted to presets: their look taken on, their rules checked and kept."""

from dataclasses import asdict, dataclass
from pathlib import Path

from auth.account import Account
from inference.compliance import Complied, Mending, complied, left, mended, mended_output
from inference.encode import PNG
from inference.finish import File, finished
from inference.jobs import Export, Studio
from inference.output import Output
from inference.preset import Preset
from inference.presets import Presets
from inference.recipe import EDGES, Recipe
from storage.records import Entry


@dataclass(frozen=True, slots=True)
class Fitting:
    """The presets in the hands of the Studio. Thread-safe; every method may block.

    All methods raise NotFound, also where nothing is cut out yet, and RecipeRejected.
    """

    studio: Studio
    presets: Presets

    def take(self, account: Account, entry_id: str, name: str) -> Entry:
        """Choose the look of a preset for a photo; without a name none, and the look stays."""
        look = self._brought(account, name) if name else {}
        return self.studio.dress(account, entry_id, look, preset=name)

    def dressed(self, account: Account, recipe: Recipe, name: str) -> Recipe:
        """Return a recipe with the look of a preset."""
        return recipe.dressed(self._brought(account, name))

    def _brought(self, account: Account, name: str) -> dict[str, object]:
        """Return the look of a preset, whose picture is kept where it has one."""
        preset = self.presets.named(name)
        if preset.picture:
            self.studio.keep_picture(account, preset.picture)
        return _look(preset.recipe)

    def check(self, account: Account, entry_id: str, name: str) -> Complied:
        """Measure the file that a photo becomes for a preset; nothing of it is kept."""
        return self._complied(account, entry_id, self.presets.named(name), left)

    def fix(self, account: Account, entry_id: str, name: str) -> Complied:
        """Change the look of a photo so that it keeps the rules, as far as a look can do that."""
        held = self._complied(account, entry_id, self.presets.named(name), mended)
        self.studio.dress(account, entry_id, _look(held.recipe), preset=name)
        return held

    def export(self, account: Account, entry_id: str, name: str) -> Export:
        """Return the file of a photo for a preset, small enough for it if quality can do that."""
        preset = self.presets.named(name)
        entry = self.studio.entry(account, entry_id)

        def make(_: Recipe, output: Output) -> File:
            return self.studio.export(account, entry_id, output).file  # of a version, as all are

        held = complied(
            Path(entry.name).stem,
            Recipe.read(entry.recipe),
            preset.output,
            preset.rules,
            make,
            mended_output,
        )
        kind = held.output.format
        return Export(f"{Path(entry.name).stem}.{kind.extension}", kind.mime, held.file)

    def _complied(self, account: Account, entry_id: str, preset: Preset, mend: Mending) -> Complied:
        entry = self.studio.entry(account, entry_id)
        subject = self.studio.subject(account, entry_id)
        recipe = Recipe.read(entry.recipe)
        return complied(
            Path(entry.name).stem,
            recipe,
            preset.output if _fits(recipe, preset.output) else PNG,
            preset.rules,
            lambda recipe, output: finished(subject, recipe, output),
            mend,
        )


def _fits(recipe: Recipe, output: Output) -> bool:
    """Tell whether a format has a place for what a recipe renders."""
    return output.format.has_alpha or not recipe.transparent


def _look(recipe: Recipe) -> dict[str, object]:
    values, usual = asdict(recipe), Recipe()
    edges = [name for name in EDGES if getattr(recipe, name) != getattr(usual, name)]
    return {part: values[part] for part in ("background", "shadow", "frame", *edges)}
