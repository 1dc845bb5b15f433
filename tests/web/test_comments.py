"""The discussion on pages: read, written, edited, deleted, found helpful, moderated; and no typed word is lost."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col

from app.database import now
from app.models import (
    Account,
    Comment,
    CommentEvent,
    CommentState,
    Email,
    HelpfulMark,
    Proposal,
    QueueItem,
    QueueKind,
    Ruling,
)
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_sign_in import ask, kept_in, mailed_code, redeem


@pytest.fixture
def pond(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published")


def under(proposal: Proposal) -> str:
    return f"/proposals/{proposal.id}/comments"


def shown(page: str) -> list[int]:
    """The numbers of the comments on a page, in their order."""
    return [int(number) for number in re.findall(r'<article class="comment[^"]*" id="comment-(\d+)"', page)]  # fmt: skip


def test_the_proposals_page_shows_its_discussion(browser: Browser, make: Make, pond: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    assert "Chưa có ai bình luận" in browser.get(pond.path).text
    expert = make.expert("Thảo", field="mills")
    first = make.comment(expert, pond, text="Tôi **ủng hộ**.", stance="for")
    replies = [make.comment(minh, pond, parent_id=first.id) for _ in range(4)]
    make.comment(ha, pond, parent_id=first.id, text="Xin nhận.", voice="author")
    second = make.comment(minh, pond, stance="against")
    page = browser.get(pond.path).text
    assert shown(page) == [second.id, first.id, *(reply.id for reply in replies[:3])]
    for words in ("<strong>ủng hộ</strong>", "Chuyên gia: Cối xay", "Còn 2 trả lời", "7 bình luận", "Đăng nhập để bình luận", f'href="/experts/{expert.id}"'):  # fmt: skip
        assert words in page
    thread = browser.get(first.path).text
    assert len(shown(thread)) == 6
    for words in ("Trả lời chính thức của tác giả sáng kiến", "Tác giả sáng kiến", "Xin nhận."):
        assert words in thread
    assert "7 bình luận" in browser.get("/proposals").text
    assert "<h2>Viết bình luận</h2>" in browser.as_(minh).get(pond.path).text
    # A reply's own address begins its thread where the reply stands.
    assert shown(browser.get(replies[2].path).text)[:2] == [first.id, replies[2].id]


def test_writing_replying_and_what_is_said_after(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account) -> None:  # fmt: skip
    own = browser.as_(minh)
    answer = own.submit(under(pond), text="Ai trả tiền?", stance="question")
    (made,) = db.all(Comment)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{pond.path}#comment-{made.id}")  # fmt: skip
    assert (made.text, made.stance, made.state, made.author_id, made.language) == ("Ai trả tiền?", "question", "visible", minh.id, "vi")  # fmt: skip
    page = own.get(pond.path).text
    assert "Mọi người đã có thể đọc bình luận của bạn" in page
    assert "Câu hỏi" in page
    answer = own.submit(under(pond), text="Thành phố.", parent_id=str(made.id))
    reply = db.all(Comment)[-1]
    assert answer.headers["location"] == f"{reply.path}#comment-{reply.id}"
    assert (reply.parent_id, reply.stance) == (made.id, "neutral")
    assert [event.kind for event in db.all(CommentEvent)] == ["written", "written"]
    assert db.count(QueueItem, QueueItem.kind == QueueKind.COMMENT) == 2
    again = own.submit(under(pond), text="Ai trả tiền?", stance="question")
    assert again.status_code == 409
    assert "Bạn vừa viết đúng bình luận này" in again.text
    assert db.count(Comment) == 2


def test_a_refused_form_keeps_the_words(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    own = browser.as_(minh)
    long = "Dài lắm. " * 500
    page = own.submit(under(pond), text=long, stance="against")
    assert page.status_code == 422
    assert long.strip() in page.text
    assert 'value="against" checked' in page.text
    assert 'href="#field-text"' in page.text
    top = make.comment(minh, pond)
    page = own.submit(under(pond), text=" ", parent_id=str(top.id))
    assert page.status_code == 422
    assert f'name="parent_id" value="{top.id}"' in page.text
    monkeypatch.setattr(browser.app.state.settings, "comments_per_hour", 1)
    page = own.submit(under(pond), text="Còn một ý.")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert "Còn một ý." in page.text
    assert "Bạn đã viết nhiều bình luận" in page.text
    make.move(pond, "withdrawn")
    monkeypatch.undo()
    page = own.submit(under(pond), text="Ý cuối.")
    assert page.status_code == 409
    assert "Ý cuối." in page.text
    assert db.count(Comment) == 1


def test_words_outlive_a_session(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    top = make.comment(minh, pond)
    for target, sent, fields in (
        (under(pond), under(pond), {"text": "Ý <quý>", "stance": "for"}),
        (under(pond), under(pond), {"text": "Ý <quý>", "parent_id": str(top.id)}),
        (f"{top.path}/edit", f"{top.path}/edit", {"text": "Ý <quý>", "stance": "for"}),
        (f"/moderation/comments/{top.id}", f"/moderation/comments/{top.id}/decision", {"note": "Ý <quý>", "decision": "hide", "reason_code": "off-topic"}),
    ):  # fmt: skip
        email = "lan@example.org" if "moderation" in sent else "minh@example.org"
        refused = browser.submit(sent, **fields)
        assert refused.status_code == 401
        kept = kept_in(refused)
        ask(browser, email, next=target, kept=kept)
        page = redeem(browser, mailed_code(db, email), email, next=target, kept=kept)
        assert page.status_code == 200
        assert "Ý &lt;quý&gt;" in page.text, target
        browser.submit("/sign-out")
    assert db.count(Comment) == 1
    make.move(pond, "hidden")
    refused = browser.submit(under(pond), text="Ý")
    ask(browser, "minh@example.org", next=under(pond), kept=kept_in(refused))
    answer = redeem(browser, mailed_code(db, "minh@example.org"), "minh@example.org", next=under(pond), kept=kept_in(refused))  # fmt: skip
    assert answer.headers["location"] == "/"


def test_editing_in_time(browser: Browser, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond, text="Trước.", stance="for")
    own = browser.as_(minh)
    assert f'href="{made.path}/edit"' in own.get(pond.path).text
    assert f'href="{made.path}/edit"' not in browser.as_(ha).get(pond.path).text
    form = own.get(f"{made.path}/edit").text
    assert "Trước." in form
    page = own.submit(f"{made.path}/edit", text=" ", stance="for")
    assert page.status_code == 422
    assert own.submit(f"{made.path}/edit", text="Sau.", stance="against").status_code == 303
    found = db.get(Comment, made.id)
    assert (found.text, found.stance, found.revision) == ("Sau.", "against", 2)
    page = browser.get(pond.path).text
    assert "đã sửa" in page
    assert "Trước." not in page
    history = own.get(f"{made.path}/history").text
    assert "Trước." in history
    with db.session() as session:
        session.get_one(Comment, made.id).created_at = now() - timedelta(minutes=16)
    assert own.get(f"{made.path}/edit").status_code == 409
    page = own.submit(f"{made.path}/edit", text="Muộn.", stance="for")
    assert page.status_code == 409
    assert "Muộn." in page.text
    assert f'href="{made.path}/edit"' not in own.get(pond.path).text


def test_deleting_leaves_a_stub(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond, text="Lời dại.")
    make.comment(minh, pond, parent_id=made.id, text="Lời khôn.")
    answer = browser.as_(minh).submit(f"{made.path}/delete", back=pond.path)
    assert answer.headers["location"] == f"{pond.path}#comment-{made.id}"
    for reader in (None, minh, lan):
        page = browser.as_(reader).get(pond.path).text
        assert "Bình luận đã được xóa" in page
        assert "Lời khôn." in page
        assert "Lời dại." not in page
        assert "1 bình luận" in page
    assert "Lời dại." not in db.dump()
    assert browser.as_(minh).submit(f"{made.path}/delete").status_code == 409
    assert [event.kind for event in db.all(CommentEvent, CommentEvent.comment_id == made.id)] == ["written", "deleted"]  # fmt: skip


def test_finding_helpful_and_the_way_back(browser: Browser, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    reader, path = browser.as_(ha), f"{made.path}/helpful"
    for _ in range(2):
        answer = reader.submit(path, value="yes", back=pond.path)
        assert answer.headers["location"] == f"{pond.path}#comment-{made.id}"
    assert db.count(HelpfulMark) == db.get(Comment, made.id).helpful_count == 1
    assert 'aria-pressed="true"' in reader.get(pond.path).text
    assert "1 người thấy hữu ích" in browser.get(pond.path).text
    assert f'action="{path}"' not in browser.as_(minh).get(pond.path).text
    assert browser.as_(minh).submit(path, value="yes").status_code == 403
    for _ in range(2):
        assert reader.submit(path, value="").status_code == 303
    assert db.count(HelpfulMark) == db.get(Comment, made.id).helpful_count == 0
    for back in ("https://evil.example/", "//evil.example", f"/proposals/{pond.id}9/comments", f"/proposals/{pond.id}/../../sign-out", f"/proposals/{pond.id}/x\r\nSet-Cookie: a=b"):  # fmt: skip
        answer = reader.submit(path, value="", back=back)
        assert answer.headers["location"] == f"{made.path}#comment-{made.id}"
        assert "set-cookie" not in answer.headers


def test_the_whole_discussion_page_by_page(browser: Browser, make: Make, pond: Proposal, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.discussion.PAGE", 2)
    monkeypatch.setattr("app.web.comments.REPLIES", 2)
    made = [make.comment(minh, pond, stance="for" if n % 2 else "question").id for n in range(5)]
    replies = [make.comment(ha, pond, parent_id=made[0]).id for _ in range(5)]
    make.find_helpful(ha, make.db.get(Comment, made[2]))

    def crawl(address: str | None) -> list[int]:
        seen: list[int] = []
        while address:
            page = browser.get(address).text
            seen += shown(page)
            found = re.search(r'rel="next" href="([^"]+)"', page)
            address = found[1].replace("&amp;", "&") if found else None
        return seen

    newest = made[::-1]
    assert crawl(under(pond)) == [*newest, *replies[:3]]
    assert crawl(f"{under(pond)}?sort=oldest&stance=for") == [made[1], made[3]]
    assert crawl(f"{under(pond)}?sort=helpful")[:2] == [made[2], made[4]]
    thread = crawl(f"{under(pond)}/{made[0]}")
    assert [number for number in thread if number != made[0]] == replies
    for query in ("sort=x", "stance=x", "cursor=x", "cursor=%00"):
        assert browser.get(f"{under(pond)}?{query}").status_code == 404
    assert browser.get(f"{under(pond)}/{made[0]}?cursor=x").status_code == 404
    other = make.proposal(ha, "published")
    assert browser.get(f"{under(other)}/{made[0]}").status_code == 404


def test_where_moderators_look_first(browser: Browser, db: Database, make: Make, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    careful = make.proposal(ha, "published", campaign_id=make.campaign(comments_premoderated=True).id)  # fmt: skip
    assert "người kiểm duyệt đọc bình luận trước khi công bố" in browser.as_(minh).get(careful.path).text  # fmt: skip
    browser.as_(minh).submit(under(careful), text="Đợi đã.", stance="for")
    (made,) = db.all(Comment)
    assert made.state is CommentState.WAITING
    page = browser.as_(minh).get(careful.path).text
    assert "Người kiểm duyệt sẽ đọc bình luận trước khi công bố" in page
    assert "Đang chờ duyệt" in page
    for reader in (None, ha):
        page = browser.as_(reader).get(careful.path).text
        assert "Đợi đã." not in page
        assert "0 bình luận" in page
        assert browser.as_(reader).get(made.path).status_code == 404
    item = f"/moderation/comments/{made.id}"
    assert "Đợi đã." in browser.as_(lan).get(item).text
    assert browser.as_(lan).submit(f"{item}/decision", decision="publish", revision="1").status_code == 303  # fmt: skip
    assert "Đợi đã." in browser.get(careful.path).text


def test_a_moderator_decides(browser: Browser, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    top = make.comment(ha, pond, text="Lời trên.")
    made = make.comment(minh, pond, parent_id=top.id, text="Đồ ngốc.")
    item = f"/moderation/comments/{made.id}"
    desk = browser.as_(lan)
    queue = desk.get("/moderation?kind=comment").text
    assert f'href="{item}"' in queue
    assert "Đồ ngốc." in queue
    page = desk.get(item).text
    for words in ("Lời trên.", "Đồ ngốc.", pond.title, 'value="keep"', 'value="hide"'):
        assert words in page
    refused = desk.submit(f"{item}/decision", decision="hide", note="Xin giữ lời.")
    assert refused.status_code == 422
    assert "Xin giữ lời." in refused.text
    assert 'href="#field-reason_code"' in refused.text
    answer = desk.submit(f"{item}/decision", decision="hide", reason_code="off-topic", note="Xin giữ lời.", revision="1")  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation")
    found = db.get(Comment, made.id)
    assert (found.state, found.reason_code) == ("hidden", "off-topic")
    page = browser.get(pond.path).text
    assert "Đã bị người kiểm duyệt ẩn: Lạc đề" in page
    assert "Đồ ngốc." not in page
    assert "Đồ ngốc." in browser.as_(minh).get(pond.path).text
    assert "Xin giữ lời." in browser.as_(minh).get(f"{made.path}/history").text
    (email,) = db.all(Email, col(Email.name).startswith("comment"))
    assert (email.name, email.recipient) == ("comment_hidden", "minh@example.org")
    assert f"http://testserver{made.path}" in email.text
    late = browser.as_(quan).submit(f"{item}/decision", decision="hide", reason_code="off-topic", note="Tôi cũng vậy.")  # fmt: skip
    assert late.status_code == 409
    assert "Tôi cũng vậy." in late.text
    assert "Lan" in late.text
    assert db.count(Ruling, Ruling.kind == QueueKind.COMMENT) == 1
    assert browser.as_(quan).submit(f"{item}/decision", decision="restore").status_code == 303
    assert "Đồ ngốc." in browser.get(pond.path).text


def test_nobody_decides_on_their_own(browser: Browser, db: Database, make: Make, pond: Proposal, lan: Account) -> None:  # fmt: skip
    made = make.comment(lan, pond)
    item = f"/moderation/comments/{made.id}"
    page = browser.as_(lan).get(item)
    assert page.status_code == 200
    assert "phải do người kiểm duyệt khác quyết định" in page.text
    answer = browser.as_(lan).submit(f"{item}/decision", decision="hide", reason_code="off-topic")
    assert answer.status_code == 403
    assert db.get(Comment, made.id).state == "visible"


def test_a_claimed_comment_is_its_moderators(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    (waiting,) = db.all(QueueItem, QueueItem.kind == QueueKind.COMMENT)
    answer = browser.as_(lan).submit(f"/moderation/queue/{waiting.id}/claim")
    assert answer.headers["location"] == f"/moderation/comments/{made.id}"
    path = f"/moderation/comments/{made.id}/decision"
    refused = browser.as_(quan).submit(path, decision="keep")
    assert refused.status_code == 409
    assert "Lan" in refused.text
    assert browser.as_(lan).submit(path, decision="keep").status_code == 303


def test_official_replies_and_their_marks(browser: Browser, db: Database, make: Make, pond: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    officer = make.officer("Bà Sở")
    assert 'value="city"' not in browser.as_(minh).get(pond.path).text
    assert 'value="city"' in browser.as_(officer).get(pond.path).text
    browser.as_(officer).submit(under(pond), text="Sở đã khảo sát.", voice="city")
    page = browser.get(pond.path).text
    for words in ("Trả lời chính thức của thành phố", "Phòng thị trưởng"):
        assert words in page
    make.comment(lan, pond)
    assert "Người kiểm duyệt</span>" in browser.get(pond.path).text
    assert browser.as_(minh).submit(under(pond), text="Tôi là sở.", voice="city").status_code == 403


@pytest.mark.parametrize("status", ["withdrawn", "merged"])
def test_what_was_said_stays_readable(browser: Browser, make: Make, ha: Account, minh: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    said = make.comment(minh, made, text="Tiếc quá.")
    moved = make.move(made, status)
    page = browser.as_(minh).get(moved.path).text
    assert "Tiếc quá." in page
    assert "Nơi này không nhận thêm bình luận." in page
    assert browser.as_(ha).submit(f"{said.path}/helpful", value="yes").status_code == 409


def test_edits_and_marks_are_limited_and_lose_no_word(browser: Browser, db: Database, make: Make, pond: Proposal, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made = make.comment(minh, pond)
    monkeypatch.setattr(browser.app.state.settings, "comment_edits_per_hour", 1)
    monkeypatch.setattr(browser.app.state.settings, "helpful_marks_per_hour", 1)
    own = browser.as_(minh)
    assert own.submit(f"{made.path}/edit", text="Lần một.", stance="for").status_code == 303
    page = own.submit(f"{made.path}/edit", text="Lần hai còn đây.", stance="against")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    for kept in ("Lần hai còn đây.", 'value="against" checked', "Bạn đã sửa bài nhiều lần"):
        assert kept in page.text
    assert db.get(Comment, made.id).text == "Lần một."
    assert browser.as_(ha).submit(f"{made.path}/helpful").status_code == 303
    page = browser.as_(ha).submit(f"{made.path}/helpful", value="")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0


def test_a_history_comes_page_by_page(browser: Browser, make: Make, pond: Proposal, minh: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.comments.EVENTS", 2)
    monkeypatch.setattr("app.web.comment_desk.NEWEST_EVENTS", 2)
    made = make.comment(minh, pond, text="Lần 0.")
    for n in range(1, 4):
        browser.as_(minh).submit(f"{made.path}/edit", text=f"Lần {n}.", stance="for")
    address: str | None = f"{made.path}/history"
    seen = []
    while address:
        page = browser.as_(minh).get(address).text
        seen.append(re.findall(r"<blockquote>(Lần \d\.)", page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else None
    assert seen == [["Lần 0."], ["Lần 1.", "Lần 2."]]
    assert browser.as_(minh).get(f"{made.path}/history?cursor=x").status_code == 404
    page = browser.as_(lan).get(f"/moderation/comments/{made.id}").text
    assert re.findall(r"<blockquote>(Lần \d\.)", page) == ["Lần 1.", "Lần 2."]
    assert f'href="{made.path}/history"' in page
