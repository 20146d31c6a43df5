"""The library of a hosted instance: each object where its row says it is, whoever's plan it is."""

import hashlib
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from auth.account import GUEST_PLAN, Account
from storage.errors import Gone, LostLease, NotAllowed, OutOfCredits
from storage.library import Library
from storage.records import Entry, Job, Note, Order, Original, Version
from tests.ground.server import Server, sign_up
from tests.ground.site import Site

HOUR = 3600.0
ORDER = Order(key="white", op_key="cut:white", recipe='{"model": "net"}')
VISIT = "visit-0123456789abcdef0123456789abcdef"


@pytest.fixture
def library(site: Site) -> Library:
    return Library(site.records, site.blobs)


def account(scope: str) -> Account:
    return Account(id=scope, scope=scope, plan=GUEST_PLAN)


def admitted(library: Library, scope: str, folder: Path, data: bytes = b"original") -> Job:
    file = folder / "vase.png"
    file.write_bytes(data)
    original = Original(
        sha256=hashlib.sha256(data).hexdigest(),
        mime="image/png",
        extension="png",
        width=4,
        height=3,
        bytes=len(data),
    )
    return library.admit(account(scope), original, file, ORDER, "vase.png")


def started(library: Library) -> Job:
    job = library.records.start("worker")
    assert job
    return job


def made(library: Library, job: Job) -> Version:
    """Let a started job be done, with a matte and strokes beside it."""
    library.keep_matte(job, "net-f32", b"matte", Note())
    library.keep_strokes(job.scope, job.image_id, b"strokes")
    done = library.finish(job, b"cutout", b"thumbnail", size=(4, 3))
    return library.records.version(job.scope, str(done.version_id))


def kept(library: Library, scope: str, folder: Path) -> Version:
    admitted(library, scope, folder)
    return made(library, started(library))


def stored(site: Site) -> set[str]:
    return {name for name, _ in site.blobs.listing()}


@pytest.mark.parametrize(("plan", "buckets"), [
    ("", {"uploads-ephemeral", "outputs-ephemeral"}),
    ("free", {"uploads-ephemeral", "outputs-ephemeral"}),
    ("paid", {"user-library"}),
])  # fmt: skip
def test_each_plan_has_its_objects_in_its_buckets(
    site: Site, library: Library, tmp_path: Path, plan: str, buckets: set[str]
) -> None:
    scope = sign_up(site.gateway.ground, plan, balance=1) if plan else VISIT
    version = kept(library, scope, tmp_path)

    assert stored(site) == set(library.records.objects())
    assert {name.partition("/")[0] for name in stored(site)} == buckets
    assert library.cutout(scope, version.id) == b"cutout"
    assert library.original(scope, version.image_id) == b"original"
    held = library.records.holdings.holding(scope, version.image_id)
    assert (held.expires_at is None) == (plan == "paid")


def test_a_second_attempt_takes_the_place_of_a_killed_one(
    site: Site, library: Library, tmp_path: Path
) -> None:
    admitted(library, VISIT, tmp_path)
    first = started(library)
    for path in library.records.names.output(first, "0" * 32):
        site.blobs.put(path, b"of a killed one")
    library.records.release("worker")
    version = made(library, started(library))

    assert library.cutout(VISIT, version.id) == b"cutout"
    with pytest.raises(LostLease):
        library.finish(replace(first, fence=7), b"late", b"late", size=(4, 3))
    assert library.thumbnail(VISIT, version.id) == b"thumbnail"
    assert stored(site) == set(library.records.objects())


def test_what_is_adopted_while_it_is_cut_out_is_the_members_when_it_is_done(
    site: Site, library: Library, tmp_path: Path
) -> None:
    admitted(library, VISIT, tmp_path)
    job = started(library)
    member = sign_up(site.gateway.ground, "free")
    library.records.place(entry(job))
    assert site.door.call("adopt", {"p_visit": VISIT, "p_scope": member}) == 1
    assert site.door.call("adopt", {"p_visit": VISIT, "p_scope": member}) == 0
    library.keep_matte(job, "net-f32", b"matte", Note())
    done = library.finish(job, b"cutout", b"thumbnail", size=(4, 3))

    assert library.cutout(member, str(done.version_id)) == b"cutout"
    [card] = library.records.bench(member)
    assert card.job.version_id == done.version_id
    assert card.expires_at
    assert library.records.bench(VISIT) == []


