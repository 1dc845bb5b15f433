"""Experts as everybody may see them. Who has the role is one; an approved application says more of them.

Experts whom an administrator named without an application have a name only. Closed accounts are not shown.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import tuple_, union_all
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from app.errors import NotFound
from app.forms import LARGEST_ID
from app.models import CURRENT, EXPERT, LISTED, Account, CoAuthor, ExpertApplication, Proposal
from app.services.paging import After, Page


@dataclass(frozen=True)
class ExpertFilter:
    """What the directory is narrowed to: a field of the city's list, a country by its code."""

    field: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Expert:
    """A person, what they say of themselves, and how many of their proposals are published."""

    account: Account
    profile: ExpertApplication | None
    proposals: int


def listed(
    session: Session, filters: ExpertFilter, limit: int, after: After | None = None
) -> Page[Expert]:
    """A page of the directory, by name."""
    key = (col(Account.name), col(Account.id))
    query = _experts().where(*_conditions(filters))
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    rows = list(session.exec(query.order_by(*key).limit(limit + 1)).all())
    counts = _published(session, [account.id for account, _ in rows[:limit]])
    items = [Expert(account, profile, counts.get(account.id, 0)) for account, profile in rows]
    if len(items) <= limit:
        return Page(items, None)
    last = items[limit - 1].account
    return Page(items[:limit], (last.name, last.id))


def get(session: Session, account_id: int) -> Expert:
    """One expert. Raises NotFound for anybody who isn't one, as for nobody."""
    found = None
    if account_id <= LARGEST_ID:
        found = session.exec(_experts().where(Account.id == account_id)).first()
    if found is None:
        raise NotFound
    account, profile = found
    return Expert(account, profile, _published(session, [account.id]).get(account.id, 0))


def countries(session: Session) -> list[str]:
    """The codes of the countries that the directory's experts work in."""
    query = select(ExpertApplication.country).join(Account, _is_profile()).distinct()
    return list(session.exec(query.where(EXPERT, col(Account.banned_at).is_(None))).all())


def _is_profile() -> Any:
    return (col(ExpertApplication.account_id) == col(Account.id)) & CURRENT


def _experts() -> Select[Account, ExpertApplication]:
    # At most one application of an account is current (a partial UNIQUE index), so nobody comes twice.
    query = select(Account, ExpertApplication).outerjoin(ExpertApplication, _is_profile())
    return query.where(EXPERT, col(Account.banned_at).is_(None))


def _conditions(filters: ExpertFilter) -> list[Any]:
    found: list[Any] = []
    if filters.field is not None:
        found.append(col(ExpertApplication.field_code) == filters.field)
    if filters.country is not None:
        found.append(col(ExpertApplication.country) == filters.country)
    return found


def _published(session: Session, account_ids: list[int]) -> dict[int, int]:
    """How many proposals that each of these accounts wrote, alone or with others, the public lists show."""
    own: Any = select(col(Proposal.author_id).label("number")).where(LISTED)
    shared = select(CoAuthor.account_id).join(Proposal, col(Proposal.id) == CoAuthor.proposal_id)
    written = union_all(
        own.where(col(Proposal.author_id).in_(account_ids)),
        shared.where(
            LISTED, col(CoAuthor.account_id).in_(account_ids), col(CoAuthor.left_at).is_(None)
        ),
    ).subquery()
    rows = session.exec(select(written.c.number, func.count()).group_by(written.c.number))
    return dict(rows.all())
