"""What a program sends in one body: files and fields, as a form or as JSON."""

import base64
import binascii
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from ui.api.answers import Unfit
from ui.api.inbox import PIECE, append, writing

FILES = {"image_file", "image_file_b64", "bg_image_file"}
"""What holds the bytes of a picture."""
MOST_FIELDS = 50
MOST_LETTERS = 2_000
"""Of a field that is no picture."""
MOST_TEXT = 100_000_000
"""Bytes of a body that is read as a whole: JSON, and forms that are no multipart."""


@dataclass(slots=True)
class Parcel:
    """Files lie in the inbox until they are thrown away; fields are text."""

    files: dict[str, Path] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, new_file: Callable[[], Path]) -> Path:
        """Raises Unfit, DiskFull, NotWritable."""
        if name in self.files:
            raise _unfit(f"{name[:40]} was sent more than once.")
        self.files[name] = new_file()
        return self.files[name]

    def throw_away(self) -> None:
        for file in self.files.values():
            with suppress(OSError):  # what cannot be removed now is swept at the next start
                file.unlink(missing_ok=True)


def unpack(body: Path, kind: str, new_file: Callable[[], Path]) -> Parcel:
    """Take a body of a Content-Type apart; `new_file` makes the files for pictures.

    Raises Unfit (400), DiskFull, NotWritable; then nothing is left behind.
    """
    parcel = Parcel()
    try:
        _fill(parcel, body, kind, new_file)
    except BaseException:
        parcel.throw_away()
        raise
    return parcel


def _fill(parcel: Parcel, body: Path, kind: str, new_file: Callable[[], Path]) -> None:
    match parse_options_header(kind):
        case b"multipart/form-data", options:
            _read_form(body, options.get(b"boundary", b""), parcel, new_file)
        case b"application/json", _:
            _keep(_json(_text(body)), parcel, new_file)
        case b"application/x-www-form-urlencoded", _:
            _keep(_urlencoded(_text(body)), parcel, new_file)
        case _:
            raise _unfit("Send the photo as multipart/form-data, as a form or as JSON.")


def _read_form(body: Path, boundary: bytes, parcel: Parcel, new_file: Callable[[], Path]) -> None:
    count = 0

    def known(name: bytes | None) -> str:
        nonlocal count
        count += 1
        if count > MOST_FIELDS:
            raise _unfit(f"This form has more than {MOST_FIELDS} fields.")
        return (name or b"").decode("utf-8", "replace")

    def take_field(part: Field) -> None:
        _keep({known(part.field_name): part.value or b""}, parcel, new_file)

    def take_file(part: File) -> None:
        name = known(part.field_name)
        if name not in FILES:
            raise _unfit(f"{name[:40]} takes no file. Send the photo as image_file.")
        with writing(), parcel.add(name, new_file).open("wb") as target:
            part.file_object.seek(0)
            shutil.copyfileobj(part.file_object, target)
        part.close()

    try:
        parser = FormParser(
            "multipart/form-data",
            take_field,
            take_file,
            boundary=boundary or None,
            config={"MAX_MEMORY_FILE_SIZE": PIECE, "UPLOAD_DIR": str(body.parent)},
        )
        with body.open("rb") as stream:
            while piece := stream.read(PIECE):
                parser.write(piece)
        parser.finalize()
    except FormParserError as error:
        raise _unfit("This form is not readable: its parts do not fit its boundary.") from error


def _text(body: Path) -> bytes:
    if body.stat().st_size > MOST_TEXT:
        raise _unfit("This is too large for text. Send the photo as image_file in a form.")
    return body.read_bytes()


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _unfit("The body is not a JSON object.")
    plain = {k: str(v).lower() if isinstance(v, bool) else v for k, v in values.items()}
    return {k: str(v).encode("utf-8", "replace") for k, v in plain.items() if v is not None}


def _urlencoded(body: bytes) -> dict[str, bytes]:
    """Some clients put the bare bytes of a photo into a field: Latin-1 keeps every byte."""
    try:
        pairs = parse_qsl(body.decode("latin-1"), encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _unfit(f"This form has more than {MOST_FIELDS} fields.") from None
    return {name: value.encode("latin-1") for name, value in pairs}


def _keep(values: dict[str, bytes], parcel: Parcel, new_file: Callable[[], Path]) -> None:
    for name, value in values.items():
        if not value:
            continue
        if name in FILES:
            append(parcel.add(name, new_file), _decoded(value))
            continue
        if len(value) > MOST_LETTERS:
            raise _unfit(f"{name[:40]} is longer than {MOST_LETTERS} letters.")
        parcel.fields[name] = value.decode("utf-8", "replace")


def _decoded(photo: bytes) -> bytes:
    """Return a photo that came as Base64, as a data URL, or as it is."""
    text = b"".join((photo.partition(b",")[2] or photo).split())
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return photo


def _unfit(says: str) -> Unfit:
    return Unfit(says, HTTPStatus.BAD_REQUEST)
