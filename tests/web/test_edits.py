"""The staff's page of a new text, and the author's way with it."""

import pytest

from app.models import Account, PendingEdit, Proposal, QueueItem, Ruling
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

WHOLE = {"summary": "x", "problem": "Vịt không có <b>hồ</b>.", "solution": "x", "expected_impact": "x", "resources_needed": "x", "pillar": "fields", "action": "save"}  # fmt: skip


@pytest.fixture
def made(browser: Browser, make: Make, ha: Account) -> Proposal:
    made = make.proposal(ha, "published", problem="Vịt không có ao.")
    answer = browser.as_(ha).submit(f"/proposals/{made.id}/edit", title="Ao mới", revision="1", edit_version="0", **WHOLE)  # fmt: skip
    assert answer.headers["set-cookie"].startswith("notice=edit.sent")
    return made


def test_what_would_change_is_shown_and_accepted(browser: Browser, db: Database, make: Make, made: Proposal, lan: Account) -> None:  # fmt: skip
    path = f"/moderation/edits/{made.id}"
    page = browser.as_(lan).get(path).text
    assert "&lt;b&gt;hồ&lt;/b&gt;" in page
    assert "<b>hồ" not in page
    stale = browser.as_(lan).submit(f"{path}/decision", outcome="accept", revision="7", note="Lời <i>")  # fmt: skip
    assert (stale.status_code, "Lời &lt;i&gt;" in stale.text) == (409, True)
    missing = browser.as_(lan).submit(f"{path}/decision", outcome="return", note="Lời <i>")
    assert (missing.status_code, "Lời &lt;i&gt;" in missing.text) == (422, True)
    done = browser.as_(lan).submit(f"{path}/decision", outcome="accept", revision="1")
    assert (done.status_code, done.headers["location"]) == (303, "/moderation")
    assert (make.reload(made).title, db.count(Ruling, Ruling.kind == "edit")) == ("Ao mới", 1)
    again = browser.as_(lan).submit(f"{path}/decision", outcome="return", reason_code="off-topic")
    assert (again.status_code, "Lan đã" in again.text) == (409, True)


def test_the_author_sees_it_and_takes_it_back(browser: Browser, db: Database, made: Proposal, ha: Account, outsider: Account) -> None:  # fmt: skip
    assert "take-back" in browser.as_(ha).get(made.path).text
    for other in (None, outsider):
        page = browser.as_(other).get(made.path).text
        assert "take-back" not in page
        assert "Ao mới" not in page
    answer = browser.as_(ha).submit(f"/proposals/{made.id}/edit/take-back")
    assert (answer.status_code, db.count(PendingEdit), db.count(QueueItem)) == (303, 0, 0)
    assert browser.as_(ha).submit(f"/proposals/{made.id}/edit/take-back").status_code == 409
