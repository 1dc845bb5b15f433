"""Reports over JSON: one for each reader until it is decided, raised by many, kept in confidence, decided at the desk."""

import json
import re
from datetime import timedelta

import pytest

from app import jobs
from app.database import now
from app.models import (
    Account,
    Email,
    Event,
    Outcome,
    Proposal,
    QueueEvent,
    QueueItem,
    QueueKind,
    QueueSignal,
    Report,
    ReportCase,
    Ruling,
    Signal,
    Status,
    Step,
)
from app.services import accounts, queue, report_cases
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

QUEUE = "/api/v1/moderation/queue"
BODY = {"reason_code": "off-topic", "words": "Không phải <b>ao</b>."}


def path_of(proposal: Proposal) -> str:
    return f"/api/v1/proposals/{proposal.id}/reports"


def item_of(db: Database, case: ReportCase) -> QueueItem:
    (item,) = db.all(QueueItem, QueueItem.kind == QueueKind.REPORT, QueueItem.subject_id == case.id)
    return item


@pytest.fixture
def made(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Ao làng")


def test_a_report_waits_for_a_moderator(client: Client, db: Database, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    answer = client.as_(minh).post(path_of(made), json=BODY)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in BODY} == BODY
    (case,), (report,) = db.all(ReportCase), db.all(Report)
    assert (case.target, case.target_id, case.proposal_id, case.closed_at) == ("proposal", made.id, made.id, None)  # fmt: skip
    assert (report.case_id, report.reporter_id, report.reason_code, report.words) == (case.id, minh.id, *BODY.values())  # fmt: skip
    item = item_of(db, case)
    assert (item.author_id, item.proposal_id, item.is_raised) == (ha.id, made.id, False)
    # What is noted is that it came, not from whom.
    assert [(one.step, one.actor_id) for one in db.all(QueueEvent, QueueEvent.item_id == item.id)] == [(Step.ENTERED, None)]  # fmt: skip
    (waiting,) = client.as_(lan).get(f"{QUEUE}?kind=report").json()["items"]
    assert (waiting["title"], waiting["outcomes"]) == ("Ao làng", ["uphold", "dismiss"])
    assert waiting["signals"] == [{"code": "reported", "detail": {"count": 1}}]
    seen = client.as_(lan).get(f"/api/v1/moderation/reports/{case.id}")
    assert seen.json()["reports"] == [answer.json()]
    assert "Minh" not in seen.text + json.dumps(waiting)


def test_nobody_judges_what_they_have_reported(client: Client, browser: Browser, db: Database, make: Make, made: Proposal, lan: Account, quan: Account) -> None:  # fmt: skip
    item = item_of(db, make.report(lan, made))
    path = f"{QUEUE}/{item.id}"
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    assert client.as_(lan).post(f"{QUEUE}/next", json={"kind": "report"}).json()["items"] == []
    for answer in (
        client.as_(lan).put(f"{path}/claim"),
        client.as_(lan).post(f"{path}/decision", json={"outcome": "dismiss"}),
        client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json=hiding),
    ):
        assert_problem(answer, 403, "claim.reported")
    (one,) = client.as_(lan).post("/api/v1/moderation/decisions", json={"items": [item.id], "outcome": "dismiss"}).json()["items"]  # fmt: skip
    assert (one["decided"], one["problem"]["status"]) == (False, 403)
    assert "/claim" not in browser.as_(lan).get(f"/moderation/reports/{item.subject_id}").text
    assert client.as_(quan).post(f"{QUEUE}/next", json={"kind": "report"}).json()["items"][0]["id"] == item.id  # fmt: skip
    assert client.as_(quan).post(f"{path}/decision", json={"outcome": "uphold", "reason_code": "off-topic"}).status_code == 200  # fmt: skip
    # The record shows both, and counts one decision beside the publication.
    assert [ruling.is_consequence for ruling in db.all(Ruling)] == [False, False, True]


