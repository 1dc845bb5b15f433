"""The city's answers as a program: what is owed, drafts and their approval, publication at a time, milestones."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import jobs
from app.database import now
from app.models import (
    Account,
    AnswerEvent,
    AnswerRequest,
    AnswerState,
    AnswerStep,
    Campaign,
    Cause,
    Email,
    Event,
    Milestone,
    MilestoneUpdate,
    News,
    OfficialAnswer,
    Proposal,
    Role,
    Status,
)
from app.services import days
from tests.assessing import Assess
from tests.builders import Make, official
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

API = "/api/v1"
ZONE = "Asia/Tokyo"
Build = Callable[..., Proposal]


def on(proposal: Proposal, action: str) -> str:
    return f"{API}/proposals/{proposal.id}{action}"


def at(answer: OfficialAnswer, action: str = "") -> str:
    return f"{API}/answers/{answer.id}{action}"


def kinds(db: Database, proposal: Proposal) -> list[str]:
    return [event.kind.value for event in db.all(Event, Event.proposal_id == proposal.id)]


def steps(db: Database, answer: OfficialAnswer) -> list[str]:
    return [one.step.value for one in db.all(AnswerEvent, AnswerEvent.answer_id == answer.id)]


@pytest.fixture
def made(a_proposal: Build, ha: Account) -> Proposal:
    return a_proposal(ha, "published")


@pytest.fixture
def first(make: Make) -> Account:
    return make.officer("An")


@pytest.fixture
def second(make: Make) -> Account:
    return make.officer("Bình")


@pytest.fixture
def ferryman(make: Make) -> Account:
    """An officer of another department."""
    return make.officer("Phà", "ferry")


# Calls for an answer


def test_the_vote_that_fills_the_threshold_calls_once(client: Client, make: Make, db: Database, a_proposal: Build, ha: Account) -> None:  # fmt: skip
    campaign = make.campaign(answer_threshold=2, answer_days=30, allows_opposition=True)
    proposal = a_proposal(ha, "published", campaign_id=campaign.id)
    people = [make.account(f"Người {number}") for number in range(4)]
    path = on(proposal, "/vote")
    client.as_(people[0]).put(path, json={"value": "support"})
    client.as_(people[1]).put(path, json={"value": "oppose"})
    assert db.count(AnswerRequest) == 0
    client.as_(people[1]).put(path, json={"value": "support"})
    (request,) = db.all(AnswerRequest)
    assert (request.cause, request.department_code) == (Cause.SUPPORTS, None)
    assert days.day_of(request.due_at, ZONE) == days.today(ZONE) + timedelta(days=30)
    event = db.all(Event)[-1]
    assert (event.kind, event.actor_id) == ("answer_called", None)  # Nobody's vote is named.
    # Taken back and cast again, and once more after the answer: the city is asked once.
    client.as_(people[1]).delete(path)
    client.as_(people[1]).put(path, json={"value": "support"})
    client.as_(people[2]).put(path, json={"value": "support"})
    with db.session() as session:
        session.get_one(AnswerRequest, request.id).answered_at = now()
    for person in people[1:3]:
        client.as_(person).delete(path)
    client.as_(people[3]).put(path, json={"value": "support"})
    assert db.count(AnswerRequest) == 1
    assert kinds(db, proposal).count("answer_called") == 1


def test_votes_that_fill_nothing_cost_no_query_more(client: Client, make: Make, db: Database, a_proposal: Build, ha: Account) -> None:  # fmt: skip
    counts = []
    for threshold in (None, 5):
        campaign = make.campaign(answer_threshold=threshold)
        proposal = a_proposal(ha, "published", campaign_id=campaign.id)
        voter = make.account("Cử tri")
        client.as_(voter).put(on(proposal, "/vote"), json={"value": "support"})
        client.as_(voter).delete(on(proposal, "/vote"))
        with db.queries() as statements:
            client.as_(voter).put(on(proposal, "/vote"), json={"value": "support"})
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_threshold_lowered_later_is_made_up_for(make: Make, db: Database, made: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    campaign = make.campaign()
    late = make.proposal(ha, "published", campaign_id=campaign.id)
    few = make.proposal(ha, "published", campaign_id=campaign.id)
    over = make.move(make.proposal(ha, "under_consideration", campaign_id=campaign.id), "declined")
    for proposal in (late, made):
        make.vote(minh, proposal)
    with db.session() as session:
        session.merge(campaign).answer_threshold = 1
        session.get_one(Proposal, over.id).support_count = 9
    for _ in range(2):
        jobs.call_for_answers(db.engine, db.settings)
        assert [one.proposal_id for one in db.all(AnswerRequest)] == [late.id]
    assert few.id != late.id


def test_a_recommendation_from_before_is_made_up_for(make: Make, db: Database, ha: Account, standing: Campaign, assess: Assess) -> None:  # fmt: skip
    """Where a campaign begins to ask for answers on recommendations; not for what was not recommended."""
    an, binh = (make.expert(name, affiliation=f"Nhà {name}") for name in ("An", "Bình"))
    good, bad = (make.proposal(ha, "published") for _ in range(2))
    for proposal, advice in ((good, "with_changes"), (bad, "against")):
        assess.ask(proposal, an, binh)
        for expert in (an, binh):
            assess.judge(expert, 3, advice)
    jobs.call_for_answers(db.engine, db.settings)
    assert db.count(AnswerRequest) == 0
    with db.session() as session:
        session.get_one(Campaign, standing.id).answer_on_recommendation = True
    for _ in range(2):
        jobs.call_for_answers(db.engine, db.settings)
        assert [(one.proposal_id, one.cause) for one in db.all(AnswerRequest)] == [(good.id, "recommendation")]  # fmt: skip


def test_a_moderator_calls_by_hand(client: Client, db: Database, made: Proposal, ha: Account, lan: Account, first: Account) -> None:  # fmt: skip
    path, body = on(made, "/answer-request"), {"department": "mayor"}
    assert_problem(client.post(path, json=body), 401, "sign_in.required")
    for wrong in (ha, first):
        assert_problem(client.as_(wrong).post(path, json=body), 403, "permission.denied")
    assert fields_of(client.as_(lan).post(path, json={"department": "nobody"})) == {"department"}
    assert db.count(AnswerRequest) == 0
    answer = client.as_(lan).post(path, json=body)
    assert answer.status_code == 201
    assert (answer.json()["department"], answer.json()["cause"], answer.json()["days_overdue"]) == ("mayor", "moderator", 0)  # fmt: skip
    assert_problem(client.as_(lan).post(path, json={}), 409, "answer.called")
    assert kinds(db, made)[-2:] == ["answer_called", "answer_assigned"]
    assert [event["event"] for event in client.get(on(made, "")).json()["history"]][-2:] == ["answer_called", "answer_assigned"]  # fmt: skip
    assert client.get(on(made, "/answers")).json()["request"]["department"] == "mayor"


@pytest.mark.parametrize("status", ["completed", "declined", "withdrawn", "merged", "submitted"])
def test_what_is_over_is_not_asked_about(client: Client, a_proposal: Build, ha: Account, lan: Account, status: str) -> None:  # fmt: skip
    done = a_proposal(ha, status)
    answer = client.as_(lan).post(on(done, "/answer-request"), json={})
    assert answer.status_code == (403 if status == "submitted" else 409)


def test_who_answers(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account, ferryman: Account) -> None:  # fmt: skip
    path = on(made, "/answer-request")
    put = lambda who, department: client.as_(who).put(path, json={"department": department})  # noqa: E731
    assert_problem(put(None, "mayor"), 401, "sign_in.required")
    assert_problem(put(lan, "mayor"), 409, "answer.none")
    make.called(made, None)
    assert_problem(put(ha, "mayor"), 403, "permission.denied")
    assert fields_of(put(lan, "x")) == {"department"}
    assert put(first, "mayor").json()["department"] == "mayor"  # An officer takes what is nobody's,
    events = db.count(Event)
    assert put(first, "mayor").status_code == 200  # again, which changes nothing,
    assert db.count(Event) == events
    assert_problem(put(ferryman, "ferry"), 403)  # and keeps it from others,
    assert put(first, "ferry").status_code == 200  # until it is handed on.
    assert db.all(Event)[-1].note == "ferry"
    assert put(lan, "mayor").status_code == 200
    make.draft(first, made)
    assert_problem(put(lan, "ferry"), 409, "answer.being_written")


# Drafts


def test_an_answer_on_its_way(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    drafted = client.as_(first).post(on(made, "/answers"), json=official())
    assert drafted.status_code == 201
    body = drafted.json()
    assert (body["state"], body["version"], body["drafted_by"], body["published_at"]) == ("draft", 1, first.id, None)  # fmt: skip
    (answer,) = db.all(OfficialAnswer)
    assert drafted.headers["Location"].endswith(at(answer))
    # Nobody else sees it, nor anything of it, before it is published.
    for outsider in (None, ha, make.officer("Phà", "ferry")):
        assert_problem(client.as_(outsider).get(at(answer)), 404)
    assert client.get(on(made, "/answers")).json()["answers"] == []
    assert [one["event"] for one in client.as_(ha).get(on(made, "")).json()["history"]][-1] == "answer_assigned"  # fmt: skip
    for insider in (first, second, lan):
        assert client.as_(insider).get(at(answer)).json()["words"] == official()["words"]
    changed = official(words="Sẽ **đào** ao.", milestones=[])
    assert client.as_(second).put(at(answer), json={**changed, "version": 1}).json()["version"] == 2
    stale = client.as_(first).put(at(answer), json={**official(words="Của tôi"), "version": 1})
    assert_problem(stale, 409, "content.changed")
    assert db.get(OfficialAnswer, answer.id).words == "Sẽ **đào** ao."
    assert_problem(client.as_(first).post(at(answer, "/submit"), json={"version": 1}), 409, "content.changed")  # fmt: skip
    assert client.as_(first).post(at(answer, "/submit"), json={"version": 2}).json()["state"] == "submitted"  # fmt: skip
    assert_problem(client.as_(first).post(at(answer, "/submit"), json={"version": 2}), 409, "answer.other_state")  # fmt: skip
    assert steps(db, answer) == ["drafted", "edited", "submitted"]
    assert db.get(Proposal, made.id).status is Status.PUBLISHED


def test_who_may_draft(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, quan: Account, first: Account, ferryman: Account) -> None:  # fmt: skip
    path = on(made, "/answers")
    without = make.account("Chưa có sở", Role.OFFICER)
    assert_problem(client.as_(first).post(path, json=official()), 403)  # Nobody has been asked.
    make.called(made)
    assert_problem(client.post(path, json=official()), 401, "sign_in.required")
    for wrong in (ha, lan, quan, ferryman, without):
        assert_problem(client.as_(wrong).post(path, json=official()), 403, "permission.denied")
    own = make.proposal(first, "published")
    make.called(own)
    assert_problem(client.as_(first).post(on(own, "/answers"), json=official()), 403)
    assert db.count(OfficialAnswer) == 0
    make.draft(first, made)
    assert_problem(client.as_(first).post(path, json=official()), 409, "answer.being_written")


WRONG = [
    ({"status": "published"}, "status"), ({"words": " "}, "words"), ({"words": "x" * 10_001}, "words"), ({"x": 1}, "x"),
    ({"milestones": [{"title": "Đo ao", "due_on": "2020-01-01"}]}, "milestones.0.due_on"),
    ({"milestones": [{"title": "Đo ao", "due_on": "mai"}]}, "milestones.0.due_on"),
    ({"milestones": [{"title": "Đo ao", "due_on": 20270101}]}, "milestones.0.due_on"),
    ({"milestones": [{"title": "x", "due_on": "2099-01-01"}]}, "milestones.0.title"),
    ({"milestones": [{"title": "Đo ao", "due_on": "2099-01-01"}] * 13}, "milestones"),
    ({"publish_at": "2099-01-01T08:00"}, "publish_at"), ({"words": "a\u202eb"}, "words"),
    *(({"publish_at": moment}, "publish_at") for moment in ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")),
]  # fmt: skip


def test_what_is_wrong_is_named(client: Client, db: Database, make: Make, made: Proposal, first: Account) -> None:  # fmt: skip
    make.called(made)
    for change, field in WRONG:
        assert fields_of(client.as_(first).post(on(made, "/answers"), json=official(**change))) == {field}  # fmt: skip
    assert db.count(OfficialAnswer) == 0


def test_a_status_that_cannot_follow(client: Client, make: Make, made: Proposal, first: Account) -> None:  # fmt: skip
    make.called(made)
    for status in ("accepted", "in_progress", "completed"):
        assert_problem(client.as_(first).post(on(made, "/answers"), json=official(status=status)), 409, "answer.unfit")  # fmt: skip


# Approval and publication


def test_a_second_officer_publishes(client: Client, db: Database, make: Make, made: Proposal, ha: Account, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.submitted(first, made)
    assert_problem(client.as_(first).post(at(answer, "/approve"), json={"version": 1}), 403, "answer.own_words")  # fmt: skip
    done = client.as_(second).post(at(answer, "/approve"), json={"version": 1}).json()
    assert (done["state"], done["approved_by"]) == ("published", second.id)
    proposal = db.get(Proposal, made.id)
    assert proposal.status is Status.UNDER_CONSIDERATION
    (request,) = db.all(AnswerRequest)
    assert request.answered_at is not None
    (milestone,) = db.all(Milestone)
    assert (milestone.title, milestone.progress, milestone.answer_id) == ("Đo ao", 0, answer.id)
    assert db.count(MilestoneUpdate) == 1
    assert kinds(db, made)[-2:] == ["status", "milestone_set"]
    assert steps(db, answer) == ["drafted", "submitted", "approved", "published"]
    told = {db.get(Event, one.event_id).kind for one in db.all(News)}
    assert told == {"answer_called", "status"}
    public = client.get(on(made, "/answers")).json()
    (shown,) = public["answers"]
    assert (shown["department"], shown["words_html"]) == ("mayor", "<p>Sẽ <strong>xem xét</strong> cái ao.</p>\n")  # fmt: skip
    assert public["milestones"][0]["title"] == "Đo ao"
    assert public["request"]["answered_at"] is not None
    seen = client.get(at(answer)).json()
    assert seen["proposal"]["id"] == made.id
    # Everybody reads the department, nobody the officers.
    for text in (client.get(at(answer)).text, client.get(on(made, "/answers")).text):
        assert "drafted_by" not in text
        assert "An" not in text.split()
    for action, body in (("/approve", {"version": 1}), ("/submit", {"version": 1}), ("/return", {})):  # fmt: skip
        assert_problem(client.as_(second).post(at(answer, action), json=body), 409, "answer.closed")
    assert_problem(client.as_(first).put(at(answer), json={**official(), "version": 1}), 409, "answer.closed")  # fmt: skip
    assert_problem(client.as_(ha).delete(at(answer)), 403, "permission.denied")
    assert_problem(client.as_(first).delete(at(answer)), 409, "answer.closed")


def test_answers_follow_each_other(client: Client, make: Make, db: Database, made: Proposal, first: Account, second: Account) -> None:  # fmt: skip
    make.answered(made)
    for status in ("accepted", "in_progress", "completed"):
        make.approved(first, second, made, status=status, words=f"Nay {status}.", milestones=[])
    shown = client.get(on(made, "/answers")).json()["answers"]
    assert [one["status"] for one in shown] == ["under_consideration", "accepted", "in_progress", "completed"]  # fmt: skip
    assert_problem(client.as_(first).post(on(made, "/answers"), json=official()), 409, "answer.unfit")  # fmt: skip
    listed = client.get(f"{API}/answers?limit=3").json()
    assert [one["status"] for one in listed["items"]] == ["completed", "in_progress", "accepted"]
    rest = client.get(f"{API}/answers?limit=3&cursor={listed['next_cursor']}").json()
    assert [one["status"] for one in rest["items"]] == ["under_consideration"]
    assert client.get(f"{API}/answers?department=ferry").json()["items"] == []
    assert fields_of(client.get(f"{API}/answers?department=x")) == {"department"}


def test_who_may_approve_and_take_back(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, quan: Account, first: Account, second: Account, ferryman: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.submitted(first, made)
    for action, body in (("/approve", {"version": 1}), ("/return", {"note": "Chưa rõ."})):
        assert_problem(client.post(at(answer, action), json=body), 401, "sign_in.required")
        for outsider in (ha, ferryman):
            assert_problem(client.as_(outsider).post(at(answer, action), json=body), 404)
        assert_problem(client.as_(lan).post(at(answer, action), json=body), 403, "permission.denied")  # fmt: skip
    assert_problem(client.as_(second).post(at(answer, "/approve"), json={"version": 9}), 409, "content.changed")  # fmt: skip
    back = client.as_(second).post(at(answer, "/return"), json={"note": "Chưa rõ."}).json()
    assert (back["state"], back["steps"][-1]["note"], back["steps"][-1]["actor_id"]) == ("draft", "Chưa rõ.", second.id)  # fmt: skip
    assert_problem(client.as_(second).post(at(answer, "/return"), json={}), 409, "answer.other_state")  # fmt: skip
    assert_problem(client.as_(second).post(at(answer, "/approve"), json={"version": 1}), 409, "answer.other_state")  # fmt: skip
    client.as_(first).post(at(answer, "/submit"), json={"version": 1})
    # An administrator may approve as well, but nobody what they have written at.
    client.as_(second).put(at(answer), json={**official(words="Sẽ đào ao."), "version": 1})
    client.as_(first).post(at(answer, "/submit"), json={"version": 2})
    for writer in (first, second):
        assert_problem(client.as_(writer).post(at(answer, "/approve"), json={"version": 2}), 403, "answer.own_words")  # fmt: skip
    assert client.as_(quan).post(at(answer, "/approve"), json={"version": 2}).json()["state"] == "published"  # fmt: skip


def test_saving_what_stands_there_makes_nobody_a_writer(client: Client, make: Make, made: Proposal, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.submitted(first, made)
    saved = client.as_(second).put(at(answer), json={**official(), "version": 1}).json()
    assert (saved["state"], saved["version"], saved["steps"][-1]["step"]) == ("draft", 2, "returned")  # fmt: skip
    client.as_(first).post(at(answer, "/submit"), json={"version": 2})
    assert client.as_(second).post(at(answer, "/approve"), json={"version": 2}).json()["state"] == "published"  # fmt: skip


def test_publication_at_its_time(client: Client, db: Database, make: Make, made: Proposal, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    moment = now() + timedelta(hours=2)
    answer = make.approved(first, second, made, publish_at=moment.isoformat())
    assert (answer.state, answer.approved_by) == (AnswerState.APPROVED, second.id)
    jobs.publish_answers(db.engine, db.settings)
    assert db.get(Proposal, made.id).status is Status.PUBLISHED
    # Changed meanwhile, it is a draft again and has lost its approval.
    changed = client.as_(second).put(at(answer), json={**official(publish_at=moment.isoformat()), "version": 1})  # fmt: skip
    assert (changed.json()["state"], changed.json()["approved_by"]) == ("draft", None)
    client.as_(first).post(at(answer, "/submit"), json={"version": 2})
    third = make.officer("Chi")
    client.as_(third).post(at(answer, "/approve"), json={"version": 2})
    with db.session() as session:
        session.get_one(OfficialAnswer, answer.id).publish_at = now() - timedelta(seconds=1)
    for _ in range(2):
        jobs.publish_answers(db.engine, db.settings)
    assert db.get(OfficialAnswer, answer.id).state is AnswerState.PUBLISHED
    assert db.get(Proposal, made.id).status is Status.UNDER_CONSIDERATION
    event = db.all(Event, Event.kind == "status")[-1]
    assert event.actor_id == third.id
    assert steps(db, answer)[-2:] == ["approved", "published"]


@pytest.mark.parametrize("status", ["hidden", "withdrawn", "merged", "declined"])
def test_a_proposal_that_cannot_be_answered_any_more(client: Client, db: Database, make: Make, made: Proposal, ha: Account, first: Account, second: Account, status: str) -> None:  # fmt: skip
    make.called(made)
    other = make.proposal(ha, "published")
    make.called(other)
    waits = make.submitted(first, other)
    timed = make.approved(first, second, made, publish_at=(now() + timedelta(hours=1)).isoformat())
    for proposal in (made, other):
        make.move(proposal, status)
    refused = client.as_(second).post(at(waits, "/approve"), json={"version": 1})
    assert_problem(refused, 409, "answer.unfit")
    assert db.get(OfficialAnswer, waits.id).state is AnswerState.SUBMITTED
    with db.session() as session:
        session.get_one(OfficialAnswer, timed.id).publish_at = now() - timedelta(seconds=1)
    before = db.count(Email)
    for _ in range(2):
        jobs.publish_answers(db.engine, db.settings)
    held = db.get(OfficialAnswer, timed.id)
    assert (held.state, held.approved_by, held.held_at is not None) == (AnswerState.DRAFT, None, True)  # fmt: skip
    assert db.get(Proposal, made.id).status == status
    (mail,) = db.all(Email)[before:]
    assert (mail.name, mail.recipient) == ("answer_held", first.email)
    assert f"/answers/{timed.id}" in mail.text
    assert steps(db, timed)[-1] == "held"


def test_an_approval_outlives_its_officer(db: Database, make: Make, client: Client, made: Proposal, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.approved(first, second, made, publish_at=(now() + timedelta(hours=1)).isoformat())
    with db.session() as session:
        session.delete(session.get_one(Account, second.id))
        session.get_one(OfficialAnswer, answer.id).publish_at = now()
    jobs.publish_answers(db.engine, db.settings)
    assert db.get(OfficialAnswer, answer.id).is_published
    assert db.all(Event, Event.kind == "status")[-1].actor_id is None


def test_giving_up(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.submitted(first, made)
    assert_problem(client.delete(at(answer)), 401, "sign_in.required")
    assert_problem(client.as_(lan).delete(at(answer)), 403)
    assert client.as_(first).delete(at(answer)).status_code == 204
    assert_problem(client.as_(first).delete(at(answer)), 409, "answer.closed")
    assert steps(db, answer)[-1] == AnswerStep.DISCARDED
    assert client.as_(first).post(on(made, "/answers"), json=official()).status_code == 201


def test_what_staff_record_by_hand_settles_too(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    for body, settled in (({"status": "under_consideration"}, False), ({"status": "under_consideration", "note": "Vì."}, True), ({"status": "declined"}, True)):  # fmt: skip
        proposal = make.proposal(ha, "published")
        make.called(proposal)
        client.as_(lan).post(on(proposal, "/status"), json=body)
        (request,) = db.all(AnswerRequest, AnswerRequest.proposal_id == proposal.id)
        assert (request.answered_at is not None) is settled


# What is owed and overdue


def test_the_lists(client: Client, db: Database, make: Make, ha: Account, lan: Account, quan: Account, first: Account, ferryman: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "published") for _ in range(5)]
    for proposal, department, due in zip(made, ["mayor", "mayor", "ferry", None, "mayor"], [-5, 3, -2, -9, 1], strict=True):  # fmt: skip
        make.called(proposal, department, due)
    make.move(made[4], "hidden")
    ids = lambda path, who=None: [one["proposal"]["id"] for one in client.as_(who).get(API + path).json()["items"]]  # noqa: E731  # fmt: skip
    assert ids("/answers/waiting") == [made[i].id for i in (3, 0, 2, 1)]
    assert ids("/answers/waiting?department=mayor") == [made[i].id for i in (0, 1)]
    assert ids("/answers/overdue") == [made[i].id for i in (3, 0, 2)]
    overdue = client.get(f"{API}/answers/overdue").json()
    assert [(one["department"], one["number"], one["days_overdue"]) for one in overdue["departments"]] == [(None, 1, 9), ("mayor", 1, 5), ("ferry", 1, 2)]  # fmt: skip
    assert [one["days_overdue"] for one in overdue["items"]] == [9, 5, 2]
    assert ids("/answers/desk", first) == [made[i].id for i in (3, 0, 1)]
    assert ids("/answers/desk?department=ferry", first) == [made[i].id for i in (3, 0, 1)]
    assert ids("/answers/desk", lan) == [made[i].id for i in (3, 0, 2, 1)]
    assert ids("/answers/desk?department=ferry", quan) == [made[i].id for i in (3, 2)]
    draft = make.draft(ferryman, made[2])
    assert [one["id"] for one in client.as_(ferryman).get(f"{API}/answers/desk").json()["drafts"]] == [draft.id]  # fmt: skip
    assert client.as_(first).get(f"{API}/answers/desk").json()["drafts"] == []
    assert_problem(client.get(f"{API}/answers/desk"), 401)
    assert_problem(client.as_(ha).get(f"{API}/answers/desk"), 403)
    without = make.account("Chưa có sở", Role.OFFICER)
    assert_problem(client.as_(without).get(f"{API}/answers/desk"), 409, "answer.no_department")


def test_overdue_answers_and_milestones_in_one_list(client: Client, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    seen = []
    for number in range(4):
        made = make.proposal(ha, "published")
        answer = make.answered(made)
        with db.session() as session:
            session.exec(Milestone.__table__.update().where(Milestone.answer_id == answer.id).values(due_at=now() - timedelta(days=20 - 2 * number)))  # type: ignore[call-overload]  # fmt: skip
        owed = make.proposal(ha, "published")
        make.called(owed, "mayor", 2 * number - 19)
        seen += [made.id, owed.id]
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/answers/overdue?limit=3&department=mayor{cursor}").json()
        assert len(page["items"]) <= 3
        found += [(one["proposal"]["id"], one["milestone"] is not None) for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert found == [(number, i % 2 == 0) for i, number in enumerate(seen)]
    assert page["departments"] == [{"department": "mayor", "number": 8, "days_overdue": 20}]


# Milestones


def test_a_milestone_and_its_history(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account, ferryman: Account) -> None:  # fmt: skip
    make.answered(made)
    (milestone,) = db.all(Milestone)
    path = f"{API}/milestones/{milestone.id}/updates"
    body = {"progress": 40, "words": "Đã **đo** xong.", "link": "https://vit.example.org/bien-ban", "version": 1}  # fmt: skip
    assert_problem(client.post(path, json=body), 401, "sign_in.required")
    for wrong in (ha, lan, ferryman):
        assert_problem(client.as_(wrong).post(path, json=body), 403, "permission.denied")
    told = db.count(News)
    done = client.as_(first).post(path, json=body).json()
    assert (done["progress"], done["done_at"], done["version"], len(done["updates"])) == (40, None, 2, 2)  # fmt: skip
    assert done["updates"][-1]["words_html"] == "<p>Đã <strong>đo</strong> xong.</p>\n"
    assert_problem(client.as_(first).post(path, json=body), 409, "content.changed")
    assert_problem(client.as_(first).post(path, json={"progress": 40, "version": 2}), 409, "milestone.unchanged")  # fmt: skip
    later = (days.today(ZONE) + timedelta(days=90)).isoformat()
    assert client.as_(first).post(path, json={"progress": 40, "due_on": later, "version": 2}).json()["due_on"] == later  # fmt: skip
    reached = client.as_(first).post(path, json={"progress": 100, "version": 3}).json()
    assert reached["done_at"] is not None
    assert kinds(db, made)[-3:] == ["milestone_changed", "milestone_changed", "milestone_reached"]
    assert [event.note for event in db.all(Event)[-3:]] == ["Đo ao (40 %)", "Đo ao (40 %)", "Đo ao"]
    assert db.count(News) == told + 3
    public = client.get(on(made, "/answers")).json()["milestones"][0]
    assert [one["progress"] for one in public["updates"]] == [0, 40, 40, 100]
    reopened = client.as_(first).post(path, json={"progress": 90, "version": 4}).json()
    assert reopened["done_at"] is None


UNFIT = [({"progress": 101}, "progress"), ({"progress": True}, "progress"), ({"link": "http://x.example.org"}, "link"), ({"link": "javascript:alert(1)"}, "link"), ({"due_on": "2020-01-01"}, "due_on"), ({"version": None}, "version")]  # fmt: skip


def test_what_is_wrong_with_an_update(client: Client, db: Database, make: Make, made: Proposal, first: Account) -> None:  # fmt: skip
    make.answered(made)
    (milestone,) = db.all(Milestone)
    for change, field in UNFIT:
        answer = client.as_(first).post(f"{API}/milestones/{milestone.id}/updates", json={"progress": 10, "version": 1} | change)  # fmt: skip
        assert fields_of(answer) == {field}
    assert db.count(MilestoneUpdate) == 1


def test_one_milestone_more(client: Client, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account, ferryman: Account) -> None:  # fmt: skip
    path, body = on(made, "/milestones"), {"title": "Thả vịt", "due_on": "2099-01-31"}
    assert_problem(client.as_(first).post(path, json=body), 409, "milestone.no_answer")
    make.answered(made)
    assert_problem(client.post(path, json=body), 401, "sign_in.required")
    for wrong in (ha, lan, ferryman):
        assert_problem(client.as_(wrong).post(path, json=body), 403, "permission.denied")
    assert fields_of(client.as_(first).post(path, json=body | {"due_on": "2020-01-01"})) == {"due_on"}  # fmt: skip
    answer = client.as_(first).post(path, json=body)
    assert (answer.status_code, answer.json()["title"], answer.json()["due_on"]) == (201, "Thả vịt", "2099-01-31")  # fmt: skip
    assert kinds(db, made)[-1] == "milestone_set"
    make.move(made, "hidden")
    assert_problem(client.as_(first).post(path, json=body), 404)
    assert_problem(client.as_(first).post(f"{API}/milestones/{answer.json()['id']}/updates", json={"progress": 1, "version": 1}), 404)  # fmt: skip


# Officers


def test_a_department_is_given_and_goes_with_the_role(client: Client, db: Database, make: Make, quan: Account, lan: Account, ha: Account) -> None:  # fmt: skip
    officer = make.account("Mới", Role.OFFICER)
    path, body = f"{API}/officers/{officer.id}", {"department": "mayor", "note": "Theo quyết định."}
    assert_problem(client.put(path, json=body), 401, "sign_in.required")
    for wrong in (ha, lan):
        assert_problem(client.as_(wrong).put(path, json=body), 403, "permission.denied")
    assert fields_of(client.as_(quan).put(path, json={"department": "x", "note": "Vì thế."})) == {"department"}  # fmt: skip
    assert fields_of(client.as_(quan).put(path, json={"department": "mayor"})) == {"note"}
    assert client.as_(quan).put(path, json=body).json() == {"account_id": officer.id, "department": "mayor"}  # fmt: skip
    assert_problem(client.as_(quan).put(path, json=body), 409, "person.has_department")
    assert_problem(client.as_(quan).put(f"{API}/officers/{ha.id}", json=body), 409, "person.no_officer")  # fmt: skip
    (mail,) = db.all(Email)
    assert (mail.recipient, "Phòng thị trưởng" in mail.text, "Theo quyết định." in mail.text) == (officer.email, True, True)  # fmt: skip
    assert [one["code"] for one in client.get(f"{API}/departments").json()["items"]] == ["mayor", "ferry"]  # fmt: skip
