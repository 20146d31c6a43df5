"""What every answer tells browsers about how far it may be trusted."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from auth.rates import Standing
from ui.site import Site

# NiceGUI compiles its templates in the browser: without both `unsafe-` words pages stay empty.
# None of them has handlers in attributes, which is how most injected scripts begin. A ZIP is asked
# for by a form whose answer goes to a frame: what is refused then leaves the page where it is.
PAGE = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
    "worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'{storage}; font-src 'self' data:; frame-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""For pages of ours; photos may go to the storage of a hosted instance, past the server."""
SCRIPT = "default-src 'none'; frame-ancestors 'none'"
"""For scripts: a worker has what came with its own, and a sandbox is none to work in."""
OBJECT = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""For all else: opened by itself, a picture is nothing but a picture, whatever is in it."""
COMMON = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    # With `no-referrer` browsers send `Origin: null` with the forms of our own pages.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
SECURE = {"Strict-Transport-Security": "max-age=31536000"}


def counts(standing: Standing) -> dict[str, str]:
    """Return what programs are told of how often they may still ask."""
    return {
        "X-RateLimit-Limit": str(standing.limit),
        "X-RateLimit-Remaining": str(standing.left),
        "X-RateLimit-Reset": str(standing.seconds),
    }


def with_counts(send: Send, standing: Standing | None) -> Send:
    """Add how often may still be asked to an answer, where that is counted."""

    async def send_with_counts(message: Message) -> None:
        if standing and message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(counts(standing))
        await send(message)

    return send_with_counts


def with_headers(send: Send, site: Site, cookie: str = "") -> Send:
    """Add to whatever is answered what it does not say itself, and a cookie if there is one."""

    async def send_with_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            policy = _policy(headers.get("content-type", ""), site)
            more = COMMON | {"Content-Security-Policy": policy}
            for name, value in (more | (SECURE if site.secure else {})).items():
                headers.setdefault(name, value)
            if cookie:
                headers.append("Set-Cookie", cookie)
        await send(message)

    return send_with_more


def _policy(kind: str, site: Site) -> str:
    """Return what something of a Content-Type may do in a browser."""
    if kind.startswith("text/html"):
        return PAGE.format(storage=f" {site.storage}" if site.storage else "")
    return SCRIPT if kind.startswith("text/javascript") else OBJECT
