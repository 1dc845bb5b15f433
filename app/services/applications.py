"""Applications to be an expert: sent by the person, decided by a moderator, in force for a time, and then over.

An approval gives the role and ends with it. An expert's new application changes nothing before it is decided; until
then the old approval stands, even past its end. Whom an administrator made an expert stays one without end.

Rows are locked in one order, application that waits, account, approval in force, so that nobody blocks another.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, true, update
from sqlalchemy.orm import aliased, selectinload
from sqlmodel import Session, col, select

from app import emails
from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, Invalid, NotFound
from app.forms import (
    LARGEST_ID,
    ApplicationForm,
    EndingForm,
    Verdict,
    VerdictForm,
    missing,
    unknown,
)
from app.models import (
    CURRENT,
    Account,
    ApplicationStatus,
    ExpertApplication,
    Outcome,
    QueueKind,
    Role,
)
from app.permissions import may_apply, may_decide_on_application, may_moderate, require
from app.services import accounts, canned, cities, queue, rulings
from app.settings import Settings

# How long before its end an expert is reminded of it.
REMINDER = timedelta(days=30)
_applications = table_of(ExpertApplication)


def apply(session: Session, actor: Account, form: ApplicationForm) -> None:
    """Send an application. Raises Forbidden, Invalid, or Conflict while another one waits."""
    require(may_apply(actor), actor)
    _require_name(actor)
    require_known_field(session, form.field, needed=True)
    application = ExpertApplication(account_id=actor.id, **_content(form))
    row = application.model_dump(exclude={"id"})
    if not insert_if_absent(session, _applications, row):
        raise Conflict("application.pending")
    number = _pending(session, actor)
    assert number is not None
    queue.enter(session, QueueKind.APPLICATION, number, author=actor, since=application.applied_at)


def withdraw(session: Session, actor: Account) -> None:
    """Take one's own waiting application back. Raises Conflict if none waits."""
    if not _withdraw_pending(session, actor):
        raise Conflict("application.none")


def history(session: Session, account: Account) -> list[ExpertApplication]:
    """All of an account's applications, newest first."""
    query = select(ExpertApplication).where(ExpertApplication.account_id == account.id)
    return list(session.exec(query.order_by(col(ExpertApplication.id).desc()).limit(50)).all())


def get(
    session: Session, actor: Account, application_id: int, *, lock: bool = False
) -> ExpertApplication:
    """One application, for moderators; `lock` keeps others from deciding on it. Raises Forbidden or NotFound."""
    require(may_moderate(actor), actor)
    query = select(ExpertApplication).where(ExpertApplication.id == application_id)
    if lock:
        query = query.with_for_update(of=ExpertApplication)
    found = None
    if application_id <= LARGEST_ID:
        found = session.exec(query.options(_with_account())).first()
    if found is None:
        raise NotFound
    return found


def decide(
    session: Session, settings: Settings, actor: Account, application: ExpertApplication, form: VerdictForm
) -> None:  # fmt: skip
    """Approve or refuse an application whose row the caller has locked, and tell the applicant.

    Raises Forbidden, Invalid if a refusal has no words, Conflict if it is decided or its account cannot be an expert's.
    """
    require(may_decide_on_application(actor, application), actor)
    if not application.is_pending:
        decided = Conflict("application.decided")
        raise rulings.conflict_about(session, QueueKind.APPLICATION, application.id, decided)
    form = canned.compose(session, form, application.account.language)
    if form.verdict is Verdict.REFUSE and not form.note:
        raise Invalid([missing("note")])
    if form.verdict is Verdict.APPROVE:
        until = _make_room(session, settings, application.account)
    else:
        until = _in_force_until(session, application.account)
        until = until if until is not None and until > now() else None
    _settle(session, actor, application, Outcome(form.verdict), form.note)
    _stamp(application, form, actor.id)
    if form.verdict is Verdict.APPROVE:
        application.approved_until = until
        _give_role(session, application.account)
        emails.expert_approved(session, settings, application.account, until, form.note)
    else:
        emails.expert_refused(session, settings, application.account, until, form.note)


