"""Votes: one person, one vote on a published proposal while its campaign's voting is open; retractable until then.

The vote's row, the proposal's counts and its days (services/support_days.py) change in one transaction, so the counts
always equal the rows. A proposal's
trend is its support with an exponential memory of HALF_LIFE. Each vote adds 2^((cast_at - EPOCH) / HALF_LIFE), so that
later votes weigh more and no stored score ever ages: only its order matters (“forward decay”, Cormode, Shkapenyuk,
Srivastava and Xu, ICDE 2009).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, select, update
from sqlmodel import Session

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, Forbidden
from app.labels import status_label
from app.lifecycle import VOTABLE
from app.models import Account, Campaign, Level, Proposal, Vote, Voter, VoteValue
from app.permissions import may_vote, require
from app.services import answer_calls, identities, support_days
from app.services.tallies import Moves

HALF_LIFE = timedelta(days=7)
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)

_votes = table_of(Vote)
_voters = table_of(Voter)
_proposals = table_of(Proposal)


@dataclass(frozen=True)
class Tally:
    """A proposal's counts, and the vote of the one who asks."""

    support_count: int
    oppose_count: int
    mine: VoteValue | None = None


def weight(cast_at: datetime) -> float:
    """What a supporting vote adds to its proposal's trend."""
    return float(2.0 ** ((cast_at - EPOCH) / HALF_LIFE))


def mine(session: Session, actor: Account | None, proposal: Proposal) -> VoteValue | None:
    """The actor's vote on the proposal."""
    if actor is None:
        return None
    query = (
        select(_votes.c.value)
        .join(_voters, _voters.c.id == _votes.c.voter_id)
        .where(_voters.c.account_id == actor.id, _votes.c.proposal_id == proposal.id)
    )
    found: VoteValue | None = session.execute(query).scalar()
    return found


def remaining(session: Session, actor: Account | None, campaign: Campaign) -> int | None:
    """How many votes the actor has left in the campaign, or None where it sets no limit."""
    if actor is None or campaign.votes_per_person is None:
        return None
    voter_id = session.execute(
        select(_voters.c.id).where(_voters.c.account_id == actor.id)
    ).scalar()
    used = _count_used(session, voter_id, campaign) if voter_id else 0
    return max(0, campaign.votes_per_person - used)


def cast(session: Session, actor: Account, proposal: Proposal, value: VoteValue) -> Tally:
    """Record or change the actor's vote and return the new counts; casting the same again changes nothing.

    Raises Conflict if voting is not open, the campaign counts support only, or the actor's votes are used up, Forbidden
    if the campaign counts verified people only and the actor is not.
    """
    require(may_vote(actor), actor)
    _require_open(proposal)
    campaign = proposal.campaign
    if value is VoteValue.OPPOSE and not campaign.allows_opposition:
        raise Conflict("vote.opposition_not_allowed")
    _require_level(session, actor, campaign)
    voter_id = _voter_of(session, actor, lock=campaign.votes_per_person is not None)
    cast_at = now()
    row = {"proposal_id": proposal.id, "voter_id": voter_id, "value": value, "cast_at": cast_at}
    if insert_if_absent(session, _votes, row):
        _require_vote_left(session, voter_id, campaign)
        return _move(session, proposal, value, cast_at, +1)
    return _change(session, proposal, voter_id, value, cast_at)


def retract(session: Session, actor: Account, proposal: Proposal) -> Tally:
    """Take the actor's vote back and return the new counts; without a vote, nothing changes.

    Raises Conflict if voting is not open.
    """
    require(may_vote(actor), actor)
    _require_open(proposal)
    voter = select(_voters.c.id).where(_voters.c.account_id == actor.id).scalar_subquery()
    gone = session.execute(
        delete(_votes)
        .where(_votes.c.proposal_id == proposal.id, _votes.c.voter_id == voter)
        .returning(_votes.c.value, _votes.c.cast_at)
    ).first()
    if gone is None:
        return _tally(session, proposal, None)
    return _move(session, proposal, gone.value, gone.cast_at, -1)


def _require_open(proposal: Proposal) -> None:
    if proposal.status not in VOTABLE:
        raise Conflict("vote.not_open", status=status_label(proposal.status))
    if not proposal.campaign.is_voting_open(now()):
        raise Conflict("vote.closed")


def lacks_level(session: Session, actor: Account, campaign: Campaign) -> bool:
    """Whether it is not known well enough who the actor is for the votes of this campaign."""
    needed = campaign.votes_need
    return needed is Level.VERIFIED and identities.level_of(session, actor) is not needed


