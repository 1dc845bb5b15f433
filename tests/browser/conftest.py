"""Fixtures: a served portal with the demo on each engine, and Chromium; skipped, and said so, where there is none."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.browser.serving import Portal, serving
from tests.databases import new_database


@pytest.fixture(scope="session")
def served(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with the demo, served by its own command."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp(f"{worker}_served")
    with (
        new_database(engine_name, folder) as database,
        serving(database.engine.url.render_as_string(hide_password=False)) as portal,
    ):
        yield portal


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    if chromium.path() is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium.browser() as running:
        yield running
