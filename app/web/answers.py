"""The city's answers for everybody: what it has said, what it owes, and what is overdue, by department."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, write_cursor
from app.errors import NotFound
from app.models import AnswerRequest, Milestone, OfficialAnswer
from app.services import answer_lists, cities, days
from app.services.answer_lists import Overdue
from app.services.cities import Catalogue
from app.services.paging import After, Page
from app.web.cards import card
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
PAGE = 20
ANSWERS = "/answers"
Row = AnswerRequest | OfficialAnswer | Milestone | Overdue


class Listing:
    """One of the lists as the address asks for it: of which department, from where on. Raises NotFound for others."""

    def __init__(
        self, request: Request, session: SessionDep, settings: SettingsDep, render: RenderDep
    ) -> None:
        self.session, self.settings, self.render = session, settings, render
        self.path = request.url.path
        self.city = cities.catalogue(session)
        self.department = request.query_params.get("department") or None
        if self.department not in {None, *self.city.departments}:
            raise NotFound
        self.cursor = request.query_params.get("cursor")

    def after(self) -> After | None:
        return page_cursor(self.settings, self._name, self.cursor)

    def values(self, page: Page[Any]) -> dict[str, Any]:
        """What a page of the list shows."""
        query = f"department={self.department}&" if self.department else ""
        following = write_cursor(self.settings, self._name, page.next_after)
        return {
            "rows": [(row, card(self.city, row.proposal)) for row in page.items],
            "department": self.department,
            "late": lateness(self.city),
            "next_href": f"{self.path}?{query}cursor={following}" if following else None,
            "first_href": f"{self.path}?{query}".rstrip("?&") if self.cursor else None,
        }

    @property
    def _name(self) -> str:
        return f"web|{self.path}|{self.department}"


def lateness(city: Catalogue) -> Callable[[Row], int]:
    """How many days something is overdue; 0 or less for what is not."""
    return lambda row: days.days_between(row.due_at, city.timezone)  # type: ignore[union-attr]


ListingDep = Annotated[Listing, Depends(Listing)]


@router.get(ANSWERS)
def published(one: ListingDep) -> Response:
    page = answer_lists.published(one.session, one.department, PAGE, one.after())
    return one.render("answers/list.html", **one.values(page))


@router.get(f"{ANSWERS}/waiting")
def waiting(one: ListingDep) -> Response:
    page = answer_lists.owed(one.session, one.department, PAGE, one.after())
    return one.render("answers/waiting.html", **one.values(page))


@router.get(f"{ANSWERS}/overdue")
def overdue(one: ListingDep) -> Response:
    page = answer_lists.overdue(one.session, one.department, PAGE, one.after())
    backlogs = [
        (row, days.days_between(row.since, one.city.timezone))
        for row in answer_lists.backlogs(one.session)
    ]
    return one.render("answers/overdue.html", backlogs=backlogs, **one.values(page))
