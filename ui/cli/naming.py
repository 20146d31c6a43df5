"""Which file each cutout goes into: never one that is somebody else's, and always the same one."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from ui.cli.manifest import Manifest
from ui.cli.sources import Source
from ui.names import distinct, file_path


def outputs(
    sources: Sequence[Source], manifest: Manifest, out: Path, extension: str
) -> dict[Source, str]:
    """Return a path below `out` for each source.

    A cutout goes where it went before, as long as nobody has put or changed a file there. A new
    one gets the name of its photo, with a number where that name is taken.
    """
    kept = dict(_kept(sources, manifest, extension))
    new = [source for source in sources if source not in kept]
    wanted = [wanted_path(source, extension) for source in new]
    taken = sorted({*manifest.outputs(), *_present(out, wanted)})
    free = distinct([*taken, *wanted])[len(taken) :]
    return kept | dict(zip(new, free, strict=True))


def wanted_path(source: Source, extension: str) -> str:
    """Return where a cutout would go if nothing was in its way."""
    return file_path(source.folder, f"{source.path.stem}.{extension}")


def _kept(
    sources: Iterable[Source], manifest: Manifest, extension: str
) -> Iterator[tuple[Source, str]]:
    for source in sources:
        line = manifest.last(source.path, extension)
        if line and line.output and manifest.may_write(line.output):
            yield source, line.output


def _present(out: Path, wanted: Iterable[str]) -> Iterator[str]:
    """Yield what is there already, in those folders alone that something is to be put in."""
    for folder in {PurePosixPath(path).parent for path in wanted}:
        if (out / folder).is_dir():
            for entry in (out / folder).iterdir():
                yield (folder / entry.name).as_posix()
