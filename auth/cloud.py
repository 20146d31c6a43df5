"""The sign-in service of Supabase, as few calls as we need of it.

Through supabase-auth, the client that the project maintains: it knows the wire. It is handed
everything that it would otherwise keep or do by itself: no session, no timer, no client of HTTP. A
client is made for each call, which costs nothing, so that no two people can ever share one.
"""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Literal, NamedTuple, TypeVar

import httpx
from httpx import HTTPStatusError
from pydantic import ValidationError
from supabase_auth import AsyncGoTrueClient, AsyncMemoryStorage
from supabase_auth.errors import (
    AuthApiError,
    AuthError,
    AuthRetryableError,
    AuthWeakPasswordError,
)
from supabase_auth.types import AuthResponse, Provider

from auth.errors import (
    Closed,
    EmailRefused,
    EmailTaken,
    GateError,
    LinkExpired,
    NotAllowed,
    NotConfirmed,
    NotVerified,
    SamePassword,
    SignedOut,
    TooManyTries,
    Unreachable,
    WeakPassword,
    WrongPassword,
)
from auth.session import Session

T = TypeVar("T")
Kind = Literal["email", "signup", "recovery", "email_change"]
"""What a code in a mail is for."""
Reach = Literal["local", "global", "others"]

NAMED: dict[str, Callable[[], GateError]] = {
    "invalid_credentials": WrongPassword,
    "email_exists": EmailTaken,
    "user_already_exists": EmailTaken,
    "email_not_confirmed": NotConfirmed,
    "email_address_invalid": EmailRefused,
    "email_address_not_authorized": EmailRefused,
    "same_password": SamePassword,
    "otp_expired": LinkExpired,
    "flow_state_not_found": LinkExpired,
    "flow_state_expired": LinkExpired,
    "bad_code_verifier": LinkExpired,
    "refresh_token_not_found": SignedOut,
    "refresh_token_already_used": SignedOut,
    "session_not_found": SignedOut,
    "session_expired": SignedOut,
    "user_not_found": SignedOut,
    "user_banned": Closed,
    "bad_jwt": NotVerified,
    "no_authorization": NotVerified,
}
"""What a code of the service means."""
SAYS = {
    "signup_disabled": "New accounts cannot be opened here at the moment.",
    "email_provider_disabled": "Signing in by e-mail is switched off here.",
    "provider_disabled": "This way to sign in is switched off here. Take another one.",
    "oauth_provider_not_supported": "This way to sign in is switched off here. Take another one.",
    "otp_disabled": "There is no account with this e-mail address. Open one first.",
    "captcha_failed": "It could not be seen that you are a person. Reload the page and try again.",
    "reauthentication_needed": "Sign in again first: it was long ago that you did.",
    "validation_failed": "Look through what you have typed: something of it cannot be used.",
}
OTHERWISE = "The sign-in service does not let you in. Sign in again; if that fails, try later."
WAIT_SECONDS = 60
"""Where the service does not say how long."""


class Begun(NamedTuple):
    """A way in that comes back later, with a code that only the verifier opens."""

    verifier: str
    session: Session | None = None
    """Where nothing has to come back."""
    url: str = ""
    """Where to send the browser."""


