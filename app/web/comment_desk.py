"""The moderation of comments: the staff's page of one, and decisions."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.forms import CommentDecisionForm, read
from app.models import Account, Comment, Outcome, Proposal, QueueKind
from app.permissions import may_decide_on_comment, may_moderate, require
from app.services import cities, comment_moderation, comments, discussions
from app.web import desk, discussion, refusals
from app.web.comments import CommentId
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other

router = new_router()
# The whole history has a page of its own.
NEWEST_EVENTS = 10
ITEM = f"{desk.DESK}/comments/{{comment_id:int}}"


@router.get(ITEM)
def item(comment_id: CommentId, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:  # fmt: skip
    require(may_moderate(actor), actor)
    comment, proposal = comments.find(session, actor, comment_id)
    return _item(render, session, actor, proposal, comment, {})


def _item(
    render: Render, session: Session, actor: Account, proposal: Proposal, comment: Comment, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    city = cities.catalogue(session)
    found = [comment]
    if comment.parent_id is not None:
        found.append(comments.get(session, actor, proposal, comment.parent_id))
    shown = discussions.shown(session, actor, found)
    views = [discussion.view(city, actor, proposal, shown[one.id]) for one in found]
    writer = session.get(Account, comment.author_id)
    if writer is None:  # Has left at this very moment.
        raise NotFound
    events, has_earlier = comments.newest_history(session, comment, NEWEST_EVENTS)
    return render(
        "moderation/comment.html",
        proposal=proposal,
        one=views[0],
        parent=views[1] if len(views) > 1 else None,
        events=events,
        has_earlier_events=has_earlier,
        decisions=[
            Outcome(one)
            for one in comment_moderation.possible_decisions(session, actor, proposal, comment)
        ],
        may_decide=may_decide_on_comment(actor, proposal, comment),
        values=values,
        **refusals.shown(error),
        **desk.panel(session, actor, QueueKind.COMMENT, comment.id, writer),
    )


@router.post(f"{ITEM}/decision")
def decide(
    comment_id: CommentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    comment, proposal = comments.find(session, actor, comment_id)
    require(may_decide_on_comment(actor, proposal, comment), actor)
    values = desk.decision_values(posted, "decision")
    try:
        with session.begin_nested():
            form = read(CommentDecisionForm, values)
            comment_moderation.decide(session, settings, actor, proposal, comment, form)
    except (Conflict, Invalid) as error:
        session.refresh(comment)
        return _item(render, session, actor, proposal, comment, values, error)
    return see_other(desk.DESK, "decision.done")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The item again after a new sign-in, with the words that were meant for its writer; whoever may not see it goes on."""
    try:
        require(may_moderate(actor), actor)
        number = number_of(path.rpartition("/")[2]) or 0
        comment, proposal = comments.find(session, actor, number)
    except (Forbidden, NotFound):
        return see_other("/", "sign_in.done")
    return _item(
        render, session, actor, proposal, comment, desk.decision_values(posted, "decision")
    )
