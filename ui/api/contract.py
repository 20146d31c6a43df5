"""Our own API in OpenAPI's words (version 3.1), with an example of everything."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from starlette.responses import JSONResponse

from storage.records import Status
from ui.api.description import KEY, TEXT, description
from ui.api.hooks import NEW_HOOK
from ui.api.intake import ANNOUNCEMENT, PIECE, PROMOTION
from ui.problem import MIME

ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
AN_ID, ANOTHER_ID = "9b2f0c1d4e5a46788f3b2c1d0e9a8b7c", "0a1b2c3d4e5f40718293a4b5c6d7e8f9"
AT = "https://cutouts.example.com"
JSON = "application/json"
URLS = {
    "png": f"{AT}/outputs/{ANOTHER_ID}/cutout.png",
    "thumbnail": f"{AT}/outputs/{ANOTHER_ID}/thumb.webp",
}
ANNOUNCED = {
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "filename": "chair.jpg",
    "size": 2_400_000,
    "width": 4000,
    "height": 3000,
    "recipe": {"background": "white", "shadow": {"kind": "soft"}},
}
MADE = {"output_id": ANOTHER_ID, "output_urls": URLS, "most_pixels": None}
CACHED = {"cached": True, **MADE}
AWAITED = {
    "cached": False,
    "job_id": AN_ID,
    "status": "awaiting_upload",
    "expires_at": "2026-11-26T05:15:00.000+00:00",
    "upload_url": f"{AT}/put/{ANOTHER_ID}",
    "upload_headers": {"Content-Type": "image/jpeg"},
    "resumable": None,
}
DONE = {
    "id": AN_ID,
    "status": "done",
    "op_key": "cut-u2netp:ffffff:shadow-soft~8b8c2d82e12907e6",
    "says": "",
    "ahead": None,
    "created_at": "2026-11-26T05:00:00.000+00:00",
    "updated_at": "2026-11-26T05:00:07.250+00:00",
    **MADE,
}
FOLDER = {
    "name": "folder",
    "in": "query",
    "required": False,
    "description": "Puts the photo on the workbench, too, in a folder of this name or in none.",
    "schema": TEXT,
}
PLACED = {"entry_id": ID | {"description": "On the workbench, where a folder was given."}}
KEPT = {"kept": True, **MADE}
HOOK = {
    "id": AN_ID,
    "address": "https://shop.example.com/coveshot",
    "created_at": "2026-11-26T05:00:00.000+00:00",
    "failures": 0,
    "says": "",
    "disabled_at": None,
}
SIGNED_BY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
SAYS = {
    400: "This body is not JSON.",
    401: "This key is wrong, or was revoked. Make another one.",
    402: "This takes 1 credit; you have 0.",
    403: "This key may not cut. Make one that may.",
    404: "This is not here (any more).",
    408: "Nothing came for 30 seconds. Send the photo again.",
    409: "Nothing has arrived yet. Send the photo to its upload_url first.",
    410: "This was deleted just now: its time was over.",
    413: "This file has 24.1 MB; the limit here is 20. Save it smaller and try again.",
    415: "Send JSON: application/json.",
    422: "sha256: String should match pattern '^[0-9a-f]{64}$'.",
    429: "You have asked for much in a short time. Try again in a minute.",
    503: "Photos cannot be checked right now. Try again in a minute.",
}
ALWAYS = (401, 403, 404, 429, 503)


@dataclass(frozen=True, slots=True)
class Contract:
    """A route that needs no key: tools make clients of it."""

    version: str
    fetches: bool = False

    async def read(self) -> JSONResponse:
        return JSONResponse(contract(self.version, fetches=self.fetches))


def contract(version: str, *, fetches: bool) -> dict[str, Any]:
    """Return the whole document of a version of the program, with remove.bg's API at its end."""
    theirs = description(version, fetches=fetches)
    bearer = {"type": "http", "scheme": "bearer"}
    return theirs | {
        "info": {
            "title": "Coveshot",
            "version": version,
            "description": "Announce a photo, send it, fetch its cutout; and remove.bg's API.",
        },
        "components": {
            "securitySchemes": theirs["components"]["securitySchemes"] | {"Bearer": bearer},
            "schemas": _schemas(),
        },
        "paths": _paths() | theirs["paths"],
    }


