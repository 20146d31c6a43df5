"""Wiring: the only place that joins the parts."""

import os
import secrets
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from auth.account import GUEST_PLAN, LOCAL
from auth.gate import Gate
from auth.guest import PREFIX, GuestGate
from auth.local import LocalGate
from auth.rates import Rates, Unmetered
from storage.audit import Audit, FileAudit, NoAudit
from storage.blobs import FileBlobs, write_durably
from storage.dock import FolderDock
from storage.errors import NotAllowed
from storage.keyring import Keyring
from storage.library import Library
from storage.local import SqliteRecords
from storage.outbox import Outbox
from ui.cli.console import Misused
from ui.cli.credits import Till, till_of
from ui.cli.hosted import contact_of, endpoint_of, instance_at, secret_of, site_of, token_of
from ui.cli.program import program
from ui.cli.sweep import Broom, broom_of
from ui.cli.worker import Crew
from ui.courier import Courier, Signer
from ui.logs import keep_log
from ui.settings import RateLimits, Settings, Supabase, read_settings

if TYPE_CHECKING:
    from auth.account import Account
    from inference.checkpoint import Checkpoint
    from inference.engine import Opening
    from inference.foreman import Foreman
    from inference.inspector import Inspector
    from inference.studio import Studio
    from inference.waker import Waker
    from storage.cloud.instance import Instance
    from ui.api.fetcher import Fetcher
    from ui.computer import Computer
    from ui.house import House
    from ui.members import Members


NEEDS_CLOUD = "With a project in the cloud it needs more: pip install 'coveshot[cloud]'."


def build(settings: Settings) -> "House":
    """Join the parts. Raises StorageError, DeviceMissing, and Misused for what is unsafe."""
    keep_log(settings.log)
    site = site_of(settings.hosts, settings.proxies) if settings.hosted else None
    secret = secret_of(settings.secret.get_secret_value(), settings.secret_file) if site else b""
    # What `coveshot --version` does not wait for.
    from inference.engine import Engine  # noqa: PLC0415
    from inference.fitting import Fitting  # noqa: PLC0415
    from inference.line import Line  # noqa: PLC0415
    from inference.presets import Presets  # noqa: PLC0415
    from inference.session import Opener  # noqa: PLC0415
    from inference.stock import unpack  # noqa: PLC0415
    from inference.studio import Studio  # noqa: PLC0415
    from inference.weights import Weights  # noqa: PLC0415
    from inference.worker import Workers  # noqa: PLC0415
    from ui.house import House, Room  # noqa: PLC0415

    home = settings.home
    blobs = FileBlobs(home / "library")
    records = SqliteRecords(home / "library.sqlite")
    dock = FolderDock(home / "dock")
    library = Library(
        records,
        blobs,
        expire=lambda: _end_visits(records),
        dock=dock,
        clean=_scrubbed if site else lambda file, _: file,
    )
    weights = Weights(settings.models or home / "models")
    unpack(weights)
    engine = Engine(weights, Opener(settings.device, settings.runtime))
    rates = _rates() if site else Unmetered()
    instance = _instance_of(Supabase()) if site else None
    cloud = [instance.library] if instance else []
    elsewhere = settings.compute == "elsewhere"
    studio = Studio(
        weights=weights,
        engine=engine,
        library_for=_library_for(library, instance),
        checkpoint=_checkpoint(settings, home),
        line=Line(settings.most_waiting if site else None, rates),
        elsewhere=elsewhere,
    )
    secret = secret if site else _secret(home / "secret")
    gate: Gate = GuestGate(secret) if site else LocalGate(secret)
    contact = contact_of(settings.contact)
    members = (
        _members_of(Supabase(), instance, gate, (home / "sessions.sqlite", secret), contact)
        if site
        else None
    )
    computer = None if site else _computer_of(Supabase(), gate, records.outbox, blobs)
    return House(
        home=home,
        account=LOCAL,
        gate=members.accounts if members else gate,
        studio=studio,
        library=library,
        blobs=blobs,
        dock=dock,
        keyring=Keyring(records, *(one.records for one in cloud)),
        workers=Workers(
            studio,
            library,
            *(() if elsewhere else cloud),
            watched=cloud if elsewhere else (),
            threads=settings.workers,
        ),
        foreman=_foreman_of(settings, instance),
        courier=Courier([one.records for one in (library, *cloud)], Signer(secret), studio.meter),
        waker=_waker_of(settings, instance),
        fitting=Fitting(studio, Presets(home / "presets")),
        language=settings.language,
        locales=settings.locales,
        site=site.beside(instance.url) if site and instance else site,
        rates=rates,
        room=Room(settings.most_pages, settings.most_open, settings.most_open_each)
        if site
        else None,
        members=members,
        computer=computer,
        fetcher=_fetcher(fetches=bool(site) if settings.fetch is None else settings.fetch),
        inspector=_inspector_of(instance, studio) if instance else None,
        hosted=instance.library if instance else None,
        metrics_token=settings.metrics_token.get_secret_value(),
        leave_cloud=instance.close if instance else lambda: None,
    )


def _fetcher(*, fetches: bool) -> "Fetcher | None":
    if not fetches:
        return None
    from ui.api.fetcher import Fetcher  # noqa: PLC0415 a client for HTTP that few need

    return Fetcher()


