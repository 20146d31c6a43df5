"""Which file each cutout goes into: never one that is somebody else's, and always the same one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ui.cli.console import Misused
from ui.cli.manifest import Manifest
from ui.cli.sources import Source
from ui.names import distinct, file_name, file_path
from ui.template import LATE, Template

PLAIN = Template()
SHOWN = 5
"""Photos that are named in a sentence."""


def outputs(
    wishes: Mapping[Source, str], manifest: Manifest, out: Path, *, templated: bool = False
) -> dict[Source, str]:
    """Return a path below `out` for each source that `wishes` has a path for.

    A cutout goes where it went before, as long as nobody has put or changed a file there, and, if
    the paths are `templated`, as long as it is called so. A new one goes where it is wished, with a
    number where that name is taken.
    """
    kept = {
        source: path
        for source, path in _kept(wishes, manifest)
        if not templated or _fits(path, wishes[source])
    }
    new = [source for source in wishes if source not in kept]
    wanted = [wishes[source] for source in new]
    taken = sorted({*manifest.outputs(), *_present(out, wanted)})
    free = distinct([*taken, *wanted])[len(taken) :]
    return kept | dict(zip(new, free, strict=True))


def wished_paths(
    sources: Sequence[Source], extension: str, template: Template = PLAIN
) -> dict[Source, str]:
    """Return where cutouts would go if nothing was in their way; their sizes may still be open.

    Raises Misused where the SKUs of photos are not known.
    """
    places = len(str(len(sources)))
    paths, unknown = {}, []
    for number, source in enumerate(sources, 1):
        try:
            stem = template.stem(source.path.name, f"{number:0{places}}")
        except KeyError:
            stem = source.path.stem
            unknown += [source.path.name] * source.expected  # anything else may lie in a folder
        paths[source] = file_path(source.folder, f"{file_name(stem.replace('/', '_'))}.{extension}")
    if unknown:
        listed = ", ".join(unknown[:SHOWN]) + (", ..." if len(unknown) > SHOWN else "")
        raise Misused(f"The table of SKUs has no row for {len(unknown)} photos: {listed}")
    return paths


def _fits(path: str, wished: str) -> bool:
    """Tell whether a path is one that was wished for, with any size and any number."""
    stem, _, suffix = wished.rpartition(".")
    pattern = re.escape(stem)
    for name in LATE:
        pattern = pattern.replace(re.escape(f"{{{name}}}"), "[0-9]+")
    return re.fullmatch(rf"{pattern}( \([0-9]+\))?\.{suffix}", path) is not None


def _kept(wishes: Mapping[Source, str], manifest: Manifest) -> Iterator[tuple[Source, str]]:
    for source, wish in wishes.items():
        line = manifest.last(source.path, wish.rpartition(".")[2])
        if line and line.output and manifest.may_write(line.output):
            yield source, line.output


def _present(out: Path, wanted: Iterable[str]) -> Iterator[str]:
    """Yield what is there already, in those folders alone that something is to be put in."""
    for folder in {PurePosixPath(path).parent for path in wanted}:
        if (out / folder).is_dir():
            for entry in (out / folder).iterdir():
                yield (folder / entry.name).as_posix()
