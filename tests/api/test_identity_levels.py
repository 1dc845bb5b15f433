"""A campaign may count the votes of verified people only: 403 for others, through both doors."""

import pytest

from app.models import Account, Level, Vote
from app.services import identities
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database


@pytest.fixture
def strict(make: Make, minh: Account) -> int:
    campaign = make.campaign(votes_need=Level.VERIFIED)
    return make.proposal(minh, "published", campaign_id=campaign.id).id


def vouch_for(db: Database, account: Account) -> None:
    with db.session() as session:
        claimed = identities.claim(db.settings, "desk", "desk", "001098000001")
        identities.attach(session, db.settings, account, claimed)


def test_only_the_verified_vote(client: Client, db: Database, strict: int, ha: Account) -> None:
    path = f"/api/v1/proposals/{strict}/vote"
    refused = client.as_(ha).put(path, json={"value": "support"})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("#vote.needs_verified")
    assert db.count(Vote) == 0
    assert client.as_(ha).delete(path).status_code == 204
    vouch_for(db, ha)
    assert client.as_(ha).put(path, json={"value": "support"}).json()["support_count"] == 1


def test_the_page_says_what_is_missing(browser: Browser, db: Database, strict: int, ha: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    address = own.get(f"/proposals/{strict}").headers["location"]
    assert "/account/identity" in own.get(address).text
    assert own.submit(f"/proposals/{strict}/vote", value="support").status_code == 403
    vouch_for(db, ha)
    assert "/account/identity" not in own.get(address).text
    assert own.submit(f"/proposals/{strict}/vote", value="support").status_code == 303
    assert db.count(Vote) == 1


def test_the_api_says_whose_votes_count(client: Client, strict: int) -> None:
    needs = [one["votes_need"] for one in client.get("/api/v1/campaigns").json()["items"]]
    assert sorted(needs) == ["email", "verified"]
