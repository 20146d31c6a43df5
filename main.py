"""Settings and wiring: the only place that joins the parts."""

import asyncio
import os
import secrets
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from auth.account import GUEST_PLAN, LOCAL
from auth.errors import NotAllowed, SignedOut
from auth.gate import Gate
from auth.guest import PREFIX, GuestGate
from auth.local import LocalGate
from auth.rates import Act, Rate, Rates, Unmetered
from storage.audit import Audit, FileAudit, NoAudit
from storage.blobs import FileBlobs, write_durably
from storage.dock import FolderDock
from storage.errors import StorageError
from storage.keyring import Keyring
from storage.library import Library
from storage.local import SqliteRecords
from storage.outbox import Outbox
from ui.cli.console import Misused
from ui.cli.credits import Gift, Given, Till
from ui.cli.hosted import contact_of, secret_of, site_of
from ui.cli.program import program
from ui.cli.sweep import Broom, broom_of

if TYPE_CHECKING:
    from auth.account import Account
    from auth.accounts import Accounts
    from inference.checkpoint import Checkpoint
    from inference.inspector import Inspector
    from inference.studio import Studio
    from storage.cloud.instance import Instance
    from ui.computer import Computer
    from ui.house import House
    from ui.members import Members


NEEDS_CLOUD = "With a project in the cloud it needs more: pip install 'coveshot[cloud]'."


class Settings(BaseSettings):
    """Read from the environment, as COVESHOT_HOME and so on; each has a default that works."""

    model_config = SettingsConfigDict(env_prefix="COVESHOT_")

    home: Path = Field(default_factory=lambda: user_data_path("coveshot", appauthor=False))
    models: Path | None = None
    """Where weights are, if not below `home`."""
    device: str = "auto"
    """auto, cuda, coreml, directml or cpu; anything but auto fails instead of falling back."""
    runtime: str = "auto"
    """auto, onnxruntime or openvino: what computes on a CPU."""
    workers: int = Field(default=2, ge=1, le=64)
    """Photos in hand at a time; the network takes them one by one."""
    language: str = "en"
    """Of the pages, as a tag like `de`; English where there is no catalogue for it."""
    locales: Path | None = None
    """Where catalogues are, if not with the program."""

    hosted: bool = False
    """For everybody, behind a proxy, instead of for this computer alone: see docs/hosting.md."""
    secret: SecretStr = SecretStr("")
    """What a hosted instance signs with: 32 random bytes, in hex or Base64."""
    secret_file: Path | None = None
    """A file that has it instead."""
    hosts: str = ""
    """The names that browsers reach a hosted instance by, with commas between them."""
    proxies: str = ""
    """Addresses or networks of proxies that are believed who asks."""
    contact: str = ""
    """An e-mail address or page of whoever runs a hosted instance, for those who need something."""

    decode_apart: bool | None = None
    """Whether photos are opened in a process of their own; without a word, where it is hosted."""
    decode_processes: int = Field(default=2, ge=1, le=16)
    decode_megabytes: int = Field(default=1500, ge=100)
    decode_seconds: float = Field(default=20.0, gt=0)
    """How many such processes there are, and what one photo may take."""
    most_waiting: int = Field(default=100, ge=1)
    """Photos of all visitors that wait to be cut out; more are asked to come later."""
    most_pages: int = Field(default=40, ge=1)
    most_open: int = Field(default=400, ge=1)
    most_open_each: int = Field(default=30, ge=1)
    """Pages that are asked for and not opened yet, that are open, and that one address has open:
    each takes 2 MB."""


class Limits(BaseSettings):
    """How often what is counted may be asked for on a hosted instance, as COVESHOT_LIMIT_PAGES.

    By one address, and by one account that does not pay; `_near` is for a network of 256 addresses
    (ten times as often if empty), `_paid` for accounts that pay (a hundred times).
    """

    model_config = SettingsConfigDict(env_prefix="COVESHOT_LIMIT_")

    pages: str = "60/minute;600/hour"
    reads: str = "6000/minute"
    uploads: str = "20/hour;100/day"
    uploads_near: str = "200/day"
    uploads_paid: str = "2000/hour"
    cuts: str = "40/hour;200/day"
    api: str = "120/minute"
    sign_ins: str = "10/minute;50/hour"


