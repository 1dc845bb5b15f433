"""Impartiality: nobody judges in a matter in which they have a part.

Whoever has reported a text decides neither on the reports nor on the text nor on an appeal about it; nobody decides what
is about a proposal of their own; and whoever made a decision makes none like it again while an appeal against it waits.
"""

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import Forbidden
from app.models import (
    Account,
    Appeal,
    CoAuthor,
    Proposal,
    QueueItem,
    QueueKind,
    Report,
    Reportable,
    ReportCase,
    Ruling,
    is_appealable,
)

_TEXTS = {QueueKind.PROPOSAL: Reportable.PROPOSAL, QueueKind.COMMENT: Reportable.COMMENT}


def involved(actor: Account) -> ColumnElement[bool]:
    """Whether something in the queue is a matter in which the actor has a part."""
    return or_(_is_reported(actor), _is_own(actor))


def part_in(session: Session, actor: Account, item: QueueItem) -> str | None:
    """Why something in the queue is not for the actor to decide, as the key of an error; None if nothing speaks against it."""
    query = select(_is_reported(actor), _is_own(actor)).where(QueueItem.id == item.id)
    reported, own = session.exec(query).first() or (False, False)
    return "claim.reported" if reported else "claim.own_proposal" if own else None


def require(session: Session, actor: Account, ruling: Ruling) -> None:
    """Raise Forbidden for a decision on a text that the actor has reported, or whose like an appeal waits against."""
    target = _TEXTS.get(ruling.kind)
    if target and session.exec(_reported(actor, target, ruling.subject_id).limit(1)).first():
        raise Forbidden("claim.reported")
    if is_appealable(ruling) and session.exec(_appealed(actor, ruling).limit(1)).first():
        raise Forbidden("claim.barred")


def require_unreported(session: Session, actor: Account, *proposals: Proposal) -> None:
    """Raise Forbidden where the actor has reported one of these proposals: what becomes of it is for other staff to suggest."""
    for proposal in proposals:
        if session.exec(_reported(actor, Reportable.PROPOSAL, proposal.id).limit(1)).first():
            raise Forbidden("claim.reported")


def _is_reported(actor: Account) -> ColumnElement[bool]:
    cases = select(Report.case_id).where(Report.reporter_id == actor.id)
    comments = _reported(actor, Reportable.COMMENT)
    about = [and_(col(Ruling.kind) == kind, col(Ruling.subject_id).in_(_reported(actor, target))) for kind, target in _TEXTS.items()]  # fmt: skip
    appeals = select(Appeal.id).join(Ruling, col(Ruling.id) == Appeal.ruling_id).where(or_(*about))
    pairs = ((QueueKind.REPORT, cases), (QueueKind.COMMENT, comments), (QueueKind.APPEAL, appeals))
    number = col(QueueItem.subject_id)
    return or_(*(and_(col(QueueItem.kind) == kind, number.in_(found)) for kind, found in pairs))


def _is_own(actor: Account) -> ColumnElement[bool]:
    own = select(Proposal.id).where(Proposal.author_id == actor.id)
    shared = select(CoAuthor.proposal_id).where(CoAuthor.account_id == actor.id)
    number = col(QueueItem.proposal_id)
    return and_(number.is_not(None), or_(number.in_(own), number.in_(shared)))


def _reported(actor: Account, target: Reportable, number: int | None = None) -> SelectOfScalar[int]:
    """The texts of a kind that somebody has reported, whenever it was, or the one with this number."""
    query = select(ReportCase.target_id).join(Report, col(Report.case_id) == ReportCase.id)
    query = query.where(Report.reporter_id == actor.id, ReportCase.target == target)
    return query if number is None else query.where(ReportCase.target_id == number)


def _appealed(actor: Account, ruling: Ruling) -> SelectOfScalar[int]:
    """Appeals that wait against a decision of the actor's about the same thing."""
    about = exists().where(
        col(Appeal.id) == QueueItem.subject_id,
        col(Ruling.id) == Appeal.ruling_id,
        col(Ruling.kind) == ruling.kind,
        col(Ruling.subject_id) == ruling.subject_id,
    )
    query = select(QueueItem.id).where(QueueItem.kind == QueueKind.APPEAL)
    return query.where(QueueItem.barred_id == actor.id, about)
