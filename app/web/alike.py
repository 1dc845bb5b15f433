"""What resembles the proposal that somebody is writing: below its title, with a way to join instead."""

from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep, SignedIn
from app.lifecycle import VOTABLE
from app.services import likenesses
from app.web.pages import Posted, RenderDep, new_router, number_of, text_of

router = new_router()


def values(session: Session, title: str, own_id: int | None = None) -> dict[str, Any]:
    """The proposals that resemble a title, and which of them can be voted on now."""
    alike, moment = likenesses.of_title(session, title, without=own_id), now()
    votable = {one.id for one in alike if one.status in VOTABLE and one.campaign.is_voting_open(moment)}  # fmt: skip
    return {"alike": alike, "votable": votable}


@router.post("/proposals/alike")
def find(posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    """The part of the form's page, for its script; nothing is written down, and the title is in no address or log."""
    own_id = number_of(text_of(posted, "own"))
    answer: Response = render("proposals/alike.html", **values(session, text_of(posted, "title"), own_id))  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer
