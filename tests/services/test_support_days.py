"""Support by day: the days add up to the support after whatever happens, and are the city's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app import migrations
from app.database import now
from app.errors import NotFound
from app.models import Account, Campaign, Proposal, SupportDay, VoteValue
from app.services import proposals, support_days, votes
from app.services.support_days import Day
from tests.builders import Make
from tests.databases import Database
from tests.tallies import assert_days_add_up

# Tinytown lies nine hours before UTC: its 2 May begins on 1 May at 15:00.
EVENING = datetime(2026, 5, 1, 14, 59, tzinfo=UTC)
NIGHT = datetime(2026, 5, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def at(moment: datetime) -> None:
        for module in ("days", "votes", "support_days"):
            monkeypatch.setattr(f"app.services.{module}.now", lambda: moment)

    return at


def days(db: Database, proposal: Proposal) -> list[Day]:
    with db.session(writes=False) as session:
        own = session.get(Proposal, proposal.id)
        assert own is not None
        return support_days.changes(session, own)


def retract(db: Database, voter: Account, proposal: Proposal) -> None:
    with db.session() as session:
        votes.retract(session, voter, proposals.get_visible(session, voter, proposal.id))


def test_the_days_add_up_after_every_kind_of_vote(db: Database, make: Make, standing: Campaign, ha: Account, minh: Account) -> None:  # fmt: skip
    with db.session() as session:
        session.get_one(Campaign, standing.id).allows_opposition = True
    made = make.proposal(minh, "published")
    for value in ("support", "support", "oppose", "oppose", "support"):
        make.vote(ha, made, value)
        assert_days_add_up(db)
    make.vote(minh, made, "oppose")
    for _ in range(2):
        retract(db, ha, made)
        assert_days_add_up(db)
    assert days(db, made) == []  # What came and went within a day is not told.
    assert db.get(Proposal, made.id).oppose_count == 1


def test_a_day_is_the_citys_and_a_vote_taken_back_counts_on_its_own(db: Database, make: Make, ha: Account, minh: Account, at: Callable[[datetime], None]) -> None:  # fmt: skip
    made = make.proposal(minh, "published")
    at(EVENING)
    make.vote(ha, made)
    at(NIGHT)
    make.vote(minh, made)
    make.vote(make.account("Người khác"), made)
    at(NIGHT + timedelta(days=2))
    retract(db, ha, made)
    assert days(db, made) == [Day(date(2026, 5, 1), 1, 1), Day(date(2026, 5, 2), 2, 3), Day(date(2026, 5, 4), -1, 2)]  # fmt: skip
    assert_days_add_up(db)


def test_every_day_from_publication_to_today_has_its_point(db: Database, make: Make, ha: Account, minh: Account, at: Callable[[datetime], None]) -> None:  # fmt: skip
    made = make.proposal(minh, "published")
    with db.session() as session:
        session.get_one(Proposal, made.id).published_at = EVENING - timedelta(days=1)
    at(NIGHT)
    make.vote(ha, made)

    def daily() -> list[tuple[int, int]]:
        with db.session(writes=False) as session:
            own = proposals.get_visible(session, ha, made.id)
            return [(one.day.day, one.total) for one in support_days.daily(session, own)]

    at(NIGHT + timedelta(days=2))
    assert daily() == [(30, 0), (1, 0), (2, 1), (3, 1), (4, 1)]
    make.move(made, "declined")  # Nobody can vote on it any more.
    assert daily() == [(30, 0), (1, 0), (2, 1)]


def test_what_came_before_ten_years_is_in_the_first_total(db: Database, make: Make, ha: Account, minh: Account, at: Callable[[datetime], None]) -> None:  # fmt: skip
    made = make.proposal(minh, "published")
    with db.session() as session:
        session.add(SupportDay(proposal_id=made.id, day=date(1999, 1, 1), change=7))
        session.get_one(Proposal, made.id).support_count = 7
    with db.session(writes=False) as session:
        found = support_days.daily(session, proposals.get_visible(session, ha, made.id))
    assert len(found) == support_days.MOST_DAYS
    assert {(one.change, one.total) for one in found} == {(0, 7)}


def test_a_draft_has_no_days(db: Database, make: Make, ha: Account) -> None:
    made = make.proposal(ha)
    with db.session(writes=False) as session, pytest.raises(NotFound):
        support_days.daily(session, proposals.get_visible(session, ha, made.id))


def test_a_bulk_load_sets_the_days_from_the_rows(db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made, other = (make.proposal(minh, "published") for _ in range(2))
    for proposal in (made, other):
        make.vote(ha, proposal)
        make.vote(minh, proposal)
    before = db.all(SupportDay)
    with db.session() as session:
        votes.recount(session, [made.id])
    assert db.all(SupportDay) == before
    assert_days_add_up(db)


def test_the_migration_finds_the_days_of_the_votes(migrated: Database) -> None:
    migrated.load_tinytown()
    make = Make(migrated)
    people = [make.account(f"Người {number}") for number in range(3)]
    made = make.proposal(people[0], "published")
    for person, value in zip(people, (VoteValue.SUPPORT, VoteValue.SUPPORT, VoteValue.OPPOSE), strict=True):  # fmt: skip
        with migrated.session() as session:
            session.get_one(Campaign, made.campaign_id).allows_opposition = True
        make.vote(person, made, value)
    before = [row.model_dump() for row in migrated.all(SupportDay)]
    assert [row["change"] for row in before] == [2]
    migrations.downgrade(migrated.engine, "0016")
    migrations.upgrade(migrated.engine)
    assert [row.model_dump() for row in migrated.all(SupportDay)] == before
    assert before[0]["day"] == (now() + timedelta(hours=9)).date()
