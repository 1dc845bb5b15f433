"""Revisions and history: which of them who may see, and what a diff says."""

import random
from typing import Any

import pytest

from app.errors import NotFound
from app.models import Account, Proposal, Revision
from app.services import proposals, revisions
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database


def edit(db: Database, author: Account, proposal: Proposal, **changes: Any) -> None:
    with db.session() as session:
        own = proposals.get_visible(session, author, proposal.id)
        proposals.edit(session, author, own, changes)


@pytest.fixture
def long_way(make: Make, db: Database, ha: Account) -> Proposal:
    """Submitted, returned with words, revised, published, edited twice, hidden and restored, considered."""
    made = make.proposal(ha, "returned", problem="SECRET")
    edit(db, ha, made, problem="Rev 2")
    made = make.move(make.move(made, "submitted"), "published")
    edit(db, ha, made, problem="Rev 3")
    edit(db, ha, made, title="Tên mới")
    make.move(made, "hidden")
    make.restore(made)
    return make.move(made, "under_consideration")


def history(client: Client, proposal: Proposal) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = client.get(f"/api/v1/proposals/{proposal.id}").json()["history"]
    return steps


def test_drafts_are_edited_in_place(make: Make, db: Database, ha: Account) -> None:
    made = make.proposal(ha)
    edit(db, ha, made, title="Khác")
    assert [(r.number, r.content["title"]) for r in db.all(Revision)] == [(1, "Khác")]


def test_after_submission_every_text_is_kept(db: Database, long_way: Proposal) -> None:
    kept = db.all(Revision)
    assert [r.number for r in kept] == [1, 2, 3, 4]
    assert [r.content["problem"] for r in kept] == ["SECRET", "Rev 2", "Rev 3", "Rev 3"]
    assert long_way.revision == 4
    assert long_way.published_revision == 2


def test_the_public_sees_what_came_with_and_after_publication(client: Client, long_way: Proposal, outsider: Account) -> None:  # fmt: skip
    for reader in (client, client.as_(outsider)):
        steps = [(step["event"], step["status"]) for step in history(reader, long_way)]
        assert steps == [("status", "published"), ("edited", "published"), ("edited", "published"), ("status", "hidden"), ("status", "published"), ("status", "under_consideration")]  # fmt: skip
        text = reader.get(f"/api/v1/proposals/{long_way.id}").text
        assert "SECRET" not in text
        assert "Vì thế." not in text
        assert "incomplete" not in text


def test_author_and_moderators_see_it_whole(client: Client, long_way: Proposal, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    for reader in (ha, lan, quan):
        steps = history(client.as_(reader), long_way)
        assert [step["status"] for step in steps[:4]] == ["draft", "submitted", "returned", "returned"]  # fmt: skip
        assert (steps[2]["reason_code"], steps[2]["note"]) == ("incomplete", "Vì thế.")


def test_the_publics_revisions_begin_with_the_published_one(browser: Browser, db: Database, long_way: Proposal, ha: Account) -> None:  # fmt: skip
    with db.session(writes=False) as session:
        assert revisions.numbers(session, long_way, whole=False) == [2, 3, 4]
        assert revisions.numbers(session, long_way, whole=True) == [1, 2, 3, 4]
        with pytest.raises(NotFound):
            revisions.get(session, long_way, 5)
    address = f"/proposals/{long_way.id}/revisions"
    assert [browser.get(f"{address}/{n}").status_code for n in range(6)] == [404, 404, 200, 200, 200, 404]  # fmt: skip
    assert browser.as_(ha).get(f"{address}/1").status_code == 200
    assert (
        "SECRET" not in browser.get(f"{address}/2").text
    )  # Compared with nothing that was not public.


def test_the_diff_is_word_by_word() -> None:
    assert revisions.diff("one two three", "one 2 three") == [(" ", "one "), ("-", "two "), ("+", "2 "), (" ", "three")]  # fmt: skip
    assert revisions.diff("", "x") == [("+", "x")]
    assert revisions.diff("x", "x") == [(" ", "x")]


def test_a_word_at_the_end_of_a_line_is_the_same_word() -> None:
    assert revisions.diff("giải pháp\nmới", "giải pháp đổi mới") == [(" ", "giải pháp "), ("+", "đổi "), (" ", "mới")]  # fmt: skip


def _letters(seed: int) -> str:
    letters = random.Random(seed)
    return "".join(f"{letters.choice('ab')}\n" for _ in range(9_990))


@pytest.mark.parametrize(("before", "after"), [("a b  c\n\nd", "a  x c\nd"), ("", ""), ("", "a b"), ("a b", ""), (" a", "a "), (_letters(1), _letters(2)), ("ao cá", "ao, cá")])  # fmt: skip
def test_a_diff_holds_both_texts_whole(before: str, after: str) -> None:
    """The long texts once took a quarter of a minute; the limit of the whole suite would notice."""
    pieces = revisions.diff(before, after)
    kept_and_gone = "".join(text for kind, text in pieces if kind in " -")
    assert kept_and_gone.split() == before.split()  # Blanks are shown as they are now.
    assert "".join(text for kind, text in pieces if kind in " +") == after
