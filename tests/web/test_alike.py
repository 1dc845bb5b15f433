"""What resembles a title that somebody is writing: found by the title alone, shown with a way to join instead."""

import re

import pytest

from app.models import Account, Follow, Proposal, Vote
from app.services import likenesses
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

TITLE = "Trồng cây xanh dọc đường Láng"


@pytest.fixture
def one(make: Make, minh: Account) -> Proposal:
    make.proposal(minh, "published", title="Thư viện mở ban đêm", summary="Sách cho công nhân.")
    return make.proposal(minh, "published", title="Thêm cây xanh ở đường Láng", summary="Bóng mát.")


def found(db: Database, title: str) -> list[str]:
    with db.session(writes=False) as session:
        return [one.title for one in likenesses.of_title(session, title)]


@pytest.mark.parametrize(
    "title", [TITLE, TITLE.upper(), "trong cay xanh doc duong lang", "Cây xanh đường Láng?"]
)
def test_what_resembles_a_title_is_found_and_nothing_else(
    db: Database, one: Proposal, title: str
) -> None:
    assert found(db, title) == [one.title]


@pytest.mark.parametrize(
    "title", ["", "?!", "Nuôi ong trên mái", "a" * 5000, '") OR "', "\u0301" * 300]
)
def test_nothing_resembles_these(db: Database, one: Proposal, title: str) -> None:
    assert found(db, title) == []


@pytest.mark.parametrize("status", ["draft", "submitted", "hidden", "withdrawn", "rejected"])
def test_only_what_the_lists_show(db: Database, make: Make, ha: Account, status: str) -> None:
    make.proposal(ha, status, title=TITLE)
    assert found(db, TITLE) == []


def test_the_five_most_alike_in_one_query_more_than_none(
    db: Database, make: Make, ha: Account
) -> None:
    for number in range(7):
        make.proposal(ha, "published", title=f"{TITLE} {'rất ' * number}đẹp", summary="Bóng mát.")
    with db.queries() as queries:
        assert len(found(db, TITLE)) == 5
    assert found(db, TITLE)[0] == f"{TITLE} đẹp"
    assert len(queries) <= 10


def test_nothing_is_written_down(
    db: Database, browser: Browser, one: Proposal, ha: Account
) -> None:
    mine = browser.as_(ha)
    before = db.counts()
    answer = mine.submit("/proposals/alike", title=TITLE)
    assert one.title in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert db.counts() == before


def test_ones_own_draft_does_not_resemble_itself(
    db: Database, browser: Browser, make: Make, ha: Account
) -> None:
    own = make.proposal(ha, "published", title=TITLE)
    assert (
        "alike-actions"
        not in browser.as_(ha).submit("/proposals/alike", title=TITLE, own=str(own.id)).text
    )


def test_the_preview_shows_it_without_a_script(
    browser: Browser, one: Proposal, ha: Account
) -> None:
    page = browser.as_(ha).submit("/proposals/new", title=TITLE, action="preview").text
    assert f'form="join" formaction="/proposals/{one.id}/vote"' in page
    assert '<form id="join" method="post"' in page


def test_joining_supports_and_follows(
    db: Database, browser: Browser, one: Proposal, ha: Account
) -> None:
    part = browser.as_(ha).submit("/proposals/alike", title=TITLE).text
    for action, name, value in re.findall(r'formaction="([^"]+)" name="(\w+)" value="(\w+)"', part):
        assert browser.as_(ha).submit(action, **{name: value}).status_code == 303
    assert db.count(Vote, Vote.proposal_id == one.id) == 1
    assert db.count(Follow, Follow.proposal_id == one.id) == 1


def test_what_cannot_be_voted_on_offers_no_vote(
    browser: Browser, make: Make, one: Proposal, ha: Account
) -> None:
    make.move(make.move(one, "under_consideration"), "accepted")
    part = browser.as_(ha).submit("/proposals/alike", title=TITLE).text
    assert f"/proposals/{one.id}/follow" in part
    assert f"/proposals/{one.id}/vote" not in part


def test_a_title_of_markup_stays_text(browser: Browser, make: Make, ha: Account) -> None:
    make.proposal(ha, "published", title='Cây xanh <img src=x onerror="alert(1)"> đường Láng')
    part = browser.as_(ha).submit("/proposals/alike", title=TITLE).text
    assert "<img" not in part
    assert "&lt;img" in part


def test_over_json(client: Client, one: Proposal) -> None:
    answer = client.post("/api/v1/proposals/alike", json={"title": TITLE})
    assert [item["id"] for item in answer.json()["items"]] == [one.id]
    assert (
        client.post("/api/v1/proposals/alike", json={"title": TITLE, "problem": "x"}).status_code
        == 422
    )
