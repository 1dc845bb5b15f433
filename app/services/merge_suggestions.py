"""Merge suggestions: that a proposal closes in favour of another takes the consent of whoever did not suggest it.

Its author suggests it: the author of the other is asked, because theirs is what it will be part of. A moderator suggests
it: the author of the one that closes is asked, and the author of the other is told. It happens at once where one person is
the author of both, and where a moderator suggests it of a proposal whose author has left. Nobody agrees for somebody else.
"""

from datetime import timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import emails
from app.database import now
from app.emails import MergeStep
from app.errors import Conflict, Forbidden, NotFound
from app.forms import LARGEST_ID, MergeAnswerForm, MergeSuggestionForm
from app.lifecycle import VOTABLE
from app.models import (
    UNSETTLED,
    Account,
    EventKind,
    MergeOutcome,
    MergeSuggestion,
    MergeWay,
    Proposal,
)
from app.permissions import (
    is_author,
    is_owner,
    may_answer_merge_suggestion,
    may_suggest_merging,
    may_take_back_merge_suggestion,
    require,
)
from app.services import impartiality, limits, merge_lists, mergers, proposals, transitions
from app.services.limits import Limit
from app.settings import Settings

OPEN_FOR = timedelta(days=30)
NOT_AGAIN = timedelta(days=30)
# Nobody else is to be asked, or can be.
_AT_ONCE = frozenset({MergeWay.OWN, MergeWay.AUTHOR_LEFT})


def suggest(
    session: Session, settings: Settings, actor: Account, proposal_id: int, form: MergeSuggestionForm
) -> MergeSuggestion:  # fmt: skip
    """Suggest that a proposal closes in favour of another, and ask whoever must agree; counted before it is looked at.

    Raises NotFound, Forbidden, TooMany, or Conflict where the two do not fit, one waits already, or nobody can be asked.
    """
    proposal = proposals.get_visible(session, actor, proposal_id)
    require(may_suggest_merging(actor, proposal), actor)
    most = settings.merge_suggestions_per_day
    limits.count_of(session, settings, Limit("merge", most, 86400, "limit.merges"), actor)
    session.expire(proposal)
    proposal, into = proposals.get_pair(session, actor, proposal_id, form.into)
    require(may_suggest_merging(actor, proposal), actor)
    if into is None or not mergers.is_possible(proposal, into):
        raise Conflict("merge.impossible")
    way = _way(session, actor, proposal, into)
    _require_new(session, actor, proposal, into)
    _make_room(session, settings, proposal)
    made = _keep(session, actor, proposal, into, way, form.note)
    if way in _AT_ONCE:
        mergers.carry_out(session, actor, made, proposal, into)
        _tell_all(session, settings, actor, made, MergeStep.MERGED)
    else:
        emails.merge_suggested(session, settings, made)
    session.flush()
    return made


def _way(session: Session, actor: Account, proposal: Proposal, into: Proposal) -> MergeWay:
    """Whose consent it takes. Raises Forbidden in a matter of the actor's own as staff, Conflict where nobody can be asked."""
    if is_owner(actor, proposal):
        if is_owner(actor, into):
            return MergeWay.OWN
        _require_askable(into.author)
        return MergeWay.BY_AUTHOR
    if is_author(actor, into):
        raise Forbidden("merge.own")
    impartiality.require_unreported(session, actor, proposal, into)
    if _has_left(proposal.author):
        return MergeWay.AUTHOR_LEFT
    _require_askable(proposal.author)
    return MergeWay.BY_MODERATOR


def _has_left(author: Account) -> bool:
    """Whether there is nobody behind the name: a former member, or the source of an import."""
    return author.is_former_member or author.email is None


def _require_askable(author: Account) -> None:
    if _has_left(author) or author.banned_at is not None:
        raise Conflict("merge.nobody_to_ask")


