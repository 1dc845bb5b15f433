"""News: what becomes of a proposal is told to its author and to those who follow it, in one mail a day for each person.

A step that is to be told leaves a row of News in its own transaction, so that none is lost. The background loop then
makes everybody's notices in one statement, and once a day, at the hour of the settings, one mail for each person of all
that waits for them. Notices are not made in the step's own transaction: that one holds the proposal, and whoever deletes
an account holds the account and waits for the proposals voted on; the two would block each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, exists, func, insert, literal, union, update
from sqlmodel import Session, col, select

from app import emails
from app.database import insert_if_absent, insert_or_update, now, table_of
from app.emails import Told
from app.models import (  # fmt: skip
    Account,
    CoAuthor,
    Department,
    Event,
    EventKind,
    Follow,
    News,
    NewsMail,
    Notice,
    OfficialAnswer,
    Proposal,
    Status,
)
from app.services import accounts, merged, supporters
from app.settings import Settings

# As many people in one round of the background loop, so that other mail does not wait behind theirs.
MOST_PEOPLE = 100
UNSUBSCRIBE = (
    "/news/unsubscribe/"  # The edge lets posts from elsewhere through to it (edge.SIGNED).
)
_accounts, _news, _notices, _mails = (table_of(one) for one in (Account, News, Notice, NewsMail))


def tell(session: Session, event: Event) -> None:
    """Have a step of a proposal's history told."""
    session.flush()
    session.add(News(proposal_id=event.proposal_id, event_id=event.id))


# Notices


def unspread(session: Session) -> list[int]:
    """The news of which no notices have been made yet, oldest first."""
    query = select(News.id).where(col(News.spread_at).is_(None)).order_by(col(News.id)).limit(100)
    return list(session.exec(query).all())


def spread(session: Session, news_id: int) -> None:
    """Make the notices of one piece of news, unless another process has.

    Accounts are held in the order of their numbers; one that is just being deleted is waited for and left out.
    """
    claim = update(_news).where(_news.c.id == news_id, _news.c.spread_at.is_(None))
    found = session.execute(claim.values(spread_at=now()).returning(_news.c.proposal_id, _news.c.event_id)).first()  # fmt: skip
    if found is None:
        return
    follow, proposal = table_of(Follow), table_of(Proposal)
    readers = union(
        select(follow.c.account_id).where(follow.c.proposal_id == found.proposal_id),
        select(proposal.c.author_id).where(proposal.c.id == found.proposal_id),
        select(CoAuthor.account_id).where(
            col(CoAuthor.proposal_id) == found.proposal_id, col(CoAuthor.left_at).is_(None)
        ),
        _supporters(found.proposal_id, found.event_id),
    )
    unwanted = exists().where(_mails.c.account_id == _accounts.c.id, ~_mails.c.is_wanted)
    people = (
        select(_accounts.c.id, literal(news_id), literal(now(), type_=_notices.c.created_at.type))
        .where(_accounts.c.id.in_(readers), _accounts.c.email.is_not(None))
        .where(_accounts.c.banned_at.is_(None), ~unwanted)
        .order_by(_accounts.c.id)
        .with_for_update(of=_accounts, **accounts.HELD)
    )
    session.execute(insert(_notices).from_select(["account_id", "news_id", "created_at"], people))


def _supporters(proposal_id: int, event_id: int) -> Any:
    """Who supports a proposal, if the step is that it was merged: they are invited to support the other, too."""
    merged = exists().where(col(Event.id) == event_id, col(Event.to_status) == Status.MERGED, col(Event.kind) == EventKind.STATUS)  # fmt: skip
    return supporters.of(proposal_id).where(merged)


# Mails


def due(session: Session, since: datetime) -> list[int]:
    """Whom to write to: people with notices from before the hour `since`, who have had no mail from then on."""
    query = (
        select(Notice.account_id)
        .outerjoin(NewsMail, col(NewsMail.account_id) == col(Notice.account_id))
        .where(Notice.created_at <= since)
        .where(col(NewsMail.written_at).is_(None) | (col(NewsMail.written_at) < since))
    )
    return list(session.exec(query.distinct().limit(MOST_PEOPLE)).all())


