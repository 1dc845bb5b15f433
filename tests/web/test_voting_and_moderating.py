"""Voting and moderating on the pages: the same rules as over JSON, with redirects and pages for answers."""

from collections.abc import Callable

import pytest

from app.models import Account, Email, Event, Proposal, Status, Vote
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.web.test_sign_in import ask, kept_in, mailed_code, redeem

Build = Callable[..., Proposal]


def path(proposal: Proposal, action: str) -> str:
    return f"/proposals/{proposal.id}/{action}"


def test_supporting_and_taking_back(browser: Browser, a_proposal: Build, db: Database, ha: Account, minh: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    voter = browser.as_(minh)
    for value, rows in (("support", 1), ("support", 1), ("", 0), ("", 0)):
        answer = voter.submit(path(made, "vote"), value=value)
        assert (answer.status_code, answer.headers["location"]) == (303, made.path)
        assert voter.get(made.path).status_code == 200
        assert (db.count(Vote), db.get(Proposal, made.id).support_count) == (rows, rows)


@pytest.mark.parametrize("value", ["oppose", "x", "support "])
def test_a_vote_that_is_refused_is_said(browser: Browser, a_proposal: Build, db: Database, ha: Account, minh: Account, value: str) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    answer = browser.as_(minh).submit(path(made, "vote"), value=value)
    assert answer.status_code == (409 if value == "oppose" else 422)
    assert db.count(Vote) == 0


def test_a_guest_is_asked_to_sign_in(browser: Browser, a_proposal: Build, db: Database, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    page = browser.submit(path(made, "vote"), value="support")
    assert page.status_code == 401
    assert f'name="next" value="/proposals/{made.id}"' in page.text
    assert db.count(Vote) == 0


def test_the_queue_and_an_item(browser: Browser, a_proposal: Build, ha: Account, lan: Account) -> None:  # fmt: skip
    first = a_proposal(ha, "submitted", title="Chờ một")
    a_proposal(ha, "submitted", title="Chờ hai")
    a_proposal(ha, "published", title="Xong rồi")
    page = browser.as_(lan).get("/moderation").text
    assert page.index("Chờ một") < page.index("Chờ hai")
    assert "Xong rồi" not in page
    item = browser.as_(lan).get(f"/moderation/{first.id}")
    assert (item.status_code, first.problem[:8] in item.text) == (200, True)


@pytest.mark.parametrize(("decision", "status"), [("publish", "published"), ("return", "returned"), ("reject", "rejected")])  # fmt: skip
@pytest.mark.parametrize("then", ["queue", ""])
def test_a_decision(browser: Browser, make: Make, db: Database, ha: Account, lan: Account, decision: str, status: str, then: str) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    answer = browser.as_(lan).submit(path(made, "decision"), decision=decision, reason_code="off-topic", note="Vì.", revision="1", then=then)  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation" if then else made.path)  # fmt: skip
    assert make.reload(made).status == status
    assert (db.count(Email), db.all(Event)[-1].actor_id) == (1, lan.id)


def test_a_decision_without_a_reason_keeps_the_words(browser: Browser, make: Make, db: Database, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    page = browser.as_(lan).submit(path(made, "decision"), decision="return", reason_code="", note="Lời <dài>")  # fmt: skip
    assert page.status_code == 422
    assert "Lời &lt;dài&gt;" in page.text
    assert db.count(Email) == 0


@pytest.mark.parametrize("fields", [{}, {"decision": "x"}, {"decision": "hide"}, {"decision": "publish", "revision": "9"}, {"decision": "publish", "note": "a\x00b"}])  # fmt: skip
def test_a_bad_decision(browser: Browser, make: Make, ha: Account, lan: Account, fields: dict[str, str]) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    assert browser.as_(lan).submit(path(made, "decision"), **fields).status_code in {409, 422}
    assert make.reload(made).status is Status.SUBMITTED


def test_what_the_city_says(browser: Browser, make: Make, ha: Account, lan: Account) -> None:
    made = make.proposal(ha, "published")
    answer = browser.as_(lan).submit(path(made, "status"), status="under_consideration", note="Đang xem.")  # fmt: skip
    assert answer.status_code == 303
    assert "Đang xem." in browser.get(made.path).text
    assert browser.as_(lan).submit(path(made, "status"), status="published").status_code == 422


def test_the_mailbox_shows_mail_as_it_is(browser: Browser, make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    make.proposal(ha, "published", title="Ao & hồ")
    assert "Ao &amp; hồ" in browser.get("/dev/mailbox").text
    assert "ha@example.org" in browser.get(f"/dev/mailbox/{db.all(Email)[0].id}").text


def test_a_vote_without_a_value_is_none(browser: Browser, a_proposal: Build, db: Database, ha: Account, make: Make) -> None:  # fmt: skip
    made = a_proposal(ha, "published")
    make.vote(ha, made)
    assert browser.as_(ha).submit(path(made, "vote")).status_code == 422
    assert db.count(Vote) == 1


def test_a_moderators_words_outlive_the_session(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    waiting = make.proposal(ha, "submitted")
    typed = {"decision": "return", "reason_code": "incomplete", "note": "Xin nêu rõ nguồn lực."}
    refused = browser.submit(f"/proposals/{waiting.id}/decision", **typed)
    assert refused.status_code == 401
    kept = kept_in(refused)
    ask(browser, "lan@example.org", next=f"/moderation/{waiting.id}", kept=kept)
    page = redeem(browser, mailed_code(db, "lan@example.org"), "lan@example.org", next=f"/moderation/{waiting.id}", kept=kept)  # fmt: skip
    assert page.status_code == 200
    assert typed["note"] in page.text
    assert db.get(Proposal, waiting.id).status is Status.SUBMITTED


def test_words_for_an_item_decided_meanwhile_are_given_back(browser: Browser, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    waiting = make.proposal(ha, "submitted")
    make.move(waiting, "published")
    late = browser.as_(lan).submit(f"/proposals/{waiting.id}/decision", decision="return", reason_code="incomplete", note="Xin nêu rõ.")  # fmt: skip
    assert late.status_code == 409
    assert "Xin nêu rõ." in late.text
    assert "đã công bố" in late.text
