"""Databases with all migrations, for the tests of this folder."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ground" in str(item.path):
            item.add_marker("ground")
