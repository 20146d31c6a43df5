"""The way out: one cutout, or all of the workbench with a manifest."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from inference.errors import InferenceError
from inference.fitting import Fitting
from inference.output import Format, Output
from inference.preset import Preset
from inference.recipe import Recipe
from inference.recipe_file import SUFFIXES, written
from storage.errors import NotFound, StorageError
from storage.records import Card, Status
from ui.api.answers import Unfit, account_of, attachment
from ui.api.blobs import id_of
from ui.api.bundle import Bundle
from ui.api.outputs import output_of
from ui.lane import Lane
from ui.names import distinct, file_name, file_path

MANIFEST = "manifest.json"
PIECE = 1 << 20
"""Bytes that are handed to the server at once."""

LEFT_OUT = {
    Status.AWAITING_UPLOAD: "Its upload is not finished.",
    Status.VERIFYING: "It is being checked.",
    Status.QUEUED: "It waits for its turn.",
    Status.RUNNING: "It is being cut out.",
    Status.ERROR: "It could not be cut out.",
    Status.CANCELLED: "It was cancelled.",
    Status.EXPIRED: "It has expired.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the manifest tells of one photo; sizes in pixels, upright."""

    file: str | None
    """Its path in the archive, or None where it was left out."""
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
    """Why it was left out."""


@dataclass(frozen=True, slots=True)
class Archive:
    fitting: Fitting
    lane: Lane

    async def one(self, request: Request) -> Response:
        account, entry_id = account_of(request), id_of(request, "entry_id")
        if preset := request.query_params.get("preset"):
            export = await self.lane.run(self.fitting.export, account, entry_id, preset)
        else:
            output = output_of(request.query_params)
            export = await self.lane.run(self.fitting.studio.export, account, entry_id, output)
        headers = {
            "Content-Disposition": attachment(export.name),
            "Cache-Control": "private, no-store",
        }
        return Response(export.data, media_type=export.mime, headers=headers)

    async def version(self, request: Request) -> Response:
        """Hand out a version of a photo in the library."""
        account, image_id, version_id = (
            account_of(request),
            id_of(request, "image_id"),
            id_of(request, "version_id"),
        )
        kind, studio = _format(request), self.fitting.studio
        image = await self.lane.run(studio.library(account).records.image, account.scope, image_id)
        file = await self.lane.run(studio.file, account, image_id, version_id, Output(kind))
        name = image.name.rpartition(".")[0] or image.name or image.sha256[:8]
        headers = {
            "Content-Disposition": attachment(f"{name}.{kind.extension}"),
            "Cache-Control": "private, no-store",
        }
        return Response(file.data, media_type=kind.mime, headers=headers)

    async def recipe(self, request: Request) -> Response:
        """Hand out the recipe of a photo as a file to be kept and shared."""
        account, entry_id = account_of(request), id_of(request, "entry_id")
        entry = await self.lane.run(self.fitting.studio.entry, account, entry_id)
        name = f"{entry.name.rpartition('.')[0] or entry.name}{SUFFIXES[0]}"
        headers = {"Content-Disposition": attachment(name), "Cache-Control": "private, no-store"}
        text = written(Preset("", Recipe.read(entry.recipe)))
        return Response(text, media_type="application/toml", headers=headers)

    async def preset(self, request: Request) -> Response:
        """Hand out a preset as a file to be shared."""
        name: str = request.path_params["name"]
        preset = await self.lane.run(self.fitting.presets.named, name)
        file = f"{file_name(preset.name)}{SUFFIXES[0]}"
        headers = {"Content-Disposition": attachment(file), "Cache-Control": "private, no-store"}
        return Response(written(preset), media_type="application/toml", headers=headers)

    async def all(self, request: Request) -> Response:
        account, kind = account_of(request), _format(request)
        bench = await self.lane.run(self.fitting.studio.bench, account)
        cards = _chosen(bench, request.query_params.getlist("entry"))
        if not any(card.job.status is Status.DONE for card in cards):
            raise Unfit("No photo is ready to download yet.", HTTPStatus.CONFLICT)
        headers = {
            "Content-Disposition": attachment("cutouts.zip"),
            "Cache-Control": "private, no-store",
        }

        def export(card: Card) -> bytes:
            return self.fitting.studio.export(account, card.entry.id, Output(kind)).data

        members = packed(cards, kind, export)
        return StreamingResponse(self._sent(members), media_type="application/zip", headers=headers)

    async def _sent(self, members: Iterator[bytes]) -> AsyncIterator[bytes]:
        while member := await self.lane.run(next, members, b""):
            for start in range(0, len(member), PIECE):
                yield member[start : start + PIECE]


def packed(
    cards: Sequence[Card],
    kind: Format,
    export: Callable[[Card], bytes],
) -> Iterator[bytes]:
    """Yield a ZIP file, a member at a time; a photo that fails is told of in its manifest."""
    bundle = Bundle()
    lines = []
    for card, path in zip(cards, _paths(cards, kind), strict=True):
        data, says = _tried(card, export)
        lines.append(_line(card, path, data, says))
        if data is not None:
            yield bundle.add(path, data, card.entry.created_at)
    manifest = json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2)
    yield bundle.add(MANIFEST, manifest.encode(), max(card.entry.created_at for card in cards))
    yield bundle.end()


def _tried(card: Card, export: Callable[[Card], bytes]) -> tuple[bytes | None, str]:
    """Return a file, or None and why there is none."""
    if card.job.status is not Status.DONE:
        return None, card.job.says or LEFT_OUT[card.job.status]
    try:
        return export(card), ""
    except (InferenceError, StorageError) as error:
        return None, error.says


def _line(card: Card, path: str, data: bytes | None, says: str) -> Line:
    recipe = Recipe.read(card.entry.recipe)
    failed = data is None and card.job.status is Status.DONE
    return Line(
        file=None if data is None else path,
        name=card.entry.name,
        folder=card.entry.folder,
        sha256=card.image.sha256,
        op_key=recipe.op_key,
        recipe=json.loads(recipe.canonical),
        width=card.image.width,
        height=card.image.height,
        bytes=None if data is None else len(data),
        status=Status.ERROR if failed else card.job.status,
        says=says,
    )


def _paths(cards: Sequence[Card], kind: Format) -> list[str]:
    """Where each photo stands in the archive: in its folder, under a name of its own."""
    wanted = [file_path(card.entry.folder, _renamed(card.entry.name, kind)) for card in cards]
    return distinct([MANIFEST, *wanted])[1:]


def _renamed(name: str, kind: Format) -> str:
    return f"{name.rpartition('.')[0] or name}.{kind.extension}"


def _chosen(bench: Sequence[Card], entries: Sequence[str]) -> list[Card]:
    """Return the cards of some entries, or all where none is named. Raises NotFound."""
    if set(entries) - {card.entry.id for card in bench}:
        raise NotFound("One of these photos is not on the workbench (any more).")
    return [card for card in bench if not entries or card.entry.id in entries]


def _format(request: Request) -> Format:
    text = request.query_params.get("format", "png")
    try:
        return Format(text)
    except ValueError as error:
        raise Unfit(
            f"{text!r} is not a format. Use {', '.join(Format)}.", HTTPStatus.UNPROCESSABLE_ENTITY
        ) from error
