"""What a hosted instance keeps of those who are signed in."""

from pathlib import Path

from auth.sealed import SealedSessions
from auth.session import Flow, Session
from tests.gateway.entry import Clock

SECRET = b"k" * 32
DAY = 24 * 3600


def session(user_id: str = "ann", access: str = "an access token") -> Session:
    return Session(
        access=access,
        refresh="a token that renews",
        user_id=user_id,
        email=f"{user_id}@example.com",
        expires_at=1.0,
    )


def flow(visitor: str = "v1") -> Flow:
    return Flow(verifier="a verifier", visitor=visitor, leads_to="/")


def opened(folder: Path, secret: bytes = SECRET, **more: object) -> SealedSessions:
    return SealedSessions(folder / "sessions.sqlite", secret, **more)  # type: ignore[arg-type]


def test_a_session_survives_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.keep("cookie", session())
    store.close()
    store = opened(tmp_path)

    assert store.find("cookie") == session()
    assert store.find("another") is None
    store.forget("cookie")
    assert store.find("cookie") is None
    store.close()


def test_who_takes_the_file_learns_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.keep("the-cookie", session())
    store.begin("the-flow", flow("the-visitor"))
    store.close()
    [file] = [one for one in tmp_path.iterdir() if one.suffix == ".sqlite"]
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())

    for told in ("cookie", "token", "ann", "example.com", "flow", "visitor", "verifier"):
        assert told.encode() not in kept.replace(b"flows", b"").replace(b"create", b"")
    assert file.stat().st_mode & 0o077 == 0


def test_under_another_secret_everybody_is_signed_out(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.keep("cookie", session())
    store.close()
    store = opened(tmp_path, b"another secret of thirty-two byt")

    assert store.find("cookie") is None
    store.keep("cookie", session("bob"))
    assert store.find("cookie") == session("bob")
    store.close()


def test_a_row_under_another_name_is_not_believed(tmp_path: Path) -> None:
    """Somebody who can write into the file cannot give one session another one's tokens."""
    store = opened(tmp_path)
    store.keep("a", session("ann"))
    store.keep("b", session("bob"))
    store._rows.execute("update sessions set sealed = (select max(sealed) from sessions)")  # noqa: SLF001

    found = [store.find("a"), store.find("b")]
    assert found.count(None) == 1
    store.close()


def test_tokens_are_renewed_only_of_a_session_that_is_there(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.keep("cookie", session())

    assert store.renew("cookie", session(access="newer"))
    assert store.find("cookie") == session(access="newer")
    store.forget("cookie")
    assert not store.renew("cookie", session(access="newest"))
    assert store.find("cookie") is None
    store.close()


def test_all_sessions_of_one_user_are_forgotten(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for name, user in (("a", "ann"), ("b", "ann"), ("c", "bob")):
        store.keep(name, session(user))
    store.forget_user("ann")

    assert [store.find(name) for name in "abc"] == [None, None, session("bob")]
    store.close()


def test_who_does_not_come_back_is_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    store = opened(tmp_path, clock=clock)
    store.keep("cookie", session())
    clock.now += 59 * DAY
    assert store.renew("cookie", session())
    clock.now += 59 * DAY
    assert store.find("cookie")
    clock.now += 2 * DAY
    assert store.find("cookie") is None
    store.keep("other", session("bob"))

    assert store._rows.execute("select count(*) from sessions").fetchone() == (1,)  # noqa: SLF001
    store.close()


def test_a_flow_is_handed_out_once_to_who_began_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.begin("flow", flow())

    assert store.end("flow", "v2") is None
    assert store.end("flow", "v1") == flow()
    assert store.end("flow", "v1") is None
    store.close()


def test_a_flow_lasts_for_a_day(tmp_path: Path) -> None:
    clock = Clock()
    store = opened(tmp_path, clock=clock)
    store.begin("flow", flow())
    clock.now += DAY

    assert store.end("flow", "v1") is None
    store.close()


def test_no_flood_fills_the_file(tmp_path: Path) -> None:
    clock = Clock()
    store = opened(tmp_path, most=100, clock=clock)
    for number in range(350):
        clock.now += 1
        store.begin(f"flow {number}", flow())

    [count] = store._rows.execute("select count(*) from flows").fetchone()  # noqa: SLF001
    assert 90 <= count <= 100
    assert store.end("flow 349", "v1")
    assert store.end("flow 0", "v1") is None
    store.close()
