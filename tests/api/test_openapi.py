"""The OpenAPI document: it names every route and every refusal, and real answers are as it says."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app import api
from app.database import now
from app.models import Account, Campaign, Milestone, Proposal, Role
from tests import json_schema
from tests.assessing import Assess, judgement
from tests.builders import Make, content, official
from tests.clients import Client
from tests.databases import Database

PREFIX = "/api/v1"
CALLS = [
    ("GET", "/proposals", None), ("GET", "/proposals?limit=1", None), ("GET", "/proposals?limit=0", None), ("POST", "/proposals", content()),
    ("POST", "/proposals", {}), ("GET", "/proposals/{public}", None), ("GET", "/proposals/999999", None),
    ("PATCH", "/proposals/{own}", {"title": "Khác"}), ("PATCH", "/proposals/{public}", {"title": "Khác"}), ("POST", "/proposals/{own}/submit", None),
    ("GET", "/proposals/{public}/co-authors", None), ("POST", "/proposals/{public}/co-authors", {"email": "x@example.org"}),
    ("DELETE", "/proposals/{public}/co-authors/1", None), ("POST", "/proposals/{public}/withdraw", None), ("PUT", "/proposals/{public}/vote", {"value": "support"}),
    ("PUT", "/proposals/{public}/vote", {"value": "x"}), ("DELETE", "/proposals/{public}/vote", None), ("GET", "/moderation/queue", None),
    ("POST", "/proposals/{waiting}/decision", {"decision": "publish"}), ("POST", "/proposals/{waiting}/decision", {"decision": "reject"}),
    ("POST", "/proposals/{public}/status", {"status": "declined", "note": "Vì."}), ("POST", "/proposals/{public}/merge-suggestions", {"into": 1}), ("GET", "/proposals/{suggested}/merge-suggestions", None),
    ("GET", "/proposals/{public}/comments", None), ("GET", "/proposals/{public}/comments?limit=1&sort=helpful&stance=for", None),
    ("GET", "/proposals/{public}/comments?parent={comment}", None), ("GET", "/proposals/{public}/comments?parent=0", None),
    ("POST", "/proposals/{public}/comments", {"text": "Hay.", "stance": "for"}), ("POST", "/proposals/{public}/comments", {"text": "", "voice": "city"}),
    ("GET", "/comments/{comment}", None), ("GET", "/comments/{hushed}", None), ("PATCH", "/comments/{comment}", {"text": "Khác."}),
    ("DELETE", "/comments/{comment}", None), ("PUT", "/comments/{comment}/helpful", None), ("DELETE", "/comments/{comment}/helpful", None),
    ("POST", "/comments/{comment}/decision", {"decision": "keep"}), ("POST", "/comments/{comment}/decision", {"decision": "hide"}),
    ("GET", "/comments/{hushed}/history", None),
    ("GET", "/campaigns", None), ("GET", "/campaigns/{campaign}", None), ("GET", "/campaigns/0", None), ("GET", "/pillars", None),
    ("GET", "/moderation/record", None), ("GET", "/moderation/record?month=x", None), ("GET", "/moderation/record/monthly", None),
    ("GET", "/moderation/dashboard", None),
    ("GET", "/goals", None), ("GET", "/wards", None), ("GET", "/reasons", None), ("GET", "/statistics", None), ("GET", "/statistics/wards", None), ("GET", "/statistics/coverage", None), ("GET", "/statistics/statuses", None), ("GET", "/proposals/{public}/support-days", None), ("GET", "/expertises", None),
    ("GET", "/experts", None), ("GET", "/experts?limit=1&field=ducks", None), ("GET", "/experts?country=XX", None), ("GET", "/experts/{expert}", None),
    ("POST", "/proposals/{public}/reports", {"reason_code": "off-topic"}), ("GET", "/moderation/reports/{case}", None), ("GET", "/decisions/mine", None),
    ("GET", "/moderation/appeals/{appeal}", None), ("POST", "/people/{expert}/ban", {"reason_code": "off-topic", "note": "Vì thế."}),
    ("POST", "/proposals/{own}/attachments", None), ("DELETE", "/proposals/{public}/attachments/1", None),
    ("GET", "/experts/{appointed}", None), ("GET", "/experts/999999", None), ("GET", "/proposals?author={expert}", None),
]  # fmt: skip
CALLS += [
    ("GET", "/assessments", None), ("GET", "/assessments?x=1", None), ("GET", "/assessments/mine", None), ("GET", "/proposals/{assessed}/assessment", None),
    ("GET", "/proposals/{public}/assessment/suggestions", None), ("GET", "/proposals/{assessed}/assessment/rounds", None),
    ("POST", "/proposals/{public}/assessment/rounds", {"evaluators": []}), ("POST", "/proposals/{public}/assessment/close", None),
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
            (schema,) = (one["schema"] for one in body["content"].values())
            named = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
            assert named["additionalProperties"] is False, path


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


def _assessed(make: Make, assess: Assess, author: Account) -> Proposal:
    """A proposal with a published assessment, and one that is under way."""
    experts = [make.expert(f"Chuyên gia {n}", affiliation=f"Nhà {n}") for n in range(2)]
    proposal = make.proposal(author, "published")
    assess.ask(proposal, *experts)
    for one in experts:
        assess.judge(one)
    assess.ask(proposal, *experts)
    assess.declare(experts[0], "Bạn của tác giả.")
    return proposal


def test_an_evaluators_answers_are_as_documented(client: Client, document: dict[str, Any], make: Make, assess: Assess, ha: Account, lan: Account) -> None:  # fmt: skip
    schemas = document["components"]["schemas"]
    an, binh = (make.expert(f"Chuyên gia {n}", affiliation=f"Nhà {n}") for n in range(2))
    proposal = make.proposal(ha, "published")

    def ask(who: Account, method: str, path: str, body: Any = None) -> None:
        answer = client.as_(who).request(method, f"{PREFIX}{path}", json=body)
        assert answer.is_success, answer.text
        schema = schema_of(document, method, path, answer)
        assert json_schema.errors(answer.json(), schema, schemas) == []

    ask(lan, "POST", f"/proposals/{proposal.id}/assessment/rounds", {"evaluators": [an.id, binh.id]})  # fmt: skip
    chi = make.expert("Chi", affiliation="Nhà khác")
    ask(lan, "POST", f"/proposals/{proposal.id}/assessment/evaluators", {"evaluators": [chi.id]})
    for expert in (an, binh):
        own = f"/assessments/{assess.asked(expert).id}"
        ask(expert, "GET", "/assessments/mine")
        ask(expert, "GET", own)
        ask(expert, "POST", f"{own}/declaration", {"has_conflict": False})
        ask(expert, "POST", f"{own}/verdict", judgement())
        ask(expert, "GET", own)
    ask(lan, "POST", f"/proposals/{proposal.id}/assessment/close")


class Scene(dict[str, int]):
    """What the calls' placeholders stand for, made when a call names it."""

    def __init__(self, make: Make, assess: Assess, ha: Account, lan: Account, campaign: int) -> None:  # fmt: skip
        super().__init__(campaign=campaign)
        self.make, self.assess, self.ha, self.lan = make, assess, ha, lan

    def __missing__(self, name: str) -> int:
        self[name] = self._made(name).id
        return self[name]

    def _made(self, name: str) -> Any:
        make, ha, lan = self.make, self.ha, self.lan
        return {
            "public": lambda: make.proposal(lan, "under_consideration"),
            "own": lambda: make.proposal(ha),
            "waiting": lambda: make.proposal(ha, "submitted"),
            "expert": lambda: make.expert("An"),
            "appointed": lambda: make.account("Minh", Role.EXPERT),
            "comment": lambda: make.comment(ha, self._public()),
            "hushed": lambda: make.rule_on(make.comment(ha, self._public()), "hide"),
            "assessed": lambda: _assessed(make, self.assess, ha),
            "case": lambda: make.report(ha, make.proposal(lan, "published")),
            "appeal": lambda: make.proposal(ha, "rejected") and make.appeal(ha),
            "suggested": self._suggested,
        }[name]()

    def _suggested(self) -> Proposal:
        """A proposal that a moderator suggests to merge."""
        made = self.make.proposal(self.ha, "published")
        self.make.suggestion(self.make.desk(), made, self._public())
        return made

    def _public(self) -> Proposal:
        return self.make.db.get(Proposal, self["public"])


