"""The drop-in API in OpenAPI's words (version 3.1), made of the same tables that read requests."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

from ui.api.wishes import FORMATS, MEGAPIXELS, NOT_HERE, SCALES, SHADOWS, TYPES

KEY = "X-Api-Key"
TEXT = {"type": "string"}
ADDRESS = TEXT | {"format": "uri", "examples": ["https://pictures.example.com/chair.jpg"]}
ADDRESSES = {
    "image_url": "Where the photo is: https, on a public server, 20 MB at most.",
    "bg_image_url": "Where a picture to lay behind is, likewise.",
}
BINARY = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Described:
    """A route that needs no key: tools read it to build their forms."""

    version: str
    fetches: bool = False

    async def read(self) -> JSONResponse:
        return JSONResponse(description(self.version, fetches=self.fetches))


def description(version: str, *, fetches: bool) -> dict[str, Any]:
    """Return the whole document of a version of the program.

    `fetches` tells whether pictures are fetched that are named by their address.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Coveshot",
            "version": version,
            "description": "remove.bg's API, version 1.0, answered here.",
        },
        "components": {"securitySchemes": {KEY: {"type": "apiKey", "in": "header", "name": KEY}}},
        "paths": {
            "/v1.0/removebg": {"post": _removebg(fetches=fetches)},
            "/v1.0/account": {"get": _account()},
        },
    }


def _removebg(*, fetches: bool) -> dict[str, Any]:
    fields = _fields(fetches=fetches)
    in_form = {"image_file": BINARY | {"description": "The photo."}} | fields
    in_form["bg_image_file"] = BINARY | {"description": "A picture to lay behind."}
    return {
        "summary": "Cut a photo out",
        "tags": ["remove.bg"],
        "security": [{KEY: []}],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": _body(in_form, {"size": "auto", "bg_color": "81d4fa"}),
                "application/json": _body(
                    fields, {"image_file_b64": "/9j/4AAQ...", "crop": "true"}
                ),
                "application/x-www-form-urlencoded": _body(fields, {"image_file_b64": "/9j/4A..."}),
            },
        },
        "responses": {
            "200": {
                "description": "The picture, or JSON where `Accept` asks for it.",
                "headers": _headers(),
                "content": {
                    **{mime: {"schema": BINARY} for mime in ("image/png", "image/jpeg")},
                    **{mime: {"schema": BINARY} for mime in ("image/webp", "application/zip")},
                    "application/json": {"schema": _result()},
                },
            },
            "400": _error("It cannot be done; `detail` says why.", "invalid_parameter"),
            "402": _error("It takes more credits than there are.", "insufficient_credits"),
            "403": _error("The key is missing, wrong, or may not do this.", "auth_failed"),
            "408": _error("The sender fell silent.", "invalid_request"),
            "429": _error("Too many, or too often; see `Retry-After`.", "rate_limit_exceeded"),
            "503": _error("Not right now; see `Retry-After`.", "service_unavailable"),
        },
    }


def _account() -> dict[str, Any]:
    credits_left = dict.fromkeys(("total", "subscription", "payg", "enterprise"), 0)
    example = {
        "data": {"attributes": {"credits": credits_left, "api": {"free_calls": 0, "sizes": "all"}}}
    }
    return {
        "summary": "Credits; on your own computer nothing is ever paid",
        "tags": ["remove.bg"],
        "security": [{KEY: []}],
        "responses": {
            "200": {
                "description": "What is left.",
                "content": {"application/json": {"schema": {"type": "object"}, "example": example}},
            },
            "403": _error("The key is missing, wrong, or may not do this.", "auth_failed"),
            "429": _error("Too often; see `Retry-After`.", "rate_limit_exceeded"),
            "503": _error("Not right now; see `Retry-After`.", "service_unavailable"),
        },
    }


def _fields(*, fetches: bool) -> dict[str, dict[str, Any]]:
    low, high = SCALES
    known = {
        "image_file_b64": ("The photo as Base64, or as a data URL.", "/9j/4AAQSkZJRg..."),
        "bg_color": ("A colour, as CSS writes it; alpha may follow.", "81d4fa77"),
        "shadow_type": (f"{', '.join(SHADOWS)}; auto is for type=car alone.", "drop"),
        "shadow_opacity": ("Of the shadow: 0 to 100.", "50"),
        "crop_margin": ("One, two or four lengths, clockwise from the top.", "30px 10%"),
        "roi": ("Left, top, right and bottom of what may be subject.", "0% 0% 50% 100%"),
        "scale": (f"{low}% to {high}%, or original.", "80%"),
        "position": ("center, original, or percentages for x and y.", "50% 100%"),
    }
    choices = {
        "size": (tuple(MEGAPIXELS), "preview"),
        "type": (TYPES, "auto"),
        "format": (FORMATS, "auto"),
        "channels": (("rgba", "alpha"), "rgba"),
        "crop": (("true", "false"), "false"),
        "semitransparency": (("true", "false"), "true"),
    }
    return {
        **{name: TEXT | {"description": d, "examples": [e]} for name, (d, e) in known.items()},
        **{
            name: TEXT | {"enum": list(words), "default": default}
            for name, (words, default) in choices.items()
        },
        **{name: TEXT | {"description": f"Not here. {w}"} for name, w in NOT_HERE.items()},
        **(
            {name: ADDRESS | {"description": w} for name, w in ADDRESSES.items()} if fetches else {}
        ),
    }


def _body(fields: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"type": "object", "properties": fields}, "example": example}


def _headers() -> dict[str, Any]:
    numbers = (
        *("X-Credits-Charged", "X-Width", "X-Height"),
        *(f"X-Foreground-{side}" for side in ("Top", "Left", "Width", "Height")),
        *(f"X-RateLimit-{word}" for word in ("Limit", "Remaining", "Reset")),
    )
    return {
        "X-Type": {"schema": TEXT},
        **{name: {"schema": {"type": "integer"}} for name in (*numbers, "X-Most-Pixels")},
    }


def _result() -> dict[str, Any]:
    box = {f"foreground_{side}": {"type": "integer"} for side in ("top", "left", "width", "height")}
    data = {"type": "object", "properties": {"result_b64": TEXT, **box}, "required": ["result_b64"]}
    return {"type": "object", "properties": {"data": data}, "required": ["data"]}


def _error(description: str, code: str) -> dict[str, Any]:
    fields = {"title": TEXT, "code": TEXT | {"examples": [code]}, "detail": TEXT}
    one = {"type": "object", "properties": fields, "required": ["title", "code"]}
    many = {"type": "array", "items": one, "minItems": 1}
    schema = {"type": "object", "properties": {"errors": many}, "required": ["errors"]}
    return {"description": description, "content": {"application/json": {"schema": schema}}}