def _foreman_of(settings: Settings, instance: "Instance | None") -> "Foreman | None":
    """Return who hands work out, where others compute. Raises Misused."""
    if settings.compute == "here":
        return None
    if instance is None:
        raise Misused(
            f"COVESHOT_COMPUTE={settings.compute} is for a hosted instance with a project: set "
            "SUPABASE_URL and SUPABASE_SECRET_KEY, see docs/scaling.md"
        )
    from inference.foreman import Foreman  # noqa: PLC0415 for hosted instances alone

    token = token_of(settings.worker_token.get_secret_value())
    return Foreman(instance.library, instance.blobs, token)


def open_crew(settings: Settings, opener: "Opening | None" = None) -> Crew:
    """Return what works for an instance elsewhere. Raises Misused, DeviceMissing."""
    keep_log(settings.log)
    from inference.engine import Engine  # noqa: PLC0415
    from inference.session import Opener  # noqa: PLC0415
    from inference.studio import Studio  # noqa: PLC0415
    from inference.weights import Weights  # noqa: PLC0415
    from inference.worker import Workers  # noqa: PLC0415
    from inference.yard import Yard  # noqa: PLC0415

    home = settings.home
    weights = Weights(settings.models or home / "models")
    engine = Engine(weights, opener or Opener(settings.device, settings.runtime))
    yard = Yard(instance_at(settings.instance), token_of(settings.worker_token.get_secret_value()))
    studio = Studio(
        weights=weights,
        engine=engine,
        library_for=_nobodys,
        checkpoint=_checkpoint(settings.model_copy(update={"hosted": os.name == "posix"}), home),
    )
    return Crew(
        yard.url,
        studio,
        lambda once: Workers(studio, yard, threads=settings.workers, once=once),
        yard.close,
    )


def _waker_of(settings: Settings, instance: "Instance | None") -> "Waker | None":
    """Return who wakes workers that sleep, where there are any. Raises Misused."""
    if not settings.wake_url:
        return None
    if instance is None or settings.compute == "here":
        raise Misused("COVESHOT_WAKE_URL is for COVESHOT_COMPUTE=elsewhere or both.")
    from inference.runpod import runpod  # noqa: PLC0415 for hosted instances alone
    from inference.waker import Waker  # noqa: PLC0415

    return Waker(
        runpod(endpoint_of(settings.wake_url), settings.wake_key.get_secret_value()),
        instance.library.records.ahead,
        most=settings.wake_most,
        each=settings.wake_each,
    )


def _nobodys(_: "Account") -> Library:
    raise NotAllowed("A worker keeps nothing for anybody.")


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
        lambda: build(read_settings()),
        lambda: read_settings().hosted,
        lambda: _broom_of(Supabase()) or broom_of(build(read_settings())),
        lambda: _till_of(Supabase()),
        lambda: open_crew(read_settings()),
        lambda: read_settings().home,
    )(prog_name="coveshot")


def _members_of(
    supabase: Supabase,
    instance: "Instance | None",
    visits: Gate,
    vault: tuple[Path, bytes],
    contact: str,
) -> "Members | None":
    """Return what people sign in with, if a project is given. Raises Misused."""
    key = supabase.publishable_key.get_secret_value()
    if not key:
        return None
    if not supabase.url:
        raise Misused("There is a SUPABASE_PUBLISHABLE_KEY, and no SUPABASE_URL to go with it.")
    try:
        from auth.instance import open_accounts  # noqa: PLC0415
        from ui.membership import open_members  # noqa: PLC0415 for hosted instances alone
    except ImportError as error:
        raise Misused(NEEDS_CLOUD) from error

    file, secret = vault
    return open_members(
        supabase.url,
        key,
        open_accounts(supabase.url, key, visits=visits, file=file, secret=secret),
        instance=instance,
        providers=supabase.provider_names,
        contact=contact,
    )


def _computer_of(
    supabase: Supabase, owner: Gate, outbox: Outbox, blobs: FileBlobs
) -> "Computer | None":
    """Return what the owner of this computer signs in with, if a project is given. Raises Misused.

    Nothing of it is asked before somebody signs in.
    """
    key = supabase.publishable_key.get_secret_value()
    if not (key and supabase.url):
        return None
    if not all(find_spec(needed) for needed in ("supabase_auth", "jwt")):
        raise Misused(NEEDS_CLOUD)
    from ui.pairing import open_computer  # noqa: PLC0415 for computers that sync alone

    providers = supabase.provider_names
    return open_computer(supabase.url, key, providers, owner=owner, outbox=outbox, blobs=blobs)


def _inspector_of(instance: "Instance", studio: "Studio") -> "Inspector":
    from inference.inspector import Inspector  # noqa: PLC0415 for hosted instances alone

    return Inspector(instance.arrivals, instance.blobs, studio.checkpoint)


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
    return open_instance(supabase.url, key, _scrubbed)


def _scrubbed(file: Path, mime: str) -> bytes:
    """Return a photo of somebody else without what it tells beside the picture."""
    from inference.scrub import scrubbed_file  # noqa: PLC0415 for hosted instances alone

    return scrubbed_file(file, mime)


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
    return till_of(instance.door, instance.close)


def _rates() -> Rates:
    """Raises Misused."""
    from auth.metered import Metered  # noqa: PLC0415 for hosted instances alone

    try:
        return Metered(RateLimits().rates())
    except ValueError as error:
        raise Misused(f"A COVESHOT_LIMIT_ cannot be used: {error}. Say 20/hour;100/day.") from error


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


def _secret(file: Path) -> bytes:
    """Return what this computer's tokens are derived from; made once, for its owner's eyes only."""
    if not file.exists():
        write_durably(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()


if __name__ in {"__main__", "__mp_main__"}:
    cli()
