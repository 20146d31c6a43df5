"""How a file is to be written, as an address tells it: `?format=jpg&quality=90`."""

from dataclasses import asdict, fields
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from inference.errors import RecipeRejected
from inference.output import Output
from ui.api.answers import Unfit


def query_of(output: Output) -> str:
    """Return an output as a query, its format always and else what is not usual."""
    usual, own = asdict(Output()), asdict(output)
    told = {name: own[name] for name in own if name == "format" or own[name] != usual[name]}
    words = {name: int(one) if isinstance(one, bool) else one for name, one in told.items()}
    return urlencode({name: getattr(one, "value", one) for name, one in words.items()})


def output_of(query: QueryParams) -> Output:
    """Return what a query asks for; what is no part of an output is passed over. Raises Unfit."""
    told: dict[str, Any] = {}
    for field in fields(Output):
        if field.name in query:
            told[field.name] = _read(query[field.name], type(field.default))
    try:
        return Output(**told)
    except RecipeRejected as error:
        raise Unfit(error.says, HTTPStatus.UNPROCESSABLE_ENTITY) from error


def _read(text: str, kind: type) -> Any:
    if issubclass(kind, bool):
        return text not in {"", "0"}
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError as error:
        says = f"{text!r} is no whole number."
        raise Unfit(says, HTTPStatus.UNPROCESSABLE_ENTITY) from error
