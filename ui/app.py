"""Hangs the pages and routes on NiceGUI."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from http import HTTPStatus
from pathlib import Path

from fastapi import Request, Response
from nicegui import app, ui
from starlette.exceptions import HTTPException

from auth.errors import SignedOut
from ui.api.answers import account_of
from ui.api.inbox import Inbox
from ui.api.probes import add_probes
from ui.api.routes import add_routes
from ui.cli.version import version
from ui.components.computer import computer_corner
from ui.components.controls import Click, icon_link
from ui.components.entrance import corner_of, entrance_sheet
from ui.house import House
from ui.keeper import Keeper
from ui.lane import Lane
from ui.members import Members
from ui.pages.account import AccountPage
from ui.pages.keys import HookDesk, KeysPage, keyless
from ui.pages.library import LibraryPage
from ui.pages.photo import PhotoPage
from ui.pages.workbench import Workbench
from ui.refusal import missing
from ui.search import Query
from ui.site import Site
from ui.theme import SHEET, frame, sheet
from ui.words import t, word

HERE = Path(__file__).parent
FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For what has another address once it is another."""


def mount(house: House) -> None:
    """Add pages, routes and files to NiceGUI's app, which somebody else runs."""
    lane = Lane()
    inbox = Inbox(house.home / "inbox")
    add_routes(
        app,
        house.fitting,
        lane,
        inbox=inbox,
        dock=house.dock,
        rates=house.rates,
        fetcher=house.fetcher,
        version=version(),
        signer=house.courier.signer,
    )
    libraries = [library.records for library in house.libraries]
    add_probes(app, lane, house.studio, libraries, house.home, house.metrics_token)
    app.add_static_files("/components", HERE / "components")
    app.add_static_files("/samples", HERE.parent / "assets" / "samples")
    app.on_shutdown(lane.close)
    if house.foreman:
        from ui.api.work import add_work  # noqa: PLC0415 for hosted instances alone

        apart = Lane()
        add_work(app, house.foreman, apart, house.studio.jobs.wake)
        app.on_shutdown(apart.close)
    # NiceGUI would build a page for each address that somebody guesses, and keep it for a minute.
    app.add_exception_handler(HTTPStatus.NOT_FOUND, missing)
    app.add_exception_handler(HTTPException, missing)

    @app.get(SHEET, include_in_schema=False)
    def look() -> Response:
        return Response(sheet(), media_type="text/css", headers=FOR_A_YEAR)

    framed = partial(_framed, house, lane)
    _add_entrances(house, lane, framed)
    _add_keys(house, lane, framed)

    @ui.page("/", dark=None)  # as the system has it, until somebody turns the toggle
    def workbench(request: Request) -> None:
        with framed("Workbench", request) as bar:
            chosen = request.query_params.get("photo", "")
            enter = _way_in(house, request)
            bench = Workbench(house.fitting, account_of(request), lane, bar, chosen, enter)
            if house.hands:
                bench.lend(house.hands)

    @ui.page("/library", dark=None)
    def library(request: Request) -> None:
        keeper = Keeper(house.fitting, account_of(request))
        with framed("Library", request) as bar:
            LibraryPage(keeper, lane, bar, Query.read(request.query_params))

    @ui.page("/library/{image_id}", dark=None)
    def photo(request: Request, image_id: str) -> None:
        keeper = Keeper(house.fitting, account_of(request))
        with framed("Library", request) as bar:
            query = Query.read(request.query_params)
            page = PhotoPage(keeper, lane, bar, query, image_id, enter=_way_in(house, request))
            if house.computer:
                page.follow(house.computer.sync.marks)


def _add_keys(
    house: House, lane: Lane, framed: Callable[[str, Request], AbstractContextManager[ui.element]]
) -> None:
    @ui.page("/keys", dark=None)
    def keys(request: Request) -> None:
        with framed(word("Keys for programs"), request):
            pass
        account = account_of(request)
        if account.owns_computer or account.email:
            records = house.studio.library(account).records
            hooks = HookDesk(records.hooks, account, lane, house.courier.signer)
            KeysPage(records.keys, account, lane, hooks)
        else:
            keyless(house.members)


def _framed(
    house: House, lane: Lane, page: str, request: Request
) -> AbstractContextManager[ui.element]:
    """Build the header, with who is signed in where people can be."""
    if not house.members:
        owner = partial(_owner_corner, house, _address(request))
        return frame(page=page, corner=owner, hands=house.hands)
    token = _token(house, request)
    account = account_of(request)
    terms = house.studio.library(account).records.terms
    balance = partial(lane.run, terms.balance, account.scope)
    corner = corner_of(house.members, account, token, _address(request), balance)
    return frame(page=page, corner=corner, says=t(SignedOut().says) if _ended(request) else "")


def _owner_corner(house: House, address: str) -> None:
    """Build what the owner of a computer finds there, and no visitor of an instance."""
    if house.site:
        return
    icon_link("key", t("Keys for programs"), "/keys").classes("programs")
    if house.computer:
        computer_corner(house.computer, address)()


def _add_entrances(
    house: House,
    lane: Lane,
    framed: Callable[[str, Request], AbstractContextManager[ui.element]],
) -> None:
    if house.computer:
        from ui.api.computer import add_computer  # noqa: PLC0415 imports what verifies tokens

        add_computer(app, house.computer)
    if house.members and house.site:
        _add_entrance(house.members, house.site)
        _add_account(house, house.members, lane, framed)


def _way_in(house: House, request: Request) -> Callable[[], Click] | None:
    """Return what builds a way to sign in, where people can."""
    return partial(entrance_sheet, house.members, _address(request)) if house.members else None


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _ended(request: Request) -> bool:
    return getattr(request.state, "ended", False)


def _token(house: House, request: Request) -> str:
    return request.cookies.get(house.site.cookie, "") if house.site else ""


def _add_entrance(members: Members, site: Site) -> None:
    """Add what an instance has that people can sign in at."""
    from ui.api.entrance import add_entrance  # noqa: PLC0415 imports what verifies tokens

    add_entrance(app, members, site)
    app.on_shutdown(members.close)


def _add_account(
    house: House,
    members: Members,
    lane: Lane,
    framed: Callable[[str, Request], AbstractContextManager[ui.element]],
) -> None:
    @ui.page("/account", dark=None)
    def account(request: Request) -> None:
        with framed(word("Account"), request):
            pass
        keeper = Keeper(house.fitting, account_of(request))
        AccountPage(members, _token(house, request), keeper, lane)
