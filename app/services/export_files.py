"""The files of an export: one function for each, and FILES, the list of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from app.database import table_of
from app.i18n import N_
from app.models import (
    STAFF_KINDS,
    Account,
    AnswerEvent,
    Attachment,
    Comment,
    CommentEvent,
    Event,
    HelpfulMark,
    Milestone,
    MilestoneUpdate,
    NewsMail,
    OfficialAnswer,
    Proposal,
    Revision,
)
from app.services import (
    accounts,
    applications,
    ballots,
    co_authors,
    comments,
    decisions,
    follows,
    identities,
    merge_lists,
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
from app.settings import Settings

RowT = TypeVar("RowT", Revision, Event, Attachment)
# Where the photos and PDFs of the person's proposals lie.
FOLDER = "files"


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
    files = _by_proposal(session, Attachment, account)
    return [
        {
            **{name: getattr(proposal, name) for name in plain},
            "campaign": proposal.campaign.title,
            "content": proposals.content(proposal),
            "files": [_file(one) for one in files.get(proposal.id, [])],
            "revisions": [_revision(one, account) for one in revisions.get(proposal.id, [])],
            "events": [
                _event(one, account)
                for one in events.get(proposal.id, [])
                if one.kind not in STAFF_KINDS
            ],
        }
        for proposal in made
    ]


def _co_authors(session: Session, settings: Settings, account: Account) -> Any:
    """The proposals of others that the account writes at, and the invitations that it has sent or that wait for it."""
    shared = [
        {
            "proposal": proposal.ref,
            "url": settings.base_url + proposal.path,
            "since": link.joined_at,
            "until": link.left_at,
            "content": proposals.content(proposal) if link.left_at is None else None,
        }
        for link, proposal in co_authors.shared_with(session, account)
    ]
    sent = ("email", "created_at", "declined_at", "expires_at")
    waiting = ("created_at", "declined_at", "expires_at")
    return {
        "shared": shared,
        "invitations_sent": [{name: getattr(one, name) for name in sent} for one in co_authors.sent_by(session, account)],
        "invitations_to_you": [{name: getattr(one, name) for name in waiting} for one in co_authors.sent_to(session, account)],
    }  # fmt: skip


def _merge_suggestions(session: Session, settings: Settings, account: Account) -> Any:
    """What the account has suggested to merge or been asked about; whose the other side is, it says only by the proposals."""
    shown = ("way", "note", "created_at", "open_until", "outcome", "answer", "ended_at")
    return [
        {
            "proposal": one.proposal.ref,
            "into": one.into.ref,
            "by_you": one.suggested_by == account.id,
            "asked_you": one.asked_id == account.id,
            **{name: getattr(one, name) for name in shown},
        }
        for one in merge_lists.of_person(session, account)
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


def _file(row: Attachment) -> dict[str, Any]:
    plain = ("number", "kind", "name", "description", "size", "created_at")
    return {"file": f"{FOLDER}/{row.saved_name}", **{name: getattr(row, name) for name in plain}}


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
    # How many found a comment helpful is public; the moments could tell who.
    query = query.where(col(CommentEvent.kind).not_in(comments.COUNTED_ONLY))
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
    File("co_authors.json", N_("the proposals of others that you write at, and invitations to write together"), _co_authors),
    File("merge_suggestions.json", N_("what you suggested or were asked about merging proposals"), _merge_suggestions),
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
