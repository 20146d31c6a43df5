"""The way out: one cutout, or all of the workbench with a manifest."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from inference.fitting import Fitting
from inference.output import Export, Format, Output
from inference.preset import Preset
from inference.preset_file import SUFFIX
from inference.recipe import Recipe
from inference.recipe_file import SUFFIXES, written
from storage.errors import NotFound
from storage.records import Card, Status
from ui.api.answers import Unfit, account_of, attachment
from ui.api.blobs import id_of
from ui.api.bundle import Bundle
from ui.api.outputs import output_of
from ui.holding import cards_of, draw_from
from ui.lane import Lane
from ui.shipment import Draw, Shipment, members, read_shipment
from ui.template import NoTemplate

PIECE = 1 << 20
"""Bytes that are handed to the server at once."""

MOST_BYTES = 8_000_000
"""Of a form: some two hundred thousand ids."""


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
            lab = await self.lane.run(self.fitting.studio.lab)
            export = await self.lane.run(lab.prints.export, account, entry_id, output)
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
        lab = await self.lane.run(studio.lab)
        file = await self.lane.run(lab.prints.file, account, version_id, Output(kind))
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
        account, name = account_of(request), request.path_params["name"]
        file, data = await self.lane.run(self.fitting.shared, account, name)
        headers = {"Content-Disposition": attachment(file), "Cache-Control": "private, no-store"}
        kind = "application/zip" if file.endswith(SUFFIX) else "application/toml"
        return Response(data, media_type=kind, headers=headers)

    async def all(self, request: Request) -> Response:
        """Send photos of the workbench together: those that a link or a form names."""
        account, studio = account_of(request), self.fitting.studio
        fields, entries = await self._asked(request)
        bench = await self.lane.run(studio.bench, account)
        cards = await self.lane.run(_chosen, bench, entries)

        def draw(card: Card, output: Output) -> Export:
            return studio.lab().prints.export(account, card.entry.id, output)

        return self._together(request, fields, cards, draw)

    async def holdings(self, request: Request) -> Response:
        """Send photos of the library together, each in the version that is shown."""
        account, studio = account_of(request), self.fitting.studio
        fields, images = await self._asked(request)
        cards = await self.lane.run(cards_of, studio, account, images)
        return self._together(request, fields, cards, draw_from(studio, account))

    async def _asked(self, request: Request) -> tuple[dict[str, str], list[str]]:
        body = b"" if request.method == "GET" else await _received(request)
        return await self.lane.run(_wanted, request, body)

    def _together(
        self, request: Request, fields: Mapping[str, str], cards: Sequence[Card], draw: Draw
    ) -> Response:
        try:
            shipment = read_shipment(fields)
        except NoTemplate as error:
            raise Unfit(error.says, HTTPStatus.UNPROCESSABLE_ENTITY) from error
        if not any(card.job.status is Status.DONE for card in cards):
            raise Unfit("No photo is ready to download yet.", HTTPStatus.CONFLICT)
        if "check" in request.query_params:
            return Response(status_code=HTTPStatus.NO_CONTENT)
        headers = {
            "Content-Disposition": attachment("cutouts.zip"),
            "Cache-Control": "private, no-store",
        }
        pieces = packed(cards, shipment, draw)
        return StreamingResponse(self._sent(pieces), media_type="application/zip", headers=headers)

    async def _sent(self, members: Iterator[bytes]) -> AsyncIterator[bytes]:
        while member := await self.lane.run(next, members, b""):
            for start in range(0, len(member), PIECE):
                yield member[start : start + PIECE]


def packed(cards: Sequence[Card], shipment: Shipment, draw: Draw) -> Iterator[bytes]:
    """Yield a ZIP file, a member at a time."""
    bundle = Bundle()
    for member in members(cards, shipment, draw):
        yield bundle.add(member.path, member.data, member.changed_at)
    yield bundle.end()


async def _received(request: Request) -> bytes:
    """Return a form as it was sent, however it tells its size. Raises Unfit."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                raise Unfit("This form is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect as error:
        raise Unfit("The form was broken off.", HTTPStatus.BAD_REQUEST) from error
    return bytes(body)


def _wanted(request: Request, body: bytes) -> tuple[dict[str, str], list[str]]:
    """Return what a link or a form says of an export, and the ids it names; none for all."""
    if request.method == "GET":
        given = request.query_params
        return {"tree": "yes", **given}, given.getlist("entry")
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return form, [one for one in form.get("entries", "").split(",") if one]


def _chosen(bench: Sequence[Card], entries: Sequence[str]) -> list[Card]:
    """Return the cards of some entries, or all where none is named. Raises NotFound."""
    wanted = set(entries)
    if wanted - {card.entry.id for card in bench}:
        raise NotFound("One of these photos is not on the workbench (any more).")
    return [card for card in bench if not wanted or card.entry.id in wanted]


def _format(request: Request) -> Format:
    text = request.query_params.get("format", "png")
    try:
        return Format(text)
    except ValueError as error:
        raise Unfit(
            f"{text!r} is not a format. Use {', '.join(Format)}.", HTTPStatus.UNPROCESSABLE_ENTITY
        ) from error
