"""Keyset paging: a crawl sees each proposal exactly once, whatever is inserted meanwhile."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import Session

from app.models import Account, Proposal
from app.services import campaigns
from app.services.listings import Sort
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

LIST = "/api/v1/proposals"
SORTS = [sort.value for sort in Sort]
START = datetime(2026, 3, 1, tzinfo=UTC)
_numbers = itertools.count()


def add(session: Session, author: Account, **values: Any) -> Proposal:
    """A published proposal with chosen sort keys; many are needed, so it is written as a row."""
    number = next(_numbers)
    texts = dict.fromkeys(("summary", "problem", "solution", "expected_impact", "resources_needed"), "x")  # fmt: skip
    row = {
        "title": f"Số {number}", "slug": "so", "ref": f"TT-P-{number}", "status": "published", "published_revision": 1,
        "published_at": START, "updated_at": START, "author_id": author.id, "pillar_code": "fields",
        "campaign_id": campaigns.standing(session).id,
    }  # fmt: skip
    proposal = Proposal(**(row | texts | values))
    session.add(proposal)
    return proposal


@pytest.fixture
def many(db: Database, ha: Account) -> list[int]:
    """Proposals with ties in every sort key."""
    with db.session() as session:
        made = [
            add(session, ha, published_at=START + timedelta(hours=i // 3), updated_at=START + timedelta(days=i // 4),
                support_count=i // 5, trend=(i // 2) * 0.1)
            for i in range(23)
        ]  # fmt: skip
        session.flush()
        return [proposal.id for proposal in made]


def crawl(client: Client, sort: str, limit: int) -> Iterator[list[int]]:
    """The ids of each page, following the Link header as a program would."""
    address: str | None = f"{LIST}?sort={sort}&limit={limit}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        yield [item["id"] for item in body["items"]]
        link = answer.headers.get("link")
        assert (link is None) == (body["next_cursor"] is None)
        address = None
        if link:
            assert link.endswith('>; rel="next"')
            parts = urlsplit(link[1:].split(">")[0])
            address = f"{parts.path}?{parts.query}"
            assert body["next_cursor"] in address
            assert link.startswith("<http://testserver/api/v1/proposals?")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 4, 22, 23, 100])
def test_a_crawl_sees_each_once(client: Client, many: list[int], sort: str, limit: int) -> None:
    pages = list(crawl(client, sort, limit))
    seen = list(itertools.chain.from_iterable(pages))
    assert sorted(seen) == many
    assert len(pages) == -(-len(many) // limit)


@pytest.mark.parametrize(("sort", "key"), [("newest", "published_at"), ("most_supported", "support_count"), ("updated", "updated_at")])  # fmt: skip
def test_the_order(client: Client, many: list[int], sort: str, key: str) -> None:
    items = client.get(f"{LIST}?limit=100&sort={sort}").json()["items"]
    keys = [(item[key], item["id"]) for item in items]
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("sort", SORTS)
def test_inserts_during_a_crawl_neither_skip_nor_repeat(client: Client, db: Database, ha: Account, many: list[int], sort: str) -> None:  # fmt: skip
    seen: list[int] = []
    for page in crawl(client, sort, 3):
        seen += page
        with db.session() as session:  # Before, at and behind where the crawl stands.
            for hours, support in ((1000, 99), (4, 2), (0, 0)):
                at = START + timedelta(hours=hours)
                add(session, ha, published_at=at, updated_at=at, support_count=support, trend=support * 0.1)  # fmt: skip
        if len(seen) > 200:
            break
    assert len(seen) == len(set(seen))
    assert set(many) <= set(seen)


def test_the_default_limit_is_20(client: Client, many: list[int]) -> None:
    assert len(client.get(LIST).json()["items"]) == 20
    assert len(client.get(f"{LIST}?limit=100").json()["items"]) == 23


def test_a_cursor_belongs_to_its_list(client: Client, lan: Account, many: list[int]) -> None:
    cursor = client.get(f"{LIST}?limit=2&sort=newest").json()["next_cursor"]
    assert client.get(f"{LIST}?limit=5&sort=newest&cursor={cursor}").status_code == 200
    for foreign in ("sort=updated", "sort=trending", "pillar=songs", "status=published", "ward=east", "campaign=1"):  # fmt: skip
        assert fields_of(client.get(f"{LIST}?limit=2&{foreign}&cursor={cursor}")) == {"cursor"}
    queue = client.as_(lan).get(f"/api/v1/moderation/queue?cursor={cursor}")
    assert fields_of(queue) == {"cursor"}


def test_a_forged_cursor_is_refused(client: Client, many: list[int]) -> None:
    cursor = client.get(f"{LIST}?limit=2").json()["next_cursor"]
    payload, _, signature = cursor.rpartition(".")
    other = ("b" if cursor[0] == "a" else "a") + cursor[1:]
    for forged in (other, cursor + "x", payload, f".{signature}", f"{payload}.", f"{payload}.{signature[::-1]}", cursor * 2):  # fmt: skip
        assert fields_of(client.get(LIST, params={"limit": 2, "cursor": forged})) == {"cursor"}


def test_the_filters_go_along_with_the_link(client: Client, many: list[int]) -> None:
    answer = client.get(f"{LIST}?limit=2&pillar=fields&sort=updated&lang=en")
    assert "pillar=fields" in answer.headers["link"]
    assert "sort=updated" in answer.headers["link"]


def test_the_queue_is_paged_oldest_first(client: Client, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    waiting = [make.proposal(ha, "submitted").id for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = client.as_(lan).get(f"/api/v1/moderation/queue?limit=2{cursor}").json()
        seen += [item["subject_id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == waiting


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=abc", "cursor=x"])
def test_the_queues_parameters(client: Client, lan: Account, query: str) -> None:
    assert_problem(client.as_(lan).get(f"/api/v1/moderation/queue?{query}"), 422)
