"""Pinned query counts: a page of many costs as many queries as a page of few. Where a number changes, say why."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.database import now
from app.models import Account, Milestone, Outcome, Proposal, QueueKind, Role, Ruling
from tests.assessing import Assess
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

# The pages also read who asks and the city twice more; the overdue ones both kinds and the numbers by department.
QUERIES = {"/answers": 11, "/answers/waiting": 11, "/answers/overdue": 21, "/answers/desk": 29, "/api/v1/answers": 9, "/api/v1/answers/waiting": 10, "/api/v1/answers/overdue": 20, "/api/v1/answers/desk": 28}  # fmt: skip
# The reads of one page: city revision, proposals, and one query each for authors, campaigns, goals, wards, tags, co-authors.
LIST = 8
QUEUE = 13


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
    # The proposal with author and campaign, once more for its goals, wards and tags; files; events; the city, which is cited.
    assert counted(lambda: client.get(f"/api/v1/proposals/{many[0].id}")) == 8


def test_the_apis_queue(client: Client, many: list[Proposal], lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    # Whose token it is, the city's revision, what waits, the proposals' titles, signals, the proposals (7), the people.
    assert counted(lambda: client.as_(lan).get("/api/v1/moderation/queue")) == QUEUE


def test_a_vote(client: Client, many: list[Proposal], minh: Account, db: Database) -> None:
    path = f"/api/v1/proposals/{many[0].id}/vote"
    client.as_(minh).put(path, json={"value": "support"})
    client.as_(minh).delete(path)
    with db.queries() as statements:
        client.as_(minh).put(path, json={"value": "support"})
    # Token, the proposal and its links (5), voter, insert, count, the city for its day, the day.
    assert len(statements) == 11


@pytest.mark.parametrize(("path", "most"), [("/proposals", 10), ("/campaigns", 2), ("{own}", 20)])
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


def test_the_front_page_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    make.answered(make.proposal(ha, "published"))
    few = counted(lambda: browser.get("/"))
    for number in range(6):
        other = make.account(f"Người {number}")
        own = make.proposal(other, "published", campaign_id=make.campaign().id)
        make.vote(other, own)
        make.answered(own)
    assert counted(lambda: browser.get("/")) == few
    # The city twice, two lists and what is answered (the proposals with their details), the campaigns, figures (2).
    assert few == 27


def test_the_queue_page_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    make.proposal(ha, "submitted")
    few = counted(lambda: browser.as_(lan).get("/moderation"))
    for number in range(6):
        make.proposal(make.account(f"Người {number}"), "submitted", campaign_id=make.campaign().id)
    assert counted(lambda: browser.as_(lan).get("/moderation")) == few
    assert few == 16


@pytest.mark.parametrize(
    ("path", "queries"),
    # The city's revision, the experts with their profiles, their numbers of proposals; pages ask for the city again, and
    # for the countries; the profile reads a list of proposals.
    [("/api/v1/experts", 3), ("/api/v1/experts/{expert}", 2), ("/experts", 5), ("/experts/{expert}", 11)],
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


@pytest.mark.parametrize(
    ("path", "signed_in", "queries"),
    # The proposal and its links (5), comments, first replies, writers, how many take each stance, the city; a reader's
    # session and marks. The proposal's page also asks for its events, revisions, days of
    # support, what was merged into it and the reader's vote; for its author, whether a suggestion to merge it waits.
    [
        ("{own}", False, 20),
        ("{own}", True, 26),
        ("/proposals/{id}/comments", False, 11),
        ("/proposals/{id}/comments?sort=helpful&stance=for", True, 13),
        ("/proposals/{id}/comments/{comment}", True, 12),
    ],
)
def test_a_discussion_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, minh: Account, counted: Callable[..., int], path: str, signed_in: bool, queries: int) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    first = make.comment(minh, made, stance="for")
    make.comment(ha, made, parent_id=first.id)
    address = path.format(own=made.path, id=made.id, comment=first.id)
    reader = browser.as_(ha if signed_in else None)
    few = counted(lambda: reader.get(address))
    for number in range(8):
        top = make.comment(make.account(f"Người {number}"), made, stance="for")
        for parent in (first, top):
            make.comment(make.expert(f"Chuyên gia {number}"), made, parent_id=parent.id)
        make.find_helpful(ha, top)
    assert counted(lambda: reader.get(address)) == few
    assert few == queries


def test_comments_over_json_cost_the_same_for_few_and_many(client: Client, make: Make, ha: Account, minh: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    path = f"/api/v1/proposals/{made.id}/comments"
    make.comment(minh, made)
    few = counted(lambda: client.as_(ha).get(path))
    for number in range(8):
        make.comment(make.account(f"Người {number}"), made)
    assert counted(lambda: client.as_(ha).get(path)) == few
    # Whose token it is, the proposal and its links (5), comments, their writers, the reader's marks, stances.
    assert few == 10


def test_the_desk_for_comments_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.comment(ha, made)
    few = counted(lambda: browser.as_(lan).get("/moderation?kind=comment"))
    for number in range(6):
        make.comment(make.account(f"Người {number}"), make.proposal(ha, "published"))
    assert counted(lambda: browser.as_(lan).get("/moderation?kind=comment")) == few


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        # The list with its results: rounds, evaluators, their accounts and verdicts, without the city.
        ("/api/v1/assessments", LIST + 3),
        # The proposal with all that belongs to it (5).
        ("/api/v1/proposals/{number}/assessment", 9),
        # Pages ask for the city twice, this one for all campaigns too; the picture needs no results.
        ("/assessments/map", LIST + 6),
        ("/assessments/map.svg", LIST),
        ("/proposals/{number}/assessment", 11),
    ],
)
def test_assessments_cost_the_same_for_few_and_many(browser: Browser, make: Make, assess: Assess, ha: Account, counted: Callable[..., int], path: str, queries: int) -> None:  # fmt: skip
    experts = [make.expert(f"Chuyên gia {n}", affiliation=f"Nhà {n}") for n in range(4)]
    made = make.proposal(ha, "published")
    address = path.format(number=made.id)

    def judged(proposal: Proposal, *people: Account) -> None:
        assess.ask(proposal, *people)
        for one in people:
            assess.judge(one)

    judged(made, *experts[:2])
    few = counted(lambda: browser.get(address))
    for number in range(3):
        other = make.proposal(make.account(f"Người {number}"), "published", campaign_id=make.campaign().id)  # fmt: skip
        judged(other, *experts)
    judged(made, *experts)
    assert counted(lambda: browser.get(address)) == few
    assert few == queries


@pytest.mark.parametrize("path", ["/moderation/assessments", "/assessments"])
def test_what_is_to_be_assessed_costs_the_same_for_few_and_many(browser: Browser, make: Make, assess: Assess, ha: Account, lan: Account, counted: Callable[..., int], path: str) -> None:  # fmt: skip
    experts = [make.expert(f"Chuyên gia {n}", affiliation=f"Nhà {n}") for n in range(4)]
    asking = browser.as_(lan if "moderation" in path else experts[0])
    assess.ask(make.proposal(ha, "published"), *experts[:2])
    few = counted(lambda: asking.get(path))
    for number in range(4):
        other = make.account(f"Người {number}")
        assess.ask(make.proposal(other, "published", campaign_id=make.campaign().id), *experts)
        assess.declare(experts[1])
    assert counted(lambda: asking.get(path)) == few


@pytest.mark.parametrize("path", ["/answers", "/answers/waiting", "/answers/overdue", "/answers/desk", "/api/v1/answers", "/api/v1/answers/waiting", "/api/v1/answers/overdue", "/api/v1/answers/desk"])  # fmt: skip
def test_the_lists_of_answers_cost_the_same_for_few_and_many(browser: Browser, client: Client, db: Database, make: Make, ha: Account, counted: Callable[..., int], path: str) -> None:  # fmt: skip
    officers = [make.officer("An"), make.officer("Bình")]

    def add(number: int) -> None:
        campaign = make.campaign()
        author = make.account(f"Người {number}")
        for days in (-number - 1, number):
            make.called(make.proposal(author, "published", campaign_id=campaign.id), "mayor", days)
        answered, drafted = (make.proposal(author, "published") for _ in range(2))
        for proposal in (answered, drafted):
            make.called(proposal)
        make.approved(*officers, answered)
        make.draft(officers[0], drafted)
        with db.session() as session:
            for milestone in session.exec(select(Milestone)):
                milestone.due_at = now() - timedelta(days=2)

    door = (client if path.startswith("/api") else browser).as_(officers[0])
    add(0)
    few = counted(lambda: door.get(path))
    for number in range(1, 5):
        add(number)
    assert counted(lambda: door.get(path)) == few
    assert few == QUERIES[path]


def test_what_one_follows_costs_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, minh: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    own = browser.as_(ha)
    counts = []
    for number in (1, 5):
        for _ in range(number):
            made = make.proposal(minh, "published", campaign_id=make.campaign().id)
            own.submit(f"/proposals/{made.id}/follow", follow="yes")
        counts.append(counted(lambda: own.get("/account/follows")))
    # Who asks, what is followed with its proposals, the choice of mails, the city.
    assert counts == [4, 4]


def test_the_lists_of_answers_are_read_from_indexes(db: Database, client: Client, make: Make, ha: Account) -> None:  # fmt: skip
    """On SQLite, whose plans say so plainly: no list is sorted, none reads a whole table."""
    make.called(make.proposal(ha, "published"), "mayor", -3)
    if db.name != "sqlite":
        return
    for path in ("", "?department=mayor", "/waiting", "/waiting?department=mayor", "/overdue", "/overdue?department=mayor"):  # fmt: skip
        with db.queries() as statements:
            assert client.get(f"/api/v1/answers{path}").status_code == 200
        listing = next(one for one in statements if " LIMIT " in one)
        with db.engine.connect() as connection:
            plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + listing, tuple("2" * listing.count("?")))  # fmt: skip
            steps = [row[3] for row in plan]
        assert not [step for step in steps if re.match(r"SCAN (answer|official|milestone)\w*$", step)], steps  # fmt: skip


def test_ones_own_decisions_cost_the_same_for_few_and_many(browser: Browser, client: Client, make: Make, ha: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    def pages() -> tuple[int, int]:
        return (
            counted(lambda: browser.as_(ha).get("/account/decisions")),
            counted(lambda: client.as_(ha).get("/api/v1/decisions/mine")),
        )

    make.proposal(ha, "rejected")
    make.appeal(ha)
    few = pages()
    for _ in range(6):
        make.proposal(ha, "rejected")
        make.appeal(ha)
    # Who asks, the decisions with their proposals, appeals and answers; the page asks for the city.
    assert pages() == few == (3, 2)


def test_the_queue_of_reports_and_appeals_costs_the_same_for_few_and_many(client: Client, make: Make, ha: Account, minh: Account, lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    def add() -> None:
        make.report(minh, make.proposal(ha, "published"))
        make.proposal(ha, "rejected")
        make.appeal(ha)

    add()
    few = counted(lambda: client.as_(lan).get("/api/v1/moderation/queue"))
    for _ in range(6):
        add()
    # As above; of reports the cases and the titles of what they are about, of appeals one query.
    assert counted(lambda: client.as_(lan).get("/api/v1/moderation/queue")) == few == QUEUE + 2


def test_reported_comments_cost_the_same_for_few_and_many(client: Client, make: Make, ha: Account, minh: Account, lan: Account, counted: Callable[..., int]) -> None:  # fmt: skip
    """A case with what was said in it, and the queue of such cases."""

    def costs() -> tuple[int, int]:
        paths = (f"/api/v1/moderation/reports/{case.id}", "/api/v1/moderation/queue?kind=report")
        one, many = (counted(lambda path=path: client.as_(lan).get(path)) for path in paths)
        return one, many

    said = make.comment(ha, make.proposal(ha, "published"))
    case = make.report(minh, said)
    few = costs()
    for number in range(6):
        make.report(make.account(f"Người {number}"), said)
        make.report(minh, make.comment(ha, make.proposal(ha, "published")))
    assert costs() == few


@pytest.mark.parametrize("path", ["/api/v1/moderation/setup-events", "/moderation/changes"])
def test_what_was_set_up_costs_the_same_for_few_and_many(browser: Browser, client: Client, make: Make, lan: Account, counted: Callable[..., int], path: str) -> None:  # fmt: skip
    door = client if path.startswith("/api") else browser
    make.canned()
    few = counted(lambda: door.as_(lan).get(path))
    for number in range(6):
        make.canned(f"Mẫu {number}")
    assert counted(lambda: door.as_(lan).get(path)) == few


@pytest.mark.parametrize(
    ("path", "queries"),
    # The record: its rows, the city for their days. The months: what is kept, the first decision, the city three times
    # for its calendar, the figures of the month and its median. The page asks for both, who reads it and the city once
    # more; the file for the names of reasons. The dashboard: who asks, each one's decisions, who they are, what they have taken
    # up, what waits.
    [("/api/v1/moderation/record", 2), ("/api/v1/moderation/record/monthly", 7), ("/moderation-record", 11), ("/moderation-record.csv", 4), ("/api/v1/moderation/dashboard", 5), ("/moderation/dashboard", 6)],
)  # fmt: skip
def test_the_record_and_the_workload_cost_the_same_for_few_and_many(browser: Browser, client: Client, db: Database, make: Make, lan: Account, counted: Callable[..., int], path: str, queries: int) -> None:  # fmt: skip
    moderators = [lan, *(make.account(f"Người {number}", Role.MODERATOR) for number in range(3))]

    def decide(actor: Account) -> None:
        with db.session() as session:
            session.add(Ruling(kind=QueueKind.APPEAL, subject_id=0, outcome=Outcome.UPHOLD, actor_id=actor.id, reason_code="spam", waited_since=now() - timedelta(hours=1)))  # fmt: skip

    door = client if path.startswith("/api") else browser
    decide(lan)
    make.proposal(make.account("Hà"), "submitted")
    few = counted(lambda: door.as_(lan).get(path))
    for number in range(12):
        decide(moderators[number % 4])
        make.proposal(make.account(f"Tác giả {number}"), "submitted")
    assert counted(lambda: door.as_(lan).get(path)) == few
    assert few == queries


@pytest.mark.parametrize(
    ("path", "queries"),
    # The wards: the city, the sums, the whole city's, for JSON where they lie. Coverage: the city, pairs, pillars. Statuses:
    # the city for its calendar, statuses, all months in one. The page reads all of it, and the city once more; the
    # support of a proposal its row and links (5), the city and its days.
    [
        ("/api/v1/statistics/wards", 4),
        ("/api/v1/statistics/coverage", 3),
        ("/api/v1/statistics/statuses", 3),
        ("/pictures/wards.csv", 3),
        ("/pictures", 10),
        ("/api/v1/proposals/{id}/support-days", 7),
        ("/proposals/{id}/support.svg", 8),
    ],
)
def test_pictures_cost_the_same_for_few_and_many(browser: Browser, make: Make, ha: Account, minh: Account, counted: Callable[..., int], path: str, queries: int) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(minh, made)
    address = path.format(id=made.id)
    few = counted(lambda: browser.get(address))
    for number in range(6):
        make.vote(make.account(f"Người {number}"), made)
        make.proposal(ha, "accepted", wards=["east", "west"], goals=["joy-2033", "rest-2050"])
    assert counted(lambda: browser.get(address)) == few
    assert few == queries
