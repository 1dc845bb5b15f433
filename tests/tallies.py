"""What must hold of counts after whatever has happened."""

from app.models import Proposal, SupportDay
from tests.databases import Database


def assert_days_add_up(db: Database) -> None:
    """The days of every proposal add up to its support, and none of them lies below nothing."""
    for proposal in db.all(Proposal):
        total, lowest = 0, 0
        for row in db.all(SupportDay, SupportDay.proposal_id == proposal.id):
            total += row.change
            lowest = min(lowest, total)
        assert (total, lowest) == (proposal.support_count, 0)
