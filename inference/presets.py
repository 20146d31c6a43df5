"""The presets there are: those that come along, and one's own, which go before them."""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from inference.errors import RecipeRejected
from inference.preset import Preset
from inference.recipe_file import SUFFIXES, name_of, read, written

LONGEST_NAME = 60
NAMELESS = "preset"
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

    def is_own(self, name: str) -> bool:
        """Tell whether a preset can be changed. Raises RecipeRejected."""
        return self._file(name).parent == self.own

    def add(self, preset: Preset, title: str) -> Preset:
        """Keep one of one's own under a title, and return it by the name that it was given.

        Raises RecipeRejected.
        """
        title = " ".join(title.split())[:LONGEST_NAME]
        if not title:
            raise RecipeRejected("Give the preset a name.")
        taken = self._files()
        stem = _named(title)
        names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
        name = next(one for one in names if one not in taken)
        about = replace(preset.about, title=title)
        return self.save(replace(preset, name=name, about=about))

    def save(self, preset: Preset) -> Preset:
        """Write one of one's own, in the place of what had its name. Raises RecipeRejected."""
        file = self.own / f"{preset.name}{SUFFIXES[0]}"
        with _writing(self.own):
            known = self._files().get(preset.name, file)
            file = known if known.parent == self.own else file
            fresh = file.with_name(f".{file.name}.new")
            fresh.write_text(written(preset), encoding="utf-8")
            fresh.replace(file)
        return preset

    def retitle(self, name: str, title: str) -> Preset:
        """Give one of one's own another title. Raises RecipeRejected."""
        title = " ".join(title.split())[:LONGEST_NAME]
        if not title:
            raise RecipeRejected("Give the preset a name.")
        preset = read(self._own_file(name))
        return self.save(replace(preset, about=replace(preset.about, title=title)))

    def remove(self, name: str) -> None:
        """Raises RecipeRejected."""
        with _writing(self.own):
            self._own_file(name).unlink(missing_ok=True)

    def shared(self, recipe: bytes, name: str) -> Preset:
        """Read what somebody has shared; `name` is that of the file.

        Raises RecipeRejected, also for what is no recipe.
        """
        with TemporaryDirectory() as folder:
            file = Path(folder) / "shared.toml"
            file.write_bytes(recipe)
            try:
                preset = read(file, alone=True)
            except RecipeRejected as error:
                says = error.says.replace(str(file), name).replace(f"{folder}{os.sep}", "")
                raise RecipeRejected(says) from error
        called = preset.about.title or name_of(Path(name))
        return replace(preset, about=replace(preset.about, title=called))

    def _own_file(self, name: str) -> Path:
        file = self._file(name)
        if file.parent != self.own:
            raise RecipeRejected("This preset came with Coveshot. Make a copy of it to change it.")
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


def _named(title: str) -> str:
    """Return a title as a name of files and addresses: `Spring sale!` is `spring-sale`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or NAMELESS


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Raises RecipeRejected where the folder of one's own cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise RecipeRejected(f"{folder} cannot be written: {error.strerror}.") from error
