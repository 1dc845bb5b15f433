"""The lifecycle against a table written down a second time: every pair of statuses, and who may make the step."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from app.errors import Conflict, Forbidden, NotSignedIn
from app.lifecycle import TRANSITIONS
from app.models import Account, Event, Proposal, Role, Status
from app.permissions import Actor
from app.services import proposals, transitions
from tests.builders import Make
from tests.databases import Database

AUTHOR, STAFF, AGREED = "author", "staff", "agreement"
# From each status, where it may go and who takes it there. Hiding and restoring are in their own tests below.
ALLOWED = {
    "draft": {"submitted": AUTHOR, "withdrawn": AUTHOR},
    "submitted": {"published": STAFF, "returned": STAFF, "rejected": STAFF, "withdrawn": AUTHOR},
    "returned": {"submitted": AUTHOR, "withdrawn": AUTHOR},
    "rejected": {"published": STAFF},
    "published": {"under_consideration": STAFF, "declined": STAFF, "merged": AGREED, "withdrawn": AUTHOR, "hidden": STAFF},
    "under_consideration": {"accepted": STAFF, "declined": STAFF, "merged": AGREED, "withdrawn": AUTHOR, "hidden": STAFF},
    "accepted": {"in_progress": STAFF, "hidden": STAFF},
    "in_progress": {"completed": STAFF, "hidden": STAFF},
    "completed": {"hidden": STAFF},
    "declined": {"hidden": STAFF},
    "withdrawn": {"hidden": STAFF},
    "hidden": {"published": STAFF},
    "merged": {"hidden": STAFF},
}  # fmt: skip
HIDEABLE = [start for start, targets in ALLOWED.items() if "hidden" in targets]
STATUSES = [status.value for status in Status]


@pytest.fixture
def try_move(db: Database) -> Callable[[Proposal, Actor, str], str]:
    """What becomes of a step: its new status or the name of the refusal. Nothing is kept."""

    def attempt(proposal: Proposal, actor: Actor, target: str) -> str:
        with Session(db.engine) as session:
            own = session.get(Proposal, proposal.id)
            try:
                transitions.move(session, actor, own, Status(target))
            except (Conflict, Forbidden, NotSignedIn) as error:
                return type(error).__name__
            return own.status.value

    return attempt


def test_the_table_is_complete() -> None:
    steps = {(a, b) for a, targets in ALLOWED.items() for b in targets if "hidden" not in {a, b}}
    assert {(a.value, b.value) for a, b in TRANSITIONS} == steps
    assert ALLOWED.keys() == set(STATUSES)


@pytest.mark.parametrize("start", STATUSES)
def test_every_step_from(start: str, make: Make, try_move: Callable[..., str]) -> None:
    author, staff, admin = make.account("Hà"), make.account("Lan", Role.MODERATOR), make.account("Quân", Role.ADMIN)  # fmt: skip
    expert = make.account("Minh", Role.EXPERT)
    made = make.proposal(author, start)
    people = {AUTHOR: [author], STAFF: [staff, admin], "neither": [expert]}
    for target in STATUSES:
        part = ALLOWED[start].get(target)
        for role, actors in people.items():  # What takes an agreement is nobody's alone.
            expected = "Conflict" if part is None else target if role == part else "Forbidden"
            for actor in actors:
                assert try_move(made, actor, target) == expected, (start, target, role)
        expected = "Conflict" if part is None else "NotSignedIn"
        assert try_move(made, None, target) == expected


@pytest.mark.parametrize("start", STATUSES)
def test_nobody_decides_on_their_own(start: str, make: Make, try_move: Callable[..., str]) -> None:
    moderator = make.account("Lan", Role.MODERATOR)
    made = make.proposal(moderator, start)
    for target, part in ALLOWED[start].items():
        expected = target if part == AUTHOR else "Forbidden"
        assert try_move(made, moderator, target) == expected


@pytest.mark.parametrize("start", HIDEABLE)
def test_what_is_hidden_only_goes_back_to_where_it_was(start: str, make: Make, ha: Account, lan: Account, try_move: Callable[..., str]) -> None:  # fmt: skip
    made = make.move(make.proposal(ha, start), "hidden")
    for target in STATUSES:
        expected = target if target == start else "Conflict"
        assert try_move(made, lan, target) == expected
    assert make.restore(made).status == start


@pytest.mark.parametrize("before", ["draft", "submitted", "returned"])
def test_what_was_never_public_cannot_be_hidden(before: str, make: Make, ha: Account, lan: Account, try_move: Callable[..., str]) -> None:  # fmt: skip
    made = make.proposal(ha, "withdrawn", before=before)
    assert try_move(made, lan, "hidden") == "Conflict"


def test_each_step_leaves_an_event_and_dates(make: Make, db: Database, ha: Account) -> None:
    made = make.proposal(ha, "completed")
    steps = [(event.from_status, event.to_status) for event in db.all(Event)]
    way = ["draft", "submitted", "published", "under_consideration", "accepted", "in_progress", "completed"]  # fmt: skip
    assert steps == list(zip([None, *way[:-1]], way, strict=True))
    assert made.created_at <= made.submitted_at <= made.published_at <= made.updated_at
    assert made.published_revision == 1


def test_resubmitting_goes_to_the_end_of_the_queue(make: Make, ha: Account) -> None:
    made = make.proposal(ha, "returned")
    assert make.move(made, "submitted").submitted_at > made.submitted_at


def test_a_returned_one_may_be_completed_after_the_phase(make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    campaign = make.campaign()
    made = make.proposal(ha, "returned", campaign_id=campaign.id)
    with db.session() as session:
        session.merge(campaign).submission_closes_at = made.created_at
    assert make.move(made, "submitted").status is Status.SUBMITTED
    draft = make.proposal(ha, campaign_id=campaign.id)
    with pytest.raises(Conflict), db.session() as session:
        proposals.submit(session, ha, proposals.get_visible(session, ha, draft.id))