def test_a_result_stays_seven_days_once_however_often_it_is_asked_for(
    site: Site, library: Library, tmp_path: Path
) -> None:
    member = sign_up(site.gateway.ground, "free")
    version = kept(library, member, tmp_path)
    for _ in range(2):
        library.records.terms.keep_longer(member, version.id)

    held = library.records.holdings.holding(member, version.image_id)
    assert held.expires_at
    assert held.expires_at - version.created_at == pytest.approx(168 * HOUR, abs=60)
    visited = kept(library, VISIT, tmp_path)
    with pytest.raises(NotAllowed, match="Sign up"):
        library.records.terms.keep_longer(VISIT, visited.id)


def test_promoting_keeps_everything_of_a_result_and_costs_once(
    site: Site, library: Library, tmp_path: Path
) -> None:
    member = sign_up(site.gateway.ground, "free", balance=1)
    version = kept(library, member, tmp_path)
    raise_plan(site, member)
    assert library.records.terms.cost(member, version.id) == 1
    for _ in range(2):
        library.promote(member, version.id)

    assert library.records.terms.cost(member, version.id) == 0
    assert library.records.terms.balance(member) == 0
    assert library.cutout(member, version.id) == b"cutout"
    assert library.matte(version.image_id, "net-f32")
    held = library.records.holdings.holding(member, version.image_id)
    assert held.expires_at is None
    assert all(name.startswith("user-library/") for name in library.records.objects())


def test_without_credits_a_promotion_is_refused_whole(
    site: Site, library: Library, tmp_path: Path
) -> None:
    member = sign_up(site.gateway.ground, "free")
    version = kept(library, member, tmp_path)
    before = stored(site)
    raise_plan(site, member)
    with pytest.raises(OutOfCredits):
        library.promote(member, version.id)

    assert stored(site) == before
    assert library.cutout(member, version.id) == b"cutout"


def test_a_photo_that_credits_do_not_reach_for_leaves_nothing(
    site: Site, library: Library, tmp_path: Path
) -> None:
    member = sign_up(site.gateway.ground, "paid", balance=1)
    admitted(library, member, tmp_path)
    assert library.records.terms.balance(member) == 0
    with pytest.raises(OutOfCredits):
        admitted(library, member, tmp_path, b"another")
    assert stored(site) == set(library.records.objects())

    job = started(library)
    library.records.fail(job, "It could not be opened.")
    assert library.records.terms.balance(member) == 1
    admitted(library, member, tmp_path, b"another")
    assert library.records.terms.balance(member) == 0


def test_what_has_ended_is_gone_for_whoever_wants_to_keep_it(
    site: Site, library: Library, tmp_path: Path
) -> None:
    member = sign_up(site.gateway.ground, "free")
    version = kept(library, member, tmp_path)
    with psycopg.connect(site.gateway.over) as rows:
        rows.execute("update public.images set expires_at = now() - interval '1 minute'")
    server = Server(site.gateway.ground)
    server.call("claim_expired", most=10)
    server.close()

    with pytest.raises(Gone):
        library.records.terms.keep_longer(member, version.id)
    with pytest.raises(Gone):
        library.promote(member, version.id)


def raise_plan(site: Site, scope: str) -> None:
    with psycopg.connect(site.gateway.ground) as rows:
        rows.execute("update public.profiles set plan_id = 'paid' where user_id = %s", (scope,))


def entry(job: Job) -> Entry:
    return Entry(
        id="e" * 32,
        scope=job.scope,
        image_id=job.image_id,
        job_id=job.id,
        name="vase.png",
        folder="",
        recipe="{}",
        created_at=1.0,
    )


def test_an_archived_version_is_drawn_again_at_no_cost(
    site: Site, library: Library, tmp_path: Path
) -> None:
    scope = sign_up(site.gateway.ground, "paid", balance=1)
    archived = kept(library, scope, tmp_path)
    black = Order(key="black", op_key="cut:black", recipe='{"model": "net", "background": "0"}')
    library.again(scope, archived.image_id, black)
    shown = made(library, started(library))
    with psycopg.connect(site.gateway.over) as rows:
        rows.execute(
            "insert into public.settings (scope, archive_after_days) values (%s, 1)"
            " on conflict (scope) do update set archive_after_days = 1",
            [scope],
        )
        rows.execute("update public.image_outputs set created_at = now() - interval '2 days'")
    site.retention.settle()
    library.sweep()
    assert not library.has_cutout(archived)
    assert library.has_cutout(shown)
    assert library.thumbnail(scope, archived.id) == b"thumbnail"

    balance = library.records.terms.balance(scope)
    library.again(scope, archived.image_id, ORDER)
    again = made(library, started(library))
    assert (again.recipe, again.number) == (archived.recipe, 3)
    assert library.cutout(scope, again.id) == b"cutout"
    assert library.records.terms.balance(scope) == balance