def _require_level(session: Session, actor: Account, campaign: Campaign) -> None:
    if lacks_level(session, actor, campaign):
        raise Forbidden("vote.needs_verified")


def _voter_of(session: Session, actor: Account, *, lock: bool) -> int:
    """The id of the actor's voter row, made at the first vote; locked where votes are counted against a limit."""
    query = select(_voters.c.id).where(_voters.c.account_id == actor.id)
    if lock:
        query = query.with_for_update()
    found: int | None = session.execute(query).scalar()
    if found is None:
        insert_if_absent(session, _voters, {"account_id": actor.id})
        found = session.execute(query).scalar_one()
    return found


def _count_used(session: Session, voter_id: int, campaign: Campaign) -> int:
    query = (
        select(func.count())
        .select_from(_votes.join(_proposals, _proposals.c.id == _votes.c.proposal_id))
        .where(_votes.c.voter_id == voter_id, _proposals.c.campaign_id == campaign.id)
    )
    used: int = session.execute(query).scalar_one()
    return used


def _require_vote_left(session: Session, voter_id: int, campaign: Campaign) -> None:
    # Counted after the insert and under the lock on the voter's row; raising takes the insert back.
    limit = campaign.votes_per_person
    if limit is not None and _count_used(session, voter_id, campaign) > limit:
        raise Conflict("vote.limit_reached", limit=limit)


def _change(
    session: Session, proposal: Proposal, voter_id: int, value: VoteValue, cast_at: datetime
) -> Tally:
    """Change a vote that exists; the old value is read under a lock, so that two changes at once move the counts once."""
    mine = (_votes.c.proposal_id == proposal.id) & (_votes.c.voter_id == voter_id)
    old = session.execute(
        select(_votes.c.value, _votes.c.cast_at).where(mine).with_for_update()
    ).first()
    if old is None:  # Retracted by the same person at this very moment: theirs to press again.
        raise Conflict("vote.changed")
    if old.value is value:
        return _tally(session, proposal, value)
    session.execute(update(_votes).where(mine).values(value=value, cast_at=cast_at))
    _move(session, proposal, old.value, old.cast_at, -1)
    return _move(session, proposal, value, cast_at, +1)


def _tally(session: Session, proposal: Proposal, value: VoteValue | None) -> Tally:
    """The counts as they are now: others may have voted since the proposal was read."""
    counts = select(_proposals.c.support_count, _proposals.c.oppose_count)
    row = session.execute(counts.where(_proposals.c.id == proposal.id)).one()
    return Tally(row.support_count, row.oppose_count, value)


def _move(
    session: Session, proposal: Proposal, value: VoteValue, cast_at: datetime, step: int
) -> Tally:
    """Move the proposal's counts by one vote, provided that it can still be voted on.

    Raises Conflict if its status changed since it was read.
    """
    is_support = value is VoteValue.SUPPORT
    counts = _proposals.c.support_count if is_support else _proposals.c.oppose_count
    trend = _proposals.c.trend + (step * weight(cast_at) if is_support else 0.0)
    row = session.execute(
        update(_proposals)
        .where(_proposals.c.id == proposal.id, _proposals.c.status.in_(list(VOTABLE)))
        .values({counts: counts + step, _proposals.c.trend: trend})
        .returning(_proposals.c.support_count, _proposals.c.oppose_count)
    ).first()
    if row is None:
        raise Conflict("vote.closed")
    if is_support:
        support_days.move(session, {proposal.id: step})
    if is_support and step > 0:
        answer_calls.reached(session, proposal, row.support_count)
    return Tally(row.support_count, row.oppose_count, value if step > 0 else None)


@dataclass(frozen=True)
class Forgotten:
    """How many of a person's votes were taken back, and how many stay counted without a link to the person."""

    taken_back: int
    left: int


def lock(session: Session, account: Account) -> None:
    """Lock the account's voter and votes, in the order in which votes are cast; proposals are to be locked afterwards."""
    voter = select(_voters.c.id).where(_voters.c.account_id == account.id)
    session.execute(voter.with_for_update()).all()
    own = _votes.c.voter_id == voter.scalar_subquery()
    session.execute(
        select(_votes.c.proposal_id).where(own).order_by(_votes.c.proposal_id).with_for_update()
    ).all()


