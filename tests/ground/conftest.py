"""Databases with all migrations, for the tests of this folder."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster
    from tests.ground.server import Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ground" in str(item.path):
            item.add_marker("ground")


@pytest.fixture
def address(cluster: "Cluster") -> Iterator[str]:
    """A database of one's own, whose books are in order when the test is over."""
    address = cluster.ground()
    yield address
    assert import_module("tests.ground.server").faults(address) == []
    cluster.drop(address)


@pytest.fixture
def server(address: str) -> Iterator["Server"]:
    server: Server = import_module("tests.ground.server").Server(address)
    yield server
    server.close()
