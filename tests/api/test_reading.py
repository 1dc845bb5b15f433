"""Reading proposals as a program: the shape of an item, the whole of one, filters, and what stays unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from app.models import Account, Campaign, Proposal
from tests.builders import Make
from tests.clients import Client
from tests.problems import assert_problem, fields_of

LIST = "/api/v1/proposals"
ITEM = {
    "id", "ref", "slug", "url", "title", "summary", "status", "pillar", "goals", "wards", "tags", "campaign_id",
    "author", "co_authors", "support_count", "oppose_count", "comment_count", "assessment_score", "published_at", "updated_at", "revision",
}  # fmt: skip
DETAIL = {
    "attachments",
    "citation",
    "merged_into",
    "problem",
    "solution",
    "expected_impact",
    "resources_needed",
    "html",
    "history",
    "pending_edit",
}
Build = Callable[..., Proposal]


def ids(client: Client, query: str = "") -> list[int]:
    answer = client.get(f"{LIST}?limit=100{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_an_empty_list(client: Client) -> None:
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"items": [], "next_cursor": None}
    assert "link" not in answer.headers


def test_an_item_has_the_promised_fields(client: Client, a_proposal: Build, minh: Account, standing: Campaign) -> None:  # fmt: skip
    made = a_proposal(minh, "published", title="Ao cho vịt")
    item = client.get(LIST).json()["items"][0]
    assert item.keys() == ITEM
    assert item["id"] == made.id
    assert item["ref"].startswith("TT-")
    assert item["slug"] == "ao-cho-vit"
    assert item["url"] == f"http://testserver/proposals/{made.id}-ao-cho-vit"
    assert item["author"] == {"id": minh.id, "name": "Minh", "is_expert": True}
    assert (item["pillar"], item["goals"], item["wards"], item["tags"]) == ("fields", ["joy-2033"], ["east"], ["ponds"])  # fmt: skip
    assert (item["support_count"], item["oppose_count"], item["revision"]) == (0, 0, 1)
    assert item["campaign_id"] == standing.id
    assert item["published_at"].endswith("Z")
    assert item["updated_at"].endswith("Z")


def test_the_single_one_adds_texts_and_history(client: Client, a_proposal: Build, ha: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "published", problem="Vịt **đói**.")
    detail = client.get(f"{LIST}/{made.id}").json()
    assert detail.keys() == ITEM | DETAIL
    assert detail["problem"] == "Vịt **đói**."
    assert detail["html"]["problem"] == "<p>Vịt <strong>đói</strong>.</p>\n"
    assert detail["html"].keys() == {"problem", "solution", "expected_impact", "resources_needed"}
    assert [step["status"] for step in detail["history"]] == ["published"]


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "rejected", "hidden"])
def test_nothing_unpublished_leaks(client: Client, a_proposal: Build, ha: Account, outsider: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    assert made.id not in ids(client)
    absent = assert_problem(client.get(f"{LIST}/999999"), 404, "not_found")
    for reader in (client, client.as_(outsider)):
        problem = assert_problem(reader.get(f"{LIST}/{made.id}"), 404, "not_found")
        assert problem | {"instance": ""} == absent | {"instance": ""}
    assert client.as_(ha).get(f"{LIST}/{made.id}").status_code == 200


@pytest.mark.parametrize(("status", "seen"), [("draft", 404), ("submitted", 200), ("returned", 200), ("rejected", 200), ("hidden", 200)])  # fmt: skip
def test_moderators_see_what_has_been_submitted(client: Client, a_proposal: Build, ha: Account, lan: Account, quan: Account, status: str, seen: int) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    for reader in (lan, quan):
        assert client.as_(reader).get(f"{LIST}/{made.id}").status_code == seen


def test_a_draft_that_was_withdrawn_stays_its_authors(client: Client, a_proposal: Build, ha: Account, lan: Account) -> None:  # fmt: skip
    made = a_proposal(ha, "withdrawn", before="draft")
    assert client.as_(ha).get(f"{LIST}/{made.id}").status_code == 200
    assert_problem(client.as_(lan).get(f"{LIST}/{made.id}"), 404)
    assert made.id not in ids(client, "&status=withdrawn")


@pytest.mark.parametrize("status", ["published", "under_consideration", "accepted", "in_progress", "completed", "declined"])  # fmt: skip
def test_listed_statuses(client: Client, a_proposal: Build, ha: Account, status: str) -> None:
    made, other = a_proposal(ha, status), a_proposal(ha, "published")
    assert set(ids(client)) == {made.id, other.id}
    found = ids(client, f"&status={status}")
    assert made.id in found
    assert (other.id in found) == (status == "published")


@pytest.mark.parametrize("status", ["withdrawn", "merged"])
def test_withdrawn_and_merged_are_listed_when_asked_for(client: Client, a_proposal: Build, ha: Account, status: str) -> None:  # fmt: skip
    made = a_proposal(ha, status)
    assert made.id not in ids(client)
    assert ids(client, f"&status={status}") == [made.id]
    assert client.get(f"{LIST}/{made.id}").json()["status"] == status


def test_filters_narrow_and_combine(client: Client, make: Make, ha: Account) -> None:
    campaign = make.campaign()
    pond = make.proposal(ha, "published", wards=["east", "west"], goals=["joy-2033"])
    song = make.proposal(ha, "published", pillar="songs", wards=[], goals=["joy-2033", "rest-2050"])
    mill = make.proposal(ha, "published", wards=["mill"], goals=[], campaign_id=campaign.id)
    expected: dict[str, list[Proposal]] = {
        "&pillar=songs": [song],
        "&pillar=fields": [mill, pond],
        "&goal=joy-2033": [song, pond],
        "&goal=rest-2050": [song],
        "&ward=west": [pond],
        "&ward=mill": [mill],
        f"&campaign={campaign.id}": [mill],
        "&campaign=999999": [],
        "&pillar=fields&goal=joy-2033": [pond],
        "&pillar=songs&ward=east": [],
        "&pillar=fields&ward=east&goal=joy-2033&status=published": [pond],
    }
    assert {query: ids(client, query) for query in expected} == {
        query: [one.id for one in found] for query, found in expected.items()
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=-1", "limit"), ("limit=abc", "limit"), ("limit=", "limit"),
        ("limit=1.5", "limit"), ("limit=99999999999999999999999", "limit"),
        ("sort=oldest", "sort"), ("sort=", "sort"), ("status=draft", "status"), ("status=hidden", "status"),
        ("status=x", "status"), ("pillar=x", "pillar"), ("pillar=%00", "pillar"), ("goal=x", "goal"), ("ward=x", "ward"),
        ("ward=%ED%A0%80", "ward"), ("campaign=x", "campaign"), ("campaign=0", "campaign"),
        ("campaign=9223372036854775808", "campaign"), ("page=2", "page"), ("%ED%A0%80=2", "\ufffd\ufffd\ufffd"),
        ("cursor=", "cursor"), ("cursor=x", "cursor"), ("cursor=%00", "cursor"), ("cursor=a.b.c", "cursor"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_422_and_named(client: Client, query: str, field: str) -> None:
    assert fields_of(client.get(f"{LIST}?{query}")) == {field}


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 5000, "%00", "1%20", "٣"])  # fmt: skip
def test_a_number_that_cannot_be_one_is_404(client: Client, ha: Account, number: str) -> None:
    assert_problem(client.get(f"{LIST}/{number}"), 404, "not_found")
    assert_problem(client.as_(ha).put(f"{LIST}/{number}/vote", json={"value": "support"}), 404)


def test_the_language_of_messages(client: Client) -> None:
    def detail(**headers: str) -> Any:
        return client.get(f"{LIST}/999999", headers=headers).json()["detail"]

    assert detail() == detail(**{"Accept-Language": "vi"}) == detail(**{"Accept-Language": "fr"})
    assert detail(**{"Accept-Language": "en"}) == "There is nothing here, or you may not see it."
    assert client.get(f"{LIST}/999999?lang=en").json()["detail"] == detail(**{"Accept-Language": "en"})  # fmt: skip


def test_a_trailing_slash_is_no_other_address(client: Client, make: Make, ha: Account) -> None:
    make.proposal(ha, "published")
    answer = client.get("/api/v1/proposals/?limit=1", headers={"Host": "evil.example"})
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 1
    assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize("path", ["proposals/1?x=1", "campaigns?limit=0", "pillars?x=1", "wards?lang=vi&lang=en", "statistics?cursor=x", "proposals?limit=1&limit=2"])  # fmt: skip
def test_an_unknown_or_repeated_parameter(client: Client, path: str) -> None:
    assert_problem(client.get(f"/api/v1/{path}"), 422, "form.invalid")


@pytest.mark.parametrize("number", ["+{}", "{}.0", "%20{}", "0_{}", "１"])
def test_a_number_is_written_in_digits(client: Client, make: Make, ha: Account, number: str) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    assert_problem(client.get(f"{LIST}/{number.format(made.id)}"), 404, "not_found")
    assert_problem(client.get(f"{LIST}?limit={number.format(1)}"), 422, "form.invalid")
