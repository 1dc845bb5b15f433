"""The public moderation record as data: what is in it, what is not, its filters and pages; JSON, CSV and the feed."""

import base64
import csv
import io
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from app.models import Account, City, Outcome, QueueKind, Reason, RecordMonth, Ruling
from app.web import record_data
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import fields_of

RECORD = "/api/v1/moderation/record"
PAGE = "/moderation-record"
NOON = datetime(
    2026, 4, 30, 16, 17, 18, tzinfo=UTC
)  # In Tinytown it is the first of May, after one.
SECRETS = ("Bí mật", "Kín", "Lan", "16:17", "17:18", "01:17")


@pytest.fixture
def rows(db: Database, make: Make, lan: Account, ha: Account) -> list[Ruling]:
    """Decisions with all that must not be seen, oldest first."""
    hidden = make.proposal(ha, "hidden", title="Bí mật", summary="Kín")
    with db.session() as session:
        for row in db.all(Ruling):
            session.delete(row)
        common = {"actor_id": lan.id, "account_id": ha.id, "note": "Kín"}
        session.add_all([
            Ruling(**common, kind=QueueKind.PROPOSAL, subject_id=hidden.id, proposal_id=hidden.id, outcome=Outcome.HIDE, reason_code="insult", decided_at=NOON - timedelta(days=40), waited_since=NOON - timedelta(days=41)),
            Ruling(**common, kind=QueueKind.COMMENT, subject_id=987654, outcome=Outcome.REJECT, reason_code="spam", decided_at=NOON - timedelta(hours=2)),
            Ruling(**common, kind=QueueKind.ACCOUNT, subject_id=ha.id, outcome=Outcome.BAN, reason_code="spam", decided_at=NOON),
            Ruling(**common, kind=QueueKind.APPEAL, subject_id=987654, outcome=Outcome.UPHOLD, decided_at=NOON),
        ])  # fmt: skip
    return db.all(Ruling)