def _require_new(session: Session, actor: Account, proposal: Proposal, into: Proposal) -> None:
    """Raise Conflict for what the actor has suggested lately, and was declined or taken back: each is a mail with words in it."""
    pair = (MergeSuggestion.proposal_id == proposal.id, MergeSuggestion.into_id == into.id, MergeSuggestion.suggested_by == actor.id)  # fmt: skip
    ended = col(MergeSuggestion.outcome).in_([MergeOutcome.DECLINED, MergeOutcome.TAKEN_BACK])
    lately = col(MergeSuggestion.ended_at) > now() - NOT_AGAIN
    if session.exec(select(MergeSuggestion.id).where(*pair, ended, lately).limit(1)).first():
        raise Conflict("merge.not_again", days=NOT_AGAIN.days)


def _make_room(session: Session, settings: Settings, proposal: Proposal) -> None:
    """End what nobody can answer any more about a proposal that the caller has locked. Raises Conflict for what waits."""
    waiting = session.exec(_locked(MergeSuggestion.proposal_id == proposal.id, UNSETTLED)).first()
    if waiting is None:
        return
    if not _is_over(waiting):
        raise Conflict("merge.waits")
    _void(session, settings, waiting)
    session.flush()


def _keep(
    session: Session, actor: Account, proposal: Proposal, into: Proposal, way: MergeWay, note: str
) -> MergeSuggestion:  # fmt: skip
    asked = {MergeWay.BY_AUTHOR: into.author_id, MergeWay.BY_MODERATOR: proposal.author_id}
    event = transitions.record(session, actor, proposal, EventKind.MERGE_SUGGESTED, proposal.status)
    session.flush()
    made = MergeSuggestion(
        way=way,
        suggested_by=actor.id,
        asked_id=asked.get(way),
        note=note,
        open_until=now() + OPEN_FOR,
        event_id=event.id,
    )
    made.proposal_id, made.into_id, made.proposal, made.into = proposal.id, into.id, proposal, into
    session.add(made)
    session.flush()
    return made


# Answers


def accept(
    session: Session, settings: Settings, actor: Account, proposal_id: int, number: int
) -> MergeSuggestion:  # fmt: skip
    """Agree: the proposal is merged. Raises NotFound, Forbidden for others than who is asked, Conflict if it is too late."""
    suggestion = _held(session, actor, proposal_id, number)
    require(may_answer_merge_suggestion(actor, suggestion), actor)
    _require_open(suggestion)
    proposal, into = suggestion.proposal, suggestion.into
    if not mergers.is_possible(proposal, into):
        raise Conflict("merge.impossible")
    mergers.carry_out(session, actor, suggestion, proposal, into)
    _tell_all(session, settings, actor, suggestion, MergeStep.MERGED)
    session.flush()
    return suggestion


def decline(
    session: Session, settings: Settings, actor: Account, proposal_id: int, number: int, form: MergeAnswerForm
) -> MergeSuggestion:  # fmt: skip
    """Say no, perhaps with words to whoever suggested it. Raises as accept()."""
    suggestion = _held(session, actor, proposal_id, number)
    require(may_answer_merge_suggestion(actor, suggestion), actor)
    _require_open(suggestion)
    _end(session, actor, suggestion, EventKind.MERGE_DECLINED, MergeOutcome.DECLINED, form.note)
    emails.merge_ended(session, settings, _person(session, suggestion.suggested_by), suggestion, MergeStep.DECLINED)  # fmt: skip
    return suggestion


def take_back(
    session: Session, settings: Settings, actor: Account, proposal_id: int, number: int
) -> MergeSuggestion:  # fmt: skip
    """Take a suggestion back that waits; who was asked is told. Raises as accept(), Forbidden for others than its maker."""
    suggestion = _held(session, actor, proposal_id, number)
    require(may_take_back_merge_suggestion(actor, suggestion), actor)
    _require_open(suggestion)
    _end(session, actor, suggestion, EventKind.MERGE_TAKEN_BACK, MergeOutcome.TAKEN_BACK)
    emails.merge_ended(session, settings, _person(session, suggestion.asked_id), suggestion, MergeStep.TAKEN_BACK)  # fmt: skip
    return suggestion


