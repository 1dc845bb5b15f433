"""How every refusal of the API must look: RFC 9457 problem details."""

from typing import Any

import httpx

from tests.databases import BASE_URL


def assert_problem(answer: httpx.Response, status: int, key: str | None = None) -> dict[str, Any]:
    """The problem in an answer, which must have this status and, where given, this key."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "instance"} <= problem.keys()
    assert all(isinstance(problem[name], str) and problem[name] for name in ("title", "detail"))
    assert problem["type"].startswith(f"{BASE_URL}/open-data/problems#")
    assert problem["instance"] == answer.request.url.path
    if key is not None:
        assert problem["type"].endswith(f"#{key}")
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    return problem


def fields_of(answer: httpx.Response) -> set[str]:
    """The fields that a 422 answer complains about."""
    problem = assert_problem(answer, 422, "form.invalid")
    assert all(error["code"] and error["message"] for error in problem["errors"])
    return {error["field"] for error in problem["errors"]}
