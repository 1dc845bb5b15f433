"""Every refusal and failure is a problem of RFC 9457, unknown paths and wrong methods among them."""

import re
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy.exc import OperationalError

from app.errors import MESSAGES
from app.main import create_app
from app.models import Account
from tests.builders import Make, content
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1", "/api/v1/", "/api/", "/api/v2/proposals", "/api/v1/proposals/1/votes", "/api/v1/%00", "/api/v1/%ff", "/api/v1/..%2f"])  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_path(client: Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("#not_found")


@pytest.mark.parametrize(("method", "path", "allowed"), [("DELETE", "/api/v1/proposals", "GET, HEAD, POST"), ("PUT", "/api/v1/proposals/1", "GET, HEAD, PATCH"), ("POST", "/api/v1/proposals/1/vote", "DELETE, PUT"), ("POST", "/api/v1/wards", "GET, HEAD"), ("GET", "/api/v1/proposals/1/submit", "POST"), ("TRACE", "/api/v1/wards", "GET, HEAD"), ("FLY", "/api/v1/wards", "GET, HEAD")])  # fmt: skip
def test_a_wrong_method(client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert_problem(answer, 405, "method.not_allowed")
    assert answer.headers["allow"] == allowed


def test_a_failure_is_a_problem_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def break_down(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("the inside of the house")

    monkeypatch.setattr("app.services.listings.published", break_down)
    answer = client.get("/api/v1/proposals")
    assert_problem(answer, 500, "internal")
    assert "inside" not in answer.text


def test_a_database_that_is_away_is_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT secret", {}, Exception("connection refused"))

    monkeypatch.setattr("app.services.listings.published", away)
    answer = client.get("/api/v1/proposals")
    assert_problem(answer, 503, "overloaded")
    assert int(answer.headers["retry-after"]) > 0
    assert "secret" not in answer.text


def test_no_city_yet(portal: BlockingPortal, migrated: Database) -> None:
    client = Client(portal, create_app(migrated.settings), migrated)
    author = Make(migrated).account("Hà")
    for path in ("proposals", "wards", "pillars", "goals", "reasons"):
        assert_problem(client.get(f"/api/v1/{path}"), 503, "city.missing")
    refused = client.as_(author).post("/api/v1/proposals", json=content())
    assert_problem(refused, 503, "city.missing")


def test_each_type_leads_to_its_explanation(browser: Browser) -> None:
    page = browser.get("/open-data/problems").text
    for key in MESSAGES:
        assert re.search(rf'id="{re.escape(key)}"', page), key


def test_the_api_knows_no_cookies(browser: Browser, ha: Account, make: Make) -> None:
    made = make.proposal(ha, "published")
    assert_problem(browser.as_(ha).put(f"/api/v1/proposals/{made.id}/vote", json={"value": "support"}), 401)  # fmt: skip


def test_safe_headers(client: Client) -> None:
    for path in ("/api/v1/proposals", "/api/v1/proposals/999999", "/api/v1/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "content-language" in headers
