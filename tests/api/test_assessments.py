"""Assessments over JSON: staff ask experts, each says whether there is a conflict, judges alone, and all is published."""

from datetime import timedelta
from typing import Any

import pytest

from app.database import now
from app.models import (
    Account,
    Assessment,
    AssessmentRound,
    Email,
    Evaluator,
    Event,
    EventKind,
    Proposal,
    Role,
)
from tests.assessing import CRITERIA, Assess, judgement
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem

P = "/api/v1/proposals"
A = "/api/v1/assessments"
HOUSES = ("Viện Vịt", "Trường Ao", "Hội Cối xay")


@pytest.fixture
def experts(make: Make) -> list[Account]:
    """Three experts of different houses."""
    return [make.expert(f"Chuyên gia {n}", affiliation=house) for n, house in enumerate(HOUSES)]


@pytest.fixture
def proposal(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published")


def kinds(db: Database, proposal: Proposal) -> list[str]:
    """The steps of an assessment, in order."""
    events = db.all(Event, Event.proposal_id == proposal.id)
    return [one.kind.value for one in events if "status" not in one.kind and one.kind not in {EventKind.CREATED, EventKind.EDITED}]  # fmt: skip


def mails(db: Database, account: Account) -> list[str]:
    return [mail.name for mail in db.all(Email, Email.recipient == account.email)]


def test_a_round_from_its_opening_to_its_result(client: Client, db: Database, ha: Account, lan: Account, experts: list[Account], proposal: Proposal) -> None:  # fmt: skip
    an, binh, chi = experts
    day = (now() + timedelta(days=9)).date().isoformat()
    body = {"evaluators": [one.id for one in experts], "due_on": day}
    opened = client.as_(lan).post(f"{P}/{proposal.id}/assessment/rounds", json=body)
    assert opened.status_code == 201, opened.text
    made = opened.json()
    assert [one["expert"]["id"] for one in made["evaluators"]] == [one.id for one in experts]
    assert {one["state"] for one in made["evaluators"]} == {"asked"}
    assert [one["code"] for one in made["criteria"]] == list(CRITERIA)
    assert all(mails(db, one)[-1] == "assessment_assigned" for one in experts)
    again = client.as_(lan).post(f"{P}/{proposal.id}/assessment/rounds", json=body)
    assert (again.status_code, again.json()["type"].split("#")[1]) == (409, "assessment.open")

    def own(expert: Account, path: str = "", json: Any = None) -> Any:
        number = client.as_(expert).get(f"{A}/mine").json()["items"][0]["id"]
        asking = client.as_(expert)
        return asking.post(f"{A}/{number}{path}", json=json) if path else asking.get(f"{A}/{number}")  # fmt: skip

    # Nothing is to be seen or said before the declaration.
    assert own(an).json()["criteria"] == []
    early = own(an, "/verdict", judgement())
    assert (early.status_code, early.json()["type"].split("#")[1]) == (409, "assessment.declare_first")  # fmt: skip
    assert own(an, "/declaration", {"has_conflict": True}).status_code == 422
    for expert in (an, binh):
        ready = own(expert, "/declaration", {"has_conflict": False})
        assert (ready.status_code, len(ready.json()["criteria"])) == (200, 5)
        assert own(expert, "/declaration", {"has_conflict": True, "words": "x"}).status_code == 409
    out = own(chi, "/declaration", {"has_conflict": True, "words": "Tôi bán vịt."})
    assert (out.json()["state"], out.json()["criteria"]) == ("recused", [])
    assert own(chi, "/verdict", judgement()).status_code == 409

    given = own(an, "/verdict", judgement([5, 4, 4, 3, 2]))
    assert (given.status_code, given.json()["state"], given.json()["others"]) == (200, "given", [])
    assert own(an, "/verdict", judgement()).status_code == 409
    # Until it closes, nobody but the evaluator reads it.
    assert own(binh).json()["others"] == []
    shown = client.as_(lan).get(f"{P}/{proposal.id}/assessment/rounds").json()["items"][0]
    assert [one["state"] for one in shown["evaluators"]] == ["given", "waiting", "recused"]
    assert [one["conflict_words"] for one in shown["evaluators"]] == ["", "", "Tôi bán vịt."]
    assert "Vì impact" not in client.as_(lan).get(f"{P}/{proposal.id}/assessment/rounds").text
    for reader in (None, ha, lan):
        assert client.as_(reader).get(f"{P}/{proposal.id}/assessment").json()["rounds"] == []
        steps = [step["event"] for step in client.as_(reader).get(f"{P}/{proposal.id}").json()["history"]]  # fmt: skip
        assert ("verdict_given" in steps) == (reader is lan)
        assert "assessment_opened" in steps

    # The last verdict closes the round.
    last = own(binh, "/verdict", judgement([3, 4, 4, 1, 2], "against"))
    assert [one["evaluator"] for one in last.json()["others"]] == [an.name]
    found = client.get(f"{P}/{proposal.id}/assessment").json()
    (result,) = found["rounds"]
    sums = [(one["median"], one["lowest"], one["highest"]) for one in result["criteria"]]
    assert sums == [(4, 3, 5), (4, 4, 4), (4, 4, 4), (2, 1, 3), (2, 2, 2)]
    assert found["score"] == result["score"] == pytest.approx(3.2)
    assert db.get(Proposal, proposal.id).assessment_score == pytest.approx(3.2)
    counts = {one["recommendation"]: one["count"] for one in result["recommendations"]}
    assert counts == {"recommend": 1, "with_changes": 0, "against": 1}
    assert (result["is_recommended"], result["is_thin"]) == (False, False)
    assert [(one["evaluator"], one["field"]) for one in result["verdicts"]] == [(an.name, "ducks"), (binh.name, "ducks")]  # fmt: skip
    assert result["verdicts"][0]["versions"][0]["scores"][0] == {"criterion": "impact", "score": 5, "words": "Vì impact."}  # fmt: skip
    assert kinds(db, proposal) == ["assessment_opened", *["evaluator_assigned"] * 3, *["evaluator_declared"] * 2, "evaluator_recused", "verdict_given", "verdict_given", "assessment_closed"]  # fmt: skip
    for person in (ha, lan, an, binh):
        assert mails(db, person)[-1] == "assessment_closed"
    assert "assessment_closed" not in mails(db, chi)
    assert client.as_(lan).post(f"{P}/{proposal.id}/assessment/close").status_code == 409


def test_who_may_not(client: Client, db: Database, make: Make, ha: Account, lan: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    body = {"evaluators": [an.id, binh.id]}
    for who, status in ((None, 401), (ha, 403), (an, 403)):
        asking = client.as_(who)
        assert asking.post(f"{P}/{proposal.id}/assessment/rounds", json=body).status_code == status
        assert asking.get(f"{P}/{proposal.id}/assessment/suggestions").status_code == status
        assert asking.get(f"{P}/{proposal.id}/assessment/rounds").status_code == status
        assert asking.post(f"{P}/{proposal.id}/assessment/evaluators", json=body).status_code == status  # fmt: skip
        assert asking.post(f"{P}/{proposal.id}/assessment/close").status_code == status
    # A moderator's own proposal is another's to have judged, and its steps are hidden from its author too.
    own = make.proposal(lan, "published")
    assert client.as_(lan).post(f"{P}/{own.id}/assessment/rounds", json=body).status_code == 403
    assess.ask(own, an, binh)
    assess.judge(an)
    history = client.as_(lan).get(f"{P}/{own.id}").json()["history"]
    assert "verdict_given" not in [step["event"] for step in history]
    number = assess.asked(an).id
    for who, status in ((None, 401), (ha, 404), (lan, 404), (binh, 404), (chi, 404)):
        asking = client.as_(who)
        assert asking.get(f"{A}/{number}").status_code == status
        assert asking.post(f"{A}/{number}/declaration", json={"has_conflict": False}).status_code == status  # fmt: skip
        assert asking.post(f"{A}/{number}/verdict", json=judgement()).status_code == status
    # Whose approval has ended judges no more.
    with db.session() as session:
        session.get_one(Account, binh.id).role = Role.CITIZEN
    number = assess.asked(binh).id
    assert client.as_(binh).get(f"{A}/{number}").status_code == 200
    assert client.as_(binh).post(f"{A}/{number}/declaration", json={"has_conflict": False}).status_code == 403  # fmt: skip
    assert client.as_(binh).post(f"{A}/{number}/verdict", json=judgement()).status_code == 403


@pytest.mark.parametrize("status", ["submitted", "hidden", "withdrawn", "merged"])
def test_only_what_is_listed_is_assessed(client: Client, make: Make, ha: Account, lan: Account, experts: list[Account], status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    body = {"evaluators": [one.id for one in experts]}
    answer = client.as_(lan).post(f"{P}/{made.id}/assessment/rounds", json=body)
    assert (answer.status_code, answer.json()["type"].split("#")[1]) == (409, "assessment.not_listed")  # fmt: skip


def test_who_cannot_be_asked(client: Client, db: Database, make: Make, lan: Account, ha: Account, experts: list[Account], standing: Any) -> None:  # fmt: skip
    """The author, whoever is no expert now, and whoever has the author's affiliation, however it is written."""
    an, binh, chi = experts
    author = make.expert("Tác giả", affiliation="  VIEN   vịt. ")
    proposal = make.proposal(author, "published")
    banned = make.expert("Bị đóng", affiliation="Khác")
    with db.session() as session:
        session.get_one(Account, banned.id).banned_at = now()
    path = f"{P}/{proposal.id}/assessment/rounds"
    for number, code in ((author.id, "author"), (an.id, "same_affiliation"), (ha.id, "unknown_code"), (banned.id, "unknown_code"), (999_999, "unknown_code")):  # fmt: skip
        answer = client.as_(lan).post(path, json={"evaluators": [binh.id, number]})
        assert answer.status_code == 422
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("evaluators.1", code)]  # fmt: skip
    for body in ({"evaluators": [binh.id]}, {"evaluators": [binh.id, binh.id]}, {"evaluators": []}, {}, {"evaluators": [binh.id, chi.id], "x": 1}):  # fmt: skip
        assert client.as_(lan).post(path, json=body).status_code == 422
    for day in (now().date() - timedelta(days=1), now().date() + timedelta(days=400), "2026-1-1", "20270101", 1, "0001-01-01", "9999-12-31"):  # fmt: skip
        body = {"evaluators": [binh.id, chi.id], "due_on": str(day) if not isinstance(day, int) else day}  # fmt: skip
        answer = client.as_(lan).post(path, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "due_on")
    assert db.count(AssessmentRound) == db.count(Evaluator) == 0
    suggested = client.as_(lan).get(f"{P}/{proposal.id}/assessment/suggestions").json()["items"]
    assert [one["expert"]["id"] for one in suggested] == [binh.id, chi.id]


def test_suggestions_by_field_language_and_work(client: Client, make: Make, ha: Account, lan: Account, assess: Assess) -> None:  # fmt: skip
    busy = make.expert("A bận", affiliation="Nhà a")
    free = make.expert("B rảnh", affiliation="Nhà b")
    foreign = make.expert("C xa", affiliation="Nhà c", languages=["fr"])
    other = make.expert("D khác", affiliation="Nhà d", field="mills")
    far = make.expert("E xa", affiliation="Nhà e", field="mills", languages=["fr"])
    make.account("Không hồ sơ", Role.EXPERT)
    assess.ask(make.proposal(ha, "published"), busy, make.expert("F", affiliation="Nhà f", field="mills"))  # fmt: skip
    proposal = make.proposal(ha, "published", pillar="fields", language="vi")
    found = client.as_(lan).get(f"{P}/{proposal.id}/assessment/suggestions").json()["items"]
    names = [one["expert"]["name"] for one in found]
    assert names == ["B rảnh", "A bận", "C xa", "D khác", "F", "E xa"]
    assert [(one["field_fits"], one["language_fits"], one["waiting"]) for one in found][:4] == [(True, True, 0), (True, True, 1), (True, False, 0), (False, True, 0)]  # fmt: skip
    assess.ask(proposal, free, foreign)
    found = client.as_(lan).get(f"{P}/{proposal.id}/assessment/suggestions").json()["items"]
    assert {one["expert"]["id"] for one in found} & {free.id, foreign.id} == set()
    # An author who is an expert is read by their own field, too.
    own = make.proposal(make.expert("G", affiliation="Nhà g", field="mills"), "published", pillar="songs")  # fmt: skip
    found = client.as_(lan).get(f"{P}/{own.id}/assessment/suggestions").json()["items"]
    fitting = [one["expert"]["id"] for one in found if one["field_fits"]]
    assert (fitting[0], far.id in fitting) == (other.id, True)


def test_more_evaluators_and_closing_by_hand(client: Client, db: Database, make: Make, ha: Account, lan: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    path = f"{P}/{proposal.id}/assessment"
    assert client.as_(lan).post(f"{path}/evaluators", json={"evaluators": [chi.id]}).status_code == 409  # fmt: skip
    assess.ask(proposal, an, binh)
    assess.declare(an, "Bạn của tác giả.")
    (shown,) = client.as_(lan).get(f"{path}/rounds").json()["items"]
    assert shown["lacks_evaluators"]
    added = client.as_(lan).post(f"{path}/evaluators", json={"evaluators": [chi.id]})
    assert (added.status_code, added.json()["lacks_evaluators"]) == (201, False)
    # One who withdrew is not asked again.
    for number in (an.id, chi.id):
        assert client.as_(lan).post(f"{path}/evaluators", json={"evaluators": [number]}).status_code == 409  # fmt: skip
    assess.judge(chi, 2)
    closed = client.as_(lan).post(f"{path}/close")
    assert (closed.status_code, closed.json()["score"], closed.json()["rounds"][0]["is_thin"]) == (200, 2.0, True)  # fmt: skip
    assert client.as_(lan).post(f"{path}/close").status_code == 409
    number = assess.asked(binh).id
    assert client.as_(binh).post(f"{A}/{number}/declaration", json={"has_conflict": False}).status_code == 409  # fmt: skip
    assert client.as_(binh).get(f"{A}/{number}").json()["state"] == "missed"
    # Who has declared a conflict of interest is not asked about this proposal again.
    assert an.id not in [
        one["expert"]["id"] for one in client.as_(lan).get(f"{path}/suggestions").json()["items"]
    ]
    assert_problem(client.as_(lan).post(f"{path}/rounds", json={"evaluators": [an.id, binh.id]}), 409, "assessment.in_conflict")  # fmt: skip
    # A round without any verdict leaves the score as it was.
    assess.ask(proposal, chi, binh)
    assert client.as_(lan).post(f"{path}/close").json()["score"] == 2.0
    assert db.get(Proposal, proposal.id).assessment_score == 2.0
    assert [len(one["verdicts"]) for one in client.get(path).json()["rounds"]] == [0, 1]


def test_a_verdict_is_revised_once_about_a_new_text(client: Client, db: Database, make: Make, ha: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, _ = experts
    assess.ask(proposal, an, binh)
    assess.judge(an, 3, "with_changes")
    assess.judge(binh, 2, "against")
    number = assess.asked(an).id
    path = f"{A}/{number}/verdict"
    assert client.as_(an).post(path, json=judgement(5)).json()["type"].endswith("assessment.given")
    with db.session() as session:
        row = session.get_one(Proposal, proposal.id)
        row.revision = 2
    assert client.as_(an).get(f"{A}/{number}").json()["may_submit"]
    stale = client.as_(an).post(path, json=judgement(5))
    assert (stale.status_code, stale.json()["type"].split("#")[1]) == (409, "content.changed")
    revised = client.as_(an).post(path, json=judgement(5, "recommend", 2))
    assert revised.status_code == 200, revised.text
    assert [one["version"] for one in revised.json()["verdicts"]] == [1, 2]
    again = client.as_(an).post(path, json=judgement(1, "against", 2))
    assert (again.status_code, again.json()["type"].split("#")[1]) == (409, "assessment.revised")
    found = client.get(f"{P}/{proposal.id}/assessment").json()
    assert found["score"] == pytest.approx(3.5)
    versions = found["rounds"][0]["verdicts"][0]["versions"]
    assert [(one["version"], one["revision"], one["recommendation"]) for one in versions] == [(1, 1, "with_changes"), (2, 2, "recommend")]  # fmt: skip
    assert kinds(db, proposal)[-1] == "verdict_revised"
    steps = [step["event"] for step in client.get(f"{P}/{proposal.id}").json()["history"]]
    assert steps[-1] == "verdict_revised"
    assert db.count(Assessment) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scores": {}}, "scores.impact"),
        ({"recommendation": "maybe"}, "recommendation"),
        ({"recommendation": None}, "recommendation"),
        ({"scores": judgement(0)["scores"]}, "scores.impact.score"),
        ({"scores": judgement(6)["scores"]}, "scores.impact.score"),
        ({"scores": judgement()["scores"] | {"beauty": {"score": 1, "words": "x"}}}, "scores.beauty"),
        ({"scores": judgement()["scores"] | {"cost": {"score": True, "words": "x"}}}, "scores.cost.score"),
        ({"scores": judgement()["scores"] | {"cost": {"score": 3, "words": "\u200b"}}}, "scores.cost.words"),
        ({"revision": 0}, "revision"),
        ({"words": "\x00"}, "words"),
        ({"x": 1}, "x"),
    ],
)  # fmt: skip
def test_what_is_no_verdict(client: Client, db: Database, make: Make, experts: list[Account], proposal: Proposal, change: dict[str, Any], field: str, assess: Assess) -> None:  # fmt: skip
    an = experts[0]
    assess.ask(proposal, *experts)
    assess.declare(an)
    answer = client.as_(an).post(f"{A}/{assess.asked(an).id}/verdict", json=judgement() | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert db.count(Assessment) == 0


def test_the_list_of_what_has_been_assessed(client: Client, make: Make, ha: Account, experts: list[Account], assess: Assess) -> None:  # fmt: skip
    an, binh, _ = experts
    campaign = make.campaign()
    made = []
    for number, scores in enumerate((2, 5, 4, 5)):
        other = campaign.id if number == 0 else None
        proposal = make.proposal(ha, "published", campaign_id=other)
        assess.ask(proposal, an, binh)
        assess.judge(an, scores)
        assess.judge(binh, scores, "with_changes")
        made.append(proposal.id)
    make.vote(an, make.reload(make.proposal(ha, "published")))
    seen, cursor = [], None
    while True:
        page = client.get(f"{A}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [one["proposal"]["id"] for one in seen] == [made[3], made[1], made[2], made[0]]
    assert [one["score"] for one in seen] == [5, 5, 4, 2]
    assert all((one["verdicts"], one["is_recommended"]) == (2, True) for one in seen)
    listed = client.get(f"{P}?sort=best_assessed").json()["items"]
    assert [one["id"] for one in listed] == [one["proposal"]["id"] for one in seen]
    assert [one["assessment_score"] for one in listed] == [5, 5, 4, 2]
    narrowed = client.get(f"{A}?campaign={campaign.id}").json()["items"]
    assert [one["proposal"]["id"] for one in narrowed] == [made[0]]
    assert client.get(f"{A}?x=1").status_code == 422
    assert client.get(f"{A}?cursor=x").status_code == 422


def test_the_criteria_of_a_campaign(client: Client, db: Database, lan: Account, quan: Account, standing: Any) -> None:  # fmt: skip
    path = f"/api/v1/campaigns/{standing.id}/rules"
    joy = {"code": "joy", "names": {"vi": "Niềm vui"}, "descriptions": {"en": "Is it fun?"}}
    body = {"answer_days": 30, "rubric": [joy]}
    assert client.put(path, json=body).status_code == 401
    assert client.as_(lan).put(path, json=body).status_code == 403
    for _ in range(2):
        assert client.as_(quan).put(path, json=body).json()["rubric"] == [joy]
    assert client.get(path).json()["rubric"] == [joy]
    many = [joy | {"code": f"c{number}"} for number in range(11)]
    for rubric in ([], [joy, joy], many, [joy | {"names": {}}], [joy | {"names": {"xx": "?"}}], [joy | {"code": "Vui"}], [joy | {"x": 1}], [joy | {"names": {"vi": " "}}]):  # fmt: skip
        assert client.as_(quan).put(path, json=body | {"rubric": rubric}).status_code == 422
    assert client.get(path).json()["rubric"] == [joy]
    assert client.as_(quan).put(path, json={"answer_days": 30}).json()["rubric"] is None
