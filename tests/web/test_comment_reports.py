"""Reporting a comment in the browser: the form, words that outlive a session, the moderators' pages of a case and an appeal."""

import pytest

from app.models import (
    Account,
    Comment,
    CommentState,
    Proposal,
    QueueItem,
    QueueKind,
    Report,
    ReportCase,
    Ruling,
)
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_sign_in import ask, kept_in, mailed_code, redeem

FIELDS = {"reason_code": "off-topic", "words": "Lạc <b>đề</b>."}
ESCAPED = "Lạc &lt;b&gt;đề&lt;/b&gt;."


@pytest.fixture
def made(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", title="Ao làng")


@pytest.fixture
def said(make: Make, made: Proposal, ha: Account) -> Comment:
    return make.comment(ha, made, text="Câu <i>chuyện</i> khác.")


def test_a_reader_reports(browser: Browser, db: Database, made: Proposal, said: Comment, ha: Account, minh: Account) -> None:  # fmt: skip
    path = f"{said.path}/report"
    form = browser.as_(minh).get(path).text
    assert all(
        text in form for text in ("Ao làng", "Câu &lt;i&gt;chuyện&lt;/i&gt; khác.", "Lạc đề")
    )
    bad = browser.as_(minh).submit(path, words=FIELDS["words"])
    assert (bad.status_code, ESCAPED in bad.text, db.count(Report)) == (422, True, 0)
    answer = browser.as_(minh).submit(path, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, said.path)
    (report,) = db.all(Report)
    assert (report.reporter_id, report.reason_code, report.words) == (minh.id, *FIELDS.values())
    page = browser.as_(minh).get(path).text
    assert ("Bạn đã báo cáo nội dung này" in page, "<textarea" in page) == (True, False)
    again = browser.as_(minh).submit(path, reason_code="incomplete", words="Lời mới")
    assert (again.status_code, "Lời mới" in again.text, db.count(Report)) == (409, True, 1)
    for request in (browser.as_(ha).get, browser.as_(ha).submit):
        assert request(path).status_code == 403


def test_who_finds_the_link(browser: Browser, make: Make, made: Proposal, said: Comment, ha: Account, minh: Account) -> None:  # fmt: skip
    hidden = make.rule_on(make.comment(ha, made), "hide")
    seen = [browser.as_(reader).get(made.path).text for reader in (None, ha, minh)]
    assert [f'href="{said.path}/report"' in page for page in seen] == [True, False, True]
    assert not any(f"{hidden.path}/report" in page for page in seen)


@pytest.mark.parametrize("whose", ["minh", "ha"])
def test_the_words_outlive_the_session_but_are_not_for_the_writer(browser: Browser, db: Database, said: Comment, ha: Account, minh: Account, whose: str) -> None:  # fmt: skip
    path = f"{said.path}/report"
    refused = browser.submit(path, **FIELDS)
    assert refused.status_code == 401
    kept, address = kept_in(refused), f"{whose}@example.org"
    ask(browser, address, next=path, kept=kept)
    page = redeem(browser, mailed_code(db, address), address, next=path, kept=kept)
    if whose == "minh":
        assert ESCAPED in page.text
        assert 'value="off-topic" checked' in page.text
    else:
        assert (page.status_code, page.headers["location"]) == (303, "/")
    assert db.count(Report) == 0


@pytest.mark.parametrize(("outcome", "state"), [("uphold", CommentState.HIDDEN), ("dismiss", CommentState.VISIBLE)])  # fmt: skip
def test_a_case_is_decided(browser: Browser, db: Database, make: Make, said: Comment, ha: Account, lan: Account, quan: Account, outcome: str, state: CommentState) -> None:  # fmt: skip
    path = f"/moderation/reports/{make.report(make.account('Người đọc'), said).id}"
    assert browser.as_(ha).get(path).status_code == 403
    page = browser.as_(lan).get(path).text
    assert ("Câu &lt;i&gt;chuyện&lt;/i&gt; khác." in page, "Người đọc" in page) == (True, False)
    fields = {"outcome": outcome, "reason_code": "off-topic", "note": "Lời <kept>"}
    stale = browser.as_(lan).submit(f"{path}/decision", **fields, revision="7")
    assert (stale.status_code, "Lời &lt;kept&gt;" in stale.text) == (409, True)
    assert browser.as_(lan).submit(f"{path}/decision", **fields).status_code == 303
    assert db.get(Comment, said.id).state is state
    assert db.all(Ruling, Ruling.kind == QueueKind.REPORT)[-1].outcome == outcome
    assert db.count(QueueItem, QueueItem.kind == QueueKind.REPORT) == 0
    late = browser.as_(quan).submit(f"{path}/decision", **fields)
    assert (late.status_code, "Lan" in late.text) == (409, True)


def test_an_appeal_shows_the_comment(browser: Browser, make: Make, said: Comment, ha: Account, quan: Account) -> None:  # fmt: skip
    make.rule_on(said, "hide")
    appeal = make.appeal(ha)
    page = browser.as_(quan).get(f"/moderation/appeals/{appeal.id}").text
    assert "Câu &lt;i&gt;chuyện&lt;/i&gt; khác." in page
    assert f'href="/moderation/comments/{said.id}"' in page
    own = browser.as_(ha).get(f"/account/decisions/{appeal.ruling_id}").text
    assert (f'href="{said.path}"' in own, "Đọc bình luận của bạn" in own) == (True, True)
    browser.as_(ha).submit(f"{said.path}/delete")
    assert "Bình luận đã được xóa" in browser.as_(quan).get(f"/moderation/appeals/{appeal.id}").text


@pytest.mark.parametrize("choice", ["keep", "erase"])
def test_a_case_outlives_its_writer_only_with_the_text(browser: Browser, db: Database, make: Make, said: Comment, ha: Account, minh: Account, lan: Account, choice: str) -> None:  # fmt: skip
    case = make.report(minh, said)
    browser.as_(ha).submit("/account/delete", confirmation=ha.email, proposals="keep", comments=choice)  # fmt: skip
    kept = choice == "keep"
    assert (db.get(ReportCase, case.id).closed_at is None) is kept
    assert db.count(QueueItem, QueueItem.kind == QueueKind.REPORT) == kept
    path = f"/moderation/reports/{case.id}"
    page = browser.as_(lan).get(path)
    assert (page.status_code, "chuyện" in page.text) == (200, kept)
    decided = browser.as_(lan).submit(f"{path}/decision", outcome="uphold", reason_code="off-topic")
    assert decided.status_code == (303 if kept else 404)
