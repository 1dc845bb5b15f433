"""Fixtures: a served portal with the demo on each engine, and Chromium; skipped, and said so, where there is none."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.browser.serving import Portal, serving
from tests.databases import new_database


@pytest.fixture(scope="session")
def served_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Portal]]:
    """The worker's own portal on each engine, started when the first test asks and kept until the worker ends."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp(f"{worker}_served")
    with ExitStack() as stack:

        def start(engine_name: str) -> Portal:
            database = stack.enter_context(new_database(engine_name, folder))
            url = database.engine.url.render_as_string(hide_password=False)
            return stack.enter_context(serving(url))

        yield cache(start)


@pytest.fixture
def served(served_on: Callable[[str], Portal], engine_name: str) -> Portal:
    """A portal with the demo, served by its own command."""
    return served_on(engine_name)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    if chromium.path() is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium.browser() as running:
        yield running
