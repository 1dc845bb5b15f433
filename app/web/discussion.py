"""What pages show of a discussion: comments with the names and marks of their writers, and what the reader may do."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.forms import COMMENT_LENGTH
from app.i18n import N_, translate
from app.labels import member_name, role_label, stance_label
from app.lifecycle import COMMENTABLE
from app.models import Comment, CommentState, Proposal, Role, Stance, Voice
from app.permissions import (
    Actor,
    is_writer,
    may_change_comment,
    may_decide_on_comment,
    may_mark_helpful,
    may_see_comment_history,
    may_speak_as,
)
from app.services import cities, comments, discussions
from app.services.cities import Catalogue
from app.services.discussions import CommentSort, Shown
from app.web.cards import profile_url

# Of the first level; what a proposal's page and each page of its discussion show.
PAGE = 20
_VOICES = {
    Voice.PERSON: N_("for myself"),
    Voice.AUTHOR: N_("officially, as the proposal's author"),
    Voice.CITY: N_("officially, for the city"),
}
_OFFICIAL = {
    Voice.AUTHOR: N_("Official reply of the proposal's author"),
    Voice.CITY: N_("Official reply of the city"),
}


@dataclass(frozen=True)
class CommentView:
    """A comment as a page shows it to one reader. `official` says for whom it speaks, `reason` why it is hidden."""

    comment: Comment
    is_readable: bool
    author_name: str | None
    author_url: str | None
    badges: list[tuple[str, str]]
    official: str | None
    reason: str | None
    is_own: bool
    is_marked: bool
    may_mark: bool
    may_edit: bool
    may_delete: bool
    may_see_history: bool
    may_decide: bool
    may_reply: bool
    may_report: bool


@dataclass(frozen=True)
class ThreadView:
    """A comment, replies to it, and how many more there are than these."""

    top: CommentView
    replies: list[CommentView]
    more: int


def view(city: Catalogue, actor: Actor, proposal: Proposal, shown: Shown) -> CommentView:
    """What a page shows of one comment."""
    comment, author = shown.comment, shown.author
    is_open, is_visible = proposal.status in COMMENTABLE, comment.state is CommentState.VISIBLE
    official = _OFFICIAL.get(comment.voice) if shown.is_readable else None
    reason = city.reasons.get(comment.reason_code or "")
    own = may_change_comment(actor, comment)
    return CommentView(
        comment=comment,
        is_readable=shown.is_readable,
        author_name=member_name(author) if author else None,
        author_url=profile_url(author) if author else None,
        badges=_badges(city, proposal, shown),
        official=translate(official) if official else None,
        reason=reason.name if reason else None,
        is_own=is_writer(actor, comment),
        is_marked=shown.is_marked,
        may_mark=is_open and is_visible and may_mark_helpful(actor, comment),
        may_edit=own and is_open and comments.editable_until(comment) is not None,
        may_delete=own and comment.state is not CommentState.DELETED,
        may_see_history=may_see_comment_history(actor, comment),
        may_decide=may_decide_on_comment(actor, proposal, comment) and comment.state is not CommentState.DELETED,
        may_reply=is_open and is_visible,
        may_report=is_visible and proposal.is_public and not is_writer(actor, comment),
    )  # fmt: skip


def _badges(city: Catalogue, proposal: Proposal, shown: Shown) -> list[tuple[str, str]]:
    """Who the writer is, as classes of the stylesheet and words."""
    author = shown.author
    if author is None:
        return []
    found = []
    if author.is_expert:
        field = city.expertises.get(shown.expertise or "")
        words = [role_label(Role.EXPERT).capitalize(), *([field.name] if field else [])]
        found.append(("badge", ": ".join(words)))
    elif author.role is Role.OFFICER:
        department = city.departments.get(shown.department or "")
        name = department.name if department else role_label(author.role).capitalize()
        found.append(("badge badge-city", name))
    elif author.is_staff:
        found.append(("badge badge-city", role_label(Role.MODERATOR).capitalize()))
    if author.id in proposal.author_numbers and not author.is_former_member:
        found.append(("badge badge-author", translate("Author of the proposal")))
    return found


def thread_views(
    session: Session, actor: Actor, proposal: Proposal, tops: list[Comment]
) -> list[ThreadView]:
    """What a page shows of these comments of the first level and the first replies to each."""
    city = cities.catalogue(session)
    return [
        ThreadView(
            view(city, actor, proposal, thread.top),
            replies := [view(city, actor, proposal, reply) for reply in thread.replies],
            max(0, thread.top.comment.reply_count - len(replies)),
        )
        for thread in discussions.threads(session, actor, tops)
    ]


def stances(session: Session, proposal: Proposal) -> list[tuple[Stance, str, int]]:
    """Each stance, its name, and how many comments of the first level take it."""
    found = discussions.stance_counts(session, proposal)
    return [(stance, stance_label(stance), number) for stance, number in found.items()]


def form_values(actor: Actor, proposal: Proposal) -> dict[str, Any]:
    """What the form of a new comment needs, empty."""
    voices = [(voice.value, translate(text), None) for voice, text in _VOICES.items() if may_speak_as(actor, proposal, voice)]  # fmt: skip
    return {
        "takes_comments": proposal.status in COMMENTABLE,
        "waits": proposal.campaign.comments_premoderated,
        "values": {"text": "", "stance": Stance.NEUTRAL.value, "voice": Voice.PERSON.value},
        "stance_choices": [(stance.value, stance_label(stance), None) for stance in Stance],
        "voice_choices": voices if len(voices) > 1 else [],
        "errors": {},
        "most": COMMENT_LENGTH,
    }


def section(session: Session, actor: Actor, proposal: Proposal) -> dict[str, Any]:
    """What a proposal's page shows of its discussion: the newest comments, and the form."""
    page = discussions.listed(session, actor, proposal, CommentSort.NEWEST, PAGE)
    return {
        "threads": thread_views(session, actor, proposal, page.items),
        "stances": stances(session, proposal),
        **form_values(actor, proposal),
    }
