"""The description of our API: complete, with examples that hold, and kept whatever is sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.matrix import rows
from tests.program import Program, running
from tests.teller import Teller, teller
from ui.api.contract import contract
from ui.problem import PROGRAMS, PUTS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 250


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("contract"), models) as program:
        yield program


@pytest.fixture(scope="module")
def shop(program: Program) -> Iterator[Teller]:
    key = program.say("keys", "create", "--name", "shop").split()[-1]
    with teller(program.address, key) as shop:
        yield shop


def operations() -> dict[tuple[str, str], Any]:
    paths = contract("1.2.3", fetches=True)["paths"]
    return {(verb.upper(), path): one for path in paths for verb, one in paths[path].items()}


def test_each_route_for_programs_is_described() -> None:
    ours = {line for line in rows() if line[1].startswith((*PROGRAMS, PUTS, "/v1.0/"))}
    plain = {(method, re.sub("version_id", "output_id", path)) for method, path in ours}

    assert {*operations(), ("GET", "/v1.0/openapi.json")} == plain


def test_each_example_is_as_its_schema_says() -> None:
    document = contract("1.2.3", fetches=True)
    seen = 0
    for method, path in operations():
        if path.startswith("/v1.0/"):
            continue
        operation = operations()[method, path]
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for mime, content in body.get("content", {}).items():
                if "json" in mime:
                    schema = content["schema"] | {"components": document["components"]}
                    jsonschema_rs.validate(schema, content["example"])
                    seen += 1

    assert seen > 40


def test_the_example_of_an_announcement_is_taken(shop: Teller) -> None:
    operation = operations()["POST", "/intake"]
    body = operation["requestBody"]["content"]["application/json"]["example"]

    assert shop.http.post("/intake", json=body).status_code == 201


def asked(program: Program, job_id: str, output_id: str) -> st.SearchStrategy[Case[Any]]:
    """Requests that fit the description of the running program, and ones that do not."""
    schema = schemathesis.openapi.from_url(f"{program.address}/openapi.json")
    lines = [line for line in operations() if not line[1].startswith("/v1.0/")]
    known = {"job_id": job_id, "output_id": output_id}

    def there(case: Case[Any], *, real: bool) -> Case[Any]:
        if real and isinstance(case.path_parameters, dict):
            for name in case.path_parameters.keys() & known.keys():
                case.path_parameters[name] = known[name]
        return case

    return st.one_of(
        *(
            st.builds(
                lambda case, real: there(case, real=real),
                schema[path][method].as_strategy(generation_mode=mode),
                st.booleans(),
            )
            for method, path in lines
            for mode in GenerationMode
        )
    )


def test_whatever_is_sent_is_answered_as_the_description_says(
    program: Program, shop: Teller, photo: bytes
) -> None:
    job_id = shop.sent(photo)
    with shop.http.stream("GET", f"/jobs/{job_id}/events") as stream:
        stream.read()
    output_id = shop.job(job_id)["output_id"]
    seen: set[int] = set()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=asked(program, job_id, output_id))
    def ask(case: Case[Any]) -> None:
        answer = case.call(headers={"X-Api-Key": shop.http.headers["x-api-key"]}, timeout=60)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()

    assert seen >= {200, 404, 422}


def test_a_stranger_reads_the_description(program: Program) -> None:
    answer = httpx.get(f"{program.address}/openapi.json")

    assert answer.json()["openapi"].startswith("3.1")
    assert "set-cookie" not in answer.headers
