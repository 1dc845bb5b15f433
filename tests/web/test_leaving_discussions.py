"""What becomes of comments, and of marks on them, when their people delete their accounts."""

import httpx
import pytest

from app.models import (
    Account,
    Comment,
    CommentEvent,
    HelpfulMark,
    Proposal,
    QueueItem,
    QueueKind,
)
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database


def leave(browser: Browser, account: Account, **choices: str) -> httpx.Response:
    fields = {"confirmation": account.email, "proposals": "keep"} | choices
    return browser.as_(account).submit("/account/delete", **fields)


def assert_counts(db: Database) -> None:
    """Every count equals its rows."""
    comments = db.all(Comment)
    visible = [one for one in comments if one.state == "visible"]
    for proposal in db.all(Proposal):
        assert proposal.comment_count == sum(one.proposal_id == proposal.id for one in visible)
    for comment in comments:
        assert comment.reply_count == sum(one.parent_id == comment.id for one in visible)
        assert comment.helpful_count == db.count(HelpfulMark, HelpfulMark.comment_id == comment.id)


@pytest.fixture
def pond(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published")


@pytest.mark.parametrize("choice", ["keep", "erase"])
def test_what_was_public_stays_or_is_erased(browser: Browser, client: Client, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account, choice: str) -> None:  # fmt: skip
    careful = make.proposal(ha, "published", campaign_id=make.campaign(comments_premoderated=True).id)  # fmt: skip
    first = make.comment(minh, pond, text="Lời đầu.", stance="for")
    browser.as_(minh).submit(f"{first.path}/edit", text="Lời sau.", stance="for")
    reply = make.comment(ha, pond, parent_id=first.id)
    own_reply = make.comment(minh, pond, parent_id=first.id)
    under_other = make.comment(minh, pond, parent_id=make.comment(ha, pond).id)
    hidden = make.rule_on(make.comment(minh, pond, text="Lời bị ẩn."), "hide", note="Gửi Minh.")
    waiting = make.comment(minh, careful, text="Lời chờ.")
    again = make.rule_on(make.comment(minh, careful), "publish")
    browser.as_(minh).submit(f"{again.path}/edit", text="Lời chờ nữa.", stance="for")
    for reader, comment in ((ha, first), (lan, first), (minh, reply)):
        make.find_helpful(reader, comment)
    page = browser.as_(minh).get("/account/delete").text
    assert 'name="comments" value="erase"' in page
    answer = leave(browser, minh, comments=choice)
    assert answer.status_code == 200
    assert ("bình luận được giữ lại dưới tên" in answer.text) is (choice == "keep")

    assert_counts(db)
    assert db.count(Comment, Comment.id == waiting.id) == 0
    assert db.get(Comment, again.id).state == "deleted"
    dump = db.dump()
    for gone in ("Lời đầu.", "Lời chờ", "Gửi Minh."):
        assert gone not in dump
    erased = choice == "erase"
    for text in ("Lời sau.", "Lời bị ẩn."):
        assert (text in dump) is not erased
    former = db.all(Account, Account.is_former_member)[0].id
    for comment in (first, own_reply, under_other, hidden):
        found = db.get(Comment, comment.id)
        assert found.author_id == former
        assert (found.state == "deleted") is erased
        last = db.all(CommentEvent, CommentEvent.comment_id == comment.id)[-1]
        if erased:
            assert (last.kind, last.actor_id) == ("deleted", former)
    # What nobody has looked at waits on, though its writer has left.
    waits = db.all(QueueItem, QueueItem.kind == QueueKind.COMMENT, QueueItem.author_id == former)
    assert {item.subject_id for item in waits} == (set() if erased else {first.id, own_reply.id, under_other.id})  # fmt: skip
    shown = client.get(f"/api/v1/comments/{first.id}").json()
    assert shown["author"] == (None if erased else {"id": former, "name": "Thành viên cũ", "is_expert": False, "role": "citizen", "field": None, "department": None, "is_proposal_author": False})  # fmt: skip
    page = browser.get(pond.path).text
    assert "Minh" not in page
    if not erased:
        make.rule_on(first, "hide")
        assert browser.get(pond.path).status_code == 200


def test_marks_are_taken_back(browser: Browser, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    made = [make.comment(minh, pond) for _ in range(3)]
    for comment in made:
        make.find_helpful(ha, comment)
        make.find_helpful(lan, comment)
    assert leave(browser, ha).status_code == 200
    assert [db.get(Comment, one.id).helpful_count for one in made] == [1, 1, 1]
    assert_counts(db)


def test_a_moderators_decisions_stay(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    browser.as_(lan).submit(f"/moderation/comments/{made.id}/decision", **hiding)
    leave(browser, lan)
    last = db.all(CommentEvent)[-1]
    assert last.kind == "hidden"
    assert db.get(Account, last.actor_id).is_former_member
    assert "Đã bị người kiểm duyệt ẩn: Lạc đề" in browser.get(pond.path).text


@pytest.mark.parametrize("choice", ["burn", "x" * 300])
def test_another_choice_there_is_not(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, choice: str) -> None:  # fmt: skip
    make.comment(minh, pond)
    page = leave(browser, minh, comments=choice)
    assert page.status_code == 422
    assert 'href="#field-comments"' in page.text
    assert db.count(Account, Account.id == minh.id) == 1
