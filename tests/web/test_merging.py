"""Merging by consent on the pages: suggested, answered, told to supporters in the daily mail, and forgotten with an account."""

import re
from datetime import timedelta

import pytest

from app import jobs
from app.models import (
    Account,
    Email,
    MergeOutcome,
    MergeSuggestion,
    Notice,
    Proposal,
    Status,
)
from app.services import days, export_files, follows
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

HOSTILE = "<script>alert(1)</script> & “lời”"


def page(proposal: Proposal, step: str = "") -> str:
    return f"/proposals/{proposal.id}/merge-suggestion{step}"


@pytest.fixture
def a(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Đào ao <cho> vịt")


@pytest.fixture
def b(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", title="Ao vịt lớn")


def test_from_the_authors_page_to_the_agreement(browser: Browser, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    make.vote(outsider, a)
    assert f'href="{page(a)}"' in browser.as_(ha).get(a.path).text
    answer = browser.as_(ha).submit(page(a), into=f" {db.settings.base_url}{b.path} ", note=HOSTILE)
    assert answer.headers["location"] == page(a)
    assert "chờ trả lời" in browser.as_(ha).get(a.path).text
    (row,) = db.all(MergeSuggestion)
    assert f'href="{page(a)}"' in browser.as_(minh).get("/mine").text
    text = browser.as_(minh).get(page(a)).text
    for expected in ("Đào ao &lt;cho&gt; vịt", "Ao vịt lớn", "&lt;script&gt;", f'value="{row.id}"'):
        assert expected in text
    # Two buttons of the same weight.
    assert re.findall(r'<button class="([^"]+)" name="answer"', text) == ["button", "button"]
    assert browser.as_(outsider).get(page(a)).status_code == browser.as_(outsider).get(page(b)).status_code == 404  # fmt: skip
    answer = browser.as_(minh).submit(page(a, "/answer"), suggestion=row.id, answer="accept")
    assert (answer.status_code, answer.headers["location"]) == (303, a.path)
    assert db.get(Proposal, a.id).status is Status.MERGED
    assert f'href="{a.path}"' in browser.get(b.path).text
    closed = browser.get(a.path).text
    assert f'href="{b.path}"' in closed
    assert "tác giả của sáng kiến kia đã đồng ý" in closed
    assert f'action="/proposals/{b.id}/vote"' not in closed
    again = browser.as_(minh).submit(page(a, "/answer"), suggestion=row.id, answer="decline")
    assert again.status_code == 409


def test_declined_on_the_page(browser: Browser, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    row = make.suggestion(ha, a, b)
    submit = browser.as_(minh).submit
    assert submit(page(a, "/answer"), suggestion=row.id, answer="", note="x" * 3000).status_code == 422  # fmt: skip
    assert submit(page(a, "/answer"), suggestion=row.id, answer="decline", note=HOSTILE).headers["location"] == "/mine"  # fmt: skip
    assert db.get(MergeSuggestion, row.id).outcome is MergeOutcome.DECLINED
    assert "&lt;script&gt;" in browser.as_(ha).get(page(a)).text
    assert "<script>alert" not in browser.as_(ha).get(page(a)).text
    words = "Đề nghị gộp không được đồng ý"
    seen = {who.name: words in browser.as_(who).get(a.path).text for who in (ha, minh, outsider)}
    assert seen == {"Hà": True, "Minh": True, "Người dưng": False}
    assert words not in browser.get(a.path).text


@pytest.mark.parametrize("how", ["ref", "number", "path", "permanent", "version"])
def test_the_other_is_named_in_any_way(browser: Browser, db: Database, a: Proposal, b: Proposal, lan: Account, how: str) -> None:  # fmt: skip
    typed = {"ref": f" {b.ref.lower()} ", "number": str(b.id), "path": f"{b.path}?lang=en#x", "permanent": f"{db.settings.base_url}/p/{b.ref}", "version": f"/p/{b.ref}/1"}[how]  # fmt: skip
    assert browser.as_(lan).submit(page(a), into=typed).status_code == 303
    assert db.all(MergeSuggestion)[0].into_id == b.id


@pytest.mark.parametrize("into", ["", "x", "TT-2026-99999", "0", "999999", "9223372036854775808", "9" * 5000, "\x00", "²", "http://[", "https://evil.example/proposals/1", "/proposals/1/edit", "//", "/p/"])  # fmt: skip
def test_the_other_is_nothing(browser: Browser, db: Database, a: Proposal, lan: Account, into: str) -> None:  # fmt: skip
    found = browser.as_(lan).submit(page(a), into=into, note=HOSTILE)
    assert found.status_code in {409, 422}
    assert "<script>alert" not in found.text
    assert db.count(MergeSuggestion) == 0


def test_supporters_and_followers_are_invited_and_nobody_is_counted_twice(browser: Browser, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    one, both, follower, against = (make.account(name) for name in ("Một", "Cả hai", "Theo dõi", "Không"))  # fmt: skip
    for voter, proposal in ((one, a), (both, a), (both, b)):
        make.vote(voter, proposal)
    with db.session() as session:
        follows.follow(session, follower, session.get_one(Proposal, a.id))
    make.merged(a, b)
    jobs.spread_news(db.engine, db.settings)
    told = {notice.account_id for notice in db.all(Notice)}
    assert told == {one.id, both.id, follower.id, ha.id}
    moment = days.latest(db.settings.news_hour, "Asia/Tokyo") + timedelta(days=1, minutes=1)
    for module in ("app.services.days", "app.services.news"):
        monkeypatch.setattr(f"{module}.now", lambda: moment)
    jobs.write_news(db.engine, db.settings)
    mails = {mail.recipient: mail for mail in db.all(Email, Email.name == "news")}
    for person, expected in ((one, True), (follower, True), (both, False)):
        mail = mails[str(person.email)]
        for text in (mail.text, mail.html):
            assert f"/proposals/{b.id}" in text
            assert ("ủng hộ thêm" in text) is expected
            assert ("đã ủng hộ sáng kiến đó" in text) is not expected
    assert "&lt;cho&gt;" in mails[str(one.email)].html
    button = f'action="/proposals/{b.id}/vote"'
    assert button in browser.as_(one).get(a.path).text
    for other in (both, follower, against):
        assert button not in browser.as_(other).get(a.path).text
    assert "đã ủng hộ sáng kiến đó" in browser.as_(both).get(a.path).text
    assert [make.reload(p).support_count for p in (a, b)] == [2, 1]
    assert browser.as_(one).submit(f"/proposals/{b.id}/vote", value="support").status_code == 303
    assert [make.reload(p).support_count for p in (a, b)] == [2, 2]


@pytest.mark.parametrize("leaver", ["asked", "suggester"])
def test_a_suggestion_ends_with_either_account(browser: Browser, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account, leaver: str) -> None:  # fmt: skip
    row = make.suggestion(ha, a, b, note="Lời của Hà")
    person = minh if leaver == "asked" else ha
    for one in (ha, minh):
        (make_file,) = [it.make for it in export_files.FILES if it.name == "merge_suggestions.json"]
        with db.session(writes=False) as session:
            (found,) = make_file(session, db.settings, session.get_one(Account, one.id))
        assert (found["by_you"], found["asked_you"], found["note"]) == (one is ha, one is minh, "Lời của Hà")  # fmt: skip
    browser.as_(person).submit("/account/delete", confirmation=person.email, proposals="keep")
    after = db.get(MergeSuggestion, row.id)
    assert (after.suggested_by, after.asked_id) == ((ha.id, None) if leaver == "asked" else (None, minh.id))  # fmt: skip
    assert after.note == ("Lời của Hà" if leaver == "asked" else "")
    jobs.lapse_merge_suggestions(db.engine, db.settings)
    assert db.get(MergeSuggestion, row.id).outcome is MergeOutcome.VOID
    left = ha if leaver == "asked" else minh
    assert page(a) not in browser.as_(left).get("/mine").text


def test_what_was_agreed_stays_when_they_leave(browser: Browser, db: Database, make: Make, a: Proposal, b: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    make.merged(a, b)
    browser.as_(ha).submit("/account/delete", confirmation=ha.email, proposals="keep")
    (row,) = db.all(MergeSuggestion)
    assert (row.outcome, row.asked_id) == (MergeOutcome.ACCEPTED, None)
    text = browser.get(a.path).text
    assert "tác giả đã đồng ý" in text
    assert f'href="{b.path}"' in text


def test_a_hidden_one_is_named_nowhere(browser: Browser, make: Make, a: Proposal, b: Proposal, ha: Account) -> None:  # fmt: skip
    make.merged(a, b)
    make.move(a, "hidden")
    assert a.ref not in browser.get(b.path).text
    make.restore(a)
    make.move(b, "hidden")
    assert b.title not in browser.get(a.path).text
