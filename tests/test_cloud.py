"""What is asked of a project again, and what its answers mean; the network is a list of answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import PAUSES, Project
from storage.cloud.uploads import PIECE
from storage.cloud.users import SupabaseUsers
from storage.errors import (
    Busy,
    Gone,
    IllegalMove,
    NotAllowed,
    NotFound,
    OutOfCredits,
    QuotaExceeded,
    SignedOut,
    StorageError,
    Taken,
    Unreachable,
)

Answer = httpx.Response | type[httpx.TransportError]
PNG = "user-library/ann/a/original.png"
USER = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


@dataclass(slots=True)
class Wire:
    """Gives the answers that it was told, one after the other, the last one for ever."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("", request=request)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def project(wire: Wire) -> Iterator[Project]:
    http = httpx.Client(transport=httpx.MockTransport(wire))
    project = Project("http://project/", "sb_secret_1", http=http, sleep=wire.pauses.append)
    yield project
    project.close()


def told(status: int, code: str, says: str = "") -> httpx.Response:
    """What the REST server says when it refuses."""
    body = {"code": code, "message": says, "details": None, "hint": None}
    return httpx.Response(status, json=body)


def stored(code: int, error: str) -> httpx.Response:
    """What the storage says when it refuses: a 400 with the status inside."""
    body = {"statusCode": str(code), "error": error, "message": error, "code": error}
    return httpx.Response(400, json=body)


@pytest.mark.parametrize(
    "unheard",
    [
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.Response(503, text="starting"),
        told(503, "PGRST002"),
        told(500, "40P01"),
    ],
    ids=["no connection", "slow connection", "proxy", "no database", "deadlock"],
)
def test_what_was_not_done_is_asked_again_whatever_it_is(
    wire: Wire, project: Project, unheard: Answer
) -> None:
    wire.answers = [unheard, unheard, httpx.Response(200, json={"id": "1"})]

    assert SupabaseDoor(project).call("start", {"p_owner": "me"}) == {"id": "1"}
    assert len(wire.asked) == 3
    assert all(0.5 * of <= got <= 1.5 * of for of, got in zip(PAUSES, wire.pauses, strict=False))


@pytest.mark.parametrize(
    "lost", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.Response(502, text="<html>")]
)
def test_a_lost_answer_is_asked_for_again_only_where_that_is_safe(
    wire: Wire, project: Project, lost: Answer
) -> None:
    door = SupabaseDoor(project)
    wire.answers = [lost, httpx.Response(200, json={"id": "1"})]
    assert door.call("finish", {"p_job": "1"}) == {"id": "1"}

    wire.answers = [lost, httpx.Response(200, json={"id": "2"})]
    with pytest.raises(Unreachable):
        door.call("start", {"p_owner": "me"})


