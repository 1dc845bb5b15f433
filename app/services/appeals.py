"""Appeals: whom a decision goes against may object to it, once and in time; another moderator decides.

Whoever made the decision cannot take the appeal up. If the appeal is right, the decision is reversed in the same
transaction (services/reversals.py). A banned person, who cannot sign in, appeals by the signed link of the email.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app import emails, security
from app.database import insert_if_absent, now, table_of
from app.errors import BadRequest, Conflict, Invalid, NotFound
from app.forms import LARGEST_ID, AppealForm, JudgementForm, missing
from app.labels import member_name
from app.models import Account, Appeal, Outcome, Proposal, QueueKind, Ruling, is_appealable
from app.permissions import may_moderate, require
from app.services import accounts, canned, decisions, queue, reversals, rulings
from app.services.decisions import Decided, appeal_end
from app.settings import Settings

_appeals = table_of(Appeal)
_DAY = 24 * 3600


@dataclass(frozen=True)
class AppealFile:
    """All that moderators see of an appeal: the decision it is against and who made it, and who appeals."""

    appeal: Appeal
    decided: Decided
    account: Account
    decider: Account | None


# The person concerned


def find_by_link(session: Session, settings: Settings, token: str) -> Decided:
    """The decision of a mailed link, for a person who cannot sign in. Raises BadRequest for a link that is not valid."""
    try:
        number = security.unseal(settings.secret_key, emails.APPEAL_SEAL, token, settings.appeal_days * _DAY)  # fmt: skip
    except ValueError as error:
        raise BadRequest("appeal.link_invalid") from error
    found = decisions.find(session, int(number))
    # Gone with its account, which has been deleted.
    if found is None or found.ruling.account_id is None:
        raise BadRequest("appeal.link_invalid")
    return found


def make(session: Session, settings: Settings, decided: Decided, form: AppealForm) -> Appeal:
    """Appeal against a decision, for the person whom it concerns.

    Raises NotFound if their account is being deleted, Conflict where there is no appeal, or none any more.
    """
    ruling = decided.ruling
    require_open(settings, decided)
    appellant = accounts.hold(session, ruling.account_id or 0)
    if appellant is None:
        raise NotFound
    appeal = Appeal(ruling_id=ruling.id, account_id=appellant.id, words=form.words)
    if not insert_if_absent(session, _appeals, appeal.model_dump(exclude={"id"})):
        raise Conflict("appeal.made")
    made = decisions.get(session, appellant.id, ruling.id)
    assert made.appeal is not None
    queue.enter(
        session, QueueKind.APPEAL, made.appeal.id,
        author=appellant, proposal=decided.proposal, language=appellant.language, barred_id=ruling.actor_id,
    )  # fmt: skip
    return made.appeal


def require_open(settings: Settings, decided: Decided) -> None:
    """Raise Conflict where there is no appeal against a decision, or none any more."""
    if not is_appealable(decided.ruling):
        raise Conflict("appeal.impossible")
    if decided.appeal is not None:
        raise Conflict("appeal.made")
    if decided.is_overtaken:
        raise Conflict("appeal.overtaken")
    if appeal_end(settings, decided.ruling) <= now():
        raise Conflict("appeal.too_late", days=settings.appeal_days)


# Moderators


def lines(session: Session, numbers: list[int]) -> dict[int, tuple[str, str]]:
    """What the queue shows of appeals: the proposal's title, or whose application or account it is about, and the words."""
    query = select(Appeal, Account, Proposal.title).join(Account, col(Account.id) == Appeal.account_id)  # fmt: skip
    query = query.join(Ruling, col(Ruling.id) == Appeal.ruling_id)
    query = query.outerjoin(Proposal, col(Proposal.id) == Ruling.proposal_id)
    rows = session.exec(query.where(col(Appeal.id).in_(numbers)))
    return {appeal.id: (title or member_name(account), appeal.words) for appeal, account, title in rows}  # fmt: skip


def show(session: Session, actor: Account, appeal_id: int) -> AppealFile:
    """One appeal with the decision it is against. Raises Forbidden, NotFound."""
    appeal = _get(session, actor, appeal_id)
    decided = decisions.find(session, appeal.ruling_id)
    assert decided is not None
    account = session.get_one(Account, appeal.account_id)
    decider = session.get(Account, decided.ruling.actor_id) if decided.ruling.actor_id else None
    return AppealFile(appeal, decided, account, decider)


def decide(
    session: Session, settings: Settings, actor: Account, appeal_id: int, form: JudgementForm
) -> None:
    """Reverse the decision that an appeal is against, or let it stand; the appellant is told, even if banned.

    Raises Forbidden for one's own, NotFound, Invalid if a dismissal has no words, Conflict if another moderator has it or
    has decided, or if the reversal is not possible.
    """
    appeal = _get(session, actor, appeal_id)
    appellant = accounts.hold(session, appeal.account_id)
    if appellant is None:
        raise NotFound
    _require_waiting(session, actor, appeal)
    form = canned.compose(session, form, appellant.language)
    rulings.require_reason(session, form.reason_code, needed=False)
    if form.outcome == "dismiss" and not form.note:
        raise Invalid([missing("note")])
    ruling = session.get_one(Ruling, appeal.ruling_id)
    proposal = session.get(Proposal, ruling.proposal_id) if ruling.proposal_id else None
    undo = reversals.prepare(session, settings, actor, ruling)
    session.refresh(appeal, with_for_update=True)
    _require_waiting(session, actor, appeal)
    answer = rulings.settle(
        session, actor, QueueKind.APPEAL, appeal.id, Outcome(form.outcome),
        account_id=appeal.account_id, proposal=proposal, reason_code=form.reason_code, note=form.note,
    )  # fmt: skip
    appeal.decided_at = answer.decided_at
    if form.outcome == "uphold" and undo is not None:
        undo()
    is_reversed = _mark_reversal(session, ruling, answer)
    emails.appeal_decided(session, settings, appellant, ruling, answer, proposal, is_reversed=is_reversed)  # fmt: skip


def _mark_reversal(session: Session, ruling: Ruling, answer: Ruling) -> bool:
    """Whether the answer has brought about another decision, which is then not counted beside it; there may have been
    nothing left to reverse.
    """
    newest = rulings.latest(session, ruling.kind, ruling.subject_id)
    if newest is None or newest.id < answer.id:
        return False
    newest.is_consequence = True
    return True


def _require_waiting(session: Session, actor: Account, appeal: Appeal) -> None:
    """Raise Forbidden for what is not the actor's to decide, Conflict with the answer to an appeal if there is one."""
    item = queue.find(session, QueueKind.APPEAL, appeal.id)
    if item is not None:
        queue.require_free(session, actor, item)
        return
    given = rulings.latest(session, QueueKind.APPEAL, appeal.id)
    raise rulings.taken(session, given) if given else NotFound


def _get(session: Session, actor: Account, appeal_id: int) -> Appeal:
    require(may_moderate(actor), actor)
    appeal = session.get(Appeal, appeal_id) if appeal_id <= LARGEST_ID else None
    if appeal is None:
        raise NotFound
    return appeal
