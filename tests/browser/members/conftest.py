"""A hosted instance over a project of its own for each file, and a window on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.hosted import Hosted, open_hosted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ground.cluster import Cluster

SETTINGS = {"SUPABASE_PROVIDERS": "google,github", "COVESHOT_CONTACT": "help@example.com"}


@pytest.fixture(scope="module")
def hosted(
    cluster: "Cluster", tmp_path_factory: pytest.TempPathFactory, models: "Path"
) -> Iterator[Hosted]:
    folder = tmp_path_factory.mktemp("hosted")
    with open_hosted(cluster, folder, models, **SETTINGS) as hosted:
        yield hosted


@pytest.fixture
def page(browser: Browser, hosted: Hosted) -> Iterator[Page]:
    """The workbench of a visitor; who signs up needs no mail to confirm it."""
    hosted.gateway.auth.settings.confirms = False
    with watched(browser, hosted.address, hosted.gateway.url) as page:
        page.goto(hosted.address)
        page.get_by_role("button", name="Choose photos").wait_for()
        yield page
