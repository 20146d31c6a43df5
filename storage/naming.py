"""Names as people look for them and sort them."""

import re
import unicodedata

NUMBER = re.compile(r"[0-9]+")
DIGITS = 12
"""Of a number in a name that is sorted by; longer ones are sorted as text."""


def folded(text: str) -> str:
    """Return a text without case and accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(one for one in parts if not unicodedata.combining(one)).casefold()


def natural_key(text: str) -> str:
    """Return what a name is sorted by: IMG_9 comes before IMG_10."""
    return NUMBER.sub(lambda found: found[0].lstrip("0").rjust(DIGITS, "0"), folded(text))