def bundle(session: Session, settings: Settings, account_id: int, since: datetime) -> None:
    """Write one person's mail, unless another process has: the person's row is claimed, and the notices go with it.

    Nothing is written to who has been banned, has no address or wants none, and nothing of proposals since hidden.
    """
    account = accounts.hold(session, account_id)
    if account is None or not _claim(session, account_id, since):
        return
    taking = delete(_notices).where(_notices.c.account_id == account_id)
    numbers = [row.news_id for row in session.execute(taking.returning(_notices.c.news_id))]
    if account.email is None or account.banned_at is not None or not is_wanted(session, account):
        return
    told = _told(session, account, numbers)
    if told:
        emails.news(session, settings, account, told, unsubscribe_url(settings, account))


def _claim(session: Session, account_id: int, since: datetime) -> bool:
    insert_if_absent(session, _mails, {"account_id": account_id, "is_wanted": True})
    open_ = _mails.c.written_at.is_(None) | (_mails.c.written_at < since)
    claim = update(_mails).where(_mails.c.account_id == account_id, open_).values(written_at=now())
    return session.execute(claim.returning(_mails.c.account_id)).first() is not None


def _told(session: Session, account: Account, numbers: Sequence[int]) -> list[Told]:
    """What these news say to a person, by proposal, each with what became of it in the order of its history."""
    query = (
        select(Event, Proposal, OfficialAnswer, Department)
        .join(News, col(News.event_id) == Event.id)
        .join(Proposal, col(Proposal.id) == Event.proposal_id)
        .outerjoin(OfficialAnswer, col(OfficialAnswer.event_id) == Event.id)
        .outerjoin(Department, col(Department.code) == OfficialAnswer.department_code)
        .where(col(News.id).in_(numbers))
        .order_by(col(Proposal.id), col(Event.id))
    )
    found: dict[int, Told] = {}
    for event, proposal, answer, department in session.exec(query):
        if proposal.is_public:
            told = found.setdefault(proposal.id, Told(proposal, []))
            told.steps.append((event, answer, department))
            if event.kind is EventKind.STATUS and event.to_status is Status.MERGED:
                told.other = merged.other_of(session, account, proposal)
    return list(found.values())


def tidy(session: Session) -> None:
    """Forget the news that everybody has been told."""
    waits = exists().where(_notices.c.news_id == _news.c.id)
    session.execute(delete(_news).where(_news.c.spread_at.is_not(None), ~waits))


# The choice


def is_wanted(session: Session, account: Account) -> bool:
    """Whether the person wants these mails."""
    query = select(NewsMail.is_wanted).where(NewsMail.account_id == account.id)
    return session.exec(query).first() is not False


def choose(session: Session, account: Account, *, wanted: bool) -> None:
    """End the mails about proposals, or have them again; what waited for a person who wants none goes."""
    row = {"account_id": account.id, "is_wanted": wanted}
    insert_or_update(session, _mails, row, {"is_wanted": wanted})
    if not wanted:
        session.execute(delete(_notices).where(_notices.c.account_id == account.id))


def waiting(session: Session, account: Account) -> int:
    """How many news wait for the person's next mail."""
    query = select(func.count()).select_from(Notice).where(Notice.account_id == account.id)
    return session.exec(query).one()


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="news")


def unsubscribe_url(settings: Settings, account: Account) -> str:
    """The address that ends a person's mails. It opens nothing else, and does not grow old: mails are kept for years."""
    return f"{settings.base_url}{UNSUBSCRIBE}{_signer(settings).dumps(account.id)}"


def unsubscribe(session: Session, settings: Settings, token: str) -> bool:
    """End the mails of the person whose token this is; again, or for one who has left, it changes nothing.

    False for a token that was not made here.
    """
    if not is_token(settings, token):
        return False
    account = accounts.hold(session, _signer(settings).loads(token))
    if account is not None:
        choose(session, account, wanted=False)
    return True


def is_token(settings: Settings, token: str) -> bool:
    """Whether a token was made here."""
    try:
        return isinstance(_signer(settings).loads(token), int)
    except (BadSignature, ValueError):
        return False
