"""The city's figures over JSON: what the pictures are drawn from."""

from app.api.routing import ProposalId, new_router
from app.api.schemas import (
    CoverageOut,
    StatisticsOut,
    StatusMonthOut,
    StatusMonthPage,
    SupportDayOut,
    SupportDayPage,
    WardCountPage,
)
from app.dependencies import OptionalTokenActor, SessionDep
from app.services import (
    boundaries,
    cities,
    coverage,
    proposals,
    statistics,
    status_months,
    support_days,
    ward_counts,
)

router = new_router("Statistics")


@router.get("/statistics")
def read_statistics(session: SessionDep) -> StatisticsOut:
    """How much there is, counted now."""
    return StatisticsOut.model_validate(statistics.current(session), from_attributes=True)


@router.get("/statistics/wards")
def count_wards(session: SessionDep) -> WardCountPage:
    """Every ward with its place, if it is known, how many listed proposals name it and the support these have together.

    A proposal counts in each ward that it names; one that names none is for the whole city.
    """
    city = cities.catalogue(session)
    centres = boundaries.centres(session)
    return WardCountPage.of(city, ward_counts.current(session), centres)


@router.get("/statistics/coverage")
def read_coverage(session: SessionDep) -> CoverageOut:
    """How many listed proposals stand under each pillar and name each goal."""
    return CoverageOut.of(cities.catalogue(session), coverage.current(session))


@router.get("/statistics/statuses")
def read_statuses(session: SessionDep) -> StatusMonthPage:
    """How many proposals stood in each listed status at the end of each of the last months, and now; oldest first."""
    found = status_months.recent(session)
    return StatusMonthPage(items=[StatusMonthOut.of(one) for one in found])


@router.get("/proposals/{proposal_id}/support-days")
def read_support_days(
    proposal_id: ProposalId, session: SessionDep, actor: OptionalTokenActor
) -> SupportDayPage:
    """How the support of a proposal grew, day by day in the city's calendar, oldest first."""
    found = support_days.daily(session, proposals.get_visible(session, actor, proposal_id))
    return SupportDayPage(items=[SupportDayOut.of(one) for one in found])
