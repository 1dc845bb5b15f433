"""The moderation desk over JSON: the queue, claims, decisions one by one and many at once, canned answers."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.problems import describe
from app.api.routing import new_router, next_link
from app.api.schemas import (
    CannedOut,
    CannedPage,
    Problem,
    QueueItem,
    QueuePage,
    ResultOut,
    ResultPage,
    RulingOut,
)
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.errors import Invalid
from app.forms import BulkForm, CannedForm, Form, Number, PageSize, RulingForm, unknown
from app.i18n import LANGUAGES
from app.models import QueueKind, Signal
from app.services import canned, cities, desk, queue
from app.services.queue import Age, QueueFilter

router = new_router("Moderation")


class QueueQuery(BaseModel):
    """The parameters of the queue; others are refused."""

    model_config = ConfigDict(extra="forbid")

    limit: PageSize = 20
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    kind: QueueKind | None = None
    pillar: str | None = Field(None, description="Code of /pillars")
    ward: str | None = Field(None, description="Code of /wards")
    language: str | None = Field(None, description="Language of the text: vi or en")
    signal: Signal | None = None
    age: Age | None = Field(None, description="Waiting past its target, or for more than a day or a week")  # fmt: skip
    lang: str | None = Field(None, description="Language of names and messages: vi or en")

    def filters(self) -> QueueFilter:
        return QueueFilter(self.kind, self.pillar, self.ward, self.language, self.signal, self.age)

    def listing(self) -> str:
        """What a cursor of this list belongs to."""
        return f"queue|{self.filters()}"


class NextForm(Form):
    """What to take up next."""

    kind: QueueKind | None = None


def _require_known(session: Session, query: QueueQuery) -> None:
    city = cities.catalogue(session)
    lists = (("pillar", city.pillars), ("ward", city.wards), ("language", LANGUAGES))
    errors = [unknown(name) for name, known in lists if getattr(query, name) not in {None, *known}]
    if errors:
        raise Invalid(errors)


@router.get("/moderation/queue")
def list_queue(
    query: Annotated[QueueQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> QueuePage:
    """What waits for a moderator: what was raised first, then the oldest first."""
    _require_known(session, query)
    after = read_cursor(settings, query.listing(), query.cursor)
    page = desk.listed(session, settings, actor, query.filters(), query.limit, after)
    following = write_cursor(settings, query.listing(), page.next_after)
    next_link(request, response, settings, following)
    items = [QueueItem.of(waiting, settings) for waiting in page.items]
    return QueuePage(items=items, next_cursor=following)


@router.post("/moderation/queue/next")
def take_next(
    body: NextForm, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> QueuePage:
    """Take up what has waited longest and nobody has; an empty list if there is nothing."""
    item = queue.claim_next(session, settings, actor, QueueFilter(kind=body.kind))
    shown = [desk.show(session, settings, item)] if item else []
    return QueuePage(items=[QueueItem.of(one, settings) for one in shown], next_cursor=None)


@router.get("/moderation/queue/{item_id}")
def read_item(
    item_id: Number, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> QueueItem:
    """One thing that waits. A conflict shows the decision, if there has been one."""
    item = desk.get(session, actor, item_id)
    return QueueItem.of(desk.show(session, settings, item), settings)


@router.put("/moderation/queue/{item_id}/claim")
def claim(
    item_id: Number, session: SessionDep, settings: SettingsDep, actor: TokenActor
) -> QueueItem:
    """Take something up for some minutes, or keep it for longer."""
    item = desk.get(session, actor, item_id, lock=True)
    queue.claim(session, settings, actor, item)
    session.flush()
    return QueueItem.of(desk.show(session, settings, item), settings)


@router.delete("/moderation/queue/{item_id}/claim", status_code=204)
def release(item_id: Number, session: SessionDep, actor: TokenActor) -> None:
    """Give back what one has taken up."""
    queue.release(session, actor, desk.get(session, actor, item_id, lock=True))


@router.post("/moderation/queue/{item_id}/decision")
def decide(
    item_id: Number,
    body: RulingForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> RulingOut:
    """Decide something that waits. `revision` guards against deciding on a text since changed."""
    return RulingOut.of(desk.decide(session, settings, actor, item_id, body))


@router.post("/moderation/decisions")
def decide_many(
    body: BulkForm,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> ResultPage:
    """Decide many things alike. Each is decided and recorded by itself; the answer says what became of each.

    `revisions` guards against deciding on texts since changed, as the queue gave them by the item's number.
    """
    results = desk.decide_many(session, settings, actor, body)
    path = request.url.path
    return ResultPage(
        items=[
            ResultOut(
                item=one.item_id,
                decided=one.refusal is None,
                problem=Problem.model_validate(describe(one.refusal, settings.base_url, path)) if one.refusal else None,
            )
            for one in results
        ]
    )  # fmt: skip


@router.get("/moderation/canned-answers")
def list_canned(session: SessionDep, actor: TokenActor) -> CannedPage:
    """The words that moderators have at hand."""
    return CannedPage(items=[CannedOut.of(one) for one in canned.every(session, actor)])


@router.post("/moderation/canned-answers", status_code=201)
def add_canned(body: CannedForm, session: SessionDep, actor: TokenActor) -> CannedOut:
    """Keep new words at hand."""
    return CannedOut.of(canned.keep(session, actor, body))


@router.put("/moderation/canned-answers/{canned_id}")
def change_canned(
    canned_id: Number, body: CannedForm, session: SessionDep, actor: TokenActor
) -> CannedOut:
    """Change words that are at hand."""
    return CannedOut.of(canned.keep(session, actor, body, canned.get(session, actor, canned_id)))


@router.delete("/moderation/canned-answers/{canned_id}", status_code=204)
def discard_canned(canned_id: Number, session: SessionDep, actor: TokenActor) -> None:
    """Keep these words no longer."""
    canned.discard(session, actor, canned.get(session, actor, canned_id))