@pytest.fixture
def scene(make: Make, assess: Assess, ha: Account, lan: Account, standing: Campaign) -> Scene:
    return Scene(make, assess, ha, lan, standing.id)


def _faults(document: dict[str, Any], method: str, path: str, answer: httpx.Response) -> list[str]:
    """Where an answer is not as documented."""
    schema = schema_of(document, method, path, answer)
    if schema is None:
        return ["something"] if answer.content else []
    return json_schema.errors(answer.json(), schema, document["components"]["schemas"])


@pytest.mark.parametrize("who", ["ha", "lan", "anonymous"])
def test_what_is_read_is_as_documented(client: Client, document: dict[str, Any], scene: Scene, make: Make, ha: Account, lan: Account, who: str) -> None:  # fmt: skip
    """Reading changes nothing, so that all of it is read where all of it has been made."""
    make.vote(ha, make.proposal(ha, "published"))
    actor = {"ha": ha, "lan": lan, "anonymous": None}[who]
    for name in ("own", "waiting"):  # Some lists name them.
        assert scene[name]
    paths = [path.format_map(scene) for method, path, _ in CALLS if method == "GET"]
    answers = {path: client.as_(actor).get(PREFIX + path) for path in paths}
    faults = {path: _faults(document, "GET", path, answer) for path, answer in answers.items()}
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize(("method", "path", "body"), [call for call in CALLS if call[0] != "GET"])
@pytest.mark.parametrize("who", ["ha", "lan", "anonymous"])
def test_real_answers_are_as_documented(client: Client, document: dict[str, Any], scene: Scene, ha: Account, lan: Account, method: str, path: str, body: Any, who: str) -> None:  # fmt: skip
    actor = {"ha": ha, "lan": lan, "anonymous": None}[who]
    address = path.format_map(scene)
    answer = client.as_(actor).request(method, f"{PREFIX}{address}", json=body)
    assert _faults(document, method, address, answer) == []


