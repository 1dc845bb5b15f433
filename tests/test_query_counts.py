"""Pinned query counts: a page of many costs as many queries as a page of few. Where a number changes, say why."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Account, Proposal
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

# The reads of one page: city revision, proposals, and one query each for authors, campaigns, goals, wards, tags.
LIST = 7
QUEUE = 12


@pytest.fixture
def many(make: Make, ha: Account, minh: Account) -> list[Proposal]:
    """Public and waiting proposals with different authors, campaigns and links."""
    campaign = make.campaign()
    ways = ["published", "submitted", "under_consideration"] * 4
    return [
        make.proposal(author, status, wards=wards, campaign_id=campaign.id if i % 2 else None)
        for i, (status, author, wards) in enumerate(
            zip(ways, [ha, minh] * 6, [["east", "west"], []] * 6, strict=True)
        )
    ]


@pytest.fixture
def counted(db: Database) -> Callable[[Callable[[], Any]], int]:
    """The number of queries of a request, once everything that is read once has been read."""

    def run(request: Callable[[], Any]) -> int:
        request()
        with db.queries() as statements:
            assert request().status_code == 200
        return len(statements)

    return run


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/api/v1/proposals", LIST),
        ("/api/v1/proposals?sort=trending&limit=100", LIST),
        ("/api/v1/proposals?sort=updated&pillar=fields&ward=east&goal=joy-2033", LIST),
        ("/api/v1/campaigns", 1),
        ("/api/v1/wards", 1),
        ("/api/v1/statistics", 6),
    ],
)
def test_the_api(client: Client, many: list[Proposal], counted: Callable[..., int], path: str, queries: int) -> None:  # fmt: skip
    assert counted(lambda: client.get(path)) == queries


def test_one_proposal(client: Client, many: list[Proposal], counted: Callable[..., int]) -> None:
    # The proposal with author and campaign, once more for its goals, wards and tags; events.
    assert counted(lambda: client.get(f"/api/v1/proposals/{many[0].id}")) == 6


def test_the_apis_queue(client: Client, many: list[Proposal], lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    # Whose token it is, the city's revision, what waits, the proposals' titles, signals, the proposals (6), the people.
    assert counted(lambda: client.as_(lan).get("/api/v1/moderation/queue")) == QUEUE


def test_a_vote(client: Client, many: list[Proposal], minh: Account, db: Database) -> None:
    path = f"/api/v1/proposals/{many[0].id}/vote"
    client.as_(minh).put(path, json={"value": "support"})
    client.as_(minh).delete(path)
    with db.queries() as statements:
        client.as_(minh).put(path, json={"value": "support"})
    # Token, the proposal and its links (5), voter, insert, count.
    assert len(statements) == 9


@pytest.mark.parametrize(
    ("path", "most"), [("/", 21), ("/proposals", 9), ("/campaigns", 2), ("{own}", 9)]
)
def test_pages_cost_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, counted: Callable[..., int], path: str, most: int) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    address = path.format(own=made.path)
    few = counted(lambda: browser.get(address))
    for number in range(6):
        other = make.account(f"Người {number}")
        own = make.proposal(other, "published", campaign_id=make.campaign().id)
        make.vote(other, own)
        make.vote(other, made)
    assert counted(lambda: browser.get(address)) == few
    assert few == most


def test_the_queue_page_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    make.proposal(ha, "submitted")
    few = counted(lambda: browser.as_(lan).get("/moderation"))
    for number in range(6):
        make.proposal(make.account(f"Người {number}"), "submitted", campaign_id=make.campaign().id)
    assert counted(lambda: browser.as_(lan).get("/moderation")) == few
    assert few == 15


@pytest.mark.parametrize(
    ("path", "queries"),
    # The city's revision, the experts with their profiles, their numbers of proposals; pages ask for the city again, and
    # for the countries; the profile reads a list of proposals.
    [("/api/v1/experts", 3), ("/api/v1/experts/{expert}", 2), ("/experts", 5), ("/experts/{expert}", 10)],
)  # fmt: skip
def test_experts_cost_the_same_for_few_and_many(browser: Browser, make: Make, counted: Callable[..., int], path: str, queries: int) -> None:  # fmt: skip
    an = make.expert("An")
    make.proposal(an, "published")
    address = path.format(expert=an.id)
    few = counted(lambda: browser.get(address))
    for number in range(6):
        make.proposal(make.expert(f"Người {number}"), "published")
        make.proposal(an, "published", campaign_id=make.campaign().id)
    assert counted(lambda: browser.get(address)) == few
    assert few == queries


def test_ones_own_votes_cost_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, minh: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    make.vote(ha, make.proposal(minh, "published"))
    few = counted(lambda: browser.as_(ha).get("/account/votes"))
    for _ in range(6):
        other = make.proposal(minh, "published", campaign_id=make.campaign().id)
        make.vote(ha, other)
    assert counted(lambda: browser.as_(ha).get("/account/votes")) == few
    # Who asks, the votes with their proposals, their campaigns, the city.
    assert few == 4


def test_a_deletion_costs_the_same_for_few_and_many_votes(browser: Browser, db: Database, make: Make, minh: Account) -> None:  # fmt: skip
    made = [make.proposal(minh, "published") for _ in range(12)]
    costs = []
    for number in (1, 12):
        leaver = make.account("Người đi")
        for proposal in made[:number]:
            make.vote(leaver, proposal)
        own = browser.as_(leaver)
        with db.queries() as statements:
            own.submit("/account/delete", confirmation=leaver.email, proposals="keep")
        costs.append(len(statements))
    assert abs(costs[1] - costs[0]) <= 1  # The first one also makes the former member.
