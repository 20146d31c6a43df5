"""What somebody has typed into a form, before anything is done with it."""

import json
import re

from starlette.requests import Request

from auth.errors import GateError

MOST_BYTES = 4096
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
MOST_LETTERS = {"email": 254, "password": 72, "code": 12}


class Wrong(GateError):
    """What was typed cannot be meant."""

    def __init__(self, says: str, field: str) -> None:
        super().__init__(says)
        self.field = field


async def said_in(request: Request) -> dict[str, str]:
    """Return what a form has sent. Raises Wrong."""
    text = b""
    async for piece in request.stream():
        text += piece
        if len(text) > MOST_BYTES:
            raise Wrong("This is too long.", "")
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Wrong("This cannot be read. Reload the page and try again.", "") from error
    if not isinstance(said, dict):
        raise Wrong("This cannot be read. Reload the page and try again.", "")
    return {str(name): str(value) for name, value in said.items()}


def email_of(said: dict[str, str]) -> str:
    email = given_in(said, "email").strip()
    if not EMAIL.fullmatch(email):
        raise Wrong("Type a whole e-mail address, such as ann@example.com.", "email")
    return email


def given_in(said: dict[str, str], name: str) -> str:
    value = said.get(name, "")
    if not value:
        raise Wrong("This is needed.", name)
    if len(value) > MOST_LETTERS[name]:
        raise Wrong("This is too long.", name)
    return value
