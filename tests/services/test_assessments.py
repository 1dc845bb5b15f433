"""Assessments by themselves: reminders, deadlines, people who leave, and how verdicts are summed up."""

import threading
from datetime import timedelta

import pytest

from app import jobs
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
    Recommendation,
    Role,
)
from app.services import assessment_deadlines
from app.services.assessment_results import Result, Voice
from tests.assessing import CRITERIA, Assess, judgement
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_exports import read

HOUSES = ("Viện Vịt", "Trường Ao", "Hội Cối xay")


@pytest.fixture
def experts(make: Make) -> list[Account]:
    """Three experts of different houses."""
    return [make.expert(f"Chuyên gia {n}", affiliation=house) for n, house in enumerate(HOUSES)]


@pytest.fixture
def proposal(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published")


def later(db: Database, **shift: float) -> None:
    """Let the open rounds have been opened so much earlier."""
    with db.session() as session:
        for row in session.exec(AssessmentRound.__table__.select()).all():
            found = session.get_one(AssessmentRound, row.id)
            found.opened_at -= timedelta(**shift)
            found.due_at -= timedelta(**shift)
        for row in session.exec(Evaluator.__table__.select()).all():
            session.get_one(Evaluator, row.id).assigned_at -= timedelta(**shift)


def run(db: Database) -> None:
    jobs.mind_assessments(db.engine, db.settings)


def mails(db: Database, account: Account) -> list[str]:
    return [mail.name.removeprefix("assessment_") for mail in db.all(Email, Email.recipient == account.email) if "assess" in mail.name]  # fmt: skip


def test_who_has_not_judged_is_reminded_once_before_and_once_after(db: Database, make: Make, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    assess.ask(proposal, *experts)
    run(db)
    assert mails(db, an) == ["assigned"]
    assess.judge(binh)
    assess.declare(chi, "Em trai.")
    later(db, days=17)
    run(db)
    run(db)
    assert [mails(db, one) for one in experts] == [["assigned", "reminder"], ["assigned"], ["assigned"]]  # fmt: skip
    later(db, days=5)
    run(db)
    run(db)
    assert [mails(db, one) for one in experts] == [["assigned", "reminder", "overdue"], ["assigned"], ["assigned"]]  # fmt: skip
    # One verdict is no assessment: it stays open, for staff to decide on.
    assert db.all(AssessmentRound)[0].is_open
    # A late verdict is better than none.
    assess.judge(an)
    assert not db.all(AssessmentRound)[0].is_open


def test_no_reminder_for_who_was_just_asked_or_is_gone(db: Database, make: Make, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    assess.ask(proposal, *experts)
    later(db, days=17)
    with db.session() as session:
        session.get_one(Evaluator, assess.asked(an).id).assigned_at = now()
        session.get_one(Account, binh.id).banned_at = now()
        session.get_one(Account, chi.id).role = Role.CITIZEN
    run(db)
    assert [mails(db, one) for one in experts] == [["assigned"]] * 3


def test_after_the_deadline_two_verdicts_are_enough(db: Database, make: Make, ha: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    assess.ask(proposal, *experts)
    assess.judge(experts[0], 5)
    assess.judge(experts[1], 4)
    later(db, days=20)
    run(db)
    assert db.all(AssessmentRound)[0].is_open
    make.move(proposal, "hidden")
    later(db, days=3)
    run(db)
    # While nobody can read it, nothing is published.
    assert db.all(AssessmentRound)[0].is_open
    make.restore(proposal)
    threads = [threading.Thread(target=run, args=[db]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (closed,) = db.all(AssessmentRound)
    assert (closed.is_open, closed.closed_by) == (False, None)
    assert db.get(Proposal, proposal.id).assessment_score == 4.5
    (event,) = db.all(Event, Event.kind == EventKind.ASSESSMENT_CLOSED)
    assert event.actor_id is None
    assert mails(db, ha) == ["closed"]
    assert mails(db, make.desk()) == ["closed"]
    assert [mails(db, one)[-1] for one in experts] == ["closed"] * 3


def test_it_belongs_to_the_rounds() -> None:
    assert jobs.mind_assessments in [job for job, _ in jobs.JOBS]


def test_the_last_who_is_awaited_withdraws(db: Database, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    assess.ask(proposal, *experts)
    assess.judge(experts[0])
    assess.judge(experts[1])
    assess.declare(experts[2], "Bạn của tác giả.")
    assert not db.all(AssessmentRound)[0].is_open


def leave(browser: Browser, account: Account) -> None:
    browser.as_(account).submit("/account/delete", confirmation=account.email, proposals="keep")


def test_an_expert_leaves(browser: Browser, db: Database, make: Make, ha: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    """A published verdict stays without a name, two of one round too; what was not published goes."""
    an, binh, chi = experts
    assess.ask(proposal, *experts)
    assess.judge(an)
    assess.judge(binh)
    assess.declare(chi, "Bí mật của Chi.")
    other = make.proposal(ha, "published")
    assess.ask(other, an, binh, make.expert("Dung", affiliation="Nơi khác"))
    assess.judge(an, 1)
    for expert in experts:
        leave(browser, expert)
    assert db.count(Account, Account.id.in_([one.id for one in experts])) == 0
    page = browser.get(f"/proposals/{proposal.id}/assessment").text
    assert (page.count("Thành viên cũ"), page.count("Vì impact.")) == (2, 2)
    found = browser.get(f"/api/v1/proposals/{proposal.id}/assessment").json()
    assert [(one["account_id"], one["field"]) for one in found["rounds"][0]["verdicts"]] == [(None, "ducks")] * 2  # fmt: skip
    assert db.get(Proposal, proposal.id).assessment_score == 4
    left = db.all(AssessmentRound, AssessmentRound.proposal_id == other.id)[0]
    assert db.count(Evaluator, Evaluator.round_id == left.id) == 1
    assert db.count(Assessment) == 2
    assert "Bí mật" not in db.dump()


def test_the_copy_of_ones_data_has_what_one_said(browser: Browser, db: Database, ha: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip

    an, _, chi = experts
    assess.ask(proposal, *experts)
    assess.judge(an, 3)
    assess.declare(chi, "Em trai.")
    (own,) = read(browser.as_(an), "assessments.json")
    assert (own["proposal"], own["has_conflict"], own["verdicts"][0]["scores"]["cost"]["score"]) == (proposal.ref, False, 3)  # fmt: skip
    assert read(browser.as_(chi), "assessments.json")[0]["conflict_words"] == "Em trai."
    # The author's copy tells no more than the author may know.
    (theirs,) = read(browser.as_(ha), "proposals.json")
    kinds = {one["kind"] for one in theirs["events"]}
    assert ("assessment_opened" in kinds, "verdict_given" in kinds, "evaluator_recused" in kinds) == (True, False, False)  # fmt: skip


R, C, N = Recommendation.RECOMMEND, Recommendation.WITH_CHANGES, Recommendation.AGAINST


@pytest.mark.parametrize(
    ("given", "recommended", "dissenting"),
    [
        ([R, R, N], True, [2]),
        ([R, C, N], True, [2]),
        ([R, C, C], True, [0]),
        ([R, N], False, []),
        ([N, N, C], False, [2]),
        ([R, C, N, N], False, []),
        ([C], False, []),
        ([], False, []),
    ],
)
def test_majorities(given: list[Recommendation], recommended: bool, dissenting: list[int]) -> None:
    rubric = [{"code": code, "names": {}, "descriptions": {}} for code in CRITERIA]
    voices = [Voice(Evaluator(), None, [Assessment(**judgement() | {"recommendation": one})]) for one in given]  # fmt: skip
    result = Result(AssessmentRound(rubric=rubric), voices)
    assert result.is_recommended == recommended
    assert [place for place, voice in enumerate(voices) if result.dissents(voice)] == dissenting
    assert result.is_thin == (len(given) < 2)


def test_median_spread_and_score() -> None:
    rubric = [{"code": code, "names": {}, "descriptions": {}} for code in CRITERIA]
    scores = ([5, 5, 1, 2, 3], [4, 1, 1, 2, 4], [1, 1, 2, 2, 5], [1, 5, 2, 2, 5])
    voices = [Voice(Evaluator(), None, [Assessment(**judgement(one))]) for one in scores]
    result = Result(AssessmentRound(rubric=rubric), voices)
    assert [(line.median, line.lowest, line.highest) for line in result.lines] == [(2.5, 1, 5), (3, 1, 5), (1.5, 1, 2), (2, 2, 2), (4.5, 3, 5)]  # fmt: skip
    assert result.score == pytest.approx(2.7)
    # Who has revised a verdict counts with the new one.
    voices[0].versions.append(Assessment(**judgement(1)))
    revised = Result(AssessmentRound(rubric=rubric), voices)
    assert [line.median for line in revised.lines] == [1, 1, 1.5, 2, 4.5]


def test_a_round_that_is_gone_is_not_closed(db: Database) -> None:
    with db.session() as session:
        assessment_deadlines.close(session, db.settings, 999)
    assert db.count(Event) == 0
