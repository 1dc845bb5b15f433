"""The city's lists, campaigns and figures; that Tinytown's are served shows that no city is built in."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.database import now
from app.models import Account, Campaign
from tests.builders import Make
from tests.clients import Client
from tests.problems import assert_problem


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("pillars", ["fields", "songs"]),
        ("goals", ["joy-2033", "rest-2050"]),
        ("wards", ["east", "west", "mill"]),
        (
            "reasons",
            [
                "incomplete",
                "off-topic",
                "spam",
                "duplicate",
                "personal_data",
                "insult",
                "advertising",
                "unlawful",
            ],
        ),
        ("expertises", ["ducks", "mills"]),
    ],
)
def test_a_list_is_the_packs(client: Client, name: str, codes: list[str]) -> None:
    body = client.get(f"/api/v1/{name}").json()
    assert [entry["code"] for entry in body["items"]] == codes
    for entry in body["items"]:
        assert entry["names"].keys() == {"vi", "en"}
        assert entry["name"] == entry["names"]["vi"]


def test_names_come_in_the_language_asked_for(client: Client) -> None:
    def first(query: str = "", **headers: str) -> Any:
        return client.get(f"/api/v1/wards{query}", headers=headers).json()["items"][0]["name"]

    assert first() == "Xóm Đông"
    assert first("?lang=en") == first(**{"Accept-Language": "en-GB,en;q=0.9"}) == "East hamlet"
    assert first("?lang=vi", **{"Accept-Language": "en"}) == "Xóm Đông"


def test_campaigns(client: Client, make: Make, standing: Campaign) -> None:
    at = now()
    call = make.campaign(
        submission_opens_at=at - timedelta(days=9), submission_closes_at=at - timedelta(days=1),
        voting_opens_at=at - timedelta(days=1), voting_closes_at=at + timedelta(days=9),
        votes_per_person=3, allows_opposition=True, budget="1500.50", currency="EUR",
    )  # fmt: skip
    first, second = client.get("/api/v1/campaigns").json()["items"]
    assert (first["id"], first["is_standing"], first["title"]) == (standing.id, True, "Hòm thư thị trấn")  # fmt: skip
    phase = {"opens_at": None, "closes_at": None, "is_open": True}
    assert (first["submission"], first["voting"]) == (phase, phase)
    assert (first["votes_per_person"], first["allows_opposition"], first["budget"]) == (None, False, None)  # fmt: skip
    assert (second["submission"]["is_open"], second["voting"]["is_open"]) == (False, True)
    assert (second["votes_per_person"], second["allows_opposition"]) == (3, True)
    assert (second["budget"], second["currency"]) == ("1500.50", "EUR")
    assert client.get(f"/api/v1/campaigns/{call.id}").json() == second


@pytest.mark.parametrize("number", ["999999", "0", "x", "-1", "9223372036854775808", "2147483648"])
def test_no_such_campaign(client: Client, number: str) -> None:
    assert_problem(client.get(f"/api/v1/campaigns/{number}"), 404, "not_found")


def test_statistics_count_what_is_public(client: Client, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    public = make.proposal(ha, "published")
    make.proposal(ha, "completed", pillar="songs")
    hidden = make.proposal(ha, "published")
    make.vote(minh, public)
    make.vote(minh, hidden)
    make.move(hidden, "hidden")
    for status in ("draft", "submitted", "withdrawn"):
        make.proposal(ha, status)
    assert client.get("/api/v1/statistics").json() == {
        "proposals": 2,
        "by_status": {"published": 1, "completed": 1},
        "by_pillar": {"fields": 1, "songs": 1},
        "votes": 1,
        "voters": 1,
        "campaigns": 1,
        "experts": 1,
    }


def test_nothing_of_hanoi_is_served(client: Client, make: Make, ha: Account) -> None:
    make.proposal(ha, "published")
    for path in (
        "proposals",
        "campaigns",
        "pillars",
        "goals",
        "wards",
        "reasons",
        "expertises",
        "experts",
        "openapi.json",
    ):
        text = client.get(f"/api/v1/{path}").text
        assert not re.search(r"hanoi|hà nội", text, re.IGNORECASE), path
