"""What a careless parser would stumble over is refused at once: 4xx with a problem, nothing written, never 5xx."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.models import Account
from tests.builders import Make, content
from tests.clients import Client
from tests.databases import Database
from tests.problems import assert_problem

HUGE_INTEGER = "9" * 5000
# Raw JSON in place of a text.
BAD_TEXTS = {
    "lone high surrogate": r'"\ud800"',
    "lone low surrogate": r'"x\udc00y"',
    "surrogates the wrong way round": r'"\udc00\ud800"',
    "NUL": r'"a\u0000b"',
    "escape character": r'"a\u001bb"',
    "bidirectional override": r'"a\u202eb"',
    "null": "null",
    "integer": "1",
    "true": "true",
    "list": '["x"]',
    "object": '{"x": 1}',
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "5,000 digits": HUGE_INTEGER,
    "-5,000 digits": f"-{HUGE_INTEGER}",
    "300 digits": "9" * 300,
    "2^63": "9223372036854775808",
    "leading zero": "01",
    "raw line feed": '"a\nb"',
    "single quotes": "'x'",
    "900 lists deep": "[" * 900 + "]" * 900,
    "10,000 lists deep": "[" * 10_000 + "]" * 10_000,
    "100,000 lists deep": "[" * 100_000 + "]" * 100_000,
    "10,000 objects deep": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "10,000 lists left open": "[" * 10_000,
}
BAD_BODIES = {
    "empty": b"",
    "cut off": b'{"title": "x"',
    "not JSON": b"title=x",
    "list": b"[]",
    "null": b"null",
    "number": b"1",
    "text": b'"x"',
    "invalid UTF-8": b'{"title": "\xff\xfe", "value": "\xff"}',
    "overlong UTF-8": b'{"title": "\xc0\xaf", "value": "\xc0\xaf"}',
    "UTF-8 surrogate": b'{"title": "\xed\xa0\x80"}',
    "UTF-16": '{"value": "support"}'.encode("utf-16"),
    "10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "100,000 objects deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "10 MB": b'{"title": "' + b"x" * 10_000_000 + b'"}',
    "10 MB of brackets": b"[" * 10_000_000,
    "two documents": b'{"value": "support"}{"value": "support"}',
    "trailing comma": b'{"value": "support",}',
    "unknown key with a lone surrogate": rb'{"\ud800": 1}',
    "unknown key with NUL": rb'{"a\u0000b": 1}',
    "unknown key of 100,000 letters": b'{"' + b"k" * 100_000 + b'": 1}',
}


class Door:
    """A route that takes JSON, with a body it would accept and the name of a text in it."""

    def __init__(
        self, client: Client, method: str, path: str, body: dict[str, Any], text: str
    ) -> None:
        self.client, self.method, self.path, self.body, self.text = client, method, path, body, text

    def send(self, body: bytes, content_type: str = "application/json") -> httpx.Response:
        headers = {"Content-Type": content_type}
        return self.client.request(self.method, self.path, content=body, headers=headers)

    def with_raw(self, field: str, raw: str) -> bytes:
        mark = "put it here"
        text = json.dumps(self.body | {field: mark})
        return text.replace(json.dumps(mark), raw).encode()


@pytest.fixture
def doors(client: Client, make: Make, ha: Account, lan: Account) -> list[Door]:
    draft, public = make.proposal(ha), make.proposal(ha, "published")
    waiting = make.proposal(ha, "submitted")
    other = make.proposal(ha, "published")
    author, moderator = client.as_(ha), client.as_(lan)
    comment = make.comment(ha, other)
    path, one = "/api/v1/proposals", f"/api/v1/comments/{comment.id}"
    decision = {"decision": "publish", "note": "x"}
    return [
        Door(author, "POST", path, content(), "title"),
        Door(author, "PATCH", f"{path}/{draft.id}", {"title": "Another"}, "title"),
        Door(author, "PUT", f"{path}/{public.id}/vote", {"value": "support"}, "value"),
        Door(moderator, "POST", f"{path}/{waiting.id}/decision", decision, "note"),
        Door(moderator, "POST", f"{path}/{public.id}/status", {"status": "declined", "note": "x"}, "note"),
        Door(author, "POST", f"{path}/{public.id}/comments", {"text": "x"}, "text"),
        Door(author, "PATCH", one, {"text": "x"}, "text"),
        Door(moderator, "POST", f"{one}/decision", {"decision": "keep", "note": "x"}, "note"),
        Door(moderator, "POST", f"{path}/{public.id}/merge-suggestions", {"into": other.id, "note": "x"}, "note"),
    ]  # fmt: skip


@pytest.fixture
def refused(db: Database, doors: list[Door]) -> Callable[..., None]:
    """Checks that every door refuses what a function makes of it, and that nothing is written."""

    def check(send: Callable[[Door], httpx.Response], status: int | None = None) -> None:
        before = db.counts()
        for door in doors:
            answer = send(door)
            assert 400 <= answer.status_code < 500, (door.path, answer.text[:300])
            assert_problem(answer, status or answer.status_code)
        assert db.counts() == before

    return check


@pytest.mark.parametrize("raw", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_a_bad_value_for_a_text(refused: Callable[..., None], raw: str) -> None:
    refused(lambda door: door.send(door.with_raw(door.text, raw)))


@pytest.mark.parametrize("raw", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_a_bad_value_for_an_unknown_field(refused: Callable[..., None], raw: str) -> None:
    refused(lambda door: door.send(door.with_raw("unknown", raw)))


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_bad_body(refused: Callable[..., None], body: bytes) -> None:
    refused(lambda door: door.send(body))


def test_a_body_over_the_limit_is_413(refused: Callable[..., None]) -> None:
    refused(lambda door: door.send(b" " * 1_000_001), 413)


def test_an_unknown_field_is_422(refused: Callable[..., None]) -> None:
    refused(lambda door: door.send(json.dumps(door.body | {"role": "admin"}).encode()), 422)


def test_an_internal_field_is_422(refused: Callable[..., None]) -> None:
    for field in ("id", "author_id", "support_count", "published_at", "ref", "merged_into_id"):
        refused(lambda door, f=field: door.send(json.dumps(door.body | {f: 1}).encode()), 422)


def test_a_great_many_keys(refused: Callable[..., None], doors: list[Door]) -> None:
    """Each that is not known costs a sentence: 80,000 took a second and more."""
    many = ",".join(f'"a{n}":1' for n in range(80_000)).encode()
    refused(lambda door: door.send(b"{" + many + b"}"), 413)
    nested = ",".join(['{"a":1,"b":2}'] * 501)
    refused(lambda door: door.send(door.with_raw("unknown", f"[{nested}]")), 413)
    problem = doors[0].client.post(f"{doors[0].path}?lang=en", content=b"{" + many + b"}", headers={"Content-Type": "application/json"})  # fmt: skip
    assert_problem(problem, 413, "json.too_many_keys")
    assert problem.json()["detail"] == "The JSON has more than 1000 keys."


def test_a_key_given_twice(refused: Callable[..., None]) -> None:
    def twice(door: Door) -> httpx.Response:
        once = json.dumps(door.body)
        return door.send(f"{once[:-1]}, {json.dumps(door.text)}: {json.dumps(door.body[door.text])}}}".encode())  # fmt: skip

    refused(twice, 400)


def test_a_key_given_twice_deep_inside(refused: Callable[..., None]) -> None:
    refused(lambda door: door.send(door.with_raw("unknown", '[{"a": {"b": 1, "b": 1}}]')), 400)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png", "application/jsonp", "", "x"],
)  # fmt: skip
def test_another_content_type(refused: Callable[..., None], content_type: str) -> None:
    refused(lambda door: door.send(json.dumps(door.body).encode(), content_type))


@pytest.mark.parametrize("content_type", ["APPLICATION/JSON", "application/json ; charset=utf-8", "application/merge-patch+json", "application/json;json"])  # fmt: skip
def test_no_content_type_gets_past_the_strict_parser(
    refused: Callable[..., None], content_type: str
) -> None:
    refused(lambda door: door.send(b'{"value": "support", "value": "support"}', content_type))


@pytest.mark.parametrize("raw", ["9223372036854775807", "9223372036854775808", "1e30", "1.0", '"1"', "true", "-1", "0", "null", HUGE_INTEGER])  # fmt: skip
def test_a_bad_number(refused: Callable[..., None], doors: list[Door], raw: str) -> None:
    numbers = {"/merge-suggestions": "into", "/decision": "revision"}

    def send(door: Door) -> httpx.Response:
        field = next((f for end, f in numbers.items() if door.path.endswith(end)), "campaign_id")
        return door.send(door.with_raw(field, raw))

    if raw == "null":  # null is how a program says “none”: no campaign, no revision.
        doors[:] = [
            door for door in doors if door.path.endswith(("/merge-suggestions", "/vote", "/status"))
        ]
    refused(send)


@pytest.mark.parametrize("raw", ['"yes"', '"true"', "1", "0", '"on"', "null", "[]"])
def test_draft_takes_true_and_false_only(doors: list[Door], db: Database, raw: str) -> None:
    before = db.counts()
    assert_problem(doors[0].send(doors[0].with_raw("draft", raw)), 422, "form.invalid")
    assert db.counts() == before


def test_a_surrogate_pair_is_a_character(doors: list[Door]) -> None:
    answer = doors[0].send(doors[0].with_raw("title", r'"Duck \ud83e\udd86"'))
    assert answer.status_code == 201
    assert answer.json()["title"] == "Duck 🦆"


@pytest.mark.parametrize("body", [b'{"note": "x"}', b"[]", b'"x"', b"null", b"x", b'{"a": 1, "a": 1}', b"\xff"])  # fmt: skip
def test_a_route_without_fields_takes_none(
    db: Database, client: Client, make: Make, ha: Account, body: bytes
) -> None:
    draft, public = make.proposal(ha), make.proposal(ha, "published")
    make.vote(ha, public)
    author = client.as_(ha)
    before = db.counts()
    path = "/api/v1/proposals"
    for method, end in (
        ("POST", f"{draft.id}/submit"),
        ("POST", f"{public.id}/withdraw"),
        ("DELETE", f"{public.id}/vote"),
    ):
        answer = author.request(method, f"{path}/{end}", content=body)
        assert_problem(answer, answer.status_code)
        assert answer.status_code in {400, 422}, (end, answer.text)
    assert db.counts() == before


def test_a_route_without_fields_takes_an_empty_object(client: Client, make: Make, ha: Account) -> None:  # fmt: skip
    draft = make.proposal(ha)
    answer = client.as_(ha).post(f"/api/v1/proposals/{draft.id}/submit", json={})
    assert answer.json()["status"] == "submitted"