def voted_on(account: Account) -> Select[int]:
    """The numbers of the proposals that the account has a vote on, as a query."""
    query = select(_votes.c.proposal_id).join(_voters, _voters.c.id == _votes.c.voter_id)
    return query.where(_voters.c.account_id == account.id)


def forgettable(session: Session, account: Account) -> Forgotten:
    """What forget() would do now."""
    voter_id = _find_voter(session, account)
    if voter_id is None:
        return Forgotten(0, 0)
    cast = session.execute(select(func.count()).where(_votes.c.voter_id == voter_id)).scalar_one()
    taken_back = len(session.execute(_repeatable(voter_id)).all())
    return Forgotten(taken_back, cast - taken_back)


def _find_voter(session: Session, account: Account) -> int | None:
    query = select(_voters.c.id).where(_voters.c.account_id == account.id)
    found: int | None = session.execute(query).scalar()
    return found


def forget(session: Session, account: Account, moves: Moves) -> Forgotten:
    """Part a person from their votes; the caller has locked the votes (lock()) and then the proposals voted on, and moves
    their counts and trends afterwards.

    A vote that could be cast again is taken back, else the same person could come back with a new account and count
    twice. Any other stays: what was counted and decided on must not change because somebody leaves.
    """
    voter_id = _find_voter(session, account)
    if voter_id is None:
        return Forgotten(0, 0)
    repeatable = session.execute(_repeatable(voter_id)).all()
    _take_back(session, voter_id, repeatable, moves)
    remaining = select(func.count()).where(_votes.c.voter_id == voter_id)
    left: int = session.execute(remaining).scalar_one()
    this = _voters.c.id == voter_id
    session.execute(update(_voters).where(this).values(account_id=None) if left else delete(_voters).where(this))  # fmt: skip
    return Forgotten(len(repeatable), left)


def _repeatable(voter_id: int) -> Select[int, VoteValue, datetime]:
    """The voter's votes that could be cast again: on a proposal that can be voted on, or could once it is shown again,
    in a campaign whose voting has not ended.
    """
    campaigns, votable = table_of(Campaign), list(VOTABLE)
    status = _proposals.c.status.in_(votable) | _proposals.c.status_before_hiding.in_(votable)
    closes_at = campaigns.c.voting_closes_at
    return (
        select(_votes.c.proposal_id, _votes.c.value, _votes.c.cast_at)
        .join(_proposals, _proposals.c.id == _votes.c.proposal_id)
        .join(campaigns, campaigns.c.id == _proposals.c.campaign_id)
        .where(_votes.c.voter_id == voter_id, status, closes_at.is_(None) | (closes_at > now()))
    )


def _take_back(
    session: Session, voter_id: int, rows: Sequence[Row[int, VoteValue, datetime]], moves: Moves
) -> None:
    """Delete these votes of a voter, and note how the counts and trends of their proposals move."""
    if not rows:
        return
    for proposal_id, value, cast_at in rows:
        if value is VoteValue.SUPPORT:
            moves.take(proposal_id, support_count=1, trend=weight(cast_at))
        else:
            moves.take(proposal_id, oppose_count=1)
    of: Any = bindparam("of")
    session.connection().execute(
        delete(_votes).where(_votes.c.voter_id == voter_id, _votes.c.proposal_id == of),
        [{"of": proposal_id} for proposal_id, _, _ in rows],
    )


def recount(session: Session, proposal_ids: list[int]) -> None:
    """Set the counts and trends of proposals from their votes' rows, after a bulk load."""
    rows = session.execute(
        select(_votes.c.proposal_id, _votes.c.value, _votes.c.cast_at, func.count())
        .where(_votes.c.proposal_id.in_(proposal_ids))
        .group_by(_votes.c.proposal_id, _votes.c.value, _votes.c.cast_at)
    )
    counts: dict[int, tuple[int, int, float]] = {}
    moments: Counter[tuple[int, datetime]] = Counter()
    for proposal_id, value, cast_at, number in rows:
        support, oppose, trend = counts.get(proposal_id, (0, 0, 0.0))
        if value is VoteValue.SUPPORT:
            support, trend = support + number, trend + number * weight(cast_at)
            moments[proposal_id, cast_at] += number
        else:
            oppose += number
        counts[proposal_id] = (support, oppose, trend)
    for proposal_id, (support, oppose, trend) in counts.items():
        session.execute(
            update(_proposals)
            .where(_proposals.c.id == proposal_id)
            .values(support_count=support, oppose_count=oppose, trend=trend)
        )
    support_days.rebuild(session, proposal_ids, moments)
