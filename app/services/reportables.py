"""Reportables: the texts that readers can report, and how each kind is found, named and hidden."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.forms import (
    CommentDecision,
    CommentDecisionForm,
    Decision,
    DecisionForm,
    JudgementForm,
)
from app.models import Account, Comment, CommentState, Proposal, QueueKind, Reportable
from app.permissions import Actor, is_author
from app.services import accounts, comment_moderation, comments, moderation, proposals
from app.settings import Settings


@dataclass(frozen=True)
class Text:
    """A text that can be reported, as it stands now. `kind` is as what it may wait for moderators itself.

    `title` is the proposal's; `words` is a comment's text.
    """

    target: Reportable
    id: int
    kind: QueueKind
    author_id: int
    proposal: Proposal
    is_public: bool
    path: str
    title: str
    language: str
    revision: int
    words: str = ""

    def is_by(self, actor: Account) -> bool:
        """Whether the actor wrote it, alone or with others."""
        if self.target is Reportable.PROPOSAL:
            return is_author(actor, self.proposal)
        return actor.id == self.author_id


@dataclass(frozen=True)
class Line:
    """What the queue shows of a text."""

    title: str
    excerpt: str
    revision: int


@dataclass(frozen=True)
class Kind:
    """`get` raises NotFound for what the actor may not see; its last argument locks the row. `hide` closes the case."""

    get: Callable[[Session, Actor, int, bool], Text]
    lines: Callable[[Session, list[int]], dict[int, Line]]
    hide: Callable[[Session, Settings, Account, Text, JudgementForm], None]


def _proposal(session: Session, actor: Actor, number: int, lock: bool) -> Text:  # noqa: FBT001 - see Kind
    found = proposals.get_visible(session, actor, number, lock=lock)
    return Text(
        Reportable.PROPOSAL,
        found.id,
        QueueKind.PROPOSAL,
        found.author_id,
        found,
        found.is_public,
        found.path,
        found.title,
        found.language,
        found.revision,
    )


def _proposal_lines(session: Session, numbers: list[int]) -> dict[int, Line]:
    rows = session.exec(select(Proposal).where(col(Proposal.id).in_(numbers)))
    return {one.id: Line(one.title, one.summary, one.revision) for one in rows}


def _hide_proposal(
    session: Session, settings: Settings, actor: Account, text: Text, form: JudgementForm
) -> None:
    given = form.model_dump(exclude={"outcome"})
    decision = DecisionForm(decision=Decision.HIDE, **given)
    moderation.decide(session, settings, actor, text.proposal, decision)


def _comment(session: Session, actor: Actor, number: int, lock: bool) -> Text:  # noqa: FBT001 - see Kind
    found, proposal = comments.find(session, actor, number)
    if lock:
        # Before the rows of the discussion, as whoever leaves locks them.
        accounts.hold(session, found.author_id)
        comments.lock(session, found)
    return Text(
        Reportable.COMMENT,
        found.id,
        QueueKind.COMMENT,
        found.author_id,
        proposal,
        found.state is CommentState.VISIBLE and proposal.is_public,
        found.path,
        proposal.title,
        found.language,
        found.revision,
        found.text,
    )


def _comment_lines(session: Session, numbers: list[int]) -> dict[int, Line]:
    query = select(Comment, Proposal.title).join(Proposal, col(Comment.proposal_id) == Proposal.id)
    rows = session.exec(query.where(col(Comment.id).in_(numbers)))
    return {one.id: Line(title, one.text, one.revision) for one, title in rows}


def _hide_comment(
    session: Session, settings: Settings, actor: Account, text: Text, form: JudgementForm
) -> None:
    comment, proposal = comments.find(session, actor, text.id)
    given = form.model_dump(exclude={"outcome"})
    # Edited since it was reported, it may wait for a moderator again.
    waits = comment.state is CommentState.WAITING
    decision = CommentDecision.REJECT if waits else CommentDecision.HIDE
    form_of_comment = CommentDecisionForm(decision=decision, **given)
    comment_moderation.decide(session, settings, actor, proposal, comment, form_of_comment)


KINDS: Mapping[Reportable, Kind] = {
    Reportable.PROPOSAL: Kind(_proposal, _proposal_lines, _hide_proposal),
    Reportable.COMMENT: Kind(_comment, _comment_lines, _hide_comment),
}