class AuthServer:
    """Calls the service with the publishable key. Each method raises GateError."""

    def __init__(self, url: str, key: str, http: httpx.AsyncClient) -> None:
        self.url = f"{url.rstrip('/')}/auth/v1"
        """As tokens name who has issued them."""
        self._key = key
        self._http = http

    async def sign_up(self, email: str, password: str, back: str) -> Begun:
        """Open an account; without a session a mail has to be answered first.

        A service that sends mails does not tell, and nor do we, whether there is an account yet.
        """
        client, storage = self._client()
        answer = await _told(
            client.sign_up(
                {"email": email, "password": password, "options": {"email_redirect_to": back}}
            )
        )
        return Begun(_verifier(storage), _session(answer) if answer.session else None)

    async def sign_in(self, email: str, password: str) -> Session:
        client, _ = self._client()
        return _session(
            await _told(client.sign_in_with_password({"email": email, "password": password}))
        )

    async def send_link(self, email: str, back: str) -> Begun:
        """Mail a link and a code that sign in, whether there is an account yet or not."""
        client, storage = self._client()
        await _told(
            client.sign_in_with_otp({"email": email, "options": {"email_redirect_to": back}})
        )
        return Begun(_verifier(storage))

    async def send_again(self, email: str, back: str) -> None:
        """Mail once more what confirms a new account."""
        client, _ = self._client()
        await _told(
            client.resend(
                {"email": email, "type": "signup", "options": {"email_redirect_to": back}}
            )
        )

    async def send_reset(self, email: str, back: str) -> Begun:
        """Mail a link and a code to whoever has forgotten the password."""
        client, storage = self._client()
        await _told(client.reset_password_for_email(email, {"redirect_to": back}))
        return Begun(_verifier(storage))

    async def enter_code(self, email: str, code: str, kind: Kind) -> Session:
        """Sign in with what stood in a mail."""
        client, _ = self._client()
        return _session(
            await _told(client.verify_otp({"email": email, "token": code, "type": kind}))
        )

    async def elsewhere(self, provider: str, back: str) -> Begun:
        """Return where to sign in with an account of another site."""
        client, storage = self._client()
        asked: Provider = provider  # type: ignore[assignment]  # new ones come without a release
        answer = await client.sign_in_with_oauth(
            {"provider": asked, "options": {"redirect_to": back}}
        )
        return Begun(_verifier(storage), url=answer.url)

    async def exchange(self, code: str, verifier: str) -> Session:
        """Make a session of the code that a browser came back with."""
        client, _ = self._client()
        return _session(
            await _told(
                client.exchange_code_for_session(
                    {"auth_code": code, "code_verifier": verifier, "redirect_to": ""}
                )
            )
        )

    async def refresh(self, session: Session) -> Session:
        client, _ = self._client()
        return _session(await _told(client.refresh_session(session.refresh)))

    async def ask(self, access: str) -> str:
        """Return whose a token is, as the service sees it now."""
        client, _ = self._client()
        answer = await _told(client.get_user(access))
        if answer is None:
            raise SignedOut
        return answer.user.id

    async def sign_out(self, session: Session, reach: Reach) -> None:
        """End this session, all of its user, or all but this one; what is over already is, too."""
        client, _ = self._client()
        try:
            await _told(client.admin.sign_out(session.access, reach))
        except (SignedOut, NotVerified):
            if reach != "local":
                raise

    async def change_email(self, session: Session, email: str, back: str) -> Begun:
        """Mail a link to both addresses; the new one counts when it is followed."""
        client, storage = self._client()
        await _told(client.set_session(session.access, session.refresh))
        await _told(client.update_user({"email": email}, {"email_redirect_to": back}))
        return Begun(_verifier(storage))

    async def change_password(self, session: Session, password: str) -> None:
        client, _ = self._client()
        await _told(client.set_session(session.access, session.refresh))
        await _told(client.update_user({"password": password}))

    def _client(self) -> tuple[AsyncGoTrueClient, AsyncMemoryStorage]:
        storage = AsyncMemoryStorage()
        client = AsyncGoTrueClient(
            url=self.url,
            headers={"apikey": self._key, "Authorization": f"Bearer {self._key}"},
            auto_refresh_token=False,
            persist_session=False,
            storage=storage,
            http_client=self._http,
            flow_type="pkce",
        )
        return client, storage


async def _told(call: Awaitable[T]) -> T:
    """Return the answer, or raise what a refusal means."""
    try:
        return await call
    except AuthRetryableError as error:
        raise Unreachable from error
    except AuthWeakPasswordError as error:
        raise WeakPassword(error.reasons) from error
    except AuthError as error:
        raise _meaning(error) from error
    except ValidationError as error:  # an answer that is none of this service
        raise Unreachable from error


def _meaning(error: AuthError) -> GateError:
    status = error.status if isinstance(error, AuthApiError) else 0
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TooManyTries(_wait(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unreachable()
    code = error.code or ""
    if kind := NAMED.get(code):
        return kind()
    return NotAllowed(SAYS.get(code, OTHERWISE))


def _wait(error: AuthError) -> int:
    """Return how many seconds to wait: of the header, or of "... after 52 seconds."."""
    cause = error.__cause__
    told = (
        cause.response.headers.get("Retry-After", "") if isinstance(cause, HTTPStatusError) else ""
    )
    if told.isdecimal():
        return int(told)
    found = re.search(r"after (\d+) seconds", error.message)
    return int(found[1]) if found else WAIT_SECONDS


def _session(answer: AuthResponse) -> Session:
    issued = answer.session
    if issued is None:
        raise NotConfirmed
    return Session(
        access=issued.access_token,
        refresh=issued.refresh_token,
        user_id=issued.user.id,
        email=issued.user.email or "",
        expires_at=float(issued.expires_at or 0),
    )


def _verifier(storage: AsyncMemoryStorage) -> str:
    """Take out what the client has just made and kept; what it is for stands behind a slash."""
    [kept] = storage.storage.values()
    return kept.partition("/")[0]
