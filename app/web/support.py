"""How a proposal's support grew: the picture, and its numbers for a spreadsheet."""

from fastapi import Request
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep
from app.i18n import N_, language, translate
from app.services import cities, proposals, support_days
from app.web import charts, spreadsheets
from app.web.charts import Series
from app.web.pages import new_router
from app.web.proposals import ProposalId

router = new_router()


@router.get("/proposals/{proposal_id:int}/support.svg")
def draw(
    proposal_id: ProposalId, request: Request, session: SessionDep, actor: BrowserActor
) -> Response:
    """The picture of a proposal's support by day; `narrow` is for the screen of a phone."""
    found = support_days.daily(session, proposals.get_visible(session, actor, proposal_id))
    colours = cities.catalogue(session).colours
    series = Series(translate(N_("Supports")), colours["light"]["brand"], colours["dark"]["brand"])
    svg = charts.line(
        translate(N_("Support over time")),
        series,
        [(one.day, one.total) for one in found],
        narrow=request.query_params.get("narrow") == "1",
    )
    answer = charts.picture(request, svg)
    answer.headers["Content-Language"] = language.get()
    return answer


@router.get("/proposals/{proposal_id:int}/support.csv")
def save(proposal_id: ProposalId, session: SessionDep, actor: BrowserActor) -> Response:
    """Every day of a proposal's support."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    rows = [(one.day.isoformat(), one.change, one.total) for one in support_days.daily(session, proposal)]  # fmt: skip
    return spreadsheets.table(f"support-{proposal.id}.csv", ("day", "change", "support"), rows)