class Supabase(BaseSettings):
    """The project of a hosted instance, or that a computer's library is synced to.

    Without it everything is on this computer.
    """

    model_config = SettingsConfigDict(env_prefix="SUPABASE_")

    url: str = ""
    """As in https://abcdefghij.supabase.co"""
    publishable_key: SecretStr = SecretStr("")
    """What everybody may know: a user shows it together with a token."""
    secret_key: SecretStr = SecretStr("")
    """What the server alone has; it may do everything."""
    providers: str = ""
    """Other sites that people may sign in with, as the project has them: google,github"""


def build(settings: Settings) -> "House":
    """Join the parts. Raises StorageError, DeviceMissing, and Misused for what is unsafe."""
    site = site_of(settings.hosts, settings.proxies) if settings.hosted else None
    secret = secret_of(settings.secret.get_secret_value(), settings.secret_file) if site else b""
    # What `coveshot --version` does not wait for.
    from inference.engine import Engine  # noqa: PLC0415
    from inference.fitting import Fitting  # noqa: PLC0415
    from inference.line import Line  # noqa: PLC0415
    from inference.presets import Presets  # noqa: PLC0415
    from inference.session import Opener  # noqa: PLC0415
    from inference.studio import Studio  # noqa: PLC0415
    from inference.weights import Weights  # noqa: PLC0415
    from inference.worker import Workers  # noqa: PLC0415
    from ui.house import House, Room  # noqa: PLC0415

    home = settings.home.expanduser().absolute()
    blobs = FileBlobs(home / "library")
    records = SqliteRecords(home / "library.sqlite")
    dock = FolderDock(home / "dock")
    library = Library(records, blobs, expire=lambda: _end_visits(records), dock=dock)
    weights = Weights(settings.models or home / "models")
    engine = Engine(weights, Opener(settings.device, settings.runtime))
    rates = _rates() if site else Unmetered()
    instance = _instance_of(Supabase()) if site else None
    studio = Studio(
        weights=weights,
        engine=engine,
        library_for=_library_for(library, instance),
        checkpoint=_checkpoint(settings, home),
        line=Line(settings.most_waiting if site else None, rates),
    )
    gate: Gate = GuestGate(secret) if site else LocalGate(_secret(home / "secret"))
    contact = contact_of(settings.contact)
    members = _members_of(Supabase(), gate, home, secret, contact) if site else None
    computer = None if site else _computer_of(Supabase(), gate, records.outbox, blobs)
    return House(
        home=home,
        account=LOCAL,
        gate=members.accounts if members else gate,
        studio=studio,
        library=library,
        blobs=blobs,
        dock=dock,
        keyring=Keyring(records, *([instance.library.records] if instance else [])),
        workers=Workers(
            studio, library, *([instance.library] if instance else []), threads=settings.workers
        ),
        fitting=Fitting(studio, Presets(home / "presets")),
        language=settings.language,
        locales=settings.locales,
        site=site,
        rates=rates,
        room=Room(settings.most_pages, settings.most_open, settings.most_open_each)
        if site
        else None,
        members=members,
        computer=computer,
        inspector=_inspector_of(instance, studio) if instance else None,
        leave_cloud=instance.close if instance else lambda: None,
    )


def _library_for(own: Library, instance: "Instance | None") -> "Callable[[Account], Library]":
    """Return where the photos of an account are: all that differs from one account to another."""
    if instance is None:
        return lambda _: own
    hosted = instance.library
    return lambda account: own if account.owns_computer else hosted


def cli() -> None:
    """Run the program."""
    # Pillow warns of odd tags on stderr; what matters about a file is said in a sentence.
    warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
    program(
        lambda: build(_settings()),
        lambda: _settings().hosted,
        lambda: _broom_of(Supabase()) or broom_of(build(_settings())),
        lambda: _till_of(Supabase()),
    )(prog_name="coveshot")


