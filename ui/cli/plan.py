"""What a batch has to do: which photo goes into which file, and what is done already."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.recipe import Recipe
from ui.cli.makers import Kind
from ui.cli.manifest import Line, Manifest
from ui.cli.naming import outputs
from ui.cli.sources import Source


@dataclass(frozen=True, slots=True)
class Task:
    source: Source
    output: str
    """Below the folder of the cutouts, with `/`."""
    before: Line | None
    """An earlier cutout by the same recipe, in the same format, that is still as it was."""


def planned(
    sources: Sequence[Source],
    manifest: Manifest,
    out: Path,
    *,
    recipe: Recipe,
    kind: Kind,
) -> list[Task]:
    """Return a task for each source, in their order; reads earlier cutouts, but no photo."""
    own = {out / path for path in manifest.outputs()}
    wanted = [source for source in sources if source.named or source.path not in own]
    paths = outputs(wanted, manifest, out, kind.format.extension)
    tasks = []
    for source in wanted:
        line = manifest.last(source.path, kind.format.extension)
        asked = (recipe.key, paths[source], kind.small)
        same = line and (line.recipe, line.output, line.small) == asked
        before = line if line and same and manifest.intact(line) else None
        tasks.append(Task(source, paths[source], before))
    return tasks
