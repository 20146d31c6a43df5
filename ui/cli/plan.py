"""What a batch has to do: which photo goes into which file, and what is done already."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.output import Output
from inference.recipe import Recipe
from ui.cli.manifest import Line, Manifest
from ui.cli.naming import outputs, wished_paths
from ui.cli.sources import Source
from ui.template import Template


@dataclass(frozen=True, slots=True)
class Task:
    source: Source
    output: str
    """Below the folder of the cutouts, with `/`."""
    wish: str
    """Where it would go if nothing was in its way."""
    before: Line | None
    """An earlier cutout by the same recipe, in the same format, that is still as it was."""


def planned(
    sources: Sequence[Source],
    manifest: Manifest,
    out: Path,
    *,
    recipe: Recipe,
    output: Output,
    template: Template,
    mended: str = "",
) -> list[Task]:
    """Return a task for each source, in their order; reads earlier cutouts, but no photo.

    `mended` is the key of the rules that cutouts are mended by, if they are.
    """
    own = {out / path for path in manifest.outputs()}
    wanted = [source for source in sources if source.named or source.path not in own]
    wishes = wished_paths(wanted, output.format.extension, template)
    paths = outputs(wishes, manifest, out, templated=bool(template.text))
    tasks = []
    for source in wanted:
        line = manifest.last(source.path, output.format.extension)
        asked = (recipe.key, paths[source], output.text, mended)
        same = line and (line.recipe, line.output, line.written, line.mended) == asked
        before = line if line and same and manifest.intact(line) else None
        tasks.append(Task(source, paths[source], wishes[source], before))
    return tasks