def _held(session: Session, actor: Account, proposal_id: int, number: int) -> MergeSuggestion:
    """A suggestion about a proposal with both rows locked, and its own after them.

    Raises NotFound for none, and for one that the actor may not see, alike.
    """
    mine = (MergeSuggestion.proposal_id == proposal_id, MergeSuggestion.id == number)
    known = max(proposal_id, number) <= LARGEST_ID
    into_id = session.exec(select(MergeSuggestion.into_id).where(*mine)).first() if known else None
    if into_id is None:
        raise NotFound
    _, into = proposals.get_pair(session, actor, proposal_id, into_id)
    found = session.exec(_locked(*mine)).first()
    if into is None or found is None or not merge_lists.is_visible(actor, found):
        raise NotFound
    return found


def _locked(*wanted: object) -> SelectOfScalar[MergeSuggestion]:
    query = select(MergeSuggestion).where(*wanted).options(*merge_lists.with_both())  # type: ignore[arg-type]
    query = query.with_for_update(of=MergeSuggestion)
    return query.execution_options(populate_existing=True)


def _require_open(suggestion: MergeSuggestion) -> None:
    if not suggestion.is_open(now()):
        raise Conflict("merge.ended")


def _end(
    session: Session, actor: Account | None, suggestion: MergeSuggestion, kind: EventKind, outcome: MergeOutcome, answer: str = ""
) -> None:  # fmt: skip
    """One update of the row: a second in the same transaction would wait for the accounts that it refers to."""
    event = transitions.record(
        session, actor, suggestion.proposal, kind, suggestion.proposal.status
    )
    session.flush()
    mergers.end(suggestion, outcome, event, answer)
    session.flush()


# What nobody has answered


def lapsed(session: Session) -> list[int]:
    """The suggestions that nobody can answer any more, oldest first."""
    query = select(MergeSuggestion).where(UNSETTLED).options(*merge_lists.with_both())
    return [one.id for one in session.exec(query.order_by(col(MergeSuggestion.id))) if _is_over(one)]  # fmt: skip


def lapse(session: Session, settings: Settings, number: int) -> None:
    """End such a suggestion, unless it has been ended meanwhile, and tell both sides."""
    about = session.exec(select(MergeSuggestion.proposal_id).where(MergeSuggestion.id == number))
    proposal_id = about.first()
    if proposal_id is None or proposals.load(session, proposal_id, lock=True) is None:
        return
    found = session.exec(_locked(MergeSuggestion.id == number, UNSETTLED)).first()
    if found is not None and _is_over(found):
        _void(session, settings, found)


def _is_over(suggestion: MergeSuggestion) -> bool:
    """Whether its time is over, one side has left, or one of the two proposals has gone another way."""
    fit = {suggestion.proposal.status, suggestion.into.status} <= VOTABLE
    return not fit or not suggestion.is_open(now())


def _void(session: Session, settings: Settings, suggestion: MergeSuggestion) -> None:
    _end(session, None, suggestion, EventKind.MERGE_VOID, MergeOutcome.VOID)
    for number in (suggestion.suggested_by, suggestion.asked_id):
        emails.merge_ended(session, settings, _person(session, number), suggestion, MergeStep.VOID)


def _person(session: Session, number: int | None) -> Account | None:
    return session.get(Account, number) if number is not None else None


def _tell_all(
    session: Session, settings: Settings, actor: Account, suggestion: MergeSuggestion, step: MergeStep
) -> None:  # fmt: skip
    """Tell whoever suggested it and the author of the other; not who has just done it, and nobody twice."""
    numbers = {suggestion.suggested_by, suggestion.into.author_id} - {actor.id}
    for number in sorted(number for number in numbers if number is not None):
        emails.merge_ended(session, settings, _person(session, number), suggestion, step)
