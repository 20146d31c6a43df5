"""What owners read of their own books over the network, and choose."""

import os
import subprocess
import sys

import httpx
import pytest

from auth.plans import Plans
from auth.session import Session
from storage.books import PAGE
from storage.cloud.books import SupabaseBooks
from storage.cloud.project import Project
from storage.errors import SignedOut, Unreachable
from tests.ground.parts import ROOT
from tests.ground.site import Site


def books(site: Site) -> SupabaseBooks:
    publishable = site.gateway.publishable
    http = site.project.http
    project = Project(site.gateway.url, publishable, http=http, sleep=site.pauses.append)
    return SupabaseBooks(project, publishable)


def give(site: Site, scope: str, credit: int, key: str) -> None:
    given = {"p_scope": scope, "p_amount": credit, "p_kind": "grant", "p_key": key}
    site.door.call("grant_credits", {**given, "p_reason": "Thanks"})


def test_lines_come_a_page_at_a_time_and_are_nobody_elses(site: Site) -> None:
    ann, bob = site.signed_up(), site.signed_up()
    for number in range(PAGE):
        give(site, ann, 1, f"{number}")
    token = site.gateway.token(ann)
    first = books(site).lines(token)
    rest = books(site).lines(token, before=first[-1].id)

    assert [line.amount for line in first] == [1] * PAGE
    assert first[0].balance == 10 + PAGE
    assert first[0].reason == "Thanks"
    assert [(line.amount, line.reason) for line in rest] == [(10, None)]
    assert len(books(site).lines(site.gateway.token(bob))) == 1


def test_prices_are_those_of_the_plans_the_cheapest_first(site: Site) -> None:
    tariffs = books(site).tariffs()

    assert [one.id for one in tariffs] == ["guest", "free", "paid", "team"]
    assert tariffs[2].price_cents == 1900
    assert tariffs[2].monthly_credits == 500


def test_wishes_are_changed_one_by_one(site: Site) -> None:
    token = site.gateway.token(site.signed_up())
    assert books(site).wishes(token).keep_original

    assert not books(site).wish(token, "keep_original", value=False).keep_original
    assert books(site).wishes(token).archive_after_days is None


async def test_full_resolution_is_what_a_plan_has_unless_its_owner_turned_it_off(
    site: Site,
) -> None:
    ann = site.signed_up()
    token = site.gateway.token(ann)
    session = Session(access=token, refresh="", user_id=ann, email="", expires_at=0)

    async def known() -> set[int | None]:
        """Return what the server is told of an account, and what its owner may read of it."""
        async with httpx.AsyncClient() as http:
            plan = await Plans(site.gateway.url, site.gateway.publishable, http).plan_of(session)
        return {plan.processed_pixels, site.records.terms.plan(ann).processed_pixels}

    assert await known() == {None}
    assert not books(site).wish(token, "full_resolution", value=False).full_resolution
    assert await known() == {12_000_000}
    assert [one.processed_pixels for one in books(site).tariffs()] == [12_000_000] * 2 + [None] * 2


def test_the_end_of_a_plan_is_told(site: Site) -> None:
    ann = site.signed_up()
    token = site.gateway.token(ann)
    taken, until = books(site).plan_until(token)

    assert (taken, until is None) == ("paid", True)


def test_a_token_that_is_over_and_a_service_that_is_gone_are_said(site: Site) -> None:
    ann = site.signed_up()
    with pytest.raises(SignedOut):
        books(site).lines(site.gateway.token(ann, seconds=-5))
    with site.gateway.gone(), pytest.raises(Unreachable):
        books(site).lines(site.gateway.token(ann))


def granted(site: Site, *words: str, secret: str | None = None) -> tuple[int, str]:
    """Give credits by the command, in a process of its own."""
    verb = "['credits', 'grant', *sys.argv[1:]]"
    code = f"import sys; from main import cli; sys.argv[1:] = {verb}; cli()"
    known = {
        "PATH": os.environ["PATH"],
        "SUPABASE_URL": site.gateway.url,
        "SUPABASE_SECRET_KEY": site.gateway.secret if secret is None else secret,
    }
    command = [sys.executable, "-c", code, *words]
    ran = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stderr.strip()


def test_the_operator_gives_by_a_command_and_the_owner_reads_why(site: Site) -> None:
    ann = site.signed_up()
    email, gift = f"{ann}@example.com", ("100", "--reason", "For the wait", "--key", "refund-17")

    assert granted(site, email, *gift) == (0, "Given. They have 110 credits.")
    again = granted(site, email.upper(), *gift)
    other = granted(site, email, "5", *gift[1:])

    assert again == (0, "This key has given already. They have 110 credits.")
    assert other == (1, "This was booked before, with another amount.")
    newest = books(site).lines(site.gateway.token(ann))[0]
    assert (newest.amount, newest.reason) == (100, "For the wait")


def test_a_command_without_a_way_to_the_instance_says_what_is_missing(site: Site) -> None:
    gift = ("nobody@example.com", "5", "--reason", "Thanks")

    assert granted(site, *gift) == (1, "Nobody has an account with this address.")
    assert "SUPABASE_SECRET_KEY" in granted(site, *gift, secret="")[1]
