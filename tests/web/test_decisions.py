"""Decisions about oneself, and appeals, in the browser; by the mailed link for somebody whose account is closed."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app import emails, security
from app.database import now
from app.models import Account, Appeal, Email, Proposal, QueueItem, Ruling, Status
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.web.test_sign_in import ask, kept_in, mailed_code, redeem

PATH = "/account/decisions"
WORDS = "Sáng kiến này <b>đúng</b> chủ đề."


def links(db: Database, name: str) -> list[str]:
    return re.findall(r"http\S+", db.all(Email, Email.name == name)[-1].text)


@pytest.fixture
def ruling(db: Database, make: Make, ha: Account) -> Ruling:
    make.proposal(ha, "rejected", title="Ao làng")
    return db.all(Ruling)[-1]


def test_the_mail_leads_to_the_appeal(browser: Browser, db: Database, ruling: Ruling, ha: Account) -> None:  # fmt: skip
    path = f"{PATH}/{ruling.id}"
    assert f"http://testserver{path}" in links(db, "proposal_rejected")
    html = db.all(Email, Email.name == "proposal_rejected")[-1].html
    assert f'href="http://testserver{path}"' in html
    page = browser.as_(ha).get(path).text
    for text in ("Ao làng", "bị từ chối", "Chưa đầy đủ", "Vì thế.", "<textarea"):
        assert text in page
    for words in ("", " ", "ngắn", "x" * 4001):
        bad = browser.as_(ha).submit(path, words=words)
        assert (bad.status_code, 'id="error-words"' in bad.text) == (422, True)
    answer = browser.as_(ha).submit(path, words=WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    (appeal,) = db.all(Appeal)
    assert (appeal.ruling_id, appeal.account_id, appeal.words) == (ruling.id, ha.id, WORDS)
    page = browser.as_(ha).get(path).text
    assert "Khiếu nại của bạn đang chờ" in page
    assert "&lt;b&gt;đúng" in page
    assert "<textarea" not in page
    again = browser.as_(ha).submit(path, words="Lời thứ hai của tôi")
    assert (again.status_code, "Lời thứ hai của tôi" in again.text, db.count(Appeal)) == (409, True, 1)  # fmt: skip


def test_the_list_of_decisions(browser: Browser, make: Make, ruling: Ruling, ha: Account, minh: Account) -> None:  # fmt: skip
    make.report(minh, make.proposal(ha, "published", title="Cối xay"))
    page = browser.as_(ha).get(PATH).text
    assert all(text in page for text in ("Ao làng", "Cối xay", "đã công bố", "bị từ chối", f'href="{PATH}/{ruling.id}"'))  # fmt: skip
    assert PATH in browser.as_(ha).get("/account").text
    assert PATH in browser.as_(ha).get(f"/proposals/{ruling.subject_id}", follow_redirects=True).text  # fmt: skip
    assert "Chưa có quyết định nào" in browser.as_(minh).get(PATH).text
    assert browser.as_(minh).get(f"{PATH}/{ruling.id}").status_code == 404
    assert browser.as_(minh).submit(f"{PATH}/{ruling.id}", words=WORDS).status_code == 404
    for number in ("999999", "9" * 18):
        assert browser.as_(ha).get(f"{PATH}/{number}").status_code in {404, 422}


def test_a_returned_proposal_says_how_to_go_on(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "returned")
    page = f"{PATH}/{db.all(Ruling)[-1].id}"
    edit = f'href="/proposals/{made.id}/edit"'
    assert edit in browser.as_(ha).get(page).text
    make.move(made, "submitted")
    assert edit not in browser.as_(ha).get(page).text


def test_a_returned_new_text_says_why_and_how_to_go_on(browser: Browser, client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    client.as_(ha).patch(f"/api/v1/proposals/{made.id}", json={"title": "Ao khác hẳn"})
    browser.as_(lan).submit(f"/moderation/edits/{made.id}/decision", outcome="return", reason_code="incomplete")  # fmt: skip
    page = browser.as_(ha).get(f"/proposals/{made.id}", follow_redirects=True).text
    assert ("Xem lý do" in page, PATH in page) == (True, True)
    assert f'href="/proposals/{made.id}/edit"' in browser.as_(ha).get(f"{PATH}/{db.all(Ruling)[-1].id}").text  # fmt: skip


def test_the_list_page_by_page(browser: Browser, db: Database, make: Make, ha: Account) -> None:
    with db.session() as session:
        for number in range(31):
            session.add(Ruling(kind="account", subject_id=ha.id, account_id=ha.id, outcome="unban", decided_at=now() - timedelta(hours=number)))  # fmt: skip
    first = browser.as_(ha).get(PATH).text
    assert first.count(f'<b><a href="{PATH}/') == 30
    (following,) = re.findall(rf'href="({PATH}\?cursor=[^"]+)"', first)
    assert browser.as_(ha).get(following).text.count(f'<b><a href="{PATH}/') == 1
    assert browser.as_(ha).get(f"{PATH}?cursor=x").status_code == 404


def test_the_words_outlive_the_session(browser: Browser, db: Database, ruling: Ruling, ha: Account, minh: Account) -> None:  # fmt: skip
    path = f"{PATH}/{ruling.id}"
    refused = browser.submit(path, words=WORDS)
    assert refused.status_code == 401
    kept = kept_in(refused)
    for person, shown in (("minh@example.org", False), ("ha@example.org", True)):
        ask(browser, person, next=path, kept=kept)
        page = redeem(browser, mailed_code(db, person), person, next=path, kept=kept)
        assert ("&lt;b&gt;đúng" in page.text) == shown
        assert (page.status_code == 200) == shown
    assert db.count(Appeal) == 0


def test_the_page_of_an_appeal(browser: Browser, db: Database, make: Make, ruling: Ruling, ha: Account, lan: Account) -> None:  # fmt: skip
    appeal = make.appeal(ha, WORDS)
    path = f"/moderation/appeals/{appeal.id}"
    page = browser.as_(lan).get(path).text
    for text in ("Ao làng", "&lt;b&gt;đúng", "bị từ chối", "Bàn duyệt", "Chưa đầy đủ", "Vì thế.", "Đào ao.", f"{path}/decision"):  # fmt: skip
        assert text in page, text
    first = make.desk()
    page = browser.as_(first).get(path)
    assert (page.status_code, f"{path}/decision" in page.text) == (200, False)
    assert "Bạn là người đã ra quyết định bị khiếu nại" in page.text
    assert "về quyết định của bạn" in browser.as_(first).get("/moderation?kind=appeal").text
    refused = browser.as_(first).submit(f"{path}/decision", outcome="dismiss", note="Không.")
    assert (refused.status_code, "người đã ra quyết định" in refused.text) == (403, True)
    assert db.get(Appeal, appeal.id).decided_at is None


@pytest.mark.parametrize(("outcome", "status", "said"), [("uphold", Status.PUBLISHED, "được chấp nhận"), ("dismiss", Status.REJECTED, "bị bác bỏ")])  # fmt: skip
def test_an_appeal_is_decided(browser: Browser, db: Database, make: Make, ruling: Ruling, ha: Account, lan: Account, quan: Account, outcome: str, status: Status, said: str) -> None:  # fmt: skip
    appeal = make.appeal(ha)
    path = f"/moderation/appeals/{appeal.id}"
    bad = browser.as_(lan).submit(f"{path}/decision", outcome="dismiss", note="\u200b")
    assert (bad.status_code, 'id="error-note"' in bad.text) == (422, True)
    assert browser.as_(lan).submit(f"{path}/decision", outcome="x", note="Vì.").status_code == 422
    answer = browser.as_(lan).submit(f"{path}/decision", outcome=outcome, note="Đã xem lại.")
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation")
    assert db.get(Proposal, ruling.subject_id).status is status
    assert db.count(QueueItem) == 0
    mail = db.all(Email)[-1]
    assert (mail.recipient, "Đã xem lại." in mail.text, "Ao làng" in mail.text) == (ha.email, True, True)  # fmt: skip
    own = browser.as_(ha).get(f"{PATH}/{ruling.id}").text
    assert said in own
    assert "Đã xem lại." in own
    for again in ("uphold", "dismiss"):
        late = browser.as_(quan).submit(f"{path}/decision", outcome=again, note="Lời <muộn>")
        assert (late.status_code, "Lan" in late.text, "Lời &lt;muộn&gt;" in late.text) == (409, True, True)  # fmt: skip


def test_a_banned_person_appeals_by_the_mailed_link(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.ban(ha)
    (link,) = [one for one in links(db, "account_changed") if "/appeal?" in one]
    path = link.removeprefix("http://testserver")
    (token,) = parse_qs(urlsplit(link).query)["token"]
    page = browser.get(path)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert all(text in page.text for text in ("Tài khoản của bạn", "khóa tài khoản", "Lạc đề", "Vì thế."))  # fmt: skip
    bad = browser.submit("/appeal", token=token, words="x")
    assert (bad.status_code, 'id="error-words"' in bad.text) == (422, True)
    answer = browser.submit("/appeal", token=token, words=WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "session" not in answer.headers.get("set-cookie", "")  # It signs nobody in.
    (appeal,) = db.all(Appeal)
    assert (appeal.account_id, appeal.words) == (ha.id, WORDS)
    assert "Khiếu nại của bạn đang chờ" in browser.get(path).text
    assert browser.submit("/appeal", token=token, words=WORDS).status_code == 409
    # A ban hides what waits of the person, but not the appeal against it.
    assert f"/moderation/appeals/{appeal.id}" in browser.as_(lan).get("/moderation").text
    browser.as_(lan).submit(f"/moderation/appeals/{appeal.id}/decision", outcome="dismiss", note="Vẫn đúng.")  # fmt: skip
    assert db.all(Email)[-1].recipient == ha.email
    assert "Vẫn đúng." in browser.get(path).text


def test_a_link_that_is_not_valid(browser: Browser, db: Database, make: Make, ha: Account, ruling: Ruling) -> None:  # fmt: skip
    make.ban(ha)
    ban = db.all(Ruling)[-1]
    good = security.seal(db.settings.secret_key, emails.APPEAL_SEAL, ban.id)
    other = security.seal(db.settings.secret_key, "another purpose", ban.id)
    gone = security.seal(db.settings.secret_key, emails.APPEAL_SEAL, 999_999)
    for token in (other, gone, good[:-2] + "xx", "x" * 5000, "", "\x00"):
        assert browser.get("/appeal", params={"token": token}).status_code == 400
        assert browser.submit("/appeal", token=token, words=WORDS).status_code == 400
    with db.session() as session:
        session.get_one(Ruling, ban.id).decided_at = now() - timedelta(days=31)
    assert browser.submit("/appeal", token=good, words=WORDS).status_code == 409
    with db.session() as session:
        session.get_one(Ruling, ban.id).account_id = None  # Their account has been deleted.
    assert browser.get("/appeal", params={"token": good}).status_code == 400
    assert db.count(Appeal) == 0


def test_an_appeal_goes_with_its_account(browser: Browser, db: Database, make: Make, ruling: Ruling, ha: Account) -> None:  # fmt: skip
    make.appeal(ha, WORDS)
    browser.as_(ha).submit("/account/delete", confirmation=ha.email, proposals="keep")
    assert (db.count(Appeal), db.count(QueueItem)) == (0, 0)
    assert (db.get(Ruling, ruling.id).account_id, db.get(Ruling, ruling.id).note) == (None, "")
