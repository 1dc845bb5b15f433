"""The demo's comments: written as rows, because they lie in the past; some still wait for a moderator to look at them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.models import (
    Account,
    Comment,
    CommentEvent,
    CommentEventKind,
    CommentState,
    HelpfulMark,
    Proposal,
    QueueKind,
    Stance,
    Voice,
)
from app.permissions import speaks_for_city
from app.services import cities, queue


class DemoComments:
    """One load: the keys of the demo's files stand for the people and proposals made so far."""

    def __init__(
        self, session: Session, today: datetime, people: dict[str, Account], proposals: dict[str, Proposal], moderator: Account
    ) -> None:  # fmt: skip
        self.session, self.today, self.moderator = session, today, moderator
        self.people, self.proposals = people, proposals
        self.minutes = 0

    def load(self, path: Path, rows: list[dict[str, Any]]) -> None:
        """Write the comments in these rows of a file. Raises cities.PackError for a name that nobody has."""
        try:
            for row in sorted(rows, key=lambda row: row["days"]):
                top = self._add(row, self.proposals[row["proposal"]], None)
                for reply in row.get("replies", []):
                    self._add(reply, self.proposals[row["proposal"]], top)
        except KeyError as error:
            raise cities.PackError(f"{path}: {error}: unknown or missing") from error

    def _add(self, row: dict[str, Any], proposal: Proposal, top: Comment | None) -> Comment:
        author, hidden = self.people[row["author"]], row.get("hidden")
        # Later in the file is later in the day.
        self.minutes += 7
        at = self.today + timedelta(days=row["days"], minutes=self.minutes - 720)
        comment = Comment(
            proposal_id=proposal.id,
            parent_id=top.id if top else None,
            author_id=author.id,
            stance=Stance(row.get("stance", "neutral")),
            voice=Voice(row.get("voice", "person")),
            text=row["text"].strip(),
            language=row.get("language", "vi"),
            state=CommentState.HIDDEN if hidden else CommentState.VISIBLE,
            reason_code=hidden,
            created_at=at,
            published_at=at,
        )
        self.session.add(comment)
        self.session.flush()
        if not hidden:
            proposal.comment_count += 1
            if top is not None:
                top.reply_count += 1
        self._tell(row, proposal, comment, author)
        return comment

    def _tell(self, row: dict[str, Any], proposal: Proposal, comment: Comment, author: Account) -> None:  # fmt: skip
        """Its history, whom it helped, and whether it waits for a moderator's look."""
        kinds = CommentEventKind
        self._event(comment, author, kinds.WRITTEN, comment.created_at)
        looked = comment.created_at + timedelta(hours=3)
        if row.get("unseen"):
            queue.enter(self.session, QueueKind.COMMENT, comment.id, author=author, proposal=proposal, language=comment.language, since=comment.created_at)  # fmt: skip
        elif comment.state is CommentState.HIDDEN:
            self._event(comment, self.moderator, kinds.HIDDEN, looked, comment.reason_code)
        elif not speaks_for_city(author):
            self._event(comment, self.moderator, kinds.KEPT, looked)
        for number, key in enumerate(row.get("helpful", []), 1):
            at = min(self.today, comment.created_at + timedelta(hours=5 * number))
            reader = self.people[key].id
            self.session.add(HelpfulMark(comment_id=comment.id, account_id=reader, created_at=at))
            self._event(comment, None, kinds.MARKED, at)
            comment.helpful_count += 1
        self.session.flush()

    def _event(
        self, comment: Comment, actor: Account | None, kind: CommentEventKind, at: datetime, reason_code: str | None = None
    ) -> None:  # fmt: skip
        event = CommentEvent(
            comment_id=comment.id,
            actor_id=actor.id if actor else None,
            kind=kind,
            reason_code=reason_code,
            created_at=at,
        )
        self.session.add(event)
