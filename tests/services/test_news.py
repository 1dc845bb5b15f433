"""News: one mail a day for each person, of all that became of what they wrote or follow, and the ways to end them."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from app import jobs, smtp
from app.database import now
from app.models import (
    Account,
    Channel,
    Email,
    Follow,
    News,
    NewsMail,
    Notice,
    Proposal,
)
from app.services import days, follows, news
from app.settings import Settings
from tests.builders import Make
from tests.databases import Database

ZONE = "Asia/Tokyo"


def follow(db: Database, person: Account, *proposals: Proposal) -> None:
    with db.session() as session:
        for proposal in proposals:
            follows.follow(session, person, proposal)


def a_day_later(db: Database, monkeypatch: pytest.MonkeyPatch, number: int = 1) -> datetime:
    """The hour of the mails comes round."""
    moment = days.latest(db.settings.news_hour, ZONE) + timedelta(days=number, minutes=1)
    for module in ("app.services.days", "app.services.news"):
        monkeypatch.setattr(f"{module}.now", lambda: moment)
    return moment


def run(db: Database) -> list[Email]:
    """Make the notices and write the mails, as two processes after each other would; the mails of it."""
    for _ in range(2):
        jobs.spread_news(db.engine, db.settings)
        jobs.write_news(db.engine, db.settings)
    return db.all(Email, Email.name == "news")


def test_one_mail_a_day_for_each_person(db: Database, make: Make, ha: Account, minh: Account, outsider: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    first, second = make.proposal(ha, "published", title="Ao & cầu"), make.proposal(ha, "published")
    follow(db, minh, first, second)
    make.answered(first, words="Sẽ **đào** ao.")
    make.move(second, "under_consideration")
    make.move(second, "accepted")
    assert run(db) == []  # Not before the hour.
    assert db.count(Notice) == 8  # Called, answered, considered, accepted: to author and follower.
    a_day_later(db, monkeypatch)
    mails = run(db)
    assert sorted(mail.recipient for mail in mails) == ["ha@example.org", "minh@example.org"]
    for mail in mails:
        assert mail.subject == "Tin mới về 2 sáng kiến"
        for text in (mail.text, mail.html):
            for expected in ("Sẽ đào ao.", "Đo ao (hạn ", "Phòng thị trưởng", f"/proposals/{first.id}", f"/proposals/{second.id}"):  # fmt: skip
                assert expected in text
        assert mail.text.index("Ao & cầu") < mail.text.index(second.title)
        assert "Ao &amp; cầu" in mail.html
    assert (db.count(Notice), db.count(NewsMail)) == (0, 2)
    # What comes later in the day waits for the next one.
    make.move(second, "in_progress")
    assert len(run(db)) == 2
    a_day_later(db, monkeypatch, 2)
    later = run(db)[2:]
    assert [second.title in mail.text and first.title not in mail.text for mail in later] == [True] * 2  # fmt: skip
    assert later[0].subject == f"Tin mới về sáng kiến: {second.title}"
    jobs.sweep(db.engine, db.settings)
    assert db.count(News) == 0


def test_who_gets_none(db: Database, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made, hidden = make.proposal(ha, "published"), make.proposal(ha, "published")
    names = (
        "bị khóa",
        "bị khóa sau",
        "không thư",
        "không muốn",
        "thôi theo dõi",
        "chỉ bài ẩn",
        "được",
    )
    people = {name: make.account(name) for name in names}
    for name, person in people.items():
        follow(db, person, *([hidden] if name == "chỉ bài ẩn" else [made, hidden]))
    with db.session() as session:
        session.get_one(Account, people["bị khóa"].id).banned_at = now()
        session.get_one(Account, people["không thư"].id).email = None
        news.choose(session, people["không muốn"], wanted=False)
        follows.unfollow(session, people["thôi theo dõi"], made.id)
        follows.unfollow(session, people["thôi theo dõi"], hidden.id)
        news.choose(session, ha, wanted=False)
    for proposal in (made, hidden):
        make.move(proposal, "under_consideration")
    make.move(hidden, "hidden")
    jobs.spread_news(db.engine, db.settings)
    told = {one.account_id for one in db.all(Notice)}
    assert told == {people[name].id for name in ("bị khóa sau", "chỉ bài ẩn", "được")}
    with db.session() as session:
        session.get_one(Account, people["bị khóa sau"].id).banned_at = now()
    a_day_later(db, monkeypatch)
    (mail,) = run(db)
    assert mail.recipient == people["được"].email
    assert hidden.title not in mail.text
    assert db.count(Notice) == 0


def test_many_are_written_in_turns(db: Database, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    for number in range(5):
        follow(db, make.account(f"Người {number}"), made)
    make.move(made, "declined")
    jobs.spread_news(db.engine, db.settings)
    a_day_later(db, monkeypatch)
    monkeypatch.setattr(news, "MOST_PEOPLE", 4)
    for written in (4, 6, 6):
        jobs.write_news(db.engine, db.settings)
        assert db.count(Email, Email.name == "news") == written


def test_the_notices_of_many_are_one_statement(db: Database, make: Make, ha: Account) -> None:
    made = [make.proposal(ha, "published") for _ in range(2)]
    for number in range(6):
        follow(db, make.account(f"Người {number}"), made[1])
    costs = []
    for proposal in made:
        make.move(proposal, "declined")
        with db.queries() as statements:
            jobs.spread_news(db.engine, db.settings)
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert db.count(Notice) == 1 + 7


def test_in_the_readers_language(db: Database, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    anna = make.account("Anna", language="en")
    made = make.proposal(ha, "published")
    follow(db, anna, made)
    make.answered(made)
    jobs.spread_news(db.engine, db.settings)
    a_day_later(db, monkeypatch)
    (mail,) = [one for one in run(db) if one.recipient == anna.email]
    assert mail.subject == f"News of the proposal: {made.title}"
    assert "Taken under consideration (Mayor's office)" in mail.text
    assert "The city owes an answer" in mail.text


def test_what_was_typed_adds_no_header_and_no_markup(db: Database, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made = make.proposal(ha, "published", title="<script>alert(1)</script> ao")
    make.answered(made, words="<img src=x onerror=alert(1)>" + "dài " * 900, milestones=[])
    with db.session() as session:
        session.get_one(Proposal, made.id).title = "Ao\r\nBcc: evil@example.org <b>"
    jobs.spread_news(db.engine, db.settings)
    a_day_later(db, monkeypatch)
    (mail,) = run(db)
    assert "\n" not in mail.subject
    assert "<b>" not in mail.html.replace("<body", "")
    assert "<img" not in mail.html
    assert len(mail.text) < 2500  # Long answers are cut; the rest stands on the portal.


def test_the_header_that_ends_such_mails(db: Database, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    settings: Settings = db.settings.model_copy(update={"base_url": "https://a-rather-long-name-of-a-portal.sang-kien.hanoi.example.org"})  # fmt: skip
    make.move(make.proposal(ha, "published"), "declined")
    jobs.spread_news(db.engine, settings)
    a_day_later(db, monkeypatch)
    jobs.write_news(db.engine, settings)
    (mail,) = db.all(Email, Email.name == "news")
    raw = smtp.message(settings, mail).as_bytes()
    sent = message_from_bytes(raw, policy=SMTP)
    with db.session() as session:
        address = news.unsubscribe_url(settings, session.get_one(Account, ha.id))
    assert sent["List-Unsubscribe"] == f"<{address}>"
    assert f"\nList-Unsubscribe: <{address}>\n".encode() in raw
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.text
    code = Email(channel=Channel.EMAIL, recipient="x@example.org", name="sign_in_code", subject="s", text="t", html="h", id=1, created_at=now())  # fmt: skip
    assert smtp.message(settings, code)["List-Unsubscribe"] is None


def test_who_leaves_leaves_nothing(db: Database, make: Make, ha: Account, minh: Account) -> None:
    made = make.proposal(ha, "published")
    follow(db, minh, made)
    make.move(made, "declined")
    jobs.spread_news(db.engine, db.settings)
    with db.session() as session:
        news.choose(session, minh, wanted=True)
        session.delete(session.get_one(Account, minh.id))
    assert (db.count(Follow), db.count(NewsMail)) == (0, 0)
    assert [one.account_id for one in db.all(Notice)] == [ha.id]