def approve_invited(
    session: Session, settings: Settings, actor: Account, form: ApplicationForm, invited_by: int | None
) -> None:  # fmt: skip
    """An application that is approved as it is sent, because a moderator asked for it; one that waits is withdrawn.

    Raises Forbidden, Invalid, or Conflict if the account cannot be an expert's.
    """
    require(may_apply(actor), actor)
    _require_name(actor)
    require_known_field(session, form.field, needed=True)
    _withdraw_pending(session, actor)
    until = _make_room(session, settings, actor)
    application = ExpertApplication(account_id=actor.id, approved_until=until, **_content(form))
    _stamp(application, VerdictForm(verdict=Verdict.APPROVE), invited_by)
    session.add(application)
    _give_role(session, actor)
    emails.expert_approved(session, settings, actor, until, "")


def end(
    session: Session, settings: Settings, actor: Account, application: ExpertApplication, form: EndingForm
) -> None:  # fmt: skip
    """End an approval before its time, and tell the person why. Raises Forbidden, or Conflict if it is not in force."""
    require(may_decide_on_application(actor, application), actor)
    account = _lock(session, application.account_id)
    changes = {"ended_by": actor.id, "end_note": form.note}
    if not _end_current(session, account, _applications.c.id == application.id, **changes):
        raise Conflict("application.not_in_force")
    _settle(session, actor, application, Outcome.END, form.note)
    keeps_role = application.approved_until is None
    if not keeps_role:
        _take_role(session, account)
    emails.expert_ended(session, settings, account, form.note, keeps_role=keeps_role)


def follow_role(session: Session, account: Account) -> None:
    """An administrator has set the account's role: an expert's approval has no end any more, anybody else's is over."""
    if account.is_expert:
        current = _is_current(account)
        session.execute(update(_applications).where(current).values(approved_until=None))
    else:
        _end_current(session, account)


def _require_name(actor: Account) -> None:
    # An expert stands in the public directory.
    if not actor.name:
        raise Conflict("application.name_first")


def require_known_field(session: Session, code: str | None, *, needed: bool = False) -> None:
    """Raise Invalid for a field that the city's list doesn't have, or for none where one is needed and there are some."""
    known = cities.catalogue(session).expertises
    if code is None and known and needed:
        raise Invalid([missing("field")])
    if code is not None and code not in known:
        raise Invalid([unknown("field")])


# What happens by itself


def due_for_reminder(session: Session) -> list[int]:
    """The approvals that end soon, whose experts have neither been reminded nor applied anew."""
    query = _ending_before(now() + REMINDER).where(col(ExpertApplication.reminded_at).is_(None))
    return list(session.exec(query.where(col(ExpertApplication.approved_until) > now())).all())


def due_to_lapse(session: Session) -> list[int]:
    """The approvals that are over. While a new application waits the old approval stands."""
    return list(session.exec(_ending_before(now())).all())


def remind(session: Session, settings: Settings, application_id: int) -> None:
    """Mail the reminder of an approval's end, unless another process has."""
    claim = update(_applications).where(
        _applications.c.id == application_id,
        _applications.c.reminded_at.is_(None),
        _applications.c.id.in_(_ending_before(now() + REMINDER)),
    )
    claim = claim.values(reminded_at=now())
    found = session.execute(claim.returning(_applications.c.account_id, _applications.c.approved_until)).first()  # fmt: skip
    if found is None:
        return
    account = session.get(Account, found.account_id)
    if account is not None and account.is_expert and account.banned_at is None:
        emails.expert_lapsing(session, settings, account, found.approved_until)


def lapse(session: Session, settings: Settings, application_id: int) -> None:
    """End an approval whose time is over: the role goes back and the person is told, unless another process has."""
    application = session.get(ExpertApplication, application_id)
    if application is None:
        return
    account = _lock(session, application.account_id)
    over = (_applications.c.id == application_id) & _applications.c.id.in_(_ending_before(now()))
    if not _end_current(session, account, over):
        return
    was_expert = account.role is Role.EXPERT
    _take_role(session, account)
    if was_expert and account.banned_at is None:
        emails.expert_lapsed(session, settings, account)


