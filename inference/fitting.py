"""Cutouts fitted to presets: their look taken on, their rules checked and kept."""

from dataclasses import asdict, dataclass
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

from auth.account import Account
from inference.compliance import Complied, Mending, complied, left, mended, mended_output
from inference.errors import RecipeRejected
from inference.output import PNG, Export, File, Output
from inference.preset import Preset
from inference.preset_file import SUFFIX, packed, unpacked
from inference.presets import Presets
from inference.recipe import EDGES, Recipe
from inference.recipe_file import SUFFIXES, written
from inference.studio import Studio
from storage.errors import DiskFull, NotFound, NotWritable
from storage.records import Entry

NO_PRESETS = "Presets of your own are for Coveshot on your own computer. Choose one that is here."


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
        entry, prints = self.studio.entry(account, entry_id), self.studio.lab().prints

        def make(_: Recipe, output: Output) -> File:
            return prints.export(account, entry_id, output).file  # of a version, as all are

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
        subject = self.studio.lab().cuts.subject(account, entry_id)
        recipe = Recipe.read(entry.recipe)
        return complied(
            Path(entry.name).stem,
            recipe,
            preset.output if _fits(recipe, preset.output) else PNG,
            preset.rules,
            subject.finished,
            mend,
        )

    # Shared with others

    def shared(self, account: Account, name: str) -> tuple[str, bytes]:
        """Return a preset as a file, by its name and bytes; its picture comes along.

        Raises RecipeRejected, StorageError.
        """
        preset = self.presets.named(name)
        sha256 = preset.recipe.ground.picture
        if not sha256:
            return f"{name}{SUFFIXES[0]}", written(preset).encode()
        picture = self._picture(account, preset, sha256)
        extension = self.studio.checkpoint.inspect(picture).extension
        return f"{name}{SUFFIX}", packed(name, written(preset), picture, extension)

    def _picture(self, account: Account, preset: Preset, sha256: str) -> bytes:
        if preset.picture:  # a file beside its own
            try:
                return preset.picture.read_bytes()
            except OSError as error:
                raise RecipeRejected(f"{preset.picture} cannot be read.") from error
        try:
            return self.studio.library(account).photo(account.scope, sha256)
        except NotFound as error:
            raise RecipeRejected(
                "The background picture of this preset is not here. Choose it again, and let the "
                "preset have that look."
            ) from error

    def take_in(self, account: Account, file: Path, name: str) -> Preset:
        """Keep what somebody has shared as one of one's own; `name` is that of the file.

        Raises RecipeRejected, PhotoRejected for its picture, StorageError; then nothing is kept.
        """
        if not account.owns_computer:
            raise RecipeRejected(NO_PRESETS)
        picture = file.with_name(f"{file.stem}-picture.part")
        try:
            recipe, brought = unpacked(file, picture, most_bytes=account.plan.max_bytes)
            preset = self.presets.shared(recipe, name)
            self._take_picture(account, preset.recipe.ground.picture, brought, picture)
        except OSError as error:
            full = error.errno in {ENOSPC, EDQUOT, EFBIG}
            raise DiskFull if full else NotWritable("The picture cannot be written.") from error
        finally:
            picture.unlink(missing_ok=True)
        return self.presets.add(preset, preset.title)

    def _take_picture(self, account: Account, wanted: str, brought: str, picture: Path) -> None:
        """Keep the picture that came with a preset, which has to be the one that it names."""
        if brought not in {"", wanted}:
            raise RecipeRejected("The picture in this file is not the one that its recipe names.")
        if brought:
            self.studio.keep_picture(account, picture)
        elif wanted and not self.studio.library(account).records.find(account.scope, wanted):
            raise RecipeRejected(
                "This preset comes without its background picture. Download it anew where it was "
                "made: then the picture is in the file."
            )


def _fits(recipe: Recipe, output: Output) -> bool:
    """Tell whether a format has a place for what a recipe renders."""
    return output.format.has_alpha or not recipe.transparent


def _look(recipe: Recipe) -> dict[str, object]:
    values, usual = asdict(recipe), Recipe()
    edges = [name for name in EDGES if getattr(recipe, name) != getattr(usual, name)]
    return {part: values[part] for part in ("background", "shadow", "frame", *edges)}