def records(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_every_decision_with_its_day_and_no_more(client: Client, rows: list[Ruling]) -> None:
    first, second, ban, appeal = rows
    answer = client.get(RECORD)
    assert records(answer) == [
        {"id": appeal.id, "date": "2026-05-01", "kind": "appeal", "outcome": "uphold", "reason_code": None, "is_consequence": False},
        {"id": ban.id, "date": "2026-05-01", "kind": "account", "outcome": "ban", "reason_code": "spam", "is_consequence": False},
        {"id": second.id, "date": "2026-04-30", "kind": "comment", "outcome": "reject", "reason_code": "spam", "is_consequence": False},
        {"id": first.id, "date": "2026-03-22", "kind": "proposal", "outcome": "hide", "reason_code": "insult", "is_consequence": False},
    ]  # fmt: skip


@pytest.mark.parametrize("address", [RECORD, f"{RECORD}?limit=1", f"{RECORD}/monthly", PAGE, f"{PAGE}.csv", f"{PAGE}.atom"])  # fmt: skip
def test_nothing_leads_to_a_person_or_to_what_is_hidden(browser: Browser, rows: list[Ruling], ha: Account, address: str) -> None:  # fmt: skip
    text = browser.get(address).text
    for secret in (*SECRETS, ha.name, "987654", f"/proposals/{rows[0].subject_id}"):
        assert secret not in text


def test_a_cursor_tells_no_time_of_day(client: Client, rows: list[Ruling]) -> None:
    cursor = client.get(f"{RECORD}?limit=1").json()["next_cursor"]
    said = cursor.rpartition(".")[0]
    # A leading dot says that it is compressed (itsdangerous).
    plain = base64.urlsafe_b64decode(said.lstrip(".") + "=" * (-len(said.lstrip(".")) % 4))
    plain = zlib.decompress(plain) if said.startswith(".") else plain
    assert json.loads(plain)[2:] == [0, rows[3].id]


@pytest.mark.parametrize("limit", [1, 3])
def test_it_is_read_page_by_page(client: Client, rows: list[Ruling], limit: int) -> None:
    seen: list[int] = []
    cursor = None
    while True:
        page = client.get(RECORD, params={"limit": limit} | ({"cursor": cursor} if cursor else {})).json()  # fmt: skip
        seen += [one["id"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [row.id for row in rows[::-1]]


@pytest.mark.parametrize(
    ("query", "places"),
    [("month=2026-05", [3, 2]), ("month=2026-04", [1]), ("month=2025-05", []), ("kind=appeal", [3]), ("outcome=hide", [0]), ("reason=spam", [2, 1]), ("reason=spam&month=2026-05", [2]), ("kind=comment&outcome=reject&reason=spam&month=2026-04", [1]), ("kind=comment&outcome=ban", [])],
)  # fmt: skip
def test_the_filters_are_the_same_everywhere(browser: Browser, client: Client, rows: list[Ruling], query: str, places: list[int]) -> None:  # fmt: skip
    numbers = [rows[place].id for place in places]
    assert [one["id"] for one in records(client.get(f"{RECORD}?{query}"))] == numbers
    lines = list(csv.DictReader(io.StringIO(browser.get(f"{PAGE}.csv?{query}").text.removeprefix("\ufeff"))))  # fmt: skip
    assert [int(line["id"]) for line in lines] == numbers
    feed = etree.fromstring(browser.get(f"{PAGE}.atom?{query}").content)
    assert [int(one.text.rsplit("/", 1)[1]) for one in feed.findall("{*}entry/{*}id")] == numbers
    page = browser.get(f"{PAGE}?{query}").text
    assert [number for number in (row.id for row in rows[::-1]) if f'id="decision-{number}"' in page] == numbers  # fmt: skip


@pytest.mark.parametrize("query", ["month=2026-13", "month=2026", "month=26-05", "month=99999-01", "month=2026-05-01", "kind=x", "outcome=x", "reason=x", "cursor=x"])  # fmt: skip
def test_what_there_is_not(browser: Browser, client: Client, query: str) -> None:
    answer = client.get(f"{RECORD}?{query}")
    assert (answer.status_code, fields_of(answer)) == (422, {query.split("=", maxsplit=1)[0]})
    for address in (PAGE, f"{PAGE}.csv", f"{PAGE}.atom"):
        expected = 200 if query == "cursor=x" and address.endswith(".atom") else 404
        assert browser.get(f"{address}?{query}").status_code == expected


def test_all_files_together_are_the_whole_record(browser: Browser, rows: list[Ruling], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.services.public_record.IN_FILE", 3)
    monkeypatch.setattr("app.web.record_data.CHUNK", 2)
    address: str | None = f"{PAGE}.csv"
    files: list[list[int]] = []
    while address:
        answer = browser.get(address)
        lines = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
        files.append([int(line["id"]) for line in lines])
        address = answer.links["next"]["url"] if "next" in answer.links else None
    assert [number for file in files for number in file] == [row.id for row in rows[::-1]]
    assert [len(file) for file in files[:-1]] == [3] * (len(files) - 1)
    assert len(files) > 1
    page = browser.get(PAGE).text
    months = re.findall(r'href="(/moderation-record\.csv\?month=[^"]+)"', page)
    monkeypatch.undo()
    found = [line for month in months for line in csv.DictReader(io.StringIO(browser.get(month).text.removeprefix("\ufeff")))]  # fmt: skip
    assert {int(line["id"]) for line in found} == {row.id for row in rows}
    assert "moderation-record-20" in browser.get(months[0]).headers["content-disposition"]


def test_head_reads_no_file(browser: Browser, rows: list[Ruling], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made: list[int] = []
    read = record_data._read
    monkeypatch.setattr(record_data, "CHUNK", 1)
    monkeypatch.setattr(record_data, "_read", lambda *those: made.append(1) or read(*those))
    assert len(browser.get(f"{PAGE}.csv").text.splitlines()) == len(rows) + 1
    assert len(made) == len(rows) - 1
    made.clear()
    answer = browser.request("HEAD", f"{PAGE}.csv")
    assert (answer.status_code, answer.content, made) == (200, b"", [])


def test_a_cursor_belongs_to_its_filters(client: Client, rows: list[Ruling]) -> None:
    cursor = client.get(f"{RECORD}?limit=1").json()["next_cursor"]
    assert fields_of(client.get(f"{RECORD}?reason=spam&cursor={cursor}")) == {"cursor"}
    assert fields_of(client.get(f"{RECORD}?colour=x")) == {"colour"}


def test_the_figures_of_each_month(client: Client, db: Database, rows: list[Ruling]) -> None:
    items = client.get(f"{RECORD}/monthly").json()["items"]
    assert items[:3] == [
        {"month": "2026-03", "decisions": 1, "median_hours": None, "appeals": 0, "appeals_upheld": 0},
        {"month": "2026-04", "decisions": 1, "median_hours": None, "appeals": 0, "appeals_upheld": 0},
        {"month": "2026-05", "decisions": 2, "median_hours": None, "appeals": 1, "appeals_upheld": 1},
    ]  # fmt: skip
    assert db.count(RecordMonth) == 0


def rename(db: Database, names: dict[str, str]) -> dict[str, str]:
    """Give a reason other names, as a new load of the city's data would; returns those it had."""
    with db.session() as session:
        reason = session.get_one(Reason, "spam")
        before, reason.names = reason.names, names
        session.get_one(City, 1).revision += 1
        return before


def test_the_file_for_spreadsheets(browser: Browser, db: Database, rows: list[Ruling], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.record_data.CHUNK", 1)  # Each line is a part of its own.
    before = rename(db, {"vi": "=SUM(A1)", "en": '@evil,"x"'})
    try:
        answer = browser.get(f"{PAGE}.csv?lang=en")
    finally:
        rename(db, before)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="moderation-record.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfid,date,")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [len(line) for line in lines] == [9] * 5
    assert lines[1] == [str(rows[3].id), "2026-05-01", "appeal", "uphold", "", "Appeal", "upheld", "", "1"]  # fmt: skip
    assert lines[2][-2] == '\'@evil,"x"'
    assert all(not cell.startswith(("=", "@", "+", "-")) for line in lines for cell in line)


@pytest.mark.parametrize(("language", "title"), [("vi", "Tài khoản: tài khoản"), ("en", "Account: account closed (Spam)")])  # fmt: skip
def test_the_feed(browser: Browser, rows: list[Ruling], language: str, title: str) -> None:
    answer = browser.get(f"{PAGE}.atom?lang={language}&month=2026-05")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    assert feed.findtext("{*}id") == "tag:testserver,2026:moderation-record"
    assert feed.findtext("{*}updated") == "2026-05-01T00:00:00+09:00"
    entry = feed.findall("{*}entry")[1]
    assert entry.findtext("{*}id") == f"tag:testserver,2026:moderation-record/{rows[2].id}"
    assert entry.findtext("{*}title").startswith(title) or language == "vi"
    assert entry.findtext("{*}title").split(":")[0] == title.split(":", maxsplit=1)[0]
    assert [one.get("term") for one in entry.findall("{*}category")] == ["account", "ban", "spam"]
    links = {one.get("rel"): one.get("href") for one in feed.findall("{*}link")}
    assert links["self"] == f"http://testserver{PAGE}.atom?month=2026-05&lang={language}"
    assert browser.get(links["self"].removeprefix("http://testserver")).content == answer.content
