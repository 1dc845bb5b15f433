"""Statuses over time: months of the city's calendar, walked back from the counts of this moment."""

from datetime import UTC, date, datetime

import pytest

from app.models import Account, Event, EventKind, Proposal, Status
from app.services import statistics, status_months
from tests.builders import Make
from tests.databases import Database

NOW = datetime(2026, 6, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.days.now", lambda: NOW)


def happened(db: Database, proposal: Proposal, **moments: datetime) -> None:
    """Let the proposal have come to these statuses at these moments."""
    with db.session() as session:
        for row in db.all(Event, Event.proposal_id == proposal.id, Event.kind == EventKind.STATUS):
            session.get_one(Event, row.id).created_at = moments.get(row.to_status.value, datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip


def months(db: Database) -> list[tuple[date, dict[str, int]]]:
    with db.session(writes=False) as session:
        found = status_months.recent(session)
        assert {status.value: number for status, number in found[-1].counts.items() if number} == statistics.by_status(session)  # fmt: skip
    return [(one.month, {status.value: number for status, number in one.counts.items() if number}) for one in found]  # fmt: skip


def test_nothing_yet(db: Database) -> None:
    assert months(db) == [(date(2026, 6, 1), {})]


def test_each_proposal_counts_where_it_stood_at_the_end_of_the_month(db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    # Tinytown's April ends at 15:00 UTC.
    april, may = datetime(2026, 4, 30, 14, 59, tzinfo=UTC), datetime(2026, 4, 30, 15, 0, tzinfo=UTC)
    happened(db, make.proposal(ha, "published"), published=april)
    happened(db, make.proposal(ha, "accepted"), published=april, under_consideration=may, accepted=NOW)  # fmt: skip
    happened(db, make.proposal(ha, "hidden"), published=may, hidden=NOW)
    happened(db, make.proposal(ha, "withdrawn"), published=april, withdrawn=may)
    for status in ("draft", "submitted", "rejected"):
        make.proposal(ha, status)
    assert months(db) == [
        (date(2026, 4, 1), {"published": 3}),
        (date(2026, 5, 1), {"published": 2, "under_consideration": 1}),
        (date(2026, 6, 1), {"published": 1, "accepted": 1}),
    ]


def test_what_was_hidden_and_shown_again_counts_once(db: Database, make: Make, ha: Account) -> None:
    make.restore(make.proposal(ha, "hidden"))
    ((_, found),) = months(db)
    assert found == {Status.PUBLISHED.value: 1}


def test_no_more_than_two_years(db: Database, make: Make, ha: Account) -> None:
    happened(db, make.proposal(ha, "published"), published=datetime(2019, 1, 1, tzinfo=UTC))
    found = months(db)
    assert len(found) == status_months.SHOWN_MONTHS
    assert found[0] == (date(2024, 7, 1), {"published": 1})