def test_what_was_said_of_ones_own_text_is_not_shown(client: Client, browser: Browser, make: Make, lan: Account, minh: Account, quan: Account) -> None:  # fmt: skip
    case = make.report(minh, make.proposal(lan, "published"), "Lời kín đáo.")
    said = client.as_(lan).get(f"/api/v1/moderation/reports/{case.id}")
    assert (said.status_code, said.json()["reports"]) == (200, [])
    page = browser.as_(lan).get(f"/moderation/reports/{case.id}").text
    assert "Lời kín đáo." not in page + said.text
    assert "Lời kín đáo." in browser.as_(quan).get(f"/moderation/reports/{case.id}").text


def test_one_reports_once_until_it_is_decided(client: Client, db: Database, make: Make, made: Proposal, minh: Account, lan: Account) -> None:  # fmt: skip
    case = make.report(minh, made)
    again = client.as_(minh).post(path_of(made), json=BODY)
    assert_problem(again, 409, "report.made")
    assert (db.count(Report), db.count(ReportCase)) == (1, 1)
    decided = client.as_(lan).post(f"{QUEUE}/{item_of(db, case).id}/decision", json={"outcome": "dismiss"})  # fmt: skip
    assert decided.status_code == 200
    assert client.as_(minh).post(path_of(made), json=BODY).status_code == 201
    assert [case.closed_at is None for case in db.all(ReportCase)] == [False, True]


def test_what_cannot_be_reported(client: Client, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    assert_problem(client.as_(ha).post(path_of(made), json=BODY), 403, "report.own")
    waiting = make.proposal(ha, "submitted")
    assert_problem(client.as_(minh).post(path_of(waiting), json=BODY), 404)
    assert_problem(client.as_(lan).post(path_of(waiting), json=BODY), 409, "report.not_public")
    hidden = make.proposal(ha, "hidden")
    assert_problem(client.as_(minh).post(path_of(hidden), json=BODY), 404)
    assert_problem(client.post(path_of(made), json=BODY), 401)
    for body, field in (({}, "reason_code"), ({"reason_code": "x"}, "reason_code"), (BODY | {"words": "x" * 1001}, "words"), (BODY | {"x": 1}, "x")):  # fmt: skip
        assert fields_of(client.as_(minh).post(path_of(made), json=body)) == {field}
    assert (db.count(Report), db.count(ReportCase)) == (0, 0)


def test_what_was_withdrawn_stays_readable_and_can_be_reported(client: Client, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    assert client.as_(minh).post(path_of(make.proposal(ha, "withdrawn")), json=BODY).status_code == 201  # fmt: skip


def test_many_reporters_raise_it_and_hide_nothing(client: Client, db: Database, make: Make, made: Proposal, lan: Account) -> None:  # fmt: skip
    older = make.proposal(make.account("Khác"), "submitted")
    for number in range(4):
        case = make.report(make.account(f"Người đọc {number}"), made)
        item = item_of(db, case)
        assert item.is_raised == (number >= 2)
    assert db.get(QueueSignal, (item.id, Signal.REPORTED)).detail == {"count": 4}
    steps = [one.step for one in db.all(QueueEvent, QueueEvent.item_id == item.id)]
    assert steps == [Step.ENTERED, Step.RAISED]
    kinds = [(one["kind"], one["subject_id"]) for one in client.as_(lan).get(QUEUE).json()["items"]]
    assert kinds == [("report", case.id), ("proposal", older.id)]
    assert db.get(Proposal, made.id).status is Status.PUBLISHED


def test_reporting_is_limited(client: Client, db: Database, make: Make, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "reports_per_day", 2)
    answers = [client.as_(minh).post(path_of(make.proposal(ha, "published")), json=BODY) for _ in range(3)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert_problem(answers[2], 429, "limit.reports")
    assert db.count(Report) == 2


def test_hiding_decides_the_case_and_tells_everybody_concerned(client: Client, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    english, banned = make.account("Ann", language="en"), make.account("Cấm")
    for reader in (minh, english, banned):
        case = make.report(reader, made, "Lời của người báo cáo.")
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, banned.id))
    item = item_of(db, case)
    body = {"outcome": "uphold", "reason_code": "off-topic", "note": "Xin viết về thị trấn."}
    assert fields_of(client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json=body | {"reason_code": None})) == {"reason_code"}  # fmt: skip
    assert_problem(client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json=body | {"revision": 9}), 409, "content.changed")  # fmt: skip
    answer = client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json=body | {"revision": 1})
    assert (answer.status_code, answer.json()["kind"], answer.json()["outcome"]) == (200, "report", "uphold")  # fmt: skip
    assert db.get(Proposal, made.id).status is Status.HIDDEN
    hiding, ruling = db.all(Ruling, Ruling.actor_id == lan.id)
    assert (hiding.kind, hiding.outcome, hiding.account_id, hiding.note) == ("proposal", "hide", ha.id, body["note"])  # fmt: skip
    assert (ruling.kind, ruling.outcome, ruling.subject_id, ruling.item_id) == ("report", "uphold", case.id, item.id)  # fmt: skip
    assert db.get(ReportCase, case.id).closed_at == ruling.decided_at
    assert (db.count(QueueItem), db.all(Event)[-1].to_status) == (0, "hidden")
    make.tell_reporters()
    mails = {mail.recipient: mail for mail in db.all(Email) if mail.name in {"proposal_hidden", "report_upheld"}}  # fmt: skip
    assert mails.keys() == {ha.email, minh.email, english.email}
    assert "đã ẩn nội dung đó" in mails[minh.email or ""].text
    assert "hidden it" in mails[english.email or ""].text
    for mail in mails.values():
        assert "Lời của người báo cáo" not in mail.text + mail.html
        assert "Minh" not in mails[ha.email or ""].text
    late = client.as_(make.desk()).post(f"{QUEUE}/{item.id}/decision", json={"outcome": "dismiss"})
    assert_problem(late, 409, "decision.taken")
    assert client.as_(lan).get(f"/api/v1/moderation/reports/{case.id}").json()["outcome"] == "uphold"  # fmt: skip


