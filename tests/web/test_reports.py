"""Reporting a proposal in the browser: the form, its refusals, the words that outlive a session; the moderators' page."""

import pytest

from app.models import (
    Account,
    Proposal,
    QueueItem,
    QueueKind,
    Report,
    ReportCase,
    Ruling,
    Status,
)
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_sign_in import ask, kept_in, mailed_code, redeem

FIELDS = {"reason_code": "off-topic", "words": "Không phải <b>ao</b>."}


@pytest.fixture
def made(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Ao làng")


def test_a_reader_reports(browser: Browser, db: Database, made: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/report"
    assert path in browser.get(made.path).text
    assert path not in browser.as_(ha).get(made.path).text
    form = browser.as_(minh).get(path).text
    assert all(name in form for name in ("Chưa đầy đủ", "Lạc đề", "Ao làng"))
    answer = browser.as_(minh).submit(path, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, made.path)
    (report,) = db.all(Report)
    assert (report.reporter_id, report.reason_code, report.words) == (minh.id, *FIELDS.values())
    page = browser.as_(minh).get(path).text
    assert "Bạn đã báo cáo nội dung này" in page
    assert "Không phải &lt;b&gt;ao&lt;/b&gt;." in page
    assert "<textarea" not in page
    again = browser.as_(minh).submit(path, reason_code="incomplete", words="Lời mới")
    assert (again.status_code, "Lời mới" in again.text, db.count(Report)) == (409, True, 1)
    assert "đang chờ" not in browser.as_(ha).get(made.path).text  # The author learns nothing.


def test_refusals_keep_the_words(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/report"
    for fields in ({"words": "<lời>"}, {"reason_code": "x", "words": "<lời>"}):
        page = browser.as_(minh).submit(path, **fields)
        assert (page.status_code, "&lt;lời&gt;" in page.text) == (422, True)
        assert 'href="#field-reason_code"' in page.text
    long = browser.as_(minh).submit(path, reason_code="off-topic", words="x" * 1001)
    assert (long.status_code, 'id="error-words"' in long.text) == (422, True)
    for request in (browser.as_(ha).get, browser.as_(ha).submit):
        assert request(path).status_code == 403
    waiting = make.proposal(ha, "submitted")
    assert browser.as_(minh).submit(f"/proposals/{waiting.id}/report", **FIELDS).status_code == 404
    monkeypatch.setattr(db.settings, "reports_per_day", 1)
    browser.as_(minh).submit(path, **FIELDS)
    other = make.proposal(ha, "published")
    over = browser.as_(minh).submit(f"/proposals/{other.id}/report", **FIELDS)
    assert (over.status_code, "&lt;b&gt;ao" in over.text, db.count(Report)) == (429, True, 1)


def test_the_words_outlive_the_session(browser: Browser, db: Database, made: Proposal, minh: Account) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/report"
    assert browser.get(path).headers["location"] == f"/sign-in?next=%2Fproposals%2F{made.id}%2Freport"  # fmt: skip
    refused = browser.submit(path, **FIELDS)
    assert refused.status_code == 401
    kept = kept_in(refused)
    ask(browser, "minh@example.org", next=path, kept=kept)
    page = redeem(browser, mailed_code(db, "minh@example.org"), "minh@example.org", next=path, kept=kept)  # fmt: skip
    assert "Không phải &lt;b&gt;ao&lt;/b&gt;." in page.text
    assert 'value="off-topic" checked' in page.text
    assert db.count(Report) == 0


def test_the_words_are_not_shown_to_the_author(browser: Browser, db: Database, made: Proposal, ha: Account) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/report"
    kept = kept_in(browser.submit(path, **FIELDS))
    ask(browser, "ha@example.org", next=path, kept=kept)
    answer = redeem(browser, mailed_code(db, "ha@example.org"), "ha@example.org", next=path, kept=kept)  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_page_of_a_case(browser: Browser, make: Make, made: Proposal, minh: Account, outsider: Account, lan: Account) -> None:  # fmt: skip
    case = make.report(minh, made, "Lời <một>")
    make.report(outsider, made)
    queue = browser.as_(lan).get("/moderation?kind=report").text
    assert "người đọc báo cáo · 2" in queue
    page = browser.as_(lan).get(f"/moderation/reports/{case.id}").text
    for text in (
        "2 người đọc đã báo cáo",
        "Lạc đề · 2",
        "Lời &lt;một&gt;",
        "Đào ao.",
        "Nhận xử lý",
    ):
        assert text in page, text
    assert "Minh" not in page
    assert "Người dưng" not in page
    for number in ("0", "999999", "2147483648", "9" * 18):
        assert browser.as_(lan).get(f"/moderation/reports/{number}").status_code in {404, 422}


@pytest.mark.parametrize(("outcome", "status"), [("uphold", Status.HIDDEN), ("dismiss", Status.PUBLISHED)])  # fmt: skip
def test_a_case_is_decided(browser: Browser, db: Database, make: Make, made: Proposal, minh: Account, lan: Account, quan: Account, outcome: str, status: Status) -> None:  # fmt: skip
    case = make.report(minh, made)
    path = f"/moderation/reports/{case.id}"
    bad = browser.as_(lan).submit(f"{path}/decision", outcome="uphold", note="Lời <kept>")
    assert (bad.status_code, 'id="error-reason_code"' in bad.text, "Lời &lt;kept&gt;" in bad.text) == (422, True, True)  # fmt: skip
    stale = browser.as_(lan).submit(f"{path}/decision", outcome="uphold", reason_code="off-topic", revision="7", note="Lời")  # fmt: skip
    assert stale.status_code == 409
    answer = browser.as_(lan).submit(f"{path}/decision", outcome=outcome, reason_code="off-topic", note="Vì thế.")  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation")
    assert db.get(Proposal, made.id).status is status
    ruling = db.all(Ruling, Ruling.kind == QueueKind.REPORT)[-1]
    assert (ruling.outcome, ruling.subject_id, ruling.actor_id) == (outcome, case.id, lan.id)
    assert (db.count(QueueItem), db.get(ReportCase, case.id).closed_at) == (0, ruling.decided_at)
    for again in ("uphold", "dismiss"):
        late = browser.as_(quan).submit(f"{path}/decision", outcome=again, reason_code="off-topic", note="Lời <muộn>")  # fmt: skip
        assert (late.status_code, "Lan" in late.text, "Lời &lt;muộn&gt;" in late.text) == (409, True, True)  # fmt: skip
    assert db.count(Ruling, Ruling.kind == QueueKind.REPORT) == 1
    assert "Đã quyết định lúc" in browser.as_(quan).get(path).text


def test_a_moderators_own_text_and_words_after_the_session(browser: Browser, db: Database, make: Make, lan: Account, minh: Account) -> None:  # fmt: skip
    case = make.report(minh, make.proposal(lan, "published"))
    path = f"/moderation/reports/{case.id}"
    page = browser.as_(lan).get(path)
    assert (page.status_code, "người kiểm duyệt khác" in page.text, f"{path}/decision" in page.text) == (200, True, False)  # fmt: skip
    refused = browser.as_(lan).submit(f"{path}/decision", outcome="dismiss")
    assert refused.status_code == 403
    kept = kept_in(browser.submit(f"{path}/decision", outcome="dismiss", note="Lời <giữ>"))
    make.account("Kiểm duyệt", email="kd@example.org", role=lan.role)
    ask(browser, "kd@example.org", next=path, kept=kept)
    again = redeem(browser, mailed_code(db, "kd@example.org"), "kd@example.org", next=path, kept=kept)  # fmt: skip
    assert "Lời &lt;giữ&gt;" in again.text
    assert db.get(ReportCase, case.id).closed_at is None


def test_a_case_outlives_the_author_and_the_reporter(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    case = make.report(minh, made, "Lời của Minh")
    for person in (ha, minh):
        browser.as_(person).submit("/account/delete", confirmation=person.email, proposals="keep")
    assert (db.count(Report), db.count(QueueItem)) == (0, 1)
    page = browser.as_(lan).get(f"/moderation/reports/{case.id}").text
    assert "đã xóa tài khoản" in page
    decided = browser.as_(lan).submit(f"/moderation/reports/{case.id}/decision", outcome="uphold", reason_code="off-topic")  # fmt: skip
    assert decided.status_code == 303
    assert db.get(Proposal, made.id).status is Status.HIDDEN
