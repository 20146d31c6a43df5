"""The presets there are: those that come along, and one's own, which go before them."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from inference.errors import RecipeRejected
from inference.preset import Preset
from inference.recipe_file import name_of, read

BUILT_IN = Path(__file__).parents[1] / "assets" / "presets"


@dataclass(frozen=True, slots=True)
class Presets:
    """Reads files anew each time it is asked: one that was just changed counts."""

    own: Path
    """The folder of one's own; it need not be there."""

    def all(self) -> list[Preset]:
        """Return them by kind and title; broken files of one's own are left away."""
        return self.read()[0]

    def read(self) -> tuple[list[Preset], list[str]]:
        """Return them by kind and title, and a sentence for each file that is broken."""
        found, troubles = [], []
        for file in self._files().values():
            try:
                found.append(read(file))
            except RecipeRejected as error:
                troubles.append(error.says)
        found.sort(key=lambda one: (one.about.kind, one.title.casefold()))
        return found, troubles

    def named(self, name: str) -> Preset:
        """Raises RecipeRejected."""
        return read(self._file(name))

    def adopt(self, name: str) -> Path:
        """Copy a preset to the folder of one's own, to be changed there; it may be there already.

        Raises RecipeRejected, OSError.
        """
        file, target = self._file(name), self.own / f"{name}.toml"
        if file.parent != self.own:
            self.own.mkdir(parents=True, exist_ok=True)
            copyfile(file, target)
            return target
        return file

    def _file(self, name: str) -> Path:
        files = self._files()
        if name not in files:
            known = ", ".join(sorted(files))
            raise RecipeRejected(f"There is no preset {name!r}. Use one of: {known}.")
        return files[name]

    def _files(self) -> dict[str, Path]:
        return {
            name_of(file): file
            for folder in (BUILT_IN, self.own)
            if folder.is_dir()
            for file in sorted(folder.glob("*.toml"))
        }