ANSWERS = [
    ("GET", "/departments", None), ("GET", "/answers", None), ("GET", "/answers/waiting", None), ("GET", "/answers/overdue", None), ("GET", "/answers/desk", None),
    ("GET", "/answers/{answer}", None), ("GET", "/answers/{draft}", None), ("GET", "/proposals/{answered}/answers", None), ("PUT", "/proposals/{asked}/answer-request", {"department": "mayor"}),
    ("PUT", "/answers/{draft}", official() | {"version": 1}), ("POST", "/answers/{draft}/submit", {"version": 2}), ("POST", "/answers/{draft}/return", {}),
    ("POST", "/answers/{draft}/approve", {"version": 2}), ("DELETE", "/answers/{draft}", None), ("POST", "/proposals/{asked}/answer-request", {}),
    ("POST", "/proposals/{answered}/milestones", {"title": "Thả vịt", "due_on": "2099-01-01"}), ("POST", "/milestones/{milestone}/updates", {"progress": 3, "version": 1}),
    ("PUT", "/proposals/{asked}/follow", None), ("GET", "/follows", None), ("DELETE", "/proposals/{asked}/follow", None), ("PUT", "/follows/mail", {"wanted": True}),
]  # fmt: skip


def test_real_answers_of_the_city_are_as_documented(client: Client, document: dict[str, Any], db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    officer, answered, asked = make.officer("An"), make.proposal(ha, "published"), make.proposal(ha, "published")  # fmt: skip
    answer = make.answered(answered)
    make.called(asked, "mayor", -3)
    make.called(make.proposal(ha, "published"), None, -3)
    numbers = {"answered": answered.id, "asked": asked.id, "answer": answer.id, "draft": make.draft(officer, asked).id, "milestone": db.all(Milestone)[0].id}  # fmt: skip
    with db.session() as session:
        session.get_one(Milestone, numbers["milestone"]).due_at = now() - timedelta(days=1)
    for method, path, body in ANSWERS:
        for actor in (officer, lan, None):
            found = client.as_(actor).request(method, f"{PREFIX}{path.format(**numbers)}", json=body)  # fmt: skip
            schema = schema_of(document, method, path.format(**numbers), found)
            if schema is not None:
                assert json_schema.errors(found.json(), schema, document["components"]["schemas"]) == [], path  # fmt: skip


def test_the_check_itself_finds_faults(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    tally = {"$ref": "#/components/schemas/TallyOut"}
    assert json_schema.errors({"support_count": 1, "oppose_count": 0, "value": None}, tally, schemas) == []  # fmt: skip
    for wrong in ({"support_count": 1}, {"support_count": "1", "oppose_count": 0, "value": None}, {"support_count": 1, "oppose_count": 0, "value": "x"}, {"support_count": 1, "oppose_count": 0, "value": None, "x": 1}, []):  # fmt: skip
        assert json_schema.errors(wrong, tally, schemas)