def _paths() -> dict[str, Any]:
    job = _answer("The job as it is now.", "Job", DONE)
    return {
        "/intake": {
            "post": _operation(
                "Announce a photo",
                {
                    "200": _answer("It was cut out before, and is here.", "Cached", CACHED),
                    "201": _answer("It is awaited: send its bytes.", "Awaited", AWAITED)
                    | {"headers": {"Location": {"schema": ADDRESS}} | _counted()},
                },
                refusals=(400, 402, 403, 409, 413, 415, 422),
                body=_body("Announcement", ANNOUNCED),
                parameters=[_token(), FOLDER],
            )
        },
        "/put/{name}": {
            "put": _operation(
                "Send the bytes, without a key, to the address that was told",
                {"201": {"description": "They are here. Say so: POST /jobs/{id}/uploaded."}},
                refusals=(400, 408, 409, 413, 422),
                body={"required": True, "content": {"image/*": {"schema": {}}}},
                parameters=[_part("name", ID)],
            )
            | {"security": []}
        },
        "/jobs/{job_id}/uploaded": {
            "post": _operation(
                "Say that the bytes have come; they are read now",
                {"200": job},
                refusals=(402, 403, 409, 410, 413, 415, 422),
                parameters=[_part("job_id", ID), FOLDER],
            )
        },
        "/jobs/{job_id}": {
            "get": _operation("Ask for a job", {"200": job}, parameters=[_part("job_id", ID)]),
            "delete": _operation(
                "Want a job no more",
                {"200": job},
                refusals=(409,),
                parameters=[_part("job_id", ID)],
            ),
        },
        "/jobs/{job_id}/events": {"get": _events()},
        "/outputs/{output_id}/cutout.png": {"get": _picture("The cutout", "image/png")},
        "/outputs/{output_id}/thumb.webp": {"get": _picture("A small one", "image/webp")},
        "/hooks": {
            "get": _operation(
                "List addresses that are told when a job ends",
                {"200": _answer("All of them.", "Hooks", {"hooks": [HOOK]})},
                refusals=(403,),
            ),
            "post": _operation(
                "Have an address told when a job ends",
                {
                    "201": _answer(
                        "Its secret is told once.", "NewHook", HOOK | {"secret": SIGNED_BY}
                    )
                },
                refusals=(400, 403, 409, 413, 415, 422),
                body=_body("WantedHook", {"address": HOOK["address"]}),
            ),
        },
        "/hooks/{hook_id}": {
            "delete": _operation(
                "Tell an address no more",
                {"204": {"description": "It is told of nothing any more."}},
                refusals=(403,),
                parameters=[_part("hook_id", ID)],
            )
        },
        "/outputs/promote": {
            "post": _operation(
                "Keep a result for good",
                {"200": _answer("It is kept.", "Kept", KEPT)},
                refusals=(400, 402, 403, 409, 410, 413, 415, 422),
                body=_body("Promotion", {"output_id": ANOTHER_ID}),
            )
        },
    }


def _operation(
    summary: str,
    answers: dict[str, Any],
    *,
    refusals: tuple[int, ...] = (),
    body: dict[str, Any] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    refused = {str(status): _refusal(status) for status in sorted({*refusals, *ALWAYS})}
    operation: dict[str, Any] = {
        "summary": summary,
        "tags": ["Coveshot"],
        "security": [{KEY: []}, {"Bearer": []}],
        "responses": answers | refused,
    }
    if parameters:
        operation["parameters"] = parameters
    return operation | ({"requestBody": body} if body else {})


def _events() -> dict[str, Any]:
    told = "retry: 3000\n\nid: 1f0e3dad99908345\nevent: queued\ndata: {...}\n\n: nothing new\n\n"
    # What a reader of such a stream makes of an event.
    event = _object({"data": TEXT}, {"id": TEXT, "event": TEXT, "retry": {"type": "integer"}})
    last = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": TEXT}
    return _operation(
        "Follow a job: an event each time it changes, with the job as its data",
        {
            "200": {
                "description": "Server-sent events.",
                "headers": _counted(),
                "content": {"text/event-stream": {"schema": event, "example": told}},
            },
            "204": {"description": "It has ended, and nothing is newer than what you know."},
        },
        parameters=[_part("job_id", ID), last],
    )


def _picture(summary: str, mime: str) -> dict[str, Any]:
    return _operation(
        summary,
        {
            "200": {"description": "The picture.", "content": {mime: {"schema": {}}}},
            "304": {"description": "You have it: see If-None-Match."},
        },
        parameters=[_part("output_id", ID)],
    )


def _answer(says: str, schema: str, example: dict[str, Any]) -> dict[str, Any]:
    content = {JSON: {"schema": _named(schema), "example": example}}
    return {"description": says, "headers": _counted(), "content": content}


def _refusal(status: int) -> dict[str, Any]:
    example = {"type": "urn:coveshot:...", "title": "...", "status": status, "detail": SAYS[status]}
    return {
        "description": SAYS[status],
        "content": {MIME: {"schema": _named("Problem"), "example": example}},
    }


def _body(schema: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {JSON: {"schema": _named(schema), "example": example}}}


def _token() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same announcement under the same key is the same job, for a day.",
        "schema": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"},
        "example": "order 7",
    }


