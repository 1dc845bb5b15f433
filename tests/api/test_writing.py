"""Writing as a program: create, change, submit, withdraw."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Account, Email, Event, EventKind, Proposal, Revision, Status
from tests.builders import Make, content
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

LIST = "/api/v1/proposals"
REQUIRED = [
    "title",
    "summary",
    "problem",
    "solution",
    "expected_impact",
    "resources_needed",
    "pillar",
]
Build = Callable[..., Proposal]


def path(proposal: Proposal, action: str = "") -> str:
    return f"{LIST}/{proposal.id}{action}"


def test_create_submits(client: Client, db: Database, ha: Account) -> None:
    answer = client.as_(ha).post(LIST, json=content(title="Ao cho vịt"))
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"http://testserver{LIST}/{body['id']}"
    assert client.as_(ha).get(answer.headers["location"]).json() == body
    assert body["status"] == "submitted"
    assert [(step["event"], step["status"]) for step in body["history"]] == [("created", "draft"), ("status", "submitted")]  # fmt: skip
    made = db.get(Proposal, body["id"])
    assert (made.author_id, made.title, made.published_at) == (ha.id, "Ao cho vịt", None)
    assert made.submitted_at is not None


def test_create_a_draft(client: Client, db: Database, ha: Account) -> None:
    body = client.as_(ha).post(LIST, json=content(draft=True)).json()
    assert body["status"] == "draft"
    assert db.count(Event) == 1
    assert db.count(Email) == 0


def test_only_the_required_fields_are_required(client: Client, ha: Account, standing: Any) -> None:
    values = {name: content()[name] for name in REQUIRED}
    answer = client.as_(ha).post(LIST, json=values)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["goals"], body["wards"], body["tags"], body["campaign_id"]) == ([], [], [], standing.id)  # fmt: skip


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("draft", [False, True])
def test_each_required_field(client: Client, db: Database, ha: Account, field: str, draft: bool) -> None:  # fmt: skip
    values = content(draft=draft)
    writer = client.as_(ha)
    for bad in ({k: v for k, v in values.items() if k != field}, values | {field: ""}, values | {field: " \n "}, values | {field: None}):  # fmt: skip
        assert fields_of(writer.post(LIST, json=bad)) == {field}
    assert db.count(Proposal) == 0


def test_all_errors_are_told_at_once(client: Client, ha: Account) -> None:
    bad = content(title="", pillar="x", color="red", campaign_id="1")
    assert fields_of(client.as_(ha).post(LIST, json=bad)) == {"title", "color", "campaign_id"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pillar": "education"}, "pillar"), ({"goals": ["x"]}, "goals.0"), ({"goals": "joy-2033"}, "goals"),
        ({"goals": None}, "goals"), ({"goals": [1]}, "goals.0"), ({"wards": ["east", "00001"]}, "wards.1"),
        ({"wards": {"east": 1}}, "wards"), ({"tags": [""]}, "tags.0"), ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": [f"t{i}" for i in range(9)]}, "tags"), ({"title": "x" * 201}, "title"), ({"title": "ab"}, "title"),
        ({"summary": "x" * 501}, "summary"), ({"problem": "x" * 20_001}, "problem"), ({"language": "de"}, "language"),
        ({"campaign_id": 999_999}, "campaign_id"), ({"status": "published"}, "status"), ({"author": {}}, "author"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_and_nothing_is_written(
    client: Client, db: Database, ha: Account, changes: dict[str, Any], field: str
) -> None:
    before = db.counts() | {"api_token": 1}
    assert fields_of(client.as_(ha).post(LIST, json=content(**changes))) == {field}
    assert db.counts() == before


def test_the_longest_texts_fit(client: Client, ha: Account) -> None:
    longest = content(title="ở" * 200, summary="ở" * 500, **dict.fromkeys(("problem", "solution", "expected_impact", "resources_needed"), "ở" * 20_000))  # fmt: skip
    body = client.as_(ha).post(LIST, json=longest).json()
    assert {name: body[name] for name in longest if name in REQUIRED} == {name: longest[name] for name in longest if name in REQUIRED}  # fmt: skip


def test_texts_are_kept_in_nfc_and_trimmed(client: Client, ha: Account) -> None:
    body = client.as_(ha).post(LIST, json=content(title="  Ao  ca\u0301\n ", problem="a\r\nb")).json()  # fmt: skip
    assert (body["title"], body["problem"]) == ("Ao c\u00e1", "a\nb")


@pytest.mark.parametrize("repeat", [True, False])
def test_equal_codes_count_once(client: Client, ha: Account, repeat: bool) -> None:
    tags = ["Ao", "ao", "AO "] if repeat else ["ao"]
    body = client.as_(ha).post(LIST, json=content(wards=["east"] * (1 + repeat), tags=tags)).json()
    assert (body["wards"], body["tags"]) == (["east"], ["ao"])


def test_anonymous_may_not_write(client: Client, a_proposal: Build, db: Database, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    before = db.counts()
    assert_problem(client.post(LIST, json=content()), 401, "sign_in.required")
    assert_problem(client.patch(path(made), json={"title": "Khác"}), 401)
    assert_problem(client.post(path(made, "/submit")), 401)
    assert_problem(client.post(path(made, "/withdraw")), 401)
    assert db.counts() == before


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer ", "Bearer", "Basic eDp5", "x", "bearer  ", "Bearer \xff"]
)
def test_a_bad_token_is_401_even_where_none_is_needed(client: Client, header: str) -> None:
    headers = {b"Authorization": header.encode("latin-1")}
    assert_problem(client.get(LIST.replace("proposals", "moderation/queue"), headers=headers), 401)
    assert_problem(client.get(f"{LIST}/1", headers=headers), 401, "sign_in.token_invalid")


def test_a_closed_campaign_takes_no_proposals(client: Client, make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    campaign = make.closed_campaign()
    answer = client.as_(ha).post(LIST, json=content(campaign_id=campaign.id))
    assert_problem(answer, 409, "campaign.submission_closed")
    assert db.count(Proposal) == 0
    draft = client.as_(ha).post(LIST, json=content(campaign_id=campaign.id, draft=True)).json()
    assert_problem(client.as_(ha).post(f"{LIST}/{draft['id']}/submit"), 409, "campaign.submission_closed")  # fmt: skip


def test_patch_changes_what_is_named(client: Client, a_proposal: Build, db: Database, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "submitted", title="Ao cũ")
    body = client.as_(ha).patch(path(made), json={"title": "Ao mới", "wards": []}).json()
    assert (body["title"], body["slug"], body["wards"], body["goals"]) == ("Ao mới", "ao-moi", [], ["joy-2033"])  # fmt: skip
    assert (body["revision"], body["status"], body["problem"]) == (2, "submitted", made.problem)
    assert [r.number for r in db.all(Revision)] == [1, 2]
    edits = [event for event in db.all(Event) if event.kind is EventKind.EDITED]
    assert [(event.actor_id, event.revision) for event in edits] == [(ha.id, 2)]


def test_a_patch_that_changes_nothing_leaves_no_trace(client: Client, a_proposal: Build, db: Database, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    writer = client.as_(ha)
    before = db.counts() | {"attempts": 1}  # Only that it was tried is counted, for an hour.
    for same in ({}, {"title": made.title}, {"title": f" {made.title} ", "tags": ["PONDS"]}):
        body = writer.patch(path(made), json=same).json()
        assert (body["revision"], body["updated_at"]) == (1, client.get(path(made)).json()["updated_at"])  # fmt: skip
    assert db.counts() == before


@pytest.mark.parametrize("field", [*REQUIRED, "goals", "wards", "tags", "campaign_id", "language"])
def test_patch_refuses_null(client: Client, a_proposal: Build, ha: Account, field: str) -> None:
    made = a_proposal(ha)
    assert fields_of(client.as_(ha).patch(path(made), json={field: None})) == {field}
    assert fields_of(client.as_(ha).patch(path(made), json={"draft": True})) == {"draft"}


def test_only_the_author_edits(client: Client, a_proposal: Build, db: Database, ha: Account, outsider: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    public, waiting = a_proposal(ha, "published"), a_proposal(ha, "submitted")
    for other in (outsider, lan, quan):
        assert_problem(client.as_(other).patch(path(public), json={"title": "Khác"}), 403, "permission.denied")  # fmt: skip
    assert_problem(client.as_(outsider).patch(path(waiting), json={"title": "Khác"}), 404)
    assert_problem(client.as_(lan).patch(path(waiting), json={"title": "Khác"}), 403)
    assert db.count(Revision, Revision.number > 1) == 0


@pytest.mark.parametrize("status", ["rejected", "under_consideration", "accepted", "in_progress", "completed", "declined", "withdrawn", "hidden", "merged"])  # fmt: skip
def test_what_is_decided_is_locked(client: Client, a_proposal: Build, ha: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    assert_problem(client.as_(ha).patch(path(made), json={"title": "Khác"}), 409, "proposal.locked")


def test_the_campaign_stays_after_publication(client: Client, make: Make, ha: Account) -> None:
    campaign = make.campaign()
    draft, public = make.proposal(ha), make.proposal(ha, "published")
    moved = client.as_(ha).patch(path(draft), json={"campaign_id": campaign.id})
    assert moved.json()["campaign_id"] == campaign.id
    assert_problem(client.as_(ha).patch(path(public), json={"campaign_id": campaign.id}), 409)


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_submit(client: Client, a_proposal: Build, db: Database, ha: Account, status: str) -> None:
    made = a_proposal(ha, status)
    assert client.as_(ha).post(path(made, "/submit")).json()["status"] == "submitted"
    assert db.get(Proposal, made.id).status is Status.SUBMITTED
    again = client.as_(ha).post(path(made, "/submit"))
    assert_problem(again, 409, "transition.impossible")


def test_an_incomplete_draft_cannot_be_submitted(client: Client, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha)
    with db.session() as session:
        row = session.get(Proposal, made.id)
        row.solution, row.pillar_code = "", None
    assert fields_of(client.as_(ha).post(path(made, "/submit"))) == {"solution", "pillar"}
    assert db.get(Proposal, made.id).status is Status.DRAFT


@pytest.mark.parametrize("action", ["/submit", "/withdraw"])
def test_only_the_author_submits_and_withdraws(client: Client, a_proposal: Build, db: Database, ha: Account, outsider: Account, lan: Account, quan: Account, action: str) -> None:  # fmt: skip
    draft, waiting, public = (a_proposal(ha, s) for s in ("draft", "submitted", "published"))
    events = db.count(Event)
    for other in (outsider, lan, quan):
        assert_problem(client.as_(other).post(path(draft, action)), 404)
        assert_problem(client.as_(other).post(path(public, action)), 403)
    assert_problem(client.as_(outsider).post(path(waiting, action)), 404)
    assert_problem(client.as_(lan).post(path(waiting, action)), 403)
    assert db.count(Event) == events


def test_withdraw_leaves_what_was_public_readable(client: Client, a_proposal: Build, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    assert client.as_(ha).post(path(made, "/withdraw")).json()["status"] == "withdrawn"
    assert client.get(path(made)).json()["status"] == "withdrawn"
    assert client.get(LIST).json()["items"] == []
    assert_problem(client.as_(ha).post(path(made, "/withdraw")), 409, "transition.impossible")


INVISIBLE = ["\u200b" * 3, "\u2060\u2060\u2060", "\ufeff" * 3, "\u00ad" * 3, "\u3164" * 3, "\u2800" * 3, "\u200e\u200f\u061c", "\u034f" * 3, "\U000e0041" * 3, "\u0301" * 3, "a\u200b\u200b", "\u00a0\u2003\u3000"]  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_what_nobody_can_see_is_no_title(client: Client, db: Database, ha: Account, text: str) -> None:  # fmt: skip
    before = client.as_(ha) and db.counts()
    answer = client.as_(ha).post(LIST, json=content(title=text))
    assert_problem(answer, 422, "form.invalid")
    assert db.counts() == before


@pytest.mark.parametrize("field", ["summary", "problem", "tags"])
def test_what_nobody_can_see_fills_no_field(client: Client, ha: Account, field: str) -> None:
    value = ["\u200b"] if field == "tags" else "\u200b"
    answer = client.as_(ha).post(LIST, json=content(**{field: value}))
    assert_problem(answer, 422, "form.invalid")


@pytest.mark.parametrize("title", ["Phở 👨‍👩‍👧 ❤️ ngon", "Tiếng Việt có dấu", "ภาษาไทยที่นี่"])
def test_joined_emoji_and_marks_stay(client: Client, ha: Account, title: str) -> None:
    answer = client.as_(ha).post(LIST, json=content(title=title))
    assert answer.json()["title"] == title


@pytest.mark.parametrize("marks", ["\u0301", "\u20dd", "\U0001d165\U0001d16d", "\u302e"])
def test_marks_are_not_piled_up(client: Client, ha: Account, marks: str) -> None:
    """Also marks of other kinds: to put many in order takes time that grows with the square of their number."""
    answer = client.as_(ha).post(LIST, json=content(title="Ao" + marks * 9))
    assert_problem(answer, 422, "form.invalid")


def test_a_tag_is_measured_in_lower_case(client: Client, ha: Account) -> None:
    """İ becomes two characters; on PostgreSQL they would not fit."""
    answer = client.as_(ha).post(LIST, json=content(tags=["İ" * 40]))
    assert_problem(answer, 422, "form.invalid")
    assert client.as_(ha).post(LIST, json=content(tags=["İ" * 20])).status_code == 201


def test_edits_are_limited(client: Client, db: Database, make: Make, ha: Account, outsider: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "proposal_edits_per_hour", 2)
    made = make.proposal(ha, "submitted")
    path = f"/api/v1/proposals/{made.id}"
    answers = [client.as_(ha).patch(path, json={"title": f"Lần {n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert_problem(answers[2], 429, "limit.edits")
    assert int(answers[2].headers["retry-after"]) > 0
    assert db.get(Proposal, made.id).title == "Lần 1"
    assert client.as_(outsider).patch(path, json={"title": "Của người khác"}).status_code == 404
