"""The desk: what waits is shown and decided in one way, whatever it is. Each kind says here how, by its own service.

Many things can be decided at once; each is still decided, and recorded, by itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.database import now
from app.errors import Conflict, FieldError, Invalid, NotFound, PortalError
from app.forms import (
    BulkForm,
    CommentDecisionForm,
    DecisionForm,
    EditDecisionForm,
    JudgementForm,
    RulingForm,
    VerdictForm,
    read,
    unknown,
)
from app.labels import member_name
from app.models import (
    Account,
    Comment,
    ExpertApplication,
    Outcome,
    Proposal,
    QueueItem,
    QueueKind,
    QueueSignal,
    Ruling,
)
from app.permissions import may_moderate, require
from app.services import (
    appeals,
    applications,
    comment_moderation,
    comments,
    edits,
    moderation,
    proposals,
    queue,
    reports,
    rulings,
)
from app.services.paging import After
from app.services.queue import QueueFilter
from app.settings import Settings


@dataclass(frozen=True)
class Subject:
    """What something in the queue is about, in one line of it: a title in its author's words, and the staff's page.

    `revision` is the state of its text, which may change while it waits.
    """

    title: str
    path: str
    excerpt: str = ""
    revision: int | None = None


Describe = Callable[[Session, list[int]], dict[int, Subject]]
Decide = Callable[[Session, Settings, Account, int, RulingForm], None]


@dataclass(frozen=True)
class Matter:
    """How one kind is shown and decided. `outcomes` are the decisions there are for what waits."""

    outcomes: tuple[Outcome, ...]
    describe: Describe
    decide: Decide


@dataclass(frozen=True)
class Waiting:
    """Something in the queue with all that its line shows."""

    item: QueueItem
    subject: Subject
    proposal: Proposal | None
    signals: list[QueueSignal]
    claimant: Account | None
    author: Account | None
    is_overdue: bool


@dataclass(frozen=True)
class Desk:
    """A page of the queue, and where the next begins, if there is one."""

    items: list[Waiting]
    next_after: After | None


@dataclass(frozen=True)
class Result:
    """What became of one of many: nothing stood in its way, or the refusal."""

    item_id: int
    refusal: PortalError | None = None


# Proposals


def _describe_proposals(session: Session, numbers: list[int]) -> dict[int, Subject]:
    rows = session.exec(select(Proposal).where(col(Proposal.id).in_(numbers)))
    return {one.id: Subject(one.title, f"/moderation/{one.id}", one.summary, one.revision) for one in rows}  # fmt: skip


def _decide_proposal(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    values = {"decision": form.outcome, **form.model_dump(exclude={"outcome"})}  # fmt: skip
    proposal = proposals.get_visible(session, actor, number, lock=True)
    moderation.decide(session, settings, actor, proposal, read(DecisionForm, values))


# New texts of published proposals


def _describe_edits(session: Session, numbers: list[int]) -> dict[int, Subject]:
    waiting = edits.waiting_about(session, numbers)
    return {number: Subject(one.content["title"], f"/moderation/edits/{number}", one.content["summary"], one.version) for number, one in waiting.items()}  # fmt: skip


def _decide_edit(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    proposal = proposals.get_visible(session, actor, number, lock=True)
    edits.decide(session, settings, actor, proposal, read(EditDecisionForm, form.model_dump()))


# Applications of experts


def _describe_applications(session: Session, numbers: list[int]) -> dict[int, Subject]:
    query = select(ExpertApplication, Account).join(Account, col(ExpertApplication.account_id) == Account.id)  # fmt: skip
    rows = session.exec(query.where(col(ExpertApplication.id).in_(numbers)))
    return {one.id: Subject(member_name(account), f"/moderation/experts/{one.id}", one.affiliation) for one, account in rows}  # fmt: skip


def _decide_application(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    application = applications.get(session, actor, number, lock=True)
    verdict = read(VerdictForm, {"verdict": form.outcome, "note": form.note, "canned": form.canned})
    applications.decide(session, settings, actor, application, verdict)


# Reports and appeals


def _describe_reports(session: Session, numbers: list[int]) -> dict[int, Subject]:
    found = reports.lines(session, numbers)
    return {number: Subject(one.title, f"/moderation/reports/{number}", one.excerpt, one.revision) for number, one in found.items()}  # fmt: skip


def _decide_reports(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    reports.decide(session, settings, actor, number, read(JudgementForm, form.model_dump()))


def _describe_appeals(session: Session, numbers: list[int]) -> dict[int, Subject]:
    found = appeals.lines(session, numbers)
    return {number: Subject(title, f"/moderation/appeals/{number}", excerpt) for number, (title, excerpt) in found.items()}  # fmt: skip


def _decide_appeal(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    appeals.decide(session, settings, actor, number, read(JudgementForm, form.model_dump()))


# Comments


def _describe_comments(session: Session, numbers: list[int]) -> dict[int, Subject]:
    query = select(Comment, Proposal.title).join(Proposal, col(Comment.proposal_id) == Proposal.id)
    rows = session.exec(query.where(col(Comment.id).in_(numbers)))
    return {one.id: Subject(title, f"/moderation/comments/{one.id}", one.text, one.revision) for one, title in rows}  # fmt: skip


def _decide_comment(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm
) -> None:
    values = {"decision": form.outcome, **form.model_dump(exclude={"outcome"})}
    comment, proposal = comments.find(session, actor, number)
    decision = read(CommentDecisionForm, values)
    comment_moderation.decide(session, settings, actor, proposal, comment, decision)


O = Outcome  # noqa: E741 - a table of outcomes
MATTERS: Mapping[QueueKind, Matter] = {
    QueueKind.PROPOSAL: Matter((O.PUBLISH, O.RETURN, O.REJECT), _describe_proposals, _decide_proposal),
    QueueKind.COMMENT: Matter((O.KEEP, O.HIDE, O.PUBLISH, O.REJECT), _describe_comments, _decide_comment),
    QueueKind.EDIT: Matter((O.ACCEPT, O.RETURN), _describe_edits, _decide_edit),
    QueueKind.REPORT: Matter((O.UPHOLD, O.DISMISS), _describe_reports, _decide_reports),
    QueueKind.APPEAL: Matter((O.UPHOLD, O.DISMISS), _describe_appeals, _decide_appeal),
    QueueKind.APPLICATION: Matter((O.APPROVE, O.REFUSE), _describe_applications, _decide_application),
}  # fmt: skip


# Reading


def listed(
    session: Session, settings: Settings, actor: Account, filters: QueueFilter, limit: int, after: After | None = None
) -> Desk:  # fmt: skip
    """A page of what waits, each with what its line shows. Raises Forbidden."""
    page = queue.listed(session, settings, actor, filters, limit, after)
    return Desk(_shown(session, settings, page.items), page.next_after)


def show(session: Session, settings: Settings, item: QueueItem) -> Waiting:
    """One thing with all that its line shows. Raises NotFound if its subject is gone."""
    found = _shown(session, settings, [item])
    if not found:
        raise NotFound
    return found[0]


def _shown(session: Session, settings: Settings, items: list[QueueItem]) -> list[Waiting]:
    subjects = {
        kind: matter.describe(session, numbers)
        for kind, matter in MATTERS.items()
        if (numbers := [item.subject_id for item in items if item.kind is kind])
    }
    signals = queue.signals_of(session, items)
    involved = proposals.by_numbers(session, (item.proposal_id for item in items))
    people = _people(session, items)
    at = now()
    return [
        Waiting(
            item,
            subject,
            involved.get(item.proposal_id or 0),
            signals.get(item.id, []),
            people.get(item.claimant(at) or 0),
            people.get(item.author_id or 0),
            queue.target(settings, item) <= at,
        )
        for item in items
        if (subject := subjects.get(item.kind, {}).get(item.subject_id)) is not None
    ]


def titles(session: Session, item_ids: Iterable[int]) -> dict[int, str]:
    """What each of these numbers stands or stood for in the queue, by its number; nothing for what is gone."""
    numbers = list(item_ids)
    waiting = select(QueueItem.id, QueueItem.kind, QueueItem.subject_id)
    decided = select(Ruling.item_id, Ruling.kind, Ruling.subject_id)
    rows = [
        *session.exec(decided.where(col(Ruling.item_id).in_(numbers))),
        *session.exec(waiting.where(col(QueueItem.id).in_(numbers))),
    ]
    found: dict[int, str] = {}
    for kind, matter in MATTERS.items():
        subjects = matter.describe(session, [subject for _, of, subject in rows if of is kind])
        found |= {number: subjects[subject].title for number, of, subject in rows if of is kind and subject in subjects}  # fmt: skip
    return found


def _people(session: Session, items: Iterable[QueueItem]) -> dict[int, Account]:
    numbers = {number for item in items for number in (item.claimed_by, item.author_id) if number}
    found = session.exec(select(Account).where(col(Account.id).in_(numbers)))
    return {account.id: account for account in found}


# Deciding


def decide(
    session: Session, settings: Settings, actor: Account, item_id: int, form: RulingForm
) -> Ruling:
    """Decide what has this number in the queue, and return the record of it.

    Raises Forbidden, NotFound, Invalid if the decision does not fit, Conflict if another moderator has it or has decided.
    """
    item = get(session, actor, item_id)
    queue.require_fit(actor, item)
    matter = MATTERS[item.kind]
    if form.outcome not in matter.outcomes:
        raise Invalid([unknown("outcome")])
    matter.decide(session, settings, actor, item.subject_id, form)
    session.flush()
    ruling = rulings.of_item(session, item_id)
    assert ruling is not None, "whatever is decided leaves a ruling"
    return ruling


def get(session: Session, actor: Account, item_id: int, *, lock: bool = False) -> QueueItem:
    """What waits under this number.

    Raises Forbidden, NotFound, or Conflict with the decision if it has been decided meanwhile.
    """
    try:
        return queue.get(session, actor, item_id, lock=lock)
    except NotFound:
        ruling = rulings.of_item(session, item_id)
        if ruling is None:
            raise
        raise rulings.taken(session, ruling) from None


def decide_many(
    session: Session, settings: Settings, actor: Account, form: BulkForm
) -> list[Result]:
    """Decide many things alike, each by itself: what one is refused for does not keep the others from being decided.

    Each has a transaction of its own: held together, the rows of many would keep others waiting, and two who decide many
    in another order would block each other. Raises Forbidden, or Invalid for what is wrong for all of them alike.
    """
    require(may_moderate(actor), actor)
    single = RulingForm(**form.model_dump(exclude={"items", "revisions"}))
    results: list[Result] = []
    for number in dict.fromkeys(form.items):
        read_as = single.model_copy(update={"revision": form.revisions.get(number)})
        is_begun = any(one.refusal is None for one in results)
        results.append(_decide_one(session, settings, actor, number, read_as, is_begun=is_begun))
        session.commit()
    return results


def _decide_one(
    session: Session, settings: Settings, actor: Account, number: int, form: RulingForm, *, is_begun: bool
) -> Result:  # fmt: skip
    try:
        with session.begin_nested():
            decide(session, settings, actor, number, form)
    except Invalid as error:
        # The same for all of them, as long as nothing has been decided: kinds differ in what they need.
        if not is_begun and any(one.field in _SHARED for one in error.errors):
            raise
        return Result(number, _as_conflict(error))
    except PortalError as error:
        return Result(number, error)
    return Result(number)


# Fields of the form for many whose error is everybody's.
_SHARED = frozenset({"reason_code", "note", "canned"})


def _as_conflict(error: Invalid) -> Conflict:
    first: FieldError = error.errors[0]
    return Conflict("decision.unfit", field=first.field)