def _part(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": AN_ID}


def _counted() -> dict[str, Any]:
    number = {"schema": {"type": "integer"}}
    return {f"X-RateLimit-{word}": number for word in ("Limit", "Remaining", "Reset")}


def _named(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _schemas() -> dict[str, Any]:
    adapters: dict[str, TypeAdapter[Any]] = {
        "Announcement": ANNOUNCEMENT,
        "Promotion": PROMOTION,
        "WantedHook": NEW_HOOK,
    }
    hook = {
        "id": ID,
        "address": ADDRESS,
        "created_at": MOMENT,
        "failures": {"type": "integer"},
        "says": TEXT,
        "disabled_at": {"anyOf": [MOMENT, {"type": "null"}]},
    }
    urls = _object({"png": ADDRESS, "thumbnail": ADDRESS})
    maybe_urls = {"anyOf": [urls, {"type": "null"}]}
    status = {"type": "string", "enum": [one.value for one in Status]}
    maybe = {"type": ["string", "null"]}
    bound = {
        "type": ["integer", "null"],
        "description": "The photo is larger than the plan works at, and was made smaller to so "
        "many pixels before it was cut out.",
    }
    result = {"output_id": ID, "output_urls": urls, "most_pixels": bound}
    return {
        **{name: one.json_schema() for name, one in adapters.items()},
        "Cached": _object({"cached": {"const": True}} | result, PLACED),
        "Hooks": _object({"hooks": {"type": "array", "items": _object(hook)}}),
        "NewHook": _object(hook | {"secret": TEXT}),
        "Kept": _object({"kept": {"const": True}} | result),
        "Awaited": _object(
            {
                "cached": {"const": False},
                "job_id": ID,
                "status": status,
                "expires_at": MOMENT,
                "upload_url": maybe | {"description": "null once the bytes are here."},
            },
            {"upload_headers": {"type": "object"}, "resumable": _resumable()} | PLACED,
        ),
        "Job": _object(
            {
                "id": ID,
                "status": status,
                "op_key": TEXT,
                "says": TEXT | {"description": "For people: what was wrong, or is worth knowing."},
                "ahead": {"type": ["integer", "null"], "description": "How many come before it."},
                "created_at": MOMENT,
                "updated_at": MOMENT,
                "output_id": maybe,
                "output_urls": maybe_urls,
                "most_pixels": bound,
            },
            PLACED,
        ),
        "Problem": _object(
            {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
            {"errors": {"type": "array", "items": _object({"pointer": TEXT, "detail": TEXT})}},
        ),
    }


def _resumable() -> dict[str, Any]:
    pieces = {"url": ADDRESS, "headers": {"type": "object"}, "piece": {"const": PIECE}}
    says = "Where large files go in pieces, by the protocol TUS."
    return {"anyOf": [_object(pieces), {"type": "null"}], "description": says}


def _object(needed: dict[str, Any], further: dict[str, Any] | None = None) -> dict[str, Any]:
    fields = needed | (further or {})
    return {
        "type": "object",
        "properties": fields,
        "required": list(needed),
        "additionalProperties": False,
    }