def test_a_project_that_is_gone_is_given_up_after_a_few_tries(wire: Wire, project: Project) -> None:
    wire.answers = [httpx.ConnectError]
    asks: list[Callable[[], object]] = [
        lambda: SupabaseDoor(project).call("recover", {}),
        lambda: SupabaseBlobs(project).get(PNG),
        lambda: SupabaseBlobs(project).put(PNG, b"pixels"),
        lambda: SupabaseBlobs(project).put(PNG, bytes(PIECE + 1)),
        lambda: SupabaseBlobs(project).clear([PNG]),
        lambda: SupabaseUsers(project).forget(USER),
    ]
    for ask in asks:
        with pytest.raises(Unreachable):
            ask()

    assert len(wire.asked) == len(asks) * (len(PAUSES) + 1)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (told(402, "PT402", "This takes 1 credit; you have 0."), OutOfCredits, "takes 1 credit;"),
        (told(403, "PT403", "Syncing needs a paid plan."), NotAllowed, "paid plan"),
        (told(404, "PT404", "This is not here."), NotFound, "not here"),
        (told(409, "PT409", "This photo is done."), IllegalMove, "is done"),
        (told(410, "PT410", "Its time was over."), Gone, "over"),
        (told(413, "PT413", "Your library is full."), QuotaExceeded, "full"),
        (told(400, "22P02", "invalid input syntax for type uuid"), NotFound, "not here"),
        (told(404, "PGRST202", "no function"), StorageError, "does not know admit"),
        (told(401, "PGRST303", "JWT expired"), SignedOut, "Sign in again"),
        (told(403, "42501", "permission denied"), NotAllowed, "may not"),
        (told(500, "57014", "statement timeout"), Busy, "busy"),
        (told(400, "23502", "null value"), StorageError, "null value"),
    ],
)
def test_a_refusal_of_the_database_means_the_same_as_at_home(
    wire: Wire, project: Project, answer: httpx.Response, kind: type[StorageError], says: str
) -> None:
    wire.answers = [answer]
    with pytest.raises(kind, match=says) as refused:
        SupabaseDoor(project).call("admit", {})

    assert type(refused.value) is kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (stored(404, "not_found"), NotFound),
        (stored(403, "Unauthorized"), NotAllowed),
        (stored(413, "Payload too large"), QuotaExceeded),
        (stored(400, "InvalidKey"), StorageError),
        (stored(544, "DatabaseTimeout"), Unreachable),
        (httpx.Response(500, text="<html>"), Unreachable),
        (httpx.Response(429, json={"message": "slower"}), Busy),
    ],
)
def test_what_the_storage_says_is_read_from_its_body(
    wire: Wire, project: Project, answer: httpx.Response, kind: type[StorageError]
) -> None:
    wire.answers = [answer]
    with pytest.raises(kind) as refused:
        SupabaseBlobs(project).get(PNG)

    assert type(refused.value) is kind


def test_who_is_asked_to_wait_waits_so_long_if_it_is_not_for_ever(
    wire: Wire, project: Project
) -> None:
    def slower(seconds: str) -> httpx.Response:
        return httpx.Response(429, json={"message": "slower"}, headers={"Retry-After": seconds})

    wire.answers = [slower("7"), slower("3600"), httpx.Response(200, content=b"pixels")]

    assert SupabaseBlobs(project).get(PNG) == b"pixels"
    assert wire.pauses == [7, 10]


def test_a_bucket_that_is_not_there_is_named(wire: Wire, project: Project) -> None:
    wire.answers = [stored(404, "Bucket not found")]

    for size in (1, PIECE + 1):
        with pytest.raises(StorageError, match="no bucket user-library"):
            SupabaseBlobs(project).put(PNG, bytes(size))


def test_what_cannot_be_a_name_is_never_asked_for(wire: Wire, project: Project) -> None:
    for key in ("secrets/a.png", "user-library/../a.png", "user-library/a b.png", "user-library"):
        with pytest.raises(NotFound):
            SupabaseBlobs(project).get(key)

    assert wire.asked == []


def test_a_user_who_is_gone_already_is_forgotten(wire: Wire, project: Project) -> None:
    wire.answers = [httpx.Response(404, json={"code": "user_not_found", "message": "gone"})]
    SupabaseUsers(project).forget(USER)

    wire.answers = [httpx.Response(403, json={"code": "not_admin", "message": "no"})]
    with pytest.raises(NotAllowed):
        SupabaseUsers(project).forget(USER)


def test_the_secret_key_never_goes_with_a_token(project: Project) -> None:
    with pytest.raises(ValueError, match="publishable"):
        project.as_user("sb_secret_1", "ann's token")

    asked_as = project.as_user("sb_publishable_1", "ann's token").headers
    assert asked_as == {"apikey": "sb_publishable_1", "Authorization": "Bearer ann's token"}


def test_other_bytes_under_a_name_that_is_taken_are_refused(wire: Wire, project: Project) -> None:
    there = httpx.Response(200, content=b"pixels")
    wire.answers = [stored(409, "Duplicate"), httpx.Response(200, json={"size": 6}), there]
    SupabaseBlobs(project).put(PNG, b"pixels")

    wire.answers = [stored(409, "Duplicate"), httpx.Response(200, json={"size": 6}), there]
    with pytest.raises(Taken):
        SupabaseBlobs(project).put(PNG, b"others")
