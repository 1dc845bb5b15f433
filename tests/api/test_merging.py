"""Merging by consent as a program: who suggests, who is asked, who learns of it; and the votes stay where they are."""

from datetime import timedelta

import pytest

from app import jobs
from app.database import now
from app.models import (
    Account,
    Email,
    Event,
    EventKind,
    MergeOutcome,
    MergeSuggestion,
    Outcome,
    Proposal,
    Role,
    Ruling,
    Status,
    Vote,
)
from app.services import accounts
from app.services.merge_suggestions import NOT_AGAIN
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

API = "/api/v1/proposals"


def path(proposal: Proposal, suggestion: MergeSuggestion | None = None, step: str = "") -> str:
    number = f"/{suggestion.id}" if suggestion else ""
    return f"{API}/{proposal.id}/merge-suggestions{number}{step}"


def mails(db: Database, since: int = 0) -> list[tuple[str, str]]:
    return [(mail.recipient, mail.name) for mail in db.all(Email)[since:]]


@pytest.fixture
def a(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Đào ao cho vịt")


@pytest.fixture
def b(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", title="Ao vịt lớn")


def test_the_author_suggests_and_the_other_author_agrees(client: Client, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    for voter, proposal in ((outsider, a), (minh, a), (minh, b)):
        make.vote(voter, proposal)
    votes, sent = db.count(Vote), db.count(Email)
    made = client.as_(ha).post(path(a), json={"into": b.id, "note": "Giống <nhau>."})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["way"], shown["by_you"], shown["asks_you"], shown["outcome"]) == ("by_author", True, False, None)  # fmt: skip
    assert mails(db, sent) == [("minh@example.org", "merge_suggested")]
    assert "Giống &lt;nhau&gt;." in db.all(Email)[-1].html
    (row,) = db.all(MergeSuggestion)
    assert_problem(client.as_(ha).post(path(a, row, "/accept")), 403)
    answer = client.as_(minh).post(path(a, row, "/accept"))
    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")
    after = client.get(f"{API}/{a.id}").json()
    assert (after["status"], after["merged_into"]) == ("merged", b.id)
    # Votes are neither moved nor copied, and whoever supports both is counted once in each.
    counts = [client.get(f"{API}/{one.id}").json()["support_count"] for one in (a, b)]
    assert (counts, db.count(Vote)) == ([2, 1], votes)
    assert [step["event"] for step in after["history"]] == ["status", "status"]
    (event,) = db.all(Event, Event.to_status == Status.MERGED, Event.kind == EventKind.STATUS)
    assert (db.get(MergeSuggestion, row.id).ended_event_id, event.actor_id) == (event.id, minh.id)
    assert mails(db, sent + 1) == [("ha@example.org", "merge_ended")]
    assert db.count(Ruling, Ruling.outcome == Outcome.MERGE) == 0
    assert_problem(client.as_(minh).post(path(a, row, "/accept")), 409, "merge.ended")


def test_a_moderator_suggests_and_the_author_of_the_one_that_closes_agrees(client: Client, db: Database, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    sent = db.count(Email)
    row = client.as_(lan).post(path(a), json={"into": b.id}).json()
    assert row["way"] == "by_moderator"
    assert mails(db, sent) == [("ha@example.org", "merge_suggested")]
    (made,) = db.all(MergeSuggestion)
    for person in (lan, minh):
        assert_problem(client.as_(person).post(path(a, made, "/accept")), 403)
    assert client.as_(ha).post(path(a, made, "/accept")).status_code == 200
    assert db.get(Proposal, a.id).merged_into_id == b.id
    assert sorted(mails(db, sent + 1)) == [("lan@example.org", "merge_ended"), ("minh@example.org", "merge_ended")]  # fmt: skip
    assert "Lan" not in client.as_(ha).get(path(a)).text


def test_one_person_needs_nobodys_consent(client: Client, db: Database, make: Make, a: Proposal, ha: Account) -> None:  # fmt: skip
    other = make.proposal(ha, "published")
    answer = client.as_(ha).post(path(a), json={"into": other.id}).json()
    assert (answer["way"], answer["outcome"]) == ("own", "accepted")
    assert db.get(Proposal, a.id).status is Status.MERGED


def test_whose_author_has_left_is_merged_by_a_moderator(client: Client, db: Database, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    with db.session() as session:
        session.get_one(Proposal, a.id).author_id = accounts.former_member(session)
    # Into it nobody can be asked; a moderator asks for the other one.
    assert_problem(client.as_(minh).post(path(b), json={"into": a.id}), 409, "merge.nobody_to_ask")
    answer = client.as_(lan).post(path(a), json={"into": b.id}).json()
    assert (answer["way"], answer["outcome"]) == ("author_left", "accepted")
    (ruling,) = db.all(Ruling, Ruling.outcome == Outcome.MERGE)
    assert (ruling.actor_id, ruling.proposal_id) == (lan.id, a.id)
    assert mails(db)[-1] == ("minh@example.org", "merge_ended")


def test_declined_with_a_word_and_suggested_again(client: Client, db: Database, a: Proposal, b: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    client.as_(ha).post(path(a), json={"into": b.id})
    assert_problem(client.as_(ha).post(path(a), json={"into": b.id}), 409, "merge.waits")
    (row,) = db.all(MergeSuggestion)
    answer = client.as_(minh).post(path(a, row, "/decline"), json={"note": "Ao tôi khác."})
    assert (answer.json()["outcome"], answer.json()["answer"]) == ("declined", "Ao tôi khác.")
    assert mails(db)[-1] == ("ha@example.org", "merge_ended")
    assert "Ao tôi khác." in db.all(Email)[-1].text
    assert db.get(Proposal, a.id).status is Status.PUBLISHED
    for step in ("/accept", "/decline"):
        assert_problem(client.as_(minh).post(path(a, row, step), json={} if "d" in step else None), 409, "merge.ended")  # fmt: skip
    assert_problem(client.as_(ha).post(path(a), json={"into": b.id}), 409, "merge.not_again")
    with db.session() as session:
        session.get_one(MergeSuggestion, row.id).ended_at = now() - NOT_AGAIN - timedelta(minutes=1)
    assert client.as_(ha).post(path(a), json={"into": b.id}).status_code == 201
    assert db.count(MergeSuggestion) == 2


def test_who_takes_it_back(client: Client, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account, quan: Account, outsider: Account) -> None:  # fmt: skip
    row = make.suggestion(ha, a, b)
    for other, status in ((outsider, 404), (minh, 403), (lan, 403)):
        assert_problem(client.as_(other).delete(path(a, row)), status)
    assert client.as_(ha).delete(path(a, row)).status_code == 204
    assert mails(db)[-1] == ("minh@example.org", "merge_ended")
    assert_problem(client.as_(ha).delete(path(a, row)), 409, "merge.ended")
    # What one of the staff has suggested, another may take back.
    assert client.as_(quan).delete(path(a, make.suggestion(lan, a, b))).status_code == 204
    kinds = [one.kind for one in db.all(Event, Event.proposal_id == a.id)][-4:]
    assert kinds == ["merge_suggested", "merge_taken_back"] * 2


def test_who_learns_of_it(client: Client, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account, outsider: Account) -> None:  # fmt: skip
    """To everybody else, the proposal with a suggestion is as one without."""
    writer, other = make.account("Chi"), make.account("Dũng")
    make.co_author(writer, b)
    make.co_author(other, a)
    alone = client.as_(outsider).get(f"{API}/{a.id}").json()
    row = make.suggestion(ha, a, b)
    for person in (ha, minh, lan, writer, other):
        assert [one["id"] for one in client.as_(person).get(path(a)).json()["items"]] == [row.id]
        assert [one["id"] for one in client.as_(person).get(path(b)).json()["items"]] == [row.id]
        steps = [one["event"] for one in client.as_(person).get(f"{API}/{a.id}").json()["history"]]
        assert steps[-1] == "merge_suggested"
    assert client.as_(outsider).get(path(a)).json() == {"items": []}
    assert_problem(client.get(path(a)), 401)
    assert client.as_(outsider).get(f"{API}/{a.id}").json() == alone == client.get(f"{API}/{a.id}").json()  # fmt: skip
    for number in (row.id, 999_999):
        for step in ("/accept", "/decline"):
            assert_problem(client.as_(outsider).post(f"{path(a)}/{number}{step}", json={} if "d" in step else None), 404)  # fmt: skip
    # Under the other proposal's number it is none; and of a hidden proposal nobody learns more.
    assert_problem(client.as_(minh).post(path(b, row, "/accept")), 404)
    make.move(a, "hidden")
    assert client.as_(minh).get(path(b)).json() == {"items": []}
    assert_problem(client.as_(minh).post(path(a, row, "/accept")), 404)


@pytest.mark.parametrize("target", ["itself", "nothing", "draft", "submitted", "accepted", "declined", "hidden", "merged", "withdrawn", "closed"])  # fmt: skip
def test_it_needs_another_proposal_that_can_be_supported(client: Client, make: Make, db: Database, a: Proposal, ha: Account, minh: Account, lan: Account, target: str) -> None:  # fmt: skip
    into = a.id
    if target != "itself":
        made = make.proposal(minh, "published" if target in {"nothing", "closed"} else target)
        into = 999_999 if target == "nothing" else made.id
    if target == "closed":
        with db.session() as session:
            session.get_one(Proposal, into).campaign_id = make.closed_campaign().id
    rows = db.count(MergeSuggestion)
    for person in (ha, lan):
        assert_problem(client.as_(person).post(path(a), json={"into": into}), 409, "merge.impossible")  # fmt: skip
    assert db.count(MergeSuggestion) == rows


@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn", "merged"])
def test_what_can_no_longer_close(client: Client, make: Make, b: Proposal, ha: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    assert_problem(client.as_(ha).post(path(made), json={"into": b.id}), 409, "merge.impossible")


def test_who_may_suggest_and_how_often(client: Client, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, outsider: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert_problem(client.post(path(a), json={"into": b.id}), 401)
    for other in (minh, outsider, make.officer("An")):
        assert_problem(client.as_(other).post(path(a), json={"into": b.id}), 403)
    draft = make.proposal(ha)
    assert_problem(client.as_(outsider).post(path(draft), json={"into": b.id}), 404)
    assert fields_of(client.as_(ha).post(path(a), json={"into": b.id, "note": "x" * 2001})) == {"note"}  # fmt: skip
    monkeypatch.setattr(db.settings, "merge_suggestions_per_day", 1)
    assert_problem(client.as_(ha).post(path(a), json={"into": 999_999}), 409)
    assert_problem(client.as_(ha).post(path(a), json={"into": b.id}), 429, "limit.merges")
    assert db.count(MergeSuggestion) == 0


@pytest.mark.parametrize("why", ["time", "hidden", "other", "left"])
def test_it_ends_by_itself(client: Client, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, why: str) -> None:  # fmt: skip
    row = make.suggestion(ha, a, b)
    jobs.lapse_merge_suggestions(db.engine, db.settings)
    assert db.get(MergeSuggestion, row.id).outcome is None
    with db.session() as session:
        found = session.get_one(MergeSuggestion, row.id)
        if why == "time":
            found.open_until = now() - timedelta(seconds=1)
        if why == "left":
            found.asked_id = None
    if why in {"hidden", "other"}:
        make.move(a if why == "hidden" else b, "hidden" if why == "hidden" else "declined")
    for _ in range(2):
        jobs.lapse_merge_suggestions(db.engine, db.settings)
    after = db.get(MergeSuggestion, row.id)
    assert after.outcome is MergeOutcome.VOID
    assert db.count(Event, Event.kind == EventKind.MERGE_VOID) == 1
    assert [one for one in mails(db) if one[1] == "merge_ended"] == [(f"{who}@example.org", "merge_ended") for who in (("ha",) if why == "left" else ("ha", "minh"))]  # fmt: skip
    if why in {"time", "other"}:
        assert_problem(client.as_(minh).post(path(a, row, "/accept")), 409, "merge.ended")  # fmt: skip


def test_one_that_is_over_makes_room(client: Client, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account) -> None:  # fmt: skip
    old = make.suggestion(ha, a, b)
    make.move(b, "declined")
    other = make.proposal(make.account("Chi"), "published")
    assert client.as_(ha).post(path(a), json={"into": other.id}).status_code == 201
    assert db.get(MergeSuggestion, old.id).outcome is MergeOutcome.VOID


def test_a_closed_account_is_not_asked(client: Client, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    make.ban(minh)
    assert_problem(client.as_(ha).post(path(a), json={"into": b.id}), 409, "merge.nobody_to_ask")
    assert_problem(client.as_(lan).post(path(b), json={"into": a.id}), 409, "merge.nobody_to_ask")


def test_staff_as_authors(client: Client, db: Database, make: Make, b: Proposal, minh: Account) -> None:  # fmt: skip
    """A moderator's own proposal is theirs as anybody's; for others they do not agree."""
    writer = make.account("Bàn", Role.MODERATOR)
    own = make.proposal(writer, "published")
    row = make.suggestion(writer, own, b)
    assert row.way == "by_author"
    assert_problem(client.as_(writer).post(path(own, row, "/accept")), 403)
    assert client.as_(minh).post(path(own, row, "/accept")).status_code == 200
    assert db.get(Proposal, own.id).status is Status.MERGED
