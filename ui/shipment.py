"""What leaves the workbench at once: which files, under which names, and a manifest of them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from inference.errors import InferenceError, RecipeRejected
from inference.output import Export, Format, Output
from inference.recipe import Recipe
from storage.errors import StorageError
from storage.records import Card, Status
from ui.names import Claims, file_name, file_path
from ui.template import NoTemplate, Template, closed
from ui.visit import doubt

KEEP = "keep"
"""The format of each photo, as a form says it."""
MANIFEST = "manifest.json"
AS_IT_CAME = {
    "jpg": Format.JPEG,
    "png": Format.PNG,
    "webp": Format.WEBP,
    "avif": Format.AVIF,
    "tif": Format.TIFF,
}
"""The format of a photo, by its extension, as long as it is one that cutouts have."""
NO_JPEG = "JPEG has no transparency, so it is a PNG."

LEFT_OUT = {
    Status.AWAITING_UPLOAD: "Its upload is not finished.",
    Status.VERIFYING: "It is being checked.",
    Status.QUEUED: "It waits for its turn.",
    Status.RUNNING: "It is being cut out.",
    Status.ERROR: "It could not be cut out.",
    Status.CANCELLED: "It was cancelled.",
    Status.EXPIRED: "It has expired.",
}

Draw = Callable[[Card, Output], Export]
"""Makes the file of a photo. Raises InferenceError, StorageError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """How photos leave together."""

    format: Format | None = Format.PNG
    """None for that of each photo."""
    template: Template = Template()  # noqa: RUF009 frozen
    tree: bool = True
    """Whether each goes into the folder that it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the manifest tells of one photo; sizes in pixels, upright."""

    file: str | None
    """Its path, or None where it was left out."""
    name: str
    folder: str
    sha256: str
    """Of the original."""
    op_key: str
    recipe: dict[str, Any]
    width: int
    height: int
    bytes: int | None
    status: str
    says: str
    """Why it was left out, or is in another format."""
    doubt: str
    """Why it is worth a look."""


@dataclass(frozen=True, slots=True)
class Member:
    path: str
    data: bytes
    changed_at: float


def read_shipment(fields: Mapping[str, Any]) -> Shipment:
    """Read a form. Raises RecipeRejected for what is no format, NoTemplate."""
    text = str(fields.get("format") or Format.PNG)
    if text != KEEP and text not in set(Format):
        raise RecipeRejected(f"{text!r} is not a format. Use {', '.join(Format)}.")
    name = str(fields.get("name") or "")
    if "{sku}" in name:
        raise NoTemplate("{sku} takes a table of SKUs, as coveshot cut does. Leave it out here.")
    today = date.today().isoformat()  # noqa: DTZ011 that of the person's calendar
    return Shipment(
        format=None if text == KEEP else Format(text),
        template=Template(name, date=today),
        tree=bool(fields.get("tree")),
    )


def members(
    cards: Sequence[Card], shipment: Shipment, draw: Draw, taken: Sequence[str] = ()
) -> Iterator[Member]:
    """Yield the file of each photo that is done, and at last the manifest.

    No two have one path, and none has a `taken` one. A photo that fails is told of in the manifest.
    """
    folders = {card.entry.folder for card in cards} if shipment.tree else set()
    claims = Claims([*taken, *filter(None, (file_path(each, "x")[:-2] for each in folders))])
    manifest = claims.claim(MANIFEST)
    places = len(str(len(cards)))
    lines = []
    for number, card in enumerate(cards, 1):
        kind, says = kind_of(card, shipment.format)
        export, failed = _tried(card, kind, draw)
        path = None
        if export:
            stem = shipment.template.stem(card.entry.name, f"{number:0{places}}")
            name = closed(stem, export.file.width, export.file.height).replace("/", "_")
            folder = card.entry.folder if shipment.tree else ""
            path = claims.claim(file_path(folder, f"{file_name(name)}.{kind.extension}"))
            yield Member(path, export.data, card.entry.created_at)
        lines.append(_line(card, path, export, failed or says))
    text = json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2)
    latest = max((card.entry.created_at for card in cards), default=0.0)
    yield Member(manifest, text.encode(), latest)


def kind_of(card: Card, wanted: Format | None) -> tuple[Format, str]:
    """Return the format that a photo leaves in, and why it is not the one that was asked for."""
    kind = wanted or AS_IT_CAME.get(card.image.extension, Format.PNG)
    if kind.has_alpha or not Recipe.read(card.entry.recipe).transparent:
        return kind, ""
    return Format.PNG, NO_JPEG


def _tried(card: Card, kind: Format, draw: Draw) -> tuple[Export | None, str]:
    """Return a file, or None and why there is none."""
    if card.job.status is not Status.DONE:
        return None, card.job.says or LEFT_OUT[card.job.status]
    try:
        return draw(card, Output(kind)), ""
    except (InferenceError, StorageError) as error:
        return None, error.says


def _line(card: Card, path: str | None, export: Export | None, says: str) -> Line:
    recipe = Recipe.read(card.entry.recipe)
    failed = export is None and card.job.status is Status.DONE
    return Line(
        file=path,
        name=card.entry.name,
        folder=card.entry.folder,
        sha256=card.image.sha256,
        op_key=recipe.op_key,
        recipe=json.loads(recipe.canonical),
        width=card.image.width,
        height=card.image.height,
        bytes=len(export.data) if export else None,
        status=Status.ERROR if failed else card.job.status,
        says=says,
        doubt=doubt(card),
    )
