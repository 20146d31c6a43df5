"""What owners read of their own books over the network, and choose."""

import pytest

from storage.books import PAGE
from storage.cloud.books import SupabaseBooks
from storage.cloud.project import Project
from storage.errors import SignedOut, Unreachable
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
