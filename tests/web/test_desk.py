"""The moderation desk as a person sees it: filters, taking up and giving back, many decisions, canned answers, rules."""

import pytest

from app.models import Account, Campaign, CannedAnswer, Proposal, QueueItem, Ruling, Status
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

DESK = "/moderation"


@pytest.fixture
def item(db: Database, make: Make, ha: Account) -> QueueItem:
    make.proposal(ha, "submitted", title="Ao <b>& cầu")
    return db.all(QueueItem)[-1]


def test_one_takes_up_and_gives_back(browser: Browser, db: Database, item: QueueItem, lan: Account, quan: Account) -> None:  # fmt: skip
    answer = browser.as_(lan).submit(f"{DESK}/next", kind="proposal")
    page = f"{DESK}/{item.subject_id}"
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert "Bạn, đến" in browser.as_(lan).get(page).text
    assert "Lan, đến" in browser.as_(quan).get(page).text
    assert "Lan đang xử lý" in browser.as_(quan).get(DESK).text
    assert "bạn đang xử lý" in browser.as_(lan).get(DESK).text
    assert browser.as_(quan).submit(f"{DESK}/queue/{item.id}/claim").status_code == 409
    late = browser.as_(quan).submit(f"/proposals/{item.subject_id}/decision", decision="publish", note="Lời <kept>")  # fmt: skip
    assert late.status_code == 409
    assert "Lời &lt;kept&gt;" in late.text
    assert browser.as_(lan).submit(f"{DESK}/queue/{item.id}/release").status_code == 303
    assert db.get(QueueItem, item.id).claimed_by is None
    assert browser.as_(quan).submit(f"{DESK}/queue/{item.id}/claim").headers["location"] == page
    assert browser.as_(lan).submit(f"{DESK}/next").headers["location"] == DESK


def test_a_number_leads_on_or_shows_the_decision(browser: Browser, item: QueueItem, lan: Account, quan: Account) -> None:  # fmt: skip
    address = f"{DESK}/queue/{item.id}"
    assert browser.as_(quan).get(address).headers["location"] == f"{DESK}/{item.subject_id}"
    browser.as_(lan).submit(f"/proposals/{item.subject_id}/decision", decision="reject", reason_code="off-topic", note="Rác <i>")  # fmt: skip
    page = browser.as_(quan).get(address)
    assert page.status_code == 200
    assert all(part in page.text for part in ("Lan đã", "từ chối", "Rác &lt;i&gt;"))
    late = browser.as_(quan).submit(f"/proposals/{item.subject_id}/decision", decision="publish")
    assert (late.status_code, "Lan đã" in late.text) == (409, True)


@pytest.mark.parametrize("query", ["kind=proposal", "age=week", "signal=links", "ward=west"])
def test_a_filter_without_result(browser: Browser, item: QueueItem, lan: Account, query: str) -> None:  # fmt: skip
    page = browser.as_(lan).get(f"{DESK}?{query}").text
    assert ("Ao &lt;b&gt;" in page) is (query == "kind=proposal")
    assert "<b>& cầu" not in page


@pytest.mark.parametrize("query", ["kind=x", "pillar=x", "ward=x", "language=x", "signal=x", "age=x", "cursor=x"])  # fmt: skip
def test_a_filter_that_there_is_not(browser: Browser, lan: Account, query: str) -> None:
    assert browser.as_(lan).get(f"{DESK}?{query}").status_code == 404


