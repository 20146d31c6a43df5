"""Hangs the routes for pictures and files beside the pages."""

from fastapi import FastAPI

from auth.keys import CUT, KEEP, READ
from auth.rates import Rates, Unmetered
from inference.fitting import Fitting
from inference.reception import Reception
from storage.dock import FolderDock
from ui.api.answers import Route, spoken
from ui.api.archive import Archive
from ui.api.blobs import Blobs
from ui.api.brush import Brush
from ui.api.closeups import close_look
from ui.api.contract import Contract
from ui.api.description import Described
from ui.api.events import Beat, Events
from ui.api.fetcher import Fetcher, NoFetcher
from ui.api.health import Health
from ui.api.hooks import Hooks
from ui.api.inbox import Inbox
from ui.api.intake import Intakes
from ui.api.listing import Listing
from ui.api.removebg import MOST_IN_HAND, RemoveBg
from ui.api.spoken import to_programs
from ui.api.strip import Strip
from ui.api.theirs import in_their_words
from ui.api.uploads import Uploads
from ui.courier import Signer
from ui.lane import Lane


def add_routes(  # noqa: PLR0913 what the routes are made of
    app: FastAPI,
    fitting: Fitting,
    lane: Lane,
    *,
    inbox: Inbox,
    dock: FolderDock,
    version: str,
    signer: Signer,
    rates: Rates = Unmetered(),  # noqa: B008 empty
    most_requests: int = MOST_IN_HAND,
    fetcher: Fetcher | None = None,
    beat: Beat = Beat(),  # noqa: B008 frozen
) -> None:
    """Add them, and clear away what an earlier run has left in the inbox.

    All need the account that the guard finds, by a cookie or by a key. Without a `fetcher`
    pictures are not fetched from elsewhere.
    """
    inbox.sweep()
    dock.sweep()
    studio = fitting.studio
    uploads, strip = Uploads(fitting, lane, inbox), Strip(studio, lane)
    brush = Brush(studio, lane, inbox)
    blobs, archive, listing = Blobs(studio, lane), Archive(fitting, lane), Listing(studio, lane)
    own: dict[tuple[str, str], Route] = {
        ("POST", "/upload"): uploads.take,
        ("POST", "/pictures"): uploads.take_picture,
        ("GET", "/photos/{image_id}/preview.webp"): blobs.photo_preview,
        ("GET", "/versions/{version_id}/preview.webp"): blobs.version_preview,
        ("GET", "/versions/{version_id}/thumb.webp"): blobs.thumbnail,
        ("GET", "/entries/{entry_id}/looks/{key}/preview.webp"): blobs.look_preview,
        ("GET", "/entries/{entry_id}/models/{model}/preview.webp"): blobs.trial,
        ("GET", "/entries/{entry_id}/download"): archive.one,
        ("GET", "/entries/{entry_id}/recipe"): archive.recipe,
        ("GET", "/presets/{name}"): archive.preset,
        ("POST", "/presets/{name}"): uploads.take_preset,
        ("GET", "/download.zip"): archive.all,
        ("POST", "/download.zip"): archive.all,
        ("POST", "/library.zip"): archive.holdings,
        ("POST", "/entries/{entry_id}/strokes"): brush.save,
        ("GET", "/entries/{entry_id}/strokes.png"): brush.strokes,
        ("GET", "/entries/{entry_id}/parts/{spot}.png"): brush.part,
        ("GET", "/strip"): strip.read,
        ("GET", "/listing/survey.json"): listing.survey,
        ("GET", "/listing/page.json"): listing.page,
        ("GET", "/listing/ids.json"): listing.ids,
        ("GET", "/photos/{image_id}/versions/{version_id}/download"): archive.version,
    }
    own |= close_look(studio, lane)
    for (method, path), route in own.items():
        app.add_api_route(path, spoken(route), methods=[method], include_in_schema=False)
    intakes = Intakes(Reception(studio, rates), lane, inbox, dock)
    hooks = Hooks(studio, lane, signer)
    programs: dict[tuple[str, str], tuple[Route, str]] = {
        ("POST", "/intake"): (intakes.announce, CUT),
        ("PUT", "/put/{name}"): (intakes.put, ""),
        ("POST", "/jobs/{job_id}/uploaded"): (intakes.uploaded, CUT),
        ("GET", "/jobs/{job_id}"): (intakes.job, READ),
        ("DELETE", "/jobs/{job_id}"): (intakes.cancel, CUT),
        ("GET", "/jobs/{job_id}/events"): (Events(intakes, beat).follow, READ),
        ("GET", "/outputs/{output_id}/cutout.png"): (intakes.cutout, READ),
        ("GET", "/outputs/{version_id}/thumb.webp"): (blobs.thumbnail, READ),
        ("POST", "/outputs/promote"): (intakes.promote, KEEP),
        ("GET", "/hooks"): (hooks.all, CUT),
        ("POST", "/hooks"): (hooks.add, CUT),
        ("DELETE", "/hooks/{hook_id}"): (hooks.remove, CUT),
    }
    for (method, path), (route, right) in programs.items():
        told = to_programs(route, right)
        app.add_api_route(path, told, methods=[method], include_in_schema=False)
    removebg = RemoveBg(studio, lane, inbox, fetcher or NoFetcher(), most_requests)
    theirs: dict[tuple[str, str], Route] = {
        ("POST", "/v1.0/removebg"): removebg.remove,
        ("GET", "/v1.0/account"): removebg.show_account,
    }
    for (method, path), route in theirs.items():
        app.add_api_route(path, in_their_words(route), methods=[method], include_in_schema=False)
    for path, document in (
        ("/v1.0/openapi.json", Described(version, fetches=bool(fetcher)).read),
        ("/openapi.json", Contract(version, fetches=bool(fetcher)).read),
    ):
        app.add_api_route(path, document, methods=["GET"], include_in_schema=False)
    health = Health(version)
    app.add_api_route("/healthz", health.read, methods=["GET"])
    app.add_api_route("/healthz", health.read, methods=["HEAD"], include_in_schema=False)
