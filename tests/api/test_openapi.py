"""The OpenAPI document: it names every route and every refusal, and real answers are as it says."""

from typing import Any

import httpx
import pytest

from app import api
from app.models import Account, Role
from tests import json_schema
from tests.builders import Make, content
from tests.clients import Client

PREFIX = "/api/v1"
CALLS = [
    ("GET", "/proposals", None), ("GET", "/proposals?limit=1", None), ("GET", "/proposals?limit=0", None), ("POST", "/proposals", content()),
    ("POST", "/proposals", {}), ("GET", "/proposals/{public}", None), ("GET", "/proposals/999999", None),
    ("PATCH", "/proposals/{own}", {"title": "Khác"}), ("PATCH", "/proposals/{public}", {"title": "Khác"}), ("POST", "/proposals/{own}/submit", None),
    ("POST", "/proposals/{public}/withdraw", None), ("PUT", "/proposals/{public}/vote", {"value": "support"}),
    ("PUT", "/proposals/{public}/vote", {"value": "x"}), ("DELETE", "/proposals/{public}/vote", None), ("GET", "/moderation/queue", None),
    ("POST", "/proposals/{waiting}/decision", {"decision": "publish"}), ("POST", "/proposals/{waiting}/decision", {"decision": "reject"}),
    ("POST", "/proposals/{public}/status", {"status": "declined", "note": "Vì."}), ("POST", "/proposals/{public}/merge", {"into": 1}),
    ("GET", "/moderation/record", None), ("GET", "/moderation/record?month=x", None), ("GET", "/moderation/record/monthly", None),
    ("GET", "/moderation/dashboard", None), ("GET", "/campaigns", None), ("GET", "/campaigns/{campaign}", None), ("GET", "/campaigns/0", None), ("GET", "/pillars", None),
    ("GET", "/goals", None), ("GET", "/wards", None), ("GET", "/reasons", None), ("GET", "/statistics", None), ("GET", "/expertises", None),
    ("GET", "/experts", None), ("GET", "/experts?limit=1&field=ducks", None), ("GET", "/experts?country=XX", None), ("GET", "/experts/{expert}", None),
    ("GET", "/experts/{appointed}", None), ("GET", "/experts/999999", None), ("GET", "/proposals?author={expert}", None),
]  # fmt: skip


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answer = client.get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(m.upper(), path, o) for path, methods in document["paths"].items() for m, o in methods.items()]  # fmt: skip


def test_it_names_every_route_and_no_page(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    routes = {(m, route.path) for router in api.routers for route in router.routes for m in route.methods}  # fmt: skip
    assert {(method, path) for method, path, _ in operations(document)} == routes
    assert all(path.startswith(f"{PREFIX}/") for _, path in routes)


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        assert operation["description"], path
        for status in ("4XX", "5XX", "422"):
            kinds = operation["responses"][status]["content"]
            assert kinds.keys() == {"application/problem+json"}, path
            assert kinds["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}  # fmt: skip


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [r for value in part.values() for r in references(value)]
        return [r for one in part for r in references(one)] if isinstance(part, list) else []

    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference


def test_ids_of_operations_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_bodies_refuse_unknown_fields(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for _, path, operation in operations(document):
        body = operation.get("requestBody")
        if body:
            name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
            assert schemas[name]["additionalProperties"] is False, path


def schema_of(document: dict[str, Any], method: str, path: str, answer: httpx.Response) -> Any:
    """What the document says about an answer: its schema, or None for an empty one."""
    parts = path.split("?", maxsplit=1)[0].split("/")
    for own_method, template, operation in operations(document):
        names = template.removeprefix(PREFIX).split("/")
        fits = len(names) == len(parts) and all(n.startswith("{") or n == p for n, p in zip(names, parts, strict=True))  # fmt: skip
        if own_method == method and fits:
            responses, code = operation["responses"], str(answer.status_code)
            response = responses.get(code) or responses[f"{code[0]}XX"]
            kind = answer.headers.get("content-type")
            return response["content"][kind]["schema"] if answer.content else None
    raise AssertionError(f"{method} {path} is not documented")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("who", ["ha", "lan", "anonymous"])
def test_real_answers_are_as_documented(client: Client, document: dict[str, Any], make: Make, ha: Account, lan: Account, standing: Any, method: str, path: str, body: Any, who: str) -> None:  # fmt: skip
    numbers = {"public": make.proposal(lan, "under_consideration").id, "own": make.proposal(ha).id, "waiting": make.proposal(ha, "submitted").id}  # fmt: skip
    numbers |= {"expert": make.expert("An").id, "appointed": make.account("Minh", Role.EXPERT).id}
    make.vote(ha, make.proposal(ha, "published"))
    actor = {"ha": ha, "lan": lan, "anonymous": None}[who]
    address = path.format(campaign=standing.id, **numbers)
    answer = client.as_(actor).request(method, f"{PREFIX}{address}", json=body)
    schema = schema_of(document, method, path, answer)
    if schema is None:
        assert answer.content == b""
    else:
        assert json_schema.errors(answer.json(), schema, document["components"]["schemas"]) == []


def test_the_check_itself_finds_faults(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    tally = {"$ref": "#/components/schemas/TallyOut"}
    assert json_schema.errors({"support_count": 1, "oppose_count": 0, "value": None}, tally, schemas) == []  # fmt: skip
    for wrong in ({"support_count": 1}, {"support_count": "1", "oppose_count": 0, "value": None}, {"support_count": 1, "oppose_count": 0, "value": "x"}, {"support_count": 1, "oppose_count": 0, "value": None, "x": 1}, []):  # fmt: skip
        assert json_schema.errors(wrong, tally, schemas)
