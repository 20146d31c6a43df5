import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count

import pytest

from inference.shelf import Shelf


def test_the_one_used_longest_ago_gives_way() -> None:
    shelf = Shelf[str](2)
    for key in ("a", "b", "a", "c"):
        shelf.get(key, partial(str, key))

    assert shelf.get("a", lambda: "anew") == "a"
    assert shelf.get("b", lambda: "anew") == "anew"


def test_room_is_counted_by_size_and_the_newest_always_has_some() -> None:
    shelf = Shelf[bytes](10, len)
    shelf.get("six", lambda: bytes(6))
    shelf.get("five", lambda: bytes(5))

    assert shelf.get("five", lambda: b"anew") == bytes(5)
    assert shelf.get("six", lambda: b"anew") == b"anew"
    assert shelf.get("huge", lambda: bytes(99)) == bytes(99)
    assert shelf.get("huge", lambda: b"anew") == bytes(99)


def test_however_many_ask_it_is_made_once() -> None:
    shelf = Shelf[int](3)
    made, gate = count(1), threading.Barrier(4)

    def ask() -> int:
        gate.wait()
        return shelf.get("one", lambda: next(made))

    with ThreadPoolExecutor(4) as pool:
        answers = [future.result() for future in [pool.submit(ask) for _ in range(4)]]

    assert answers == [1, 1, 1, 1]


def test_what_cannot_be_made_is_tried_again() -> None:
    shelf = Shelf[str](3)

    def fail() -> str:
        raise KeyError

    with pytest.raises(KeyError):
        shelf.get("one", fail)
    assert shelf.get("one", lambda: "made") == "made"


def test_it_is_made_once_by_those_who_wait_while_it_cannot_be_made() -> None:
    shelf = Shelf[int](3)
    made, twice = count(1), threading.Event()

    def make() -> int:
        if (number := next(made)) > 1:
            twice.set()
        return number

    def make_slowly() -> int:
        number = make()
        newcomers.append(pool.submit(shelf.get, "one", make))
        twice.wait(0.2)
        return number

    def fail() -> int:
        waiters.append(pool.submit(shelf.get, "one", make_slowly))
        twice.wait(0.2)  # until the other one waits
        raise KeyError

    newcomers: list[Future[int]] = []
    waiters: list[Future[int]] = []
    with ThreadPoolExecutor(2) as pool:
        with pytest.raises(KeyError):
            shelf.get("one", fail)
        assert waiters[0].result() == 1

    assert newcomers[0].result() == 1


def test_what_nobody_asks_for_is_let_go() -> None:
    now = [0.0]
    shelf = Shelf[str](3, clock=lambda: now[0])
    shelf.get("old", lambda: "old")
    now[0] = 50.0
    shelf.get("new", lambda: "new")
    now[0] = 70.0

    assert shelf.clear(60.0)
    assert not shelf.clear(60.0)
    assert shelf.get("old", lambda: "anew") == "anew"
    assert shelf.get("new", lambda: "anew") == "new"