def _members_of(
    supabase: Supabase, visits: Gate, home: Path, secret: bytes, contact: str
) -> "Members | None":
    """Return what people sign in with, if a project is given. Raises Misused."""
    key = supabase.publishable_key.get_secret_value()
    if not key:
        return None
    if not supabase.url:
        raise Misused("There is a SUPABASE_PUBLISHABLE_KEY, and no SUPABASE_URL to go with it.")
    try:
        from auth.instance import open_accounts  # noqa: PLC0415 for hosted instances alone
    except ImportError as error:
        raise Misused(NEEDS_CLOUD) from error
    from storage.cloud.books import SupabaseBooks  # noqa: PLC0415
    from storage.cloud.project import Project  # noqa: PLC0415
    from ui.members import Members  # noqa: PLC0415

    project = Project(supabase.url, key)
    file = home / "sessions.sqlite"
    accounts, close = open_accounts(supabase.url, key, visits=visits, file=file, secret=secret)
    server = _server_of(supabase)

    async def leave() -> None:
        await close()
        project.close()

    return Members(
        accounts,
        _providers(supabase),
        adopt=lambda visit, user: server("adopt", {"p_visit": visit, "p_scope": user}),
        erase=lambda user: server("erase_mark", {"p_scope": user}),
        takeout=lambda account, access: _takeout(supabase, account, access),
        books=SupabaseBooks(project, key),
        contact=contact,
        close=leave,
    )


def _computer_of(
    supabase: Supabase, owner: Gate, outbox: Outbox, blobs: FileBlobs
) -> "Computer | None":
    """Return what the owner of this computer signs in with, if a project is given. Raises Misused.

    Nothing of it is asked before somebody signs in.
    """
    key, url = supabase.publishable_key.get_secret_value(), supabase.url
    if not (key and url):
        return None
    if not all(find_spec(needed) for needed in ("supabase_auth", "jwt")):
        raise Misused(NEEDS_CLOUD)
    from auth.desktop import DESKTOP, Desktop, Doorway  # noqa: PLC0415
    from storage.sync import Carrier, Sync, Ticket  # noqa: PLC0415
    from ui.computer import Computer  # noqa: PLC0415

    def opened() -> Doorway:
        from auth.instance import open_desktop  # noqa: PLC0415 takes half a second

        return open_desktop(url, key, owner=owner)

    async def ticket(accounts: "Accounts") -> Ticket:
        access = await accounts.access(DESKTOP)
        account = await accounts.who(DESKTOP)
        if account is None:
            raise SignedOut
        return Ticket(account.id, access, keeps=account.plan.kept_hours is None)

    def carrier() -> Carrier:
        from storage.cloud.carrier import SupabaseCarrier  # noqa: PLC0415 takes half a second
        from storage.cloud.project import Project  # noqa: PLC0415

        return SupabaseCarrier(Project(url, key), key, outbox)

    desktop = Desktop(opened, on_change=lambda: sync.wake())  # noqa: PLW0108 made below
    sync = Sync(
        outbox,
        blobs,
        whose=lambda: desktop.user_id,
        ticket=lambda: desktop.asked(ticket),
        carrier=carrier,
    )
    return Computer(desktop, _providers(supabase), sync)


def _inspector_of(instance: "Instance", studio: "Studio") -> "Inspector":
    from inference.inspector import Inspector  # noqa: PLC0415 for hosted instances alone

    return Inspector(instance.arrivals, instance.blobs, studio.checkpoint)


def _server_of(supabase: Supabase) -> "Callable[[str, dict[str, object]], Awaitable[None]]":
    """Return what calls a rule of the database as the server. It raises NotAllowed."""

    async def call(function: str, arguments: dict[str, object]) -> None:
        key = supabase.secret_key.get_secret_value()
        if not key:
            raise NotAllowed("This is not possible here. Write to those who run this site.")
        from storage.cloud.door import SupabaseDoor  # noqa: PLC0415
        from storage.cloud.project import Project  # noqa: PLC0415

        project = Project(supabase.url, key)
        try:
            await asyncio.to_thread(SupabaseDoor(project).call, function, arguments)
        except StorageError as error:
            raise NotAllowed(error.says) from error
        finally:
            project.close()

    return call


def _providers(supabase: Supabase) -> tuple[str, ...]:
    return tuple(one.strip() for one in supabase.providers.split(",") if one.strip())