def test_dismissing_leaves_the_text(client: Client, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    case = make.report(minh, made)
    before = db.count(Email, Email.recipient == ha.email)
    answer = client.as_(lan).post(f"{QUEUE}/{item_of(db, case).id}/decision", json={"outcome": "dismiss", "note": "Ao là ao."})  # fmt: skip
    assert answer.json()["outcome"] == "dismiss"
    assert db.get(Proposal, made.id).status is Status.PUBLISHED
    make.tell_reporters()
    assert [mail.name for mail in db.all(Email, Email.recipient == minh.email)] == ["report_dismissed"]  # fmt: skip
    assert db.count(Email, Email.recipient == ha.email) == before
    assert client.as_(ha).get("/api/v1/decisions/mine").json()["items"][0]["kind"] == "proposal"


def test_hiding_from_the_proposals_page_closes_the_case_too(client: Client, db: Database, make: Make, made: Proposal, minh: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    case = make.report(minh, made)
    item = item_of(db, case)
    body = {"decision": "hide", "reason_code": "off-topic"}
    client.as_(quan).put(f"{QUEUE}/{item.id}/claim")
    assert_problem(client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json=body), 409, "claim.taken")  # fmt: skip
    assert (db.get(Proposal, made.id).status, db.count(Ruling, Ruling.actor_id == lan.id)) == (Status.PUBLISHED, 0)  # fmt: skip
    assert client.as_(quan).post(f"/api/v1/proposals/{made.id}/decision", json=body).status_code == 200  # fmt: skip
    assert db.get(ReportCase, case.id).closed_at is not None
    assert db.count(Ruling, Ruling.item_id == item.id, Ruling.outcome == Outcome.UPHOLD) == 1
    make.tell_reporters()
    assert db.count(Email, Email.name == "report_upheld", Email.recipient == minh.email) == 1


def test_nobody_judges_reports_on_their_own(client: Client, db: Database, make: Make, lan: Account, minh: Account) -> None:  # fmt: skip
    case = make.report(minh, make.proposal(lan, "published"))
    item = item_of(db, case)
    for outcome in ("uphold", "dismiss"):
        answer = client.as_(lan).post(f"{QUEUE}/{item.id}/decision", json={"outcome": outcome, "reason_code": "off-topic"})  # fmt: skip
        assert_problem(answer, 403, "permission.denied")
    assert client.as_(lan).post(f"{QUEUE}/next", json={"kind": "report"}).json()["items"] == []
    assert db.get(ReportCase, case.id).closed_at is None


def test_a_text_that_waits_itself_is_raised_with_its_case(db: Database, make: Make, made: Proposal) -> None:  # fmt: skip
    """As comments do, which are public before a moderator has looked at them."""
    with db.session() as session:
        number = queue.enter(session, QueueKind.PROPOSAL, made.id, author=None, proposal=made, since=now() - timedelta(days=1))  # fmt: skip
    for name in range(3):
        make.report(make.account(f"Người đọc {name}"), made)
    assert db.get(QueueItem, number).is_raised
    assert db.get(QueueSignal, (number, Signal.REPORTED)).detail == {"count": 3}


def many_reports(db: Database, case: ReportCase, number: int) -> None:
    """As many readers more have reported the same."""
    with db.session() as session:
        readers = [Account(email=f"r{n}@example.org", email_key=f"r{n}", name=f"R{n}") for n in range(number)]  # fmt: skip
        session.add_all(readers)
        session.flush()
        session.add_all([Report(case_id=case.id, reporter_id=one.id, reason_code="spam", words=f"Lời {one.name}.") for one in readers])  # fmt: skip


def test_a_large_case_comes_page_by_page(client: Client, browser: Browser, db: Database, make: Make, made: Proposal, minh: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    case = make.report(minh, made, "Lời Minh.")
    many_reports(db, case, 6)
    address: str | None = f"/api/v1/moderation/reports/{case.id}?limit=3"
    said: list[str] = []
    while address:
        answer = client.as_(lan).get(address)
        found = answer.json()
        assert list(found["counts"].items()) == [("spam", 6), ("off-topic", 1)]
        said += [one["words"] for one in found["reports"]]
        address = answer.links["next"]["url"] if found["next_cursor"] else None
        assert len(found["reports"]) <= 3
    assert said == ["Lời Minh.", *(f"Lời R{n}." for n in range(6))]
    assert fields_of(client.as_(lan).get(f"/api/v1/moderation/reports/{case.id}?cursor=x")) == {"cursor"}  # fmt: skip
    monkeypatch.setattr("app.web.report_desk.REPORTS", 4)
    page = browser.as_(lan).get(f"/moderation/reports/{case.id}?lang=en").text
    assert "7 readers have reported this" in page
    assert ("Lời R2." in page, "Lời R3." in page) == (True, False)
    (following,) = re.findall(r'rel="next" href="([^"#]+)', page)
    rest = browser.as_(lan).get(following).text
    assert ("Lời R2." in rest, "Lời R3." in rest, "Lời R5." in rest) == (False, True, True)
    assert browser.as_(lan).get(f"/moderation/reports/{case.id}?cursor=x").status_code == 404


def test_a_decision_costs_the_same_however_many_reported(client: Client, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, lan: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The mails are written later, a few at a time, each once, whoever does it."""
    few, many = make.report(minh, make.proposal(ha, "published")), make.report(minh, made)
    many_reports(db, many, 11)
    costs = []
    client.as_(lan).get(QUEUE)
    for case in (few, many):
        path = f"{QUEUE}/{item_of(db, case).id}/decision"
        with db.queries() as queries:
            assert client.as_(lan).post(path, json={"outcome": "dismiss"}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert db.count(Email, Email.name == "report_dismissed") == 0
    monkeypatch.setattr(report_cases, "AT_ONCE", 5)
    jobs.tell_reporters(db.engine, db.settings)
    assert db.count(Email, Email.name == "report_dismissed") == 1 + 5
    with db.session() as late, db.session(writes=False) as early:
        # Another process has read the same, and comes too late.
        stale = early.get_one(ReportCase, many.id)
        assert not report_cases._claim(late, stale.model_copy(update={"told_up_to": 0}), 1)
    make.tell_reporters()
    jobs.tell_reporters(db.engine, db.settings)
    told = [mail.recipient for mail in db.all(Email, Email.name == "report_dismissed")]
    assert sorted(told) == sorted([minh.email, minh.email, *(f"r{n}@example.org" for n in range(11))])  # fmt: skip


def test_nothing_there(client: Client, lan: Account) -> None:
    for number in (0, 999_999, 2**31, 10**17):
        answer = client.as_(lan).get(f"/api/v1/moderation/reports/{number}")
        assert answer.status_code in {404, 422}
