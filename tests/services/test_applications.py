"""Approvals and their end: who gets the role and for how long, reminders once, lapses once, appointments never."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.database import now
from app.errors import Conflict, Forbidden
from app.forms import ApplicationForm, EndingForm, Verdict, VerdictForm
from app.models import Account, ApplicationStatus, Email, ExpertApplication, LoginSession, Role
from app.services import accounts, applications, sign_in
from tests.builders import Make, profile
from tests.databases import Database


def set_end(db: Database, application: ExpertApplication, until: datetime | None) -> None:
    with db.session() as session:
        session.get_one(ExpertApplication, application.id).approved_until = until


def reload(db: Database, application: ExpertApplication) -> ExpertApplication:
    return db.get(ExpertApplication, application.id)


def mails(db: Database, name: str) -> list[Email]:
    return db.all(Email, Email.name == name)


def sign_in_as(db: Database, account: Account) -> None:
    with db.session() as session:
        sign_in.open_session(session, db.settings, account)


def test_an_approval_gives_the_role_for_a_time(make: Make, db: Database, ha: Account) -> None:
    sign_in_as(db, ha)
    before = now()
    made = make.approval(ha)
    assert db.get(Account, ha.id).role is Role.EXPERT
    assert made.status is ApplicationStatus.APPROVED
    days = timedelta(days=db.settings.expert_approval_days)
    assert before + days <= made.approved_until <= now() + days
    assert made.decided_by == make.desk().id
    assert db.count(LoginSession) == 0
    (email,) = mails(db, "expert_approved")
    assert (email.recipient, "Vì thế." in email.text) == ("ha@example.org", True)
    assert f"http://testserver/experts/{ha.id}" in email.text


def test_a_renewal_ends_no_session_and_the_former_approval(make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    first = make.approval(ha)
    sign_in_as(db, ha)
    waiting = make.application(ha, affiliation="Viện mới")
    assert reload(db, first).is_current
    second = make.verdict(waiting, Verdict.APPROVE)
    assert (reload(db, first).is_current, second.is_current) == (False, True)
    assert db.count(LoginSession) == 1


def test_a_refused_renewal_changes_nothing(make: Make, db: Database, ha: Account) -> None:
    first = make.approval(ha)
    make.verdict(make.application(ha), Verdict.REFUSE)
    assert reload(db, first).is_current
    assert db.get(Account, ha.id).role is Role.EXPERT
    (email,) = mails(db, "expert_refused")
    assert "Lần chấp thuận trước vẫn có hiệu lực" in email.text


def test_each_reads_the_mail_in_their_language(make: Make, db: Database) -> None:
    anna = make.account("Anna", email="anna@example.org", language="en")
    make.verdict(make.application(anna), Verdict.REFUSE)
    (email,) = mails(db, "expert_refused")
    assert email.subject == "Your application as an expert has not been approved"


def test_an_account_without_an_address_gets_no_mail(make: Make, db: Database, ha: Account) -> None:
    made = make.application(ha)
    with db.session() as session:
        session.get_one(Account, ha.id).email = None
    make.verdict(made, Verdict.APPROVE)
    assert db.count(Email) == 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MODERATOR, Role.ADMIN])
def test_whoever_works_for_the_city_cannot_apply(make: Make, db: Database, role: Role) -> None:
    with pytest.raises(Forbidden):
        make.application(make.account("x", role))
    assert db.count(ExpertApplication) == 0


@pytest.mark.parametrize("change", [{"role": Role.MODERATOR}, {"role": Role.OFFICER}, {"banned_at": now()}])  # fmt: skip
def test_who_has_become_something_else_meanwhile_is_not_approved(make: Make, db: Database, ha: Account, change: dict[str, object]) -> None:  # fmt: skip
    made = make.application(ha)
    with db.session() as session:
        for name, value in change.items():
            setattr(session.get_one(Account, ha.id), name, value)
    with pytest.raises(Conflict, match=r"application\.impossible"):
        make.verdict(made, Verdict.APPROVE)
    assert db.get(Account, ha.id).role is change.get("role", Role.CITIZEN)
    assert make.verdict(made, Verdict.REFUSE).status is ApplicationStatus.REFUSED


def test_nobody_decides_on_their_own(make: Make, db: Database, ha: Account) -> None:
    made = make.application(ha)
    with db.session() as session:
        accounts.set_role(session, session.get_one(Account, ha.id), Role.ADMIN)
    with db.session() as session:
        actor, form = session.get_one(Account, ha.id), VerdictForm(verdict=Verdict.APPROVE)
        own = applications.get(session, actor, made.id)
        with pytest.raises(Forbidden):
            applications.decide(session, db.settings, actor, own, form)
    assert reload(db, made).is_pending


def test_the_database_holds_one_waiting_and_one_current(make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    values = ApplicationForm(**profile()).model_dump(exclude={"field"})
    for status, decided in (("pending", None), ("approved", now())):
        row = {"account_id": ha.id, "status": ApplicationStatus(status), "decided_at": decided}
        with pytest.raises(IntegrityError), db.session() as session:
            session.add_all([ExpertApplication(**row, **values) for _ in range(2)])
    assert db.count(ExpertApplication) == 0


# The end


def test_a_reminder_comes_once_thirty_days_before(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    for days, expected in ((31, 0), (29, 1), (20, 1)):
        set_end(db, made, now() + timedelta(days=days))
        jobs.lapse_experts(db.engine, db.settings)
        assert len(mails(db, "expert_lapsing")) == expected
    assert reload(db, made).is_current
    assert db.get(Account, ha.id).role is Role.EXPERT


def test_at_the_end_the_role_goes_back_and_sessions_end(make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    made = make.approval(ha)
    sign_in_as(db, ha)
    set_end(db, made, now() - timedelta(seconds=1))
    for _ in range(2):
        jobs.lapse_experts(db.engine, db.settings)
    assert db.get(Account, ha.id).role is Role.CITIZEN
    assert (reload(db, made).is_current, reload(db, made).ended_by) == (False, None)
    assert db.count(LoginSession) == 0
    assert [email.recipient for email in mails(db, "expert_lapsed")] == ["ha@example.org"]
    assert mails(db, "expert_lapsing") == []


def test_several_processes_do_it_once(make: Make, db: Database) -> None:
    people = [make.account(f"Người {number}") for number in range(6)]
    for number, person in enumerate(people):
        end = timedelta(days=10) if number % 2 else timedelta(days=-1)
        set_end(db, make.approval(person), now() + end)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        jobs.lapse_experts(db.engine, db.settings)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert (len(mails(db, "expert_lapsing")), len(mails(db, "expert_lapsed"))) == (3, 3)
    assert db.count(Account, Account.role == Role.EXPERT) == 3


def test_it_belongs_to_the_rounds(make: Make, db: Database, ha: Account) -> None:
    set_end(db, make.approval(ha), now())
    assert jobs.run_round(db.engine, db.settings)
    assert db.get(Account, ha.id).role is Role.CITIZEN


def test_while_a_renewal_waits_the_approval_stands(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    waiting = make.application(ha)
    set_end(db, made, now() + timedelta(days=3))
    jobs.lapse_experts(db.engine, db.settings)
    set_end(db, made, now() - timedelta(days=3))
    jobs.lapse_experts(db.engine, db.settings)
    assert (reload(db, made).is_current, db.get(Account, ha.id).role) == (True, Role.EXPERT)
    assert mails(db, "expert_lapsing") == mails(db, "expert_lapsed") == []
    make.verdict(waiting, Verdict.REFUSE)
    jobs.lapse_experts(db.engine, db.settings)
    assert db.get(Account, ha.id).role is Role.CITIZEN


def test_experts_whom_an_administrator_named_do_not_lapse(make: Make, db: Database, minh: Account) -> None:  # fmt: skip
    made = make.approval(minh)
    assert made.approved_until is None
    assert make.approval(minh).approved_until is None
    jobs.lapse_experts(db.engine, db.settings)
    assert db.get(Account, minh.id).role is Role.EXPERT


def test_an_administrators_word_outlives_an_approval(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    with db.session() as session:
        applications.follow_role(session, session.get_one(Account, ha.id))
    assert (reload(db, made).is_current, reload(db, made).approved_until) == (True, None)


def test_who_is_no_expert_any_more_has_no_approval(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    with db.session() as session:
        account = session.get_one(Account, ha.id)
        accounts.set_role(session, account, Role.CITIZEN)
        applications.follow_role(session, account)
    assert not reload(db, made).is_current
    assert make.approval(ha).approved_until is not None


def test_a_refusal_promises_nothing_that_is_over(make: Make, db: Database, ha: Account) -> None:
    made, waiting = make.approval(ha), make.application(ha)
    set_end(db, made, now() - timedelta(days=3))
    make.verdict(waiting, Verdict.REFUSE)
    (email,) = mails(db, "expert_refused")
    assert "Lần chấp thuận trước" not in email.text


def test_who_has_another_role_by_then_keeps_it(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    with db.session() as session:
        session.get_one(Account, ha.id).role = Role.MODERATOR
    set_end(db, made, now())
    jobs.lapse_experts(db.engine, db.settings)
    assert (db.get(Account, ha.id).role, mails(db, "expert_lapsed")) == (Role.MODERATOR, [])
    assert not reload(db, made).is_current


def test_a_closed_account_lapses_in_silence(make: Make, db: Database, ha: Account) -> None:
    made = make.approval(ha)
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, ha.id))
    for days in (3, -3):
        set_end(db, made, now() + timedelta(days=days))
        jobs.lapse_experts(db.engine, db.settings)
    assert db.get(Account, ha.id).role is Role.CITIZEN
    assert mails(db, "expert_lapsing") == mails(db, "expert_lapsed") == []


@pytest.mark.parametrize(("appointed", "role"), [(False, Role.CITIZEN), (True, Role.EXPERT)])
def test_a_moderator_ends_an_approval(make: Make, db: Database, ha: Account, lan: Account, appointed: bool, role: Role) -> None:  # fmt: skip
    made = make.approval(ha)
    if appointed:
        set_end(db, made, None)
    with db.session() as session:
        found = applications.get(session, lan, made.id)
        applications.end(session, db.settings, lan, found, EndingForm(note="Đã xin thôi."))
    ended = reload(db, made)
    assert (ended.is_current, ended.ended_by, ended.end_note) == (False, lan.id, "Đã xin thôi.")
    assert db.get(Account, ha.id).role is role
    (email,) = mails(db, "expert_ended")
    assert "Đã xin thôi." in email.text
    assert ("Bạn vẫn là chuyên gia" in email.text) is appointed
    with db.session() as session:
        found = applications.get(session, lan, made.id)
        with pytest.raises(Conflict):
            applications.end(session, db.settings, lan, found, EndingForm(note="Lại."))
    assert len(mails(db, "expert_ended")) == 1