def _takeout(supabase: Supabase, account: "Account", access: str) -> "Iterator[bytes]":
    from storage.cloud.project import Project  # noqa: PLC0415
    from storage.cloud.takeout import takeout  # noqa: PLC0415

    project = Project(supabase.url, supabase.secret_key.get_secret_value())
    publishable = supabase.publishable_key.get_secret_value()
    return takeout(project, publishable, account, access)


def _instance_of(supabase: Supabase) -> "Instance | None":
    """Return the hosted instance as its server has it, if a project is given. Raises Misused."""
    key = supabase.secret_key.get_secret_value()
    if not key:
        return None
    if not supabase.url:
        raise Misused("There is a SUPABASE_SECRET_KEY, and no SUPABASE_URL to go with it.")
    try:
        from storage.cloud.instance import open_instance  # noqa: PLC0415 for hosted instances alone
    except ImportError as error:
        raise Misused(NEEDS_CLOUD) from error
    return open_instance(supabase.url, key)


def _broom_of(supabase: Supabase) -> Broom | None:
    """Return what sweeps the hosted instance, if its project is given. Raises Misused."""
    instance = _instance_of(supabase)
    if instance is None:
        return None
    return Broom(f"the hosted instance at {instance.url}", instance.sweep.run, instance.close)


def _till_of(supabase: Supabase) -> Till:
    """Return what gives credits on the hosted instance. Raises Misused."""
    instance = _instance_of(supabase)
    if instance is None:
        raise Misused(
            "Credits are for a hosted instance. Set SUPABASE_URL and SUPABASE_SECRET_KEY: see "
            "docs/hosting.md"
        )
    door = instance.door

    def give(gift: Gift) -> Given:
        booked = door.call(
            "grant_credits",
            {
                "p_scope": door.call("scope_of", {"p_email": gift.email}),
                "p_amount": gift.amount,
                "p_kind": "grant",
                "p_key": gift.key,
                "p_reason": gift.reason,
            },
        )
        return Given(booked["applied"], booked["balance"])

    return Till(give, instance.close)


def _end_visits(records: SqliteRecords) -> None:
    """Forget what visitors of a hosted instance have sent, as its pages say."""
    hours = GUEST_PLAN.kept_hours or 0
    records.trash.purge_visits(PREFIX, time.time() - hours * 3600)


def _checkpoint(settings: Settings, home: Path) -> "Checkpoint":
    """Raises Misused where there are no such processes."""
    from inference.checkpoint import Checkpoint  # noqa: PLC0415

    audit: Audit = FileAudit(home / "audit.jsonl") if settings.hosted else NoAudit()
    if settings.hosted if settings.decode_apart is None else settings.decode_apart:
        if os.name != "posix":
            raise Misused("Processes that open photos are there on Linux and macOS alone.")
        from inference.darkroom import Darkroom  # noqa: PLC0415

        reader = Darkroom(
            settings.decode_processes,
            megabytes=settings.decode_megabytes,
            seconds=settings.decode_seconds,
        )
        return Checkpoint(reader, audit=audit)
    return Checkpoint(audit=audit)


def _rates() -> Rates:
    """Raises Misused."""
    from auth.metered import Metered  # noqa: PLC0415 for hosted instances alone

    try:
        return Metered(_as_rates(Limits().model_dump()))
    except ValueError as error:
        raise Misused(f"A COVESHOT_LIMIT_ cannot be used: {error}. Say 20/hour;100/day.") from error


def _as_rates(texts: dict[str, str]) -> dict[Act, Rate]:
    def rate(name: str) -> Rate:
        return Rate(texts[name], texts.get(f"{name}_near", ""), texts.get(f"{name}_paid", ""))

    return {act: rate(act.value) for act in Act}


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"COVESHOT_{first['loc'][0]}".upper()
        raise Misused(f"{name}={first['input']} cannot be used: {first['msg']}.") from error


def _secret(file: Path) -> bytes:
    """Return what this computer's tokens are derived from; made once, for its owner's eyes only."""
    if not file.exists():
        write_durably(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


if __name__ in {"__main__", "__mp_main__"}:
    cli()
