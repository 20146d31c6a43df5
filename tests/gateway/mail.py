"""What the auth server sends by mail, kept for the tests that read it."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

LINK_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    to: str
    kind: str
    """signup, magiclink, recovery or email_change."""
    user_id: str
    code: str
    """To be typed in by hand."""
    token_hash: str
    link: str
    challenge: str
    """Of whoever asked for it; empty where no verifier is needed."""
    sent_at: float


@dataclass(slots=True)
class Letterbox:
    """All mails, and which of their codes are still good."""

    base: str
    mails: list[Mail] = field(default_factory=list)
    _good: dict[str, Mail] = field(default_factory=dict)

    def send(
        self, to: str, kind: str, user_id: str, *, back: str, challenge: str, now: float
    ) -> Mail:
        token_hash = ("pkce_" if challenge else "") + secrets.token_hex(28)
        query = urlencode({"token": token_hash, "type": kind, "redirect_to": back})
        mail = Mail(
            to=to,
            kind=kind,
            user_id=user_id,
            code=f"{secrets.randbelow(1_000_000):06}",
            token_hash=token_hash,
            link=f"{self.base}/verify?{query}",
            challenge=challenge,
            sent_at=now,
        )
        # Of one kind the last one counts.
        self._good = {
            key: one
            for key, one in self._good.items()
            if (one.user_id, one.kind, one.to) != (user_id, kind, to)
        }
        self.mails.append(mail)
        self._good[token_hash] = mail
        return mail

    def take(self, kinds: set[str], now: float, *, token_hash: str = "", **of: str) -> Mail | None:
        """Return the mail of a hash, or of an address and its code: once, and not too late."""
        for key, mail in self._good.items():
            said = {"to": mail.to, "code": mail.code}
            meant = key == token_hash if token_hash else said == of
            if meant and mail.kind in kinds and now < mail.sent_at + LINK_SECONDS:
                return self._good.pop(key)
        return None

    def last(self, to: str, kind: str) -> Mail | None:
        return next((one for one in reversed(self.mails) if (one.to, one.kind) == (to, kind)), None)

    def waits(self, user_id: str, kind: str) -> list[Mail]:
        return [one for one in self._good.values() if (one.user_id, one.kind) == (user_id, kind)]
