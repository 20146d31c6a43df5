"""Where a hosted instance is reached, and whose word on who asks is believed."""

from ipaddress import ip_network
from typing import Any

import pytest
from starlette.types import Scope

from ui.site import Site, hosted, loopback

SITE = hosted(["https://cutouts.example.com"], [ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def asked(address: str, *headers: tuple[str, str], kind: str = "http") -> Scope:
    return {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "client": (address, 5),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }


def seen(site: Site, scope: Scope) -> tuple[Any, ...]:
    found = site.seen(scope)
    return found["client"][0], found["scheme"]


def test_what_a_proxy_of_ours_says_is_believed() -> None:
    told = ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")

    assert seen(SITE, asked("10.1.2.3", *told)) == ("203.0.113.9", "https")
    assert seen(SITE, asked("fd00::7", *told, kind="websocket")) == ("203.0.113.9", "wss")


def test_what_anybody_else_says_is_not() -> None:
    told = ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")

    assert seen(SITE, asked("198.51.100.4", *told)) == ("198.51.100.4", "http")
    assert seen(loopback(8420), asked("127.0.0.1", *told)) == ("127.0.0.1", "http")


def test_an_address_that_somebody_made_up_before_the_proxy_is_not_taken() -> None:
    told = ("X-Forwarded-For", "1.1.1.1, 203.0.113.9, 10.9.9.9")

    assert seen(SITE, asked("10.1.2.3", told))[0] == "203.0.113.9"


def test_two_lines_of_a_header_are_one() -> None:
    told = ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.9")

    assert seen(SITE, asked("10.1.2.3", *told))[0] == "203.0.113.9"


@pytest.mark.parametrize("nonsense", ["", "unknown", "<script>", "1.2.3.4.5"])
def test_nonsense_from_a_proxy_is_an_address_like_any_other(nonsense: str) -> None:
    found = seen(SITE, asked("10.1.2.3", ("X-Forwarded-For", nonsense)))

    assert found == (nonsense, "http")


def test_what_proxies_tell_goes_no_further() -> None:
    told = (
        ("X-Forwarded-Prefix", "/evil"),
        ("Forwarded", "host=evil"),
        ("X-Real-IP", "1.1.1.1"),
        ("Accept", "text/html"),
    )

    for site in (SITE, loopback(8420)):
        assert site.seen(asked("10.1.2.3", *told))["headers"] == [(b"accept", b"text/html")]


def test_the_cookie_of_a_hosted_site_is_for_https_alone_and_survives_a_link() -> None:
    said = SITE.set_cookie("a-token")

    assert said.startswith("__Host-coveshot=a-token; Path=/; HttpOnly; SameSite=Lax")
    assert said.endswith("; Secure")


def test_the_cookie_of_this_computer_goes_along_with_nothing() -> None:
    assert loopback(80).set_cookie("t") == "coveshot=t; Path=/; HttpOnly; SameSite=Strict"
