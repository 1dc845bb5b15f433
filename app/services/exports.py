"""Exports: everything that is stored of a person, in one file for that person alone.

One is asked for on the account page, prepared by the background loop and given to the same browser session for a day.
It holds no secrets: no codes, no keys, no fingerprints of any. Each file inside is made by one function in FILES.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, delete, select

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, NotFound, NotSignedIn
from app.i18n import N_, format_datetime, language, time_zone, translate
from app.models import (
    STAFF_KINDS,
    Account,
    AnswerEvent,
    Comment,
    CommentEvent,
    DataExport,
    Event,
    HelpfulMark,
    LoginSession,
    Milestone,
    MilestoneUpdate,
    NewsMail,
    OfficialAnswer,
    Proposal,
    Revision,
)
from app.privacy import EXPORTS_KEPT
from app.services import (
    accounts,
    applications,
    ballots,
    cities,
    decisions,
    follows,
    identities,
    limits,
    news,
    officers,
    outbox,
    people,
    proposals,
    reports,
    second_factors,
    sign_in,
    verdicts,
)
from app.services.decisions import Decided
from app.services.limits import Limit
from app.settings import Settings

# Longer than preparing any may take; when a worker dies, another tries after it.
LEASE = timedelta(minutes=5)
MOST_PER_DAY = 5
_LIMIT = Limit("export", MOST_PER_DAY, 24 * 3600, "limit.exports")
_exports = table_of(DataExport)
_CONTENT: Any = DataExport.content
RowT = TypeVar("RowT", Revision, Event)


def ask(session: Session, settings: Settings, account: Account, login: LoginSession) -> None:
    """Have the account's data prepared for this browser session; a former file of the session is void.

    Raises Conflict while one is being prepared, TooMany, NotSignedIn if the session ends at this very moment.
    """
    preparing = select(DataExport.id).where(DataExport.account_id == account.id)
    if session.exec(preparing.where(col(DataExport.ready_at).is_(None))).first():
        raise Conflict("export.running")
    limits.count(session, settings, _LIMIT, str(account.id))
    _hold(session, account, login)
    session.exec(delete(DataExport).where(col(DataExport.session_hash) == login.token_hash))
    row = DataExport(
        account_id=account.id,
        session_hash=login.token_hash,
        expires_at=now() + EXPORTS_KEPT,
    )
    if not insert_if_absent(session, _exports, row.model_dump(exclude={"id"})):
        raise Conflict("export.running")


def _hold(session: Session, account: Account, login: LoginSession) -> None:
    """Keep account and session until the transaction ends: counting has ended the one that found them."""
    if accounts.hold(session, account.id) is None:
        raise NotSignedIn
    query = select(LoginSession.account_id).where(LoginSession.token_hash == login.token_hash)
    if session.exec(query.with_for_update(read=True, key_share=True)).first() is None:
        raise NotSignedIn


def of_session(session: Session, session_hash: str) -> DataExport | None:
    """What this browser session has asked for, without the file, or None where there is nothing or it is over."""
    query = select(DataExport).where(DataExport.session_hash == session_hash)
    query = query.where(DataExport.expires_at > now()).options(defer(_CONTENT))
    return session.exec(query.order_by(col(DataExport.id).desc())).first()


def content_for(session: Session, login: LoginSession, export_id: int) -> bytes:
    """The file. Raises NotFound unless it is ready and was asked for by this very session."""
    export = of_session(session, login.token_hash)
    if export is None or export.id != export_id or export.ready_at is None:
        raise NotFound
    content = session.exec(select(DataExport.content).where(DataExport.id == export_id)).one()
    assert content is not None
    return content


# In the background


def next_due(session: Session) -> DataExport | None:
    """The one that has waited longest, if any is due."""
    query = select(DataExport).where(col(DataExport.due_at) <= now(), DataExport.expires_at > now())
    query = query.options(defer(_CONTENT)).order_by(col(DataExport.due_at))
    return session.exec(query.limit(1)).first()


def claim(session: Session, export: DataExport) -> datetime | None:
    """Take one that is due for oneself; the moment until which it is, or None if another worker was faster."""
    until = now() + LEASE
    taking = (
        update(_exports)
        .where(_exports.c.id == export.id, _exports.c.due_at == export.due_at)
        .values(due_at=until)
        .returning(_exports.c.id)
    )
    return until if session.execute(taking).first() is not None else None


def prepare(session: Session, settings: Settings, export: DataExport) -> bytes | None:
    """The file for an export, or None if its account has been deleted meanwhile."""
    account = session.get(Account, export.account_id)
    if account is None:
        return None
    before = language.set(account.language)
    try:
        return _archive(session, settings, account)
    finally:
        language.reset(before)


def finish(session: Session, export: DataExport, until: datetime, content: bytes) -> None:
    """Put the file where its session can fetch it, unless the session has ended or another worker took over."""
    mine = (_exports.c.id == export.id) & (_exports.c.due_at == until)
    session.execute(
        update(_exports).where(mine).values(content=content, ready_at=now(), due_at=None)
    )


def _archive(session: Session, settings: Settings, account: Account) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(session))
        for file in FILES:
            rows = file.make(session, settings, account)
            text = json.dumps(rows, ensure_ascii=False, indent=2, default=_as_text)
            archive.writestr(file.name, text + "\n")
    return made.getvalue()


def _as_text(value: Any) -> str:
    """Moments in ISO 8601, amounts as they stand."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _readme(session: Session) -> str:
    city = cities.find_catalogue(session)
    if city is not None:
        time_zone.set(city.timezone)
    lines = [
        city.portal_name if city else "",
        translate("Your data, as it stood on %(moment)s", moment=format_datetime(now())),
        "",
        *(f"{file.name}: {translate(file.what)}" for file in FILES),
        "",
        translate("The files are JSON in UTF-8; moments are in UTC. Codes, keys and the fingerprints of any are left out: they would open your account to whoever finds this file."),
        translate("What each kind of data is for, and how long it is kept, stands on the portal's page on personal data (/privacy)."),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


# The files: one function for each


def _account(_session: Session, _settings: Settings, account: Account) -> Any:
    shown = (
        "id",
        "email",
        "name",
        "role",
        "language",
        "created_at",
        "consent_version",
        "consented_at",
    )
    return {name: getattr(account, name) for name in shown}


def _proposals(session: Session, _settings: Settings, account: Account) -> Any:
    query = select(Proposal).where(Proposal.author_id == account.id).order_by(col(Proposal.id))
    made = session.exec(query.options(*proposals.with_details())).all()
    plain = ("id", "ref", "status", "support_count", "oppose_count", "created_at", "submitted_at", "published_at", "updated_at", "revision")  # fmt: skip
    revisions = _by_proposal(session, Revision, account)
    events = _by_proposal(session, Event, account)
    return [
        {
            **{name: getattr(proposal, name) for name in plain},
            "campaign": proposal.campaign.title,
            "content": proposals.content(proposal),
            "revisions": [_revision(one, account) for one in revisions.get(proposal.id, [])],
            "events": [
                _event(one, account)
                for one in events.get(proposal.id, [])
                if one.kind not in STAFF_KINDS
            ],
        }
        for proposal in made
    ]


def _by_proposal(session: Session, table: type[RowT], account: Account) -> dict[int, list[RowT]]:
    """The rows of the account's proposals, oldest first, by the proposal's number."""
    own = select(Proposal.id).where(Proposal.author_id == account.id)
    query = select(table).where(col(table.proposal_id).in_(own))
    found: dict[int, list[RowT]] = {}
    for row in session.exec(query.order_by(*table_of(table).primary_key.columns)).all():
        found.setdefault(row.proposal_id, []).append(row)
    return found


def _revision(revision: Revision, account: Account) -> dict[str, Any]:
    by_you = revision.edited_by == account.id
    return {"number": revision.number, "created_at": revision.created_at, "by_you": by_you, "content": revision.content}  # fmt: skip


def _event(event: Event, account: Account) -> dict[str, Any]:
    """A step; of others it says only that it was not the reader's."""
    plain = ("created_at", "kind", "from_status", "to_status", "revision", "reason_code", "note")
    return {
        **{name: getattr(event, name) for name in plain},
        "by_you": event.actor_id == account.id,
    }


def _decisions(session: Session, _settings: Settings, account: Account) -> Any:
    query = (
        select(Event, Proposal.ref)
        .join(Proposal, col(Proposal.id) == Event.proposal_id)
        .where(Event.actor_id == account.id, Proposal.author_id != account.id)
    )
    rows = session.exec(query.order_by(col(Event.id))).all()
    return [{"proposal": ref, **_event(event, account)} for event, ref in rows]


def _votes(session: Session, settings: Settings, account: Account) -> Any:
    return [
        {
            "proposal": vote.ref,
            "title": vote.proposal.title if vote.proposal else None,
            "url": settings.base_url + vote.proposal.path if vote.proposal else None,
            "campaign": vote.campaign.title,
            "value": vote.value,
            "cast_at": vote.cast_at,
        }
        for vote in ballots.own(session, account).items
    ]


def _comments(session: Session, settings: Settings, account: Account) -> Any:
    shown = ("text", "stance", "voice", "language", "state", "reason_code", "helpful_count", "created_at", "published_at", "edited_at")  # fmt: skip
    own = select(Comment).where(Comment.author_id == account.id).order_by(col(Comment.id))
    found = session.exec(own).all()
    ids = select(Comment.id).where(Comment.author_id == account.id)
    events: dict[int, list[CommentEvent]] = {}
    query = select(CommentEvent).where(col(CommentEvent.comment_id).in_(ids))
    for event in session.exec(query.order_by(col(CommentEvent.id))):
        events.setdefault(event.comment_id, []).append(event)
    return [
        {
            "url": settings.base_url + one.path,
            **{name: getattr(one, name) for name in shown},
            "events": [_comment_event(event, account) for event in events.get(one.id, [])],
        }
        for one in found
    ]


def _comment_event(event: CommentEvent, account: Account) -> dict[str, Any]:
    plain = ("created_at", "kind", "reason_code", "note", "text")
    return {**{name: getattr(event, name) for name in plain}, "by_you": event.actor_id == account.id}  # fmt: skip


def _helpful(session: Session, settings: Settings, account: Account) -> Any:
    query = select(HelpfulMark, Comment).join(Comment, col(Comment.id) == HelpfulMark.comment_id)
    query = query.where(HelpfulMark.account_id == account.id).order_by(col(Comment.id))
    return [
        {"url": settings.base_url + comment.path, "marked_at": mark.created_at}
        for mark, comment in session.exec(query)
    ]


def _follows(session: Session, settings: Settings, account: Account) -> Any:
    followed = [
        {
            "proposal": one.ref,
            "url": settings.base_url + one.proposal.path if one.proposal else None,
            "since": one.since,
        }
        for one in follows.own(session, account).items
    ]
    mail = session.get(NewsMail, account.id)
    return {
        "news_by_mail": mail.is_wanted if mail else True,
        "last_mail_written_at": mail.written_at if mail else None,
        "news_waiting": news.waiting(session, account),
        "follows": followed,
    }


def _answers(session: Session, _settings: Settings, account: Account) -> Any:
    """What the person has done for a department."""
    steps = (
        select(AnswerEvent, OfficialAnswer, Proposal.ref)
        .join(OfficialAnswer, col(OfficialAnswer.id) == AnswerEvent.answer_id)
        .join(Proposal, col(Proposal.id) == OfficialAnswer.proposal_id)
        .where(AnswerEvent.actor_id == account.id)
        .order_by(col(AnswerEvent.id))
    )
    updates = (
        select(MilestoneUpdate, Milestone.title)
        .join(Milestone, col(Milestone.id) == MilestoneUpdate.milestone_id)
        .where(MilestoneUpdate.actor_id == account.id)
        .order_by(col(MilestoneUpdate.id))
    )
    hidden = {"id", "actor_id", "milestone_id"}
    return {
        "department": officers.department_of(session, account),
        "steps": [
            {"proposal": ref, "answer": answer.id, "step": step.step, "version": step.version, "note": step.note, "created_at": step.created_at, "words": answer.words if answer.drafted_by == account.id else None}
            for step, answer, ref in session.exec(steps)
        ],
        "milestones": [
            {"milestone": title, **update.model_dump(exclude=hidden)}
            for update, title in session.exec(updates)
        ],
    }  # fmt: skip


def _sessions(session: Session, _settings: Settings, account: Account) -> Any:
    shown = ("device", "created_at", "second_factor_at", "expires_at")
    return [
        {name: getattr(one, name) for name in shown}
        for one in sign_in.sessions_of(session, account)
    ]


def _identities(session: Session, _settings: Settings, account: Account) -> Any:
    shown = ("provider", "vouches", "created_at")
    return [
        {name: getattr(one, name) for name in shown}
        for one in identities.of_account(session, account)
    ]


def _staff(session: Session, _settings: Settings, account: Account) -> Any:
    shown = ("created_at", "kind", "reason_code", "note")
    return [
        {name: getattr(entry.event, name) for name in shown}
        for entry in people.history(session, account)
    ]


def _expert(session: Session, _settings: Settings, account: Account) -> Any:
    hidden = {"id", "account_id", "decided_by", "ended_by", "reminded_at"}
    return [one.model_dump(exclude=hidden) for one in applications.history(session, account)]


def _assessments(session: Session, settings: Settings, account: Account) -> Any:
    asked = ("assigned_at", "declared_at", "has_conflict", "conflict_words")
    given = ("version", "revision", "scores", "recommendation", "words", "submitted_at")
    return [
        {
            "proposal": one.round.proposal.ref,
            "url": settings.base_url + one.round.proposal.path,
            "due_at": one.round.due_at,
            **{name: getattr(one, name) for name in asked},
            "verdicts": [{name: getattr(it, name) for name in given} for it in one.verdicts],
        }
        for one in verdicts.of_account(session, account)
    ]


def _rulings(session: Session, _settings: Settings, account: Account) -> Any:
    shown = ("kind", "outcome", "reason_code", "note", "waited_since", "decided_at")
    return [
        {
            "proposal": one.proposal.ref if one.proposal else None,
            **{name: getattr(one.ruling, name) for name in shown},
            "appeal": _appeal(one) if one.appeal else None,
        }
        for one in decisions.listed(session, account).items
    ]


def _appeal(decided: Decided) -> dict[str, Any]:
    appeal, answer = decided.appeal, decided.answer
    assert appeal is not None
    return {
        "words": appeal.words,
        "created_at": appeal.created_at,
        "decided_at": appeal.decided_at,
        "outcome": answer.outcome if answer else None,
        "note": answer.note if answer else None,
    }


def _reports(session: Session, _settings: Settings, account: Account) -> Any:
    return [
        {
            "what": case.target,
            "number": case.target_id,
            "reason_code": report.reason_code,
            "words": report.words,
            "created_at": report.created_at,
            "decided_at": case.closed_at,
        }
        for report, case in reports.of_person(session, account)
    ]


def _second_factors(session: Session, _settings: Settings, account: Account) -> Any:
    found = second_factors.enrolled(session, account)
    app = found.authenticator
    return {
        "authenticator": {"created_at": app.created_at} if app else None,
        "passkeys": [{"name": key.name, "created_at": key.created_at} for key in found.passkeys],
        "recovery_codes_left": found.recovery_codes,
    }


def _tokens(session: Session, _settings: Settings, account: Account) -> Any:
    return [
        {"handle": token.handle, "created_at": token.created_at}
        for token in accounts.tokens_of(session, account)
    ]


def _emails(session: Session, settings: Settings, account: Account) -> Any:
    shown = ("name", "recipient", "language", "created_at", "attempts")
    return [
        {name: getattr(email, name) for name in shown}
        for email in outbox.addressed_to(session, settings, account)
    ]


@dataclass(frozen=True)
class File:
    """A file of the export: its name, what is in it, and the function that makes its content."""

    name: str
    what: str
    make: Callable[[Session, Settings, Account], Any]


FILES = (
    File("account.json", N_("your account"), _account),
    File("proposals.json", N_("your proposals with their revisions and what happened to them"), _proposals),
    File("decisions.json", N_("what you did to the proposals of others, as a moderator for example"), _decisions),
    File("votes.json", N_("your votes"), _votes),
    File("comments.json", N_("your comments, with what happened to them"), _comments),
    File("helpful.json", N_("the comments that you found helpful"), _helpful),
    File("follows.json", N_("the proposals that you follow, and whether you want news by mail"), _follows),
    File("answers.json", N_("what you wrote and approved for a department of the city"), _answers),
    File("sessions.json", N_("where you are signed in"), _sessions),
    File("identities.json", N_("what shows who you are"), _identities),
    File("staff.json", N_("what the city's staff did to your account"), _staff),
    File("rulings.json", N_("what moderators decided about your texts, applications and account, with your appeals"), _rulings),
    File("reports.json", N_("what you reported"), _reports),
    File("expert.json", N_("your applications to be an expert, and how they were decided on"), _expert),
    File("assessments.json", N_("what you were asked to judge as an expert, and your verdicts"), _assessments),
    File("second_factors.json", N_("which second factors you have"), _second_factors),
    File("tokens.json", N_("the handles of your API tokens, as on the page of your account"), _tokens),
    File("emails.json", N_("emails that are still on their way to you, without their text"), _emails),
)  # fmt: skip
