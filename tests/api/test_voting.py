"""Voting as a program: PUT and DELETE are idempotent, the counts equal the rows, refusals are 409."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.database import now
from app.models import Account, Proposal, Vote
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

Build = Callable[..., Proposal]
SUPPORT, OPPOSE = {"value": "support"}, {"value": "oppose"}


def path(proposal: Proposal) -> str:
    return f"/api/v1/proposals/{proposal.id}/vote"


def shown(client: Client, proposal: Proposal) -> tuple[int, int]:
    body = client.get(f"/api/v1/proposals/{proposal.id}").json()
    return body["support_count"], body["oppose_count"]


@pytest.fixture
def public(a_proposal: Build, ha: Account) -> Proposal:
    return a_proposal(ha, "published")


def test_a_vote(client: Client, db: Database, public: Proposal, outsider: Account) -> None:
    answer = client.as_(outsider).put(path(public), json=SUPPORT)
    assert answer.status_code == 200
    assert answer.json() == {"support_count": 1, "oppose_count": 0, "value": "support"}
    assert shown(client, public) == (1, 0)
    assert [(vote.proposal_id, vote.value) for vote in db.all(Vote)] == [(public.id, "support")]


def test_the_same_vote_again_changes_nothing(client: Client, db: Database, public: Proposal, outsider: Account) -> None:  # fmt: skip
    first = client.as_(outsider).put(path(public), json=SUPPORT)
    trend, cast_at = db.get(Proposal, public.id).trend, db.all(Vote)[0].cast_at
    for _ in range(3):
        again = client.as_(outsider).put(path(public), json=SUPPORT)
        assert (again.status_code, again.json()) == (200, first.json())
    assert shown(client, public) == (1, 0)
    assert (db.get(Proposal, public.id).trend, db.all(Vote)[0].cast_at) == (trend, cast_at)


def test_everyone_counts_once(client: Client, db: Database, public: Proposal, ha: Account, minh: Account, lan: Account, quan: Account, outsider: Account) -> None:  # fmt: skip
    for number, voter in enumerate((ha, minh, lan, quan, outsider), 1):
        assert client.as_(voter).put(path(public), json=SUPPORT).json()["support_count"] == number
    assert db.count(Vote) == 5
    assert shown(client, public) == (5, 0)


def test_taking_back(client: Client, db: Database, public: Proposal, outsider: Account) -> None:
    client.as_(outsider).put(path(public), json=SUPPORT)
    for _ in range(2):
        answer = client.as_(outsider).delete(path(public))
        assert (answer.status_code, answer.content) == (204, b"")
        assert shown(client, public) == (0, 0)
    assert db.count(Vote) == 0
    assert db.get(Proposal, public.id).trend == 0
    assert client.as_(outsider).put(path(public), json=SUPPORT).json()["support_count"] == 1


def test_taking_back_anothers_vote_is_impossible(client: Client, public: Proposal, outsider: Account, minh: Account) -> None:  # fmt: skip
    client.as_(minh).put(path(public), json=SUPPORT)
    assert client.as_(outsider).delete(path(public)).status_code == 204
    assert shown(client, public) == (1, 0)


@pytest.mark.parametrize("token", [None, "wrong"])
def test_anonymous(client: Client, db: Database, public: Proposal, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    key = "sign_in.token_invalid" if token else "sign_in.required"
    assert_problem(client.put(path(public), json=SUPPORT, headers=headers), 401, key)
    assert_problem(client.delete(path(public), headers=headers), 401, key)
    assert db.count(Vote) == 0


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": "SUPPORT"}, {"value": "against"}, {"value": 1}, {"value": True}, {"value": ["support"]}, {"value": "support "}])  # fmt: skip
def test_another_value(client: Client, public: Proposal, outsider: Account, body: Any) -> None:
    assert fields_of(client.as_(outsider).put(path(public), json=body)) == {"value"}


def test_opposition_where_it_is_not_allowed(client: Client, db: Database, public: Proposal, outsider: Account) -> None:  # fmt: skip
    assert_problem(client.as_(outsider).put(path(public), json=OPPOSE), 409, "vote.opposition_not_allowed")  # fmt: skip
    client.as_(outsider).put(path(public), json=SUPPORT)
    assert_problem(client.as_(outsider).put(path(public), json=OPPOSE), 409)
    assert shown(client, public) == (1, 0)
    assert db.count(Vote) == 1


def test_changing_sides(client: Client, db: Database, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", campaign_id=make.campaign(allows_opposition=True).id)
    voter = client.as_(outsider)
    for body, tally in ((OPPOSE, (0, 1)), (SUPPORT, (1, 0)), (SUPPORT, (1, 0)), (OPPOSE, (0, 1))):
        answer = voter.put(path(made), json=body).json()
        assert answer == dict(zip(("support_count", "oppose_count"), tally, strict=True)) | body
        assert shown(client, made) == tally
        assert db.count(Vote) == 1
    voter.delete(path(made))
    assert shown(client, made) == (0, 0)
    assert db.get(Proposal, made.id).trend == pytest.approx(0)


def test_under_consideration_can_still_be_voted_on(client: Client, a_proposal: Build, ha: Account, outsider: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "under_consideration")
    assert client.as_(outsider).put(path(made), json=SUPPORT).status_code == 200


@pytest.mark.parametrize("status", ["accepted", "in_progress", "completed", "declined", "withdrawn", "merged"])  # fmt: skip
def test_a_status_that_is_not_voted_on(client: Client, make: Make, db: Database, ha: Account, outsider: Account, minh: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    client.as_(minh).put(path(made), json=SUPPORT)
    if status in {"accepted", "in_progress", "completed"}:
        make.move(made, "under_consideration")
    for step in {"in_progress": ["accepted"], "completed": ["accepted", "in_progress"]}.get(status, []):  # fmt: skip
        make.move(made, step)
    make.move(made, status)
    for voter in (outsider, ha, minh):
        assert_problem(client.as_(voter).put(path(made), json=SUPPORT), 409, "vote.not_open")
        assert_problem(client.as_(voter).delete(path(made)), 409, "vote.not_open")
    assert shown(client, made) == (1, 0)
    assert db.count(Vote) == 1


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "rejected", "hidden"])
def test_ones_own_unpublished_is_409_and_anothers_404(client: Client, a_proposal: Build, db: Database, ha: Account, outsider: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    assert_problem(client.as_(ha).put(path(made), json=SUPPORT), 409, "vote.not_open")
    assert_problem(client.as_(ha).delete(path(made)), 409, "vote.not_open")
    assert_problem(client.as_(outsider).put(path(made), json=SUPPORT), 404, "not_found")
    assert_problem(client.as_(outsider).delete(path(made)), 404, "not_found")
    assert db.count(Vote) == 0


def test_no_such_proposal(client: Client, outsider: Account) -> None:
    assert_problem(client.as_(outsider).put("/api/v1/proposals/999999/vote", json=SUPPORT), 404)
    assert_problem(client.as_(outsider).delete("/api/v1/proposals/999999/vote"), 404)


@pytest.mark.parametrize("phase", ["over", "not begun"])
def test_outside_the_voting_phase(client: Client, make: Make, db: Database, ha: Account, outsider: Account, minh: Account, phase: str) -> None:  # fmt: skip
    campaign = make.campaign()
    made = make.proposal(ha, "published", campaign_id=campaign.id)
    client.as_(minh).put(path(made), json=SUPPORT)
    with db.session() as session:
        row = session.merge(campaign)
        if phase == "over":
            row.voting_closes_at = now()
        else:
            row.voting_opens_at = now() + timedelta(hours=1)
    assert_problem(client.as_(outsider).put(path(made), json=SUPPORT), 409, "vote.closed")
    assert_problem(client.as_(minh).put(path(made), json=SUPPORT), 409, "vote.closed")
    assert_problem(client.as_(minh).delete(path(made)), 409, "vote.closed")
    assert shown(client, made) == (1, 0)


def test_the_limit_of_votes(client: Client, make: Make, db: Database, ha: Account, outsider: Account) -> None:  # fmt: skip
    campaign = make.campaign(votes_per_person=2, allows_opposition=True)
    one, two, three = (make.proposal(ha, "published", campaign_id=campaign.id) for _ in range(3))
    elsewhere = make.proposal(ha, "published")
    voter = client.as_(outsider)
    assert voter.put(path(one), json=SUPPORT).status_code == 200
    assert voter.put(path(two), json=OPPOSE).status_code == 200
    problem = assert_problem(voter.put(path(three), json=SUPPORT), 409, "vote.limit_reached")
    assert "2" in problem["detail"]
    assert (shown(client, three), db.count(Vote)) == ((0, 0), 2)
    assert voter.put(path(two), json=SUPPORT).status_code == 200  # A change costs no further vote.
    assert voter.put(path(elsewhere), json=SUPPORT).status_code == 200
    voter.delete(path(one))
    assert voter.put(path(three), json=SUPPORT).status_code == 200
    assert client.as_(ha).put(path(one), json=SUPPORT).status_code == 200


def test_one_vote_each(client: Client, make: Make, ha: Account, outsider: Account) -> None:
    campaign = make.campaign(votes_per_person=1)
    one, two = (make.proposal(ha, "published", campaign_id=campaign.id) for _ in range(2))
    assert client.as_(outsider).put(path(one), json=SUPPORT).status_code == 200
    assert client.as_(outsider).put(path(one), json=SUPPORT).status_code == 200
    assert_problem(client.as_(outsider).put(path(two), json=SUPPORT), 409, "vote.limit_reached")


def test_the_shown_counts_are_those_of_the_rows_everywhere(client: Client, make: Make, db: Database, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    campaign = make.campaign(allows_opposition=True)
    made = [make.proposal(ha, "published", campaign_id=campaign.id) for _ in range(3)]
    for voter, proposal, value in ((ha, 0, "support"), (minh, 0, "support"), (outsider, 0, "oppose"), (minh, 1, "oppose")):  # fmt: skip
        make.vote(voter, made[proposal], value)
    items = client.get("/api/v1/proposals?sort=most_supported").json()["items"]
    for item in items:
        rows = [v.value for v in db.all(Vote, Vote.proposal_id == item["id"])]
        assert (item["support_count"], item["oppose_count"]) == (rows.count("support"), rows.count("oppose"))  # fmt: skip
    assert items[0]["id"] == made[0].id
    figures = client.get("/api/v1/statistics").json()
    assert (figures["votes"], figures["voters"], figures["proposals"]) == (4, 3, 3)
