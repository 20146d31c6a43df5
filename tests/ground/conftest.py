"""Databases with all migrations, for the tests of this folder."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gateway.server import Gateway
    from tests.ground.cluster import Cluster
    from tests.ground.server import Server
    from tests.ground.site import Site


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


@pytest.fixture(scope="module")
def gateway(cluster: "Cluster", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Gateway"]:
    """One for the tests of a file, which leave behind what nobody stumbles over."""
    ground = cluster.ground()
    gateway: Gateway = import_module("tests.gateway.server").Gateway(
        ground, cluster.over(ground), tmp_path_factory.mktemp("objects")
    )
    yield gateway
    gateway.close()
    cluster.drop(ground)


@pytest.fixture
def site(cluster: "Cluster", tmp_path: Path) -> Iterator["Site"]:
    """A hosted instance behind a gateway of its own, in whose books all is in order at the end."""
    ground = cluster.ground()
    gateway = import_module("tests.gateway.server").Gateway(
        ground, cluster.over(ground), tmp_path / "objects"
    )
    site: Site = import_module("tests.ground.site").Site(gateway)
    yield site
    site.close()
    gateway.close()
    assert import_module("tests.ground.server").faults(ground) == []
    cluster.drop(ground)
