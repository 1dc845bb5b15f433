"""Administrators set up campaigns: dates in the city's time, rules that stay once somebody has voted."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.models import Account, Campaign, Level
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

FIELDS: dict[str, str] = {
    "title_vi": "Ao làng xanh", "title_en": "Green ponds", "question_vi": "Làm sao cho ao xanh?", "question_en": "How?",
    "submission_opens_at": "2026-11-01T08:00", "submission_closes_at": "2027-01-01T00:00",
    "voting_opens_at": "2026-11-15T00:00", "voting_closes_at": "2027-02-01T00:00",
    "votes_per_person": "5", "votes_need": "verified", "allows_opposition": "yes", "budget": "20000000", "currency": "VND",
}  # fmt: skip


def made(db: Database) -> Campaign:
    return db.all(Campaign, Campaign.slug == "ao-lang-xanh")[0]


def test_a_campaign_is_set_up(
    browser: Browser, client: Client, db: Database, quan: Account
) -> None:
    answer = browser.as_(quan).submit("/campaigns/new", **FIELDS)
    campaign = made(db)
    assert answer.headers["location"] == campaign.path
    assert campaign.title == {"vi": "Ao làng xanh", "en": "Green ponds"}
    assert campaign.submission_opens_at == datetime(
        2026, 10, 31, 23, tzinfo=UTC
    )  # Tinytown lies in Tokyo's zone.
    assert (campaign.votes_per_person, campaign.votes_need, campaign.allows_opposition) == (5, Level.VERIFIED, True)  # fmt: skip
    assert (campaign.budget, campaign.currency) == (Decimal(20000000), "VND")
    shown = client.get(f"/api/v1/campaigns/{campaign.id}?lang=en").json()
    assert shown["title"] == "Green ponds"
    assert "Ao làng xanh" in browser.get("/campaigns").text


def test_few_words_are_enough(browser: Browser, db: Database, quan: Account) -> None:
    browser.as_(quan).submit("/campaigns/new", title_vi="Ao làng xanh", question_vi="Gì?", votes_need="email")  # fmt: skip
    campaign = made(db)
    assert (campaign.voting_opens_at, campaign.votes_per_person, campaign.allows_opposition) == (None, None, False)  # fmt: skip


BAD: list[dict[str, str]] = [
    {"title_vi": ""}, {"title_vi": "\u200b"}, {"question_vi": ""}, {"title_vi": "x" * 201}, {"submission_opens_at": "morgen"}, {"voting_closes_at": "2026-11-15T00:00"},
    {"submission_closes_at": "2026-10-01T00:00"}, {"votes_per_person": "0"}, {"votes_per_person": "x"}, {"votes_per_person": "1001"}, {"votes_need": "king"},
    {"budget": "-1"}, {"budget": "1e99"}, {"budget": "NaN"}, {"currency": "đồng"}, {"currency": ""}, {"submission_opens_at": "0001-01-01T00:00"}, {"voting_closes_at": "9999-12-31T23:59"},
]  # fmt: skip


@pytest.mark.parametrize("change", BAD, ids=str)
def test_what_cannot_be_is_refused_and_given_back(browser: Browser, db: Database, quan: Account, change: dict[str, str]) -> None:  # fmt: skip
    page = browser.as_(quan).submit("/campaigns/new", **(FIELDS | change))
    assert page.status_code == 422
    assert "has-error" in page.text
    assert 'value="Green ponds"' in page.text
    assert db.count(Campaign) == 1


def test_a_campaign_is_changed(browser: Browser, db: Database, quan: Account) -> None:
    own = browser.as_(quan)
    own.submit("/campaigns/new", **FIELDS)
    number = made(db).id
    page = own.get(f"/campaigns/{number}/edit").text
    for value in ("2026-11-01T08:00", "Ao làng xanh", 'value="5"', 'value="VND"'):
        assert value in page
    changed = FIELDS | {"title_vi": "Ao làng trong", "voting_closes_at": "2027-03-01T00:00", "votes_per_person": ""}  # fmt: skip
    assert own.submit(f"/campaigns/{number}/edit", **changed).status_code == 303
    found = db.get(Campaign, number)
    assert (found.title["vi"], found.slug, found.votes_per_person) == ("Ao làng trong", "ao-lang-trong", None)  # fmt: skip


def test_the_rules_stay_once_somebody_has_voted(browser: Browser, db: Database, make: Make, quan: Account, ha: Account) -> None:  # fmt: skip
    own = browser.as_(quan)
    own.submit("/campaigns/new", **(FIELDS | {"votes_need": "email"}))
    campaign = made(db)
    make.vote(ha, make.proposal(quan, "published", campaign_id=campaign.id))
    address = f"/campaigns/{campaign.id}/edit"
    for change in ({"votes_need": "verified"}, {"votes_per_person": "6"}, {"allows_opposition": ""}):  # fmt: skip
        refused = own.submit(address, **(FIELDS | {"votes_need": "email"} | change))
        assert refused.status_code == 409
        assert "đã có phiếu" in refused.text
    assert db.get(Campaign, campaign.id) == campaign
    later = FIELDS | {"votes_need": "email", "voting_closes_at": "2027-03-01T00:00"}
    assert own.submit(address, **later).status_code == 303


def test_voting_that_has_ended_is_not_opened_again(browser: Browser, db: Database, make: Make, quan: Account, ha: Account) -> None:  # fmt: skip
    """Else one could vote, leave, sign up anew and vote once more."""
    own, fields = browser.as_(quan), FIELDS | {"votes_need": "email"}
    own.submit("/campaigns/new", **fields)
    campaign = made(db)
    make.vote(ha, make.proposal(quan, "published", campaign_id=campaign.id))
    address = f"/campaigns/{campaign.id}/edit"
    assert own.submit(address, **(fields | {"voting_closes_at": "2026-11-20T00:00"})).status_code == 303  # fmt: skip
    for later in ("2027-03-01T00:00", ""):
        refused = own.submit(address, **(fields | {"voting_closes_at": later}))
        assert refused.status_code == 409
        assert "đã kết thúc" in refused.text
    assert own.submit(address, **(fields | {"voting_closes_at": "2026-11-19T00:00"})).status_code == 303  # fmt: skip


def test_what_is_not_set_up_here_stays(browser: Browser, db: Database, make: Make, quan: Account) -> None:  # fmt: skip
    imported = make.campaign(source="pabulib:x", source_digest="x")
    standing = db.all(Campaign, Campaign.is_standing)[0]  # type: ignore[arg-type]
    for campaign in (imported, standing):
        address = f"/campaigns/{campaign.id}/edit"
        assert browser.as_(quan).get(address).status_code == 409
        assert browser.as_(quan).submit(address, **FIELDS).status_code == 409
        assert db.get(Campaign, campaign.id).title == campaign.title


def test_words_are_shown_as_text(browser: Browser, db: Database, quan: Account) -> None:
    hostile: dict[str, Any] = {"title_vi": "<script>alert(1)</script>", "question_vi": "<img src=x onerror=alert(1)>"}  # fmt: skip
    browser.as_(quan).submit("/campaigns/new", **(FIELDS | hostile))
    address = db.all(Campaign)[-1].path
    for path in (address, "/campaigns", "/"):
        page = browser.get(path).text
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
