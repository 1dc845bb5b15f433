"""Follows: somebody wants to hear what becomes of a proposal. Who follows what is that person's secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict
from app.labels import status_label
from app.models import Account, Follow, Proposal
from app.permissions import Actor, may_follow, may_see_proposal, require
from app.services.paging import After, Page

_follows = table_of(Follow)


@dataclass(frozen=True)
class Followed:
    """A proposal that one follows; None for one that may not be seen now, such as a hidden one."""

    proposal_id: int
    ref: str
    proposal: Proposal | None
    since: datetime


def follow(session: Session, actor: Account, proposal: Proposal) -> None:
    """Follow a proposal; doing it again changes nothing. Raises Conflict for one that is not public."""
    require(may_follow(actor), actor)
    if not proposal.is_public:
        raise Conflict("follow.impossible", status=status_label(proposal.status))
    row = {"account_id": actor.id, "proposal_id": proposal.id, "created_at": now()}
    insert_if_absent(session, _follows, row)


def unfollow(session: Session, actor: Account, proposal_id: int) -> None:
    """Follow a proposal no longer; without following it, nothing changes. One that has been hidden can be left, too."""
    require(may_follow(actor), actor)
    own = (_follows.c.account_id == actor.id) & (_follows.c.proposal_id == proposal_id)
    session.execute(delete(_follows).where(own))


def is_followed(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor follows the proposal."""
    if actor is None:
        return False
    return session.get(Follow, (actor.id, proposal.id)) is not None


def own(
    session: Session, actor: Account, limit: int | None = None, after: After | None = None
) -> Page[Followed]:
    """What the actor follows, the newest first: a page of it, or all without a limit."""
    key = (col(Follow.created_at), col(Follow.proposal_id))
    query = select(Follow, Proposal).join(Proposal, col(Proposal.id) == Follow.proposal_id)
    query = query.where(Follow.account_id == actor.id).order_by(*(one.desc() for one in key))
    if after is not None:
        query = query.where(tuple_(*key) < tuple_(*after))
    rows = session.exec(query if limit is None else query.limit(limit + 1)).all()
    items = [_followed(actor, one, proposal) for one, proposal in rows[:limit]]
    more = limit is not None and len(rows) > limit
    return Page(items, (items[-1].since, items[-1].proposal_id) if more else None)


def _followed(actor: Account, one: Follow, proposal: Proposal) -> Followed:
    seen = proposal if may_see_proposal(actor, proposal) else None
    return Followed(proposal.id, proposal.ref or "", seen, one.created_at)