def _ending_before(moment: datetime) -> Any:
    other = aliased(ExpertApplication)
    waits = exists().where(
        col(other.account_id) == col(ExpertApplication.account_id),
        col(other.status) == ApplicationStatus.PENDING,
    )
    return select(ExpertApplication.id).where(
        CURRENT, col(ExpertApplication.approved_until) <= moment, ~waits
    )


# The steps


def _is(status: ApplicationStatus) -> ColumnElement[bool]:
    return col(ExpertApplication.status) == status


def _is_current(account: Account) -> ColumnElement[bool]:
    return (_applications.c.account_id == account.id) & CURRENT


def _with_account() -> Any:
    return selectinload(ExpertApplication.account)  # type: ignore[arg-type]


def _content(form: ApplicationForm) -> dict[str, Any]:
    return {"field_code": form.field, **form.model_dump(exclude={"field"})}


def _lock(session: Session, account_id: int) -> Account:
    """The account as it stands now, kept from others until the transaction ends."""
    query = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def _in_force_until(session: Session, account: Account) -> datetime | None:
    query = select(ExpertApplication.approved_until).where(CURRENT)
    return session.exec(query.where(ExpertApplication.account_id == account.id)).first()


def _make_room(session: Session, settings: Settings, account: Account) -> datetime | None:
    """End the approval in force, which a new one follows, and return until when the new one holds.

    None is without end: the role does not come from an approval. Raises Conflict for an account that cannot have one.
    """
    _lock(session, account.id)
    if account.banned_at is not None or not may_apply(account):
        raise Conflict("application.impossible")
    without_end = account.is_expert and _in_force_until(session, account) is None
    _end_current(session, account)
    return None if without_end else now() + timedelta(days=settings.expert_approval_days)


def _settle(session: Session, actor: Account, application: ExpertApplication, outcome: Outcome, note: str) -> None:  # fmt: skip
    kind, subject = QueueKind.APPLICATION, application.id
    rulings.settle(session, actor, kind, subject, outcome, account_id=application.account_id, note=note)  # fmt: skip


def _stamp(application: ExpertApplication, form: VerdictForm, decided_by: int | None) -> None:
    approved = form.verdict is Verdict.APPROVE
    application.status = ApplicationStatus.APPROVED if approved else ApplicationStatus.REFUSED
    application.decided_at, application.decided_by, application.note = now(), decided_by, form.note


def _end_current(
    session: Session, account: Account, condition: ColumnElement[bool] | None = None, **changes: Any
) -> bool:
    """End the account's approval in force, if it meets the condition; False if there is none."""
    ending = update(_applications).where(_is_current(account))
    ending = ending.where(true() if condition is None else condition)
    ending = ending.values(ended_at=now(), **changes).returning(_applications.c.id)
    return session.execute(ending).first() is not None


def _pending(session: Session, account: Account) -> int | None:
    query = select(ExpertApplication.id).where(_is(ApplicationStatus.PENDING))
    return session.exec(query.where(ExpertApplication.account_id == account.id)).first()


def _withdraw_pending(session: Session, account: Account) -> bool:
    mine = _applications.c.account_id == account.id
    waiting = _applications.c.status == ApplicationStatus.PENDING
    taking = update(_applications).where(mine, waiting)
    taking = taking.values(status=ApplicationStatus.WITHDRAWN, decided_at=now())
    number = session.execute(taking.returning(_applications.c.id)).scalar()
    if number is not None:
        queue.leave(session, QueueKind.APPLICATION, number, account)
    return number is not None


def _give_role(session: Session, account: Account) -> None:
    if account.role is not Role.EXPERT:
        accounts.set_role(session, account, Role.EXPERT)


def _take_role(session: Session, account: Account) -> None:
    if account.role is Role.EXPERT:
        accounts.set_role(session, account, Role.CITIZEN)
