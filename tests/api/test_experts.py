"""Experts over JSON: the shape of an item and of the whole, filters, paging, and no address ever."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from app.models import Account
from app.services import accounts
from tests.builders import Make
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

LIST = "/api/v1/experts"


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}?limit=100{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def test_an_empty_list(client: Client) -> None:
    answer = client.get(LIST)
    assert answer.json() == {"items": [], "next_cursor": None}
    assert "link" not in answer.headers


def test_an_item_and_the_whole(client: Client, make: Make) -> None:
    an = make.expert("An")
    make.proposal(an, "published")
    make.proposal(an, "submitted")
    item: dict[str, Any] = {
        "id": an.id, "name": "An", "url": f"http://testserver/experts/{an.id}", "field": "ducks", "affiliation": "Viện Vịt",
        "country": "VN", "orcid": "0000-0002-1825-0097", "proposals": 1,
    }  # fmt: skip
    assert client.get(LIST).json()["items"] == [item]
    assert client.get(f"{LIST}/{an.id}").json() == {
        **item,
        "biography": "Tôi hiểu **vịt**.",
        "biography_html": "<p>Tôi hiểu <strong>vịt</strong>.</p>\n",
        "links": ["https://vit.example.org/toi"],
        "languages": ["vi", "en"],
    }


def test_an_appointed_expert_has_a_name_only(client: Client, minh: Account) -> None:
    whole = client.get(f"{LIST}/{minh.id}").json()
    assert (whole["name"], whole["proposals"], whole["biography"], whole["links"]) == ("Minh", 0, "", [])  # fmt: skip
    assert {whole[name] for name in ("field", "affiliation", "country", "orcid")} == {None}


def test_filters(client: Client, make: Make, minh: Account) -> None:
    make.expert("An")
    make.expert("Bình", field="mills", country="FR")
    make.expert("Cúc", country="FR")
    assert names(client) == ["An", "Bình", "Cúc", "Minh"]
    assert names(client, "&field=ducks") == ["An", "Cúc"]
    assert names(client, "&country=FR") == ["Bình", "Cúc"]
    assert names(client, "&country=FR&field=mills") == ["Bình"]
    assert names(client, "&country=JP") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("field=x", "field"), ("field=", "field"), ("country=XX", "country"), ("country=vn", "country"),
        ("country=EU", "country"), ("cursor=x", "cursor"), ("page=2", "page"), ("email=x", "email"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_422_and_named(client: Client, query: str, field: str) -> None:
    assert fields_of(client.get(f"{LIST}?{query}")) == {field}


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_a_crawl_sees_each_once(client: Client, make: Make, limit: int) -> None:
    made = [make.expert(name).id for name in ("An", "Bình", "An", "Ổi", "Đức")]
    seen: list[int] = []
    address: str | None = f"{LIST}?limit={limit}"
    while address:
        answer = client.get(address)
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["next_cursor"] is None)
        parts = urlsplit(link[1:].split(">")[0]) if link else None
        address = f"{parts.path}?{parts.query}" if parts else None
    assert sorted(seen) == sorted(made)


def test_a_cursor_belongs_to_its_list(client: Client, make: Make) -> None:
    for name in ("An", "Bình"):
        make.expert(name)
    cursor = client.get(f"{LIST}?limit=1").json()["next_cursor"]
    assert client.get(f"{LIST}?limit=1&cursor={cursor}").status_code == 200
    assert fields_of(client.get(f"{LIST}?limit=1&country=VN&cursor={cursor}")) == {"cursor"}
    assert fields_of(client.get(f"/api/v1/proposals?cursor={cursor}")) == {"cursor"}


def test_whoever_is_no_expert_is_nobody(client: Client, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    make.application(ha)
    closed = make.expert("Bị khóa")
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, closed.id))
    absent = assert_problem(client.get(f"{LIST}/999999"), 404, "not_found")
    for account in (ha, closed):
        problem = assert_problem(client.get(f"{LIST}/{account.id}"), 404, "not_found")
        assert problem | {"instance": ""} == absent | {"instance": ""}
    assert names(client) == []
    assert client.get("/api/v1/statistics").json()["experts"] == 0


@pytest.mark.parametrize("number", ["0", "x", "2147483648", "9223372036854775808", "+1"])
def test_a_number_that_cannot_be_one(client: Client, number: str) -> None:
    assert_problem(client.get(f"{LIST}/{number}"), 404, "not_found")


def test_no_address_is_ever_given(client: Client, make: Make, lan: Account) -> None:
    an = make.expert("An")
    for reader in (client, client.as_(an), client.as_(lan)):
        for path in (LIST, f"{LIST}/{an.id}"):
            text = reader.get(path).text
            assert "email" not in text
            assert an.email not in text


def test_an_experts_proposals(client: Client, make: Make, ha: Account) -> None:
    an = make.expert("An")
    own = make.proposal(an, "published")
    make.proposal(an, "draft")
    make.proposal(ha, "published")
    items = client.get(f"/api/v1/proposals?author={an.id}").json()["items"]
    assert [item["id"] for item in items] == [own.id]
    assert fields_of(client.get("/api/v1/proposals?author=x")) == {"author"}
