"""Workers that sleep are woken while something waits, by requests to whoever has them."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI, Request, Response

from inference.runpod import runpod
from inference.waker import Asleep, Waker
from main import build
from tests.teller import listening
from ui.cli.console import Misused
from ui.settings import Settings

KEY = "rpa_of_a_test"


@dataclass(slots=True)
class Endpoint:
    """Answers as Runpod's does; a request is in its queue until somebody ends it."""

    url: str = ""
    queued: int = 0
    running: int = 0
    refuses: int = 0
    woken: threading.Event = field(default_factory=threading.Event)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def check(request: Request, answer):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if self.refuses:
                return Response(status_code=self.refuses)
            if request.headers.get("authorization") != f"Bearer {KEY}":
                return Response(status_code=401)
            return await answer(request)

        @app.get("/v2/abc/health")
        async def health() -> dict[str, dict[str, int]]:
            return {"jobs": {"inQueue": self.queued, "inProgress": self.running, "completed": 9}}

        @app.post("/v2/abc/run")
        async def run(request: Request) -> dict[str, str]:
            assert "input" in await request.json()
            self.queued += 1
            self.woken.set()
            return {"id": "1", "status": "IN_QUEUE"}

        return app


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    listener = socket.create_server(("127.0.0.1", 0))
    endpoint = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/v2/abc")
    with listening(endpoint.app(), listener):
        yield endpoint


def waker(endpoint: Endpoint, waiting: int, key: str = KEY) -> Waker:
    return Waker(runpod(endpoint.url, key), lambda: waiting, most=3, each=20)


@pytest.mark.parametrize(
    ("waiting", "awake", "woken"),
    [(0, 0, 0), (1, 0, 1), (1, 1, 0), (20, 0, 1), (21, 0, 2), (21, 1, 1), (900, 0, 3), (900, 3, 0)],
)
def test_as_many_are_woken_as_the_line_is_long_and_no_more_than_may_be(
    endpoint: Endpoint, waiting: int, awake: int, woken: int
) -> None:
    endpoint.running = awake
    one = waker(endpoint, waiting)

    assert one.round() == endpoint.queued == woken
    assert one.round() == 0  # they are on their way
    one.close()


def test_an_endpoint_that_refuses_is_told_of_in_words_without_the_key(endpoint: Endpoint) -> None:
    wrong = waker(endpoint, 1, key="rpa_another")
    with pytest.raises(Asleep, match="401") as told:
        wrong.round()
    assert "rpa_" not in str(told.value)
    wrong.close()
    endpoint.refuses = 503
    away = waker(endpoint, 1)

    with pytest.raises(Asleep, match="503"):
        away.round()
    away.close()


def test_a_photo_that_comes_wakes_a_worker(endpoint: Endpoint) -> None:
    one = waker(endpoint, 1)
    one.start()

    assert endpoint.woken.wait(30)
    one.close()


def test_nobody_is_woken_where_the_instance_computes_itself() -> None:
    with pytest.raises(Misused, match="COVESHOT_COMPUTE"):
        build(Settings(wake_url="https://api.example.com/v2/abc"))
