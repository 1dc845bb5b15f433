"""The monthly figures: months of the city's calendar, medians, what a small month leaves out, what is kept and when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import jobs
from app.models import Outcome, QueueKind, RecordMonth, Ruling
from app.services import monthly
from app.services.monthly import Month
from tests.databases import Database

HOUR = timedelta(hours=1)
# Tinytown lies nine hours before UTC: its May begins on 30 April at 15:00.
MAY = datetime(2026, 4, 30, 15, tzinfo=UTC)
NOW = datetime(2026, 6, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _june(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.monthly.now", lambda: NOW)


def rule(db: Database, at: datetime, *waits: float | None, **values: Any) -> None:
    """Decisions of one moment, each on what had waited for some hours, or on what had not."""
    values = {"kind": QueueKind.COMMENT, "outcome": Outcome.HIDE} | values
    with db.session() as session:
        for hours in waits:
            since = None if hours is None else at - hours * HOUR
            session.add(Ruling(**values, subject_id=0, waited_since=since, decided_at=at))


def months(db: Database) -> list[Month]:
    with db.session(writes=False) as session:
        return monthly.every(session)


def test_nothing_yet(db: Database) -> None:
    assert months(db) == []
    jobs.close_months(db.engine, db.settings)
    assert db.count(RecordMonth) == 0


@pytest.mark.parametrize(("waits", "median"), [((1, 2, 3, 4, 100), 3), ((1, 2, 3, 4, 5, 100), 3.5), ((2, 2, None, 2, None, 9, 0), 2), ((1, 2, 3, 4, None), None), ((None,) * 5, None)])  # fmt: skip
def test_the_median(db: Database, waits: tuple[float | None, ...], median: float | None) -> None:
    rule(db, MAY + HOUR, *waits)
    assert months(db)[0] == Month(date(2026, 5, 1), len(waits), median, 0, 0)


def test_months_are_the_citys_and_none_is_missing(db: Database) -> None:
    rule(db, MAY - timedelta(seconds=1), 1)
    rule(db, MAY, 1, 1)
    rule(db, NOW, 1, 1, 1)
    rule(db, datetime(2026, 2, 3, tzinfo=UTC), 1)
    found = [(one.month.month, one.decisions) for one in months(db)]
    assert found == [(2, 1), (3, 0), (4, 1), (5, 2), (6, 3)]


def test_appeals(db: Database) -> None:
    rule(db, MAY, 1, 1, kind=QueueKind.APPEAL, outcome=Outcome.UPHOLD)
    rule(db, MAY, 1, kind=QueueKind.APPEAL, outcome=Outcome.DISMISS)
    rule(db, MAY, 1, kind=QueueKind.REPORT, outcome=Outcome.UPHOLD)
    assert months(db)[0] == Month(date(2026, 5, 1), 4, None, 3, 2)


def test_what_is_over_is_kept_and_counted_no_more(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    rule(db, MAY, 1, 2, 3, 4, 5)
    rule(db, NOW, 1)
    before = months(db)
    for _ in range(2):
        jobs.close_months(db.engine, db.settings)
        assert [row.month for row in db.all(RecordMonth)] == [date(2026, 5, 1)]
    assert months(db) == before
    with db.queries() as statements:
        months(db)
    assert (
        len(statements) == 5
    )  # What is kept; the city, for what day it is and when June is; June in two.
    monkeypatch.setattr("app.services.monthly.now", lambda: NOW.replace(month=9))
    assert [(one.month.month, one.decisions) for one in months(db)] == [(5, 5), (6, 1), (7, 0), (8, 0), (9, 0)]  # fmt: skip
    jobs.close_months(db.engine, db.settings)
    assert [row.decisions for row in db.all(RecordMonth)] == [5, 1, 0, 0]


@pytest.mark.parametrize(("minutes", "held"), [(59, 0), (61, 1)])
def test_a_month_is_kept_some_time_after_its_end(db: Database, monkeypatch: pytest.MonkeyPatch, minutes: int, held: int) -> None:  # fmt: skip
    rule(db, MAY, 1)
    june = datetime(2026, 5, 31, 15, minutes % 60, tzinfo=UTC) + (minutes // 60) * HOUR
    monkeypatch.setattr("app.services.monthly.now", lambda: june)
    jobs.close_months(db.engine, db.settings)
    assert db.count(RecordMonth) == held
