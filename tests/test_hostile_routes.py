"""Every route with numbers that there cannot be and bodies that make no sense: refused, never a failure of ours."""

import json
import re
from typing import Any

import pytest

from app.models import Account, Role
from tests.builders import Make
from tests.clients import Browser, Client
from tests.routes import API_ROUTES, WEB_ROUTES, Route

NUMBERS = (str(2**31 - 1), "9" * 18)
QUERY = "?cursor=x&month=9999-99&kind=%00&parent=99999999999&same_as=99999999999999999&pillar=%ED%A0%80&campaign=9999999999999"
FORM: dict[str, Any] = {"items": ["99999999999999999999", "-1", "x"], "outcome": "x", "decision": "x", "reason_code": "\x00", "note": "\x00", "revision": "9" * 30, "canned": "9" * 19, "version": "9" * 25, "progress": "1e9", "due_on": "9999-99-99", "publish_at": "0001-01-01T00:00", "answer_threshold": "9" * 30, "answer_days": "-1", "evaluators": ["9" * 12], "department": "\x00", "into": "٣", "token": "x" * 5000, "parent_id": "9" * 20, "words": "\x00", "text": "\x00"}  # fmt: skip
BODIES: tuple[Any, ...] = ({"items": [2**63], "outcome": "x", "version": 2**70, "evaluators": [2**40], "progress": 10**12, "due_on": "9999-99-99", "publish_at": "0001-01-01T00:00:00Z", "parent_id": 2**40, "text": "\ud800", "words": "\x00", "scores": {"x": {"score": 10**30}}, "rubric": [[]] * 50, "reason_code": "x" * 41}, [])  # fmt: skip


@pytest.fixture
def people(make: Make) -> list[Account]:
    return [make.account("Quân", Role.ADMIN), make.officer("Cán bộ")]


def addresses(route: Route) -> list[str]:
    if "{" not in route.path:
        return [route.path]
    return [re.sub(r"{(\w+)(:int)?}", number, route.path) for number in NUMBERS]


def test_pages(browser: Browser, people: list[Account]) -> None:
    failed = []
    for path, method in {(path, route.method) for route in WEB_ROUTES for path in addresses(route)}:
        for who in people:
            door = browser.as_(who)
            answer = door.get(path + QUERY) if method == "GET" else door.submit(path, **FORM)
            if answer.status_code >= 500:
                failed.append((method, path, who.role.value, answer.status_code))
        if path == "/sign-out":
            browser.known.clear()
    assert failed == []


def test_the_api(client: Client, people: list[Account]) -> None:
    failed = []
    for path, method in {(path, route.method) for route in API_ROUTES for path in addresses(route)}:
        for who in people:
            for body in BODIES if method != "GET" else (None,):
                query = QUERY if method == "GET" else ""
                content = None if body is None else json.dumps(body)
                answer = client.as_(who).request(method, path + query, content=content, headers={"Content-Type": "application/json"})  # fmt: skip
                if answer.status_code >= 500:
                    failed.append((method, path, who.role.value, answer.status_code))
    assert failed == []
