"""The public moderation record and its figures over JSON, and the moderators' workload."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.api.routing import new_router, next_link
from app.api.schemas import RecordEntry, RecordMonthOut, RecordMonthPage, RecordPage, WorkloadOut
from app.dependencies import SessionDep, SettingsDep, TokenActor, read_cursor, write_cursor
from app.forms import PageSize, RecordForm
from app.services import monthly, public_record, workload

router = new_router("Moderation")


class RecordQuery(RecordForm):
    """The parameters of the record; others are refused."""

    limit: PageSize = 20
    cursor: str | None = None
    lang: str | None = None

    def filters(self) -> RecordForm:
        return RecordForm.model_construct(**self.model_dump(include=set(RecordForm.model_fields)))

    def listing(self) -> str:
        """What a cursor of this list belongs to."""
        return f"record|{self.filters()!r}"


@router.get("/moderation/record")
def list_record(
    query: Annotated[RecordQuery, Query()],
    request: Request,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
) -> RecordPage:
    """Every decision of the moderators, newest first: its day, kind, outcome and the rule cited.

    Names, texts and the numbers of what was decided on are left out, and of the moment all but the day.
    """
    after = read_cursor(settings, query.listing(), query.cursor)
    page = public_record.listed(session, query.filters(), query.limit, after[1] if after else None)
    following = write_cursor(settings, query.listing(), page.next_after)
    next_link(request, response, settings, following)
    return RecordPage(items=[RecordEntry.of(one) for one in page.items], next_cursor=following)


@router.get("/moderation/record/monthly")
def read_months(session: SessionDep) -> RecordMonthPage:
    """The figures of each month of the city's calendar, oldest first."""
    return RecordMonthPage(items=[RecordMonthOut.of(one) for one in monthly.every(session)])


@router.get("/moderation/dashboard")
def read_dashboard(session: SessionDep, settings: SettingsDep, actor: TokenActor) -> WorkloadOut:
    """What waits, by kind, and what each moderator has decided lately; for moderators."""
    return WorkloadOut.of(workload.current(session, settings, actor))
