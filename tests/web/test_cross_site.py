"""Requests that another site makes a browser send are refused; the API, which knows no cookies, needs no such guard."""

import pytest

from app.models import Account, Vote
from tests.builders import Make, content
from tests.clients import Browser, Client
from tests.databases import Database

EVIL = [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "x"}, {"Origin": "https://evil.example"},
    {"Origin": "null"}, {"Origin": "http://testserver.evil.example"}, {"Origin": "http://["}, {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, {"Origin": "http://testserver:81"},
]  # fmt: skip


@pytest.mark.parametrize("headers", EVIL, ids=str)
@pytest.mark.parametrize("action", ["vote", "withdraw", "sign-out"])
def test_another_site(browser: Browser, make: Make, db: Database, ha: Account, headers: dict[str, str], action: str) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    path = "/sign-out" if action == "sign-out" else f"/proposals/{made.id}/{action}"
    answer = browser.as_(ha).post(path, data={"value": "support"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert db.count(Vote) == 0
    assert make.reload(made).status == "published"
    assert browser.as_(ha).get("/mine").status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}, {}], ids=str)  # fmt: skip
def test_this_site(browser: Browser, make: Make, db: Database, ha: Account, headers: dict[str, str]) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    answer = browser.as_(ha).post(f"/proposals/{made.id}/vote", data={"value": "support"}, headers=headers)  # fmt: skip
    assert answer.status_code == 303
    assert db.count(Vote) == 1


def test_reading_from_anywhere(browser: Browser, ha: Account) -> None:
    assert browser.as_(ha).get("/mine", headers=EVIL[0]).status_code == 200


def test_the_api_from_anywhere(client: Client, ha: Account) -> None:
    answer = client.as_(ha).post("/api/v1/proposals", json=content(), headers=EVIL[3])
    assert answer.status_code == 201