def test_the_queue_is_read_page_by_page(browser: Browser, db: Database, make: Make, ha: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.desk.PAGE", 2)
    titles = [make.proposal(ha, "submitted", title=f"Số {number}").title for number in range(3)]
    first = browser.as_(lan).get(f"{DESK}?kind=proposal").text
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.as_(lan).get(address).text
    assert [title in first for title in titles] == [True, True, False]
    assert [title in second for title in titles] == [False, False, True]


def test_many_at_once(browser: Browser, db: Database, make: Make, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "submitted", title=f"Ao <{number}>") for number in range(3)]
    items = [str(one.id) for one in db.all(QueueItem)]
    assert 'name="outcome"' not in browser.as_(lan).get(DESK).text
    assert 'name="outcome"' in browser.as_(lan).get(f"{DESK}?kind=proposal").text
    fields = {"kind": "proposal", "outcome": "reject", "note": "Rác <i>"}
    no_reason = browser.as_(lan).submit(f"{DESK}/decisions", items=items, **fields)
    assert (no_reason.status_code, "Rác &lt;i&gt;" in no_reason.text) == (422, True)
    assert no_reason.text.count("checked") == 3
    nothing = browser.as_(lan).submit(f"{DESK}/decisions", reason_code="off-topic", **fields)
    assert (nothing.status_code, "chọn ít nhất 1 mục" in nothing.text) == (422, True)
    browser.as_(quan).submit(f"{DESK}/queue/{items[0]}/claim")
    some = browser.as_(lan).submit(f"{DESK}/decisions", items=items[:2], reason_code="off-topic", **fields)  # fmt: skip
    assert (some.status_code, "Đã quyết định 1 trong số 2" in some.text) == (200, True)
    assert "<b>Ao &lt;0&gt;</b>: Quân đang xử lý" in some.text
    late = browser.as_(lan).submit(f"{DESK}/decisions", items=items[:2], reason_code="off-topic", **fields)  # fmt: skip
    assert "<b>Ao &lt;1&gt;</b>: Lan đã" in late.text
    done = browser.as_(lan).submit(f"{DESK}/decisions", items=items[2:], reason_code="off-topic", **fields)  # fmt: skip
    assert done.headers["location"] == f"{DESK}?kind=proposal"
    assert [db.get(Proposal, one.id).status for one in made] == [Status.SUBMITTED, Status.REJECTED, Status.REJECTED]  # fmt: skip
    none = browser.as_(lan).submit(f"{DESK}/decisions", items=items[:1], reason_code="off-topic", **fields)  # fmt: skip
    assert (none.status_code, db.count(Ruling)) == (409, 2)


def test_canned_answers(browser: Browser, db: Database, make: Make, item: QueueItem, lan: Account) -> None:  # fmt: skip
    path = f"{DESK}/canned"
    bad = browser.as_(lan).submit(path, title="<Tên>", text_en="Only English")
    assert (bad.status_code, "&lt;Tên&gt;" in bad.text, "Only English" in bad.text) == (422, True, True)  # fmt: skip
    assert browser.as_(lan).submit(path, title="<Tên>", text_vi="Lời <i>", reason_code="off-topic").status_code == 303  # fmt: skip
    (kept,) = db.all(CannedAnswer)
    assert "Lời &lt;i&gt;" in browser.as_(lan).get(f"{path}/{kept.id}").text
    assert "&lt;Tên&gt;" in browser.as_(lan).get(f"{DESK}/{item.subject_id}").text
    browser.as_(lan).submit(f"/proposals/{item.subject_id}/decision", decision="reject", canned=str(kept.id))  # fmt: skip
    (ruling,) = db.all(Ruling)
    assert (ruling.reason_code, ruling.note) == ("off-topic", "Lời <i>")
    browser.as_(lan).submit(f"{path}/{kept.id}", title="Khác", text_vi="Khác")
    assert db.get(CannedAnswer, kept.id).title == "Khác"
    assert browser.as_(lan).submit(f"{path}/{kept.id}/discard").status_code == 303
    assert (db.count(CannedAnswer), browser.as_(lan).get(f"{path}/{kept.id}").status_code) == (0, 404)  # fmt: skip


def test_how_a_campaign_is_run(browser: Browser, db: Database, standing: Campaign, quan: Account) -> None:  # fmt: skip
    path = f"/campaigns/{standing.id}/rules"
    assert path in browser.as_(quan).get(standing.path).text
    for fields in ({"answer_days": ""}, {"answer_days": "0"}, {"answer_days": "30", "answer_threshold": "x"}):  # fmt: skip
        page = browser.as_(quan).submit(path, comments_premoderated="yes", **fields)
        assert (page.status_code, "checked" in page.text) == (422, True)
    assert browser.as_(quan).submit(path, comments_premoderated="yes", answer_threshold="100", answer_days="30").status_code == 303  # fmt: skip
    found = db.get(Campaign, standing.id)
    assert (found.comments_premoderated, found.trusted_skip, found.answer_threshold, found.answer_days) == (True, False, 100, 30)  # fmt: skip
    assert browser.as_(quan).submit(path, answer_days="60").status_code == 303
    assert db.get(Campaign, standing.id).answer_threshold is None
