"""Decisions about oneself and appeals over JSON. Appeals are decided as everything in the queue is."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.routing import new_router, next_link
from app.api.schemas import AppealDetail, DecisionOut, DecisionPage
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.forms import AppealForm, Number, PageSize
from app.services import appeals, decisions

router = new_router("Moderation")


class OwnQuery(BaseModel):
    """The parameters of a list of one's own; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    lang: str | None = Field(None, description="Language of names and messages: vi or en")


@router.get("/decisions/mine")
def list_own(
    query: Annotated[OwnQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> DecisionPage:
    """What moderators have decided about one's own texts, applications and account, newest first."""
    listing = f"decisions|{actor.id}"
    after = read_cursor(settings, listing, query.cursor)
    page = decisions.listed(session, actor, query.limit, after)
    following = write_cursor(settings, listing, page.next_after)
    next_link(request, response, settings, following)
    items = [DecisionOut.of(decided, settings) for decided in page.items]
    return DecisionPage(items=items, next_cursor=following)


@router.post("/rulings/{ruling_id}/appeal", status_code=201)
def appeal(
    ruling_id: Number,
    body: AppealForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> DecisionOut:
    """Appeal against a decision about oneself: once, in time. Another moderator decides."""
    decided = decisions.get(session, actor.id, ruling_id)
    appeals.make(session, settings, decided, body)
    return DecisionOut.of(decisions.get(session, actor.id, ruling_id), settings)


@router.get("/moderation/appeals/{appeal_id}")
def read_appeal(appeal_id: Number, session: SessionDep, actor: TokenActor) -> AppealDetail:
    """An appeal with the decision it is against, by the `subject_id` of the queue. Decide with its number in the queue."""
    return AppealDetail.whole(appeals.show(session, actor, appeal_id))
