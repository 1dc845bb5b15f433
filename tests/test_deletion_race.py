"""Accounts deleted at the very moment in which their people, or others, do something else: nothing is left over, no count
is wrong, and nobody sees a failure.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlmodel import col

from app import jobs, migrations
from app.dependencies import session_cookie
from app.models import (
    Account,
    Appeal,
    Comment,
    CommentState,
    LoginSession,
    News,
    Notice,
    Officer,
    Proposal,
    QueueItem,
    ReportCase,
    Role,
    Ruling,
    Vote,
    Voter,
    VoteValue,
)
from app.services import accounts, follows, sign_in
from tests.builders import Make
from tests.databases import Database, new_database
from tests.servers import Answer, request, serving, volley
from tests.tallies import assert_days_add_up

ROUNDS = 8


@dataclass
class Person:
    """Someone signed in twice in a browser, and once as a program."""

    account: Account
    cookies: list[str]
    token: str


@dataclass
class Running:
    port: int
    db: Database
    make: Make

    def person(self, role: Role = Role.CITIZEN) -> Person:
        account = self.make.account("Người đi", role)
        with self.db.session() as session:
            cookies = [sign_in.open_session(session, self.db.settings, account) for _ in range(2)]
            return Person(account, cookies, accounts.new_api_token(session, account))

    def is_gone(self, account: Account) -> bool:
        return self.db.count(Account, Account.id == account.id) == 0

    def assert_tallies(self) -> None:
        assert_days_add_up(self.db)
        for proposal in self.db.all(Proposal):
            rows = [row.value for row in self.db.all(Vote, Vote.proposal_id == proposal.id)]
            counts = (proposal.support_count, proposal.oppose_count)
            assert counts == (rows.count(VoteValue.SUPPORT), rows.count(VoteValue.OPPOSE))


@pytest.fixture(scope="module")
def running(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"leaving_{os.getpid()}")
    with new_database(engine_name, folder) as database:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        workers = 2 if engine_name == "postgresql" else 1
        with serving(database, folder / "log", workers=workers) as port:
            yield Running(port, database, Make(database))


def form(path: str, cookie: str | None, **fields: str) -> bytes:
    body = urlencode(fields).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: testserver", "Connection: close", f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]  # fmt: skip
    if cookie is not None:
        lines.append(f"Cookie: session={cookie}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def deletion(person: Person, *, session: int = 0, proposals: str = "keep") -> bytes:
    return form("/account/delete", person.cookies[session], confirmation=person.account.email or "", proposals=proposals)  # fmt: skip


def fire(running: Running, requests: list[bytes]) -> list[int]:
    """Send all at the same moment; their statuses, in order. None may be a failure of ours."""
    answers: list[Answer] = volley(running.port, requests, pages=True)
    found = [status for status, _ in answers]
    assert max(found) < 500, [answer for answer in answers if answer[0] >= 500]
    return found


def vote(proposal: Proposal, person: Person, value: str = "support") -> bytes:
    return request("PUT", f"/api/v1/proposals/{proposal.id}/vote", person.token, {"value": value})


def test_voting_meanwhile(running: Running) -> None:
    make = running.make
    assert session_cookie(running.db.settings) == "session"
    author = make.account("Tác giả")
    campaign = make.campaign(allows_opposition=True, votes_per_person=20)
    made = [
        make.proposal(author, "published", campaign_id=campaign.id if number % 2 else None)
        for number in range(10)
    ]
    for number in range(ROUNDS):
        leaver, other = running.person(), running.person()
        if number % 2:  # One who has voted before, and one who has not.
            for proposal in made[:5]:
                make.vote(leaver.account, proposal)
        wishes = [vote(proposal, one) for proposal in made for one in (leaver, other)]
        wishes += [vote(proposal, leaver, "oppose") for proposal in made[1::2]]
        wishes += [form(f"/proposals/{proposal.id}/vote", leaver.cookies[1], value=value) for proposal in made for value in ("support", "")]  # fmt: skip
        middle = len(wishes) // 2
        found = fire(running, [*wishes[:middle], deletion(leaver), *wishes[middle:]])
        assert found[middle] == 200
        assert running.is_gone(leaver.account)
        assert running.db.count(Voter, Voter.account_id == leaver.account.id) == 0
        running.assert_tallies()
    # All could have been cast again, so that all of those who left are taken back: one each of those who stayed.
    assert running.db.count(Vote, Vote.proposal_id == made[0].id) == ROUNDS


def test_twice_at_once_is_once(running: Running) -> None:
    for _ in range(ROUNDS):
        leaver = running.person()
        running.make.vote(leaver.account, running.make.proposal(leaver.account, "published"))
        wishes = [deletion(leaver, session=number % 2) for number in range(10)]
        assert sorted(fire(running, wishes)) == [200] + [401] * 9
        assert running.is_gone(leaver.account)
    running.assert_tallies()
    assert running.db.count(Account, Account.is_former_member) == 1


def test_many_leave_at_once(running: Running) -> None:
    """Each has voted for what the others wrote: the same rows are wanted by all."""
    for choice in ("keep", "withdraw", "keep"):
        leavers = [running.person() for _ in range(8)]
        written = [running.make.proposal(one.account, "published") for one in leavers]
        for one in leavers:
            for proposal in written:
                if proposal.author_id != one.account.id:
                    running.make.vote(one.account, proposal)
        assert fire(running, [deletion(one, proposals=choice) for one in leavers]) == [200] * 8
        assert all(running.is_gone(one.account) for one in leavers)
        # Votes on what its author has just withdrawn could not be cast again.
        left = {running.db.get(Proposal, one.id).support_count for one in written}
        assert left == {0} if choice == "keep" else max(left) <= 7
        running.assert_tallies()


def test_news_of_what_they_follow_meanwhile(running: Running) -> None:
    """An answer is published and told while some of those who follow and support it leave."""
    make, db = running.make, running.db
    officers = [running.person(Role.OFFICER) for _ in range(2)]
    with db.session() as session:
        for one in officers:
            session.add(Officer(account_id=one.account.id, department_code="mayor"))
    for _ in range(3):
        leavers, stays = [running.person() for _ in range(8)], running.person()
        made = make.proposal(make.account("Tác giả"), "published")
        for one in (*leavers, stays):
            make.vote(one.account, made)
            with db.session() as session:
                follows.follow(session, one.account, made)
        # Only now: the servers' own loops may spread the news of it at once.
        make.called(made)
        draft = make.submitted(officers[0].account, made)
        publishing = [request("POST", f"/api/v1/answers/{draft.id}/approve", officers[1].token, {"version": 1})]  # fmt: skip
        assert fire(running, [*map(deletion, leavers[:4]), *publishing, *map(deletion, leavers[4:])])[4] == 200  # fmt: skip
        news_of_it = [one.id for one in db.all(News, News.proposal_id == made.id)]
        deadline = time.monotonic() + 20
        while db.count(News, col(News.id).in_(news_of_it), col(News.spread_at).is_(None)):
            # The servers' own loops spread them as well.
            assert time.monotonic() < deadline
            jobs.spread_news(db.engine, db.settings)
        told = db.count(Notice, Notice.account_id == stays.account.id, col(Notice.news_id).in_(news_of_it))  # fmt: skip
        assert told == len(news_of_it) == 2
        assert all(running.is_gone(one.account) for one in leavers)
        running.assert_tallies()


def test_doing_other_things_meanwhile(running: Running) -> None:
    make = running.make
    desk = running.person(Role.MODERATOR)
    for _ in range(ROUNDS):
        leaver = running.person()
        waiting, public = (make.proposal(leaver.account, status) for status in ("submitted", "published"))  # fmt: skip
        own = leaver.cookies[1]
        elsewhere = [
            form("/account", own, name="Tên mới", language="en"),
            form("/account/export", own),
            form("/proposals/new", own, title="Một cái ao", action="save"),
            form(f"/proposals/{public.id}/withdraw", own),
            form(f"/proposals/{waiting.id}/edit", own, title="Hai cái ao", action="save"),
            form("/account/sessions/end", own),
            form("/sign-out", own),
            form("/sign-in", None, email=leaver.account.email or ""),
            form("/sign-in/code", None, email=leaver.account.email or "", code="000000"),
            request("POST", "/api/v1/proposals", leaver.token, {"title": "Một cái ao", "draft": True}),
            request("POST", f"/api/v1/proposals/{waiting.id}/decision", desk.token, {"decision": "publish"}),
            request("POST", f"/api/v1/proposals/{public.id}/decision", desk.token, {"decision": "hide", "reason_code": "off-topic"}),
        ]  # fmt: skip
        fire(running, [*elsewhere, deletion(leaver), *elsewhere])
        if not running.is_gone(leaver.account):  # The other session's end came first.
            continue
        assert running.db.count(Proposal, Proposal.author_id == leaver.account.id) == 0
        assert running.db.count(LoginSession, LoginSession.account_id == leaver.account.id) == 0
        kept = running.db.all(Proposal, Proposal.id.in_([waiting.id, public.id]))
        assert all(running.db.get(Account, one.author_id).is_former_member for one in kept)


def test_reports_appeals_and_bans_meanwhile(running: Running) -> None:
    """Of the one who leaves nothing waits any more but what others have reported of the texts that stay."""
    make = running.make
    desk, readers = running.person(Role.MODERATOR), [running.person() for _ in range(3)]
    for number in range(ROUNDS):
        leaver = running.person()
        public = [make.proposal(leaver.account, "published") for _ in range(2)]
        make.proposal(leaver.account, "rejected")
        appeal = make.appeal(leaver.account) if number % 2 else None
        make.report(make.account("Người đọc"), public[0])
        newest = running.db.all(Ruling, Ruling.account_id == leaver.account.id)[-1]
        item = running.db.all(QueueItem)[-1]
        ban = f"/api/v1/people/{leaver.account.id}"
        wishes = [
            *(request("POST", f"/api/v1/proposals/{one.id}/reports", reader.token, {"reason_code": "off-topic"}) for one in public for reader in readers),
            request("POST", f"/api/v1/proposals/{make.proposal(desk.account, 'published').id}/reports", leaver.token, {"reason_code": "off-topic"}),
            request("POST", f"/api/v1/rulings/{newest.id}/appeal", leaver.token, {"words": "Đúng chủ đề mà."}),
            request("POST", f"/api/v1/moderation/queue/{item.id}/decision", desk.token, {"outcome": "dismiss", "note": "Vì."}),
            request("POST", f"{ban}/ban", desk.token, {"reason_code": "off-topic", "note": "Vì thế."}),
        ]  # fmt: skip
        if appeal is not None:
            path = f"/moderation/appeals/{appeal.id}/decision"
            wishes.append(form(path, desk.cookies[0], outcome="uphold"))
        middle = len(wishes) // 2
        fire(running, [*wishes[:middle], deletion(leaver), *wishes[middle:]])
        if not running.is_gone(leaver.account):  # The ban came first, and ended the session.
            continue
        left = running.db.all(QueueItem, QueueItem.proposal_id.in_([one.id for one in public]))  # type: ignore[union-attr]
        cases = running.db.all(ReportCase, ReportCase.proposal_id.in_([one.id for one in public]))  # type: ignore[attr-defined]
        waiting = {case.id for case in cases if case.closed_at is None}
        assert {one.subject_id for one in left if one.kind == "report"} == waiting
        assert running.db.count(Appeal, Appeal.account_id == leaver.account.id) == 0


def test_reports_and_appeals_about_comments_meanwhile(running: Running) -> None:
    """Of comments that their writer erases by leaving, no case waits; nobody blocks another."""
    make, db = running.make, running.db
    desk, other = running.person(Role.MODERATOR), running.person(Role.MODERATOR)
    readers = [running.person() for _ in range(3)]
    reason = {"reason_code": "off-topic"}
    for number in range(ROUNDS):
        leaver, erases = running.person(), number % 2 == 0
        about = make.proposal(make.account("Tác giả"), "published")
        said = [make.comment(leaver.account, about) for _ in range(3)]
        make.rule_on(said[0], "hide")
        appeal = make.appeal(leaver.account)
        cases = [make.report(make.account("Người đọc"), one) for one in said[1:]]
        (item,) = db.all(QueueItem, QueueItem.kind == "report", QueueItem.subject_id == cases[0].id)
        wishes = [
            *(request("POST", f"/api/v1/comments/{one.id}/reports", reader.token, reason) for one in said[1:] for reader in readers),
            request("POST", f"/api/v1/moderation/queue/{item.id}/decision", desk.token, {"outcome": "uphold", **reason}),
            request("POST", f"/api/v1/comments/{said[2].id}/decision", other.token, {"decision": "hide", **reason}),
            request("DELETE", f"/api/v1/comments/{said[1].id}", leaver.token),
            *(form(f"/moderation/appeals/{appeal.id}/decision", one.cookies[0], outcome="uphold") for one in (desk, other)),
        ]  # fmt: skip
        goes = form("/account/delete", leaver.cookies[0], confirmation=leaver.account.email or "", proposals="keep", comments="erase" if erases else "keep")  # fmt: skip
        middle = len(wishes) // 2
        fire(running, [*wishes[:middle], goes, *wishes[middle:]])
        assert running.is_gone(leaver.account)
        found = {one.id: one.state for one in db.all(Comment, Comment.proposal_id == about.id)}
        open_cases = db.all(
            ReportCase, ReportCase.proposal_id == about.id, ReportCase.closed_at.is_(None)
        )  # type: ignore[union-attr]
        left = db.all(QueueItem, QueueItem.proposal_id == about.id)
        assert {one.subject_id for one in left if one.kind == "report"} == {one.id for one in open_cases}  # fmt: skip
        assert {found[case.target_id] for case in open_cases} <= {CommentState.VISIBLE}
        assert not (erases and open_cases)
        visible = list(found.values()).count(CommentState.VISIBLE)
        assert db.get(Proposal, about.id).comment_count == visible


def test_one_administrator_always_stays(running: Running) -> None:
    for _ in range(ROUNDS):
        two = [running.person(Role.ADMIN) for _ in range(2)]
        stayed = [one for one in running.db.all(Account, Account.role == Role.ADMIN) if one.id not in [p.account.id for p in two]]  # fmt: skip
        with running.db.session() as session:
            for one in stayed:
                accounts.set_role(session, session.merge(one), Role.CITIZEN)
        assert sorted(fire(running, [deletion(one) for one in two])) == [200, 409]
        assert running.db.count(Account, Account.role == Role.ADMIN) == 1


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_harness_catches_a_build_that_does_not_hold_accounts(
    another_database: Callable[[], AbstractContextManager[Database]], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "uvicorn", "tests.bad_builds:lets_go_of_accounts", "--factory"]
    with another_database() as database:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        with serving(database, tmp_path / "log", workers=2, command=command) as port:
            running = Running(port, database, Make(database))
            made = [running.make.proposal(running.make.account("Tác giả"), "published") for _ in range(20)]  # fmt: skip
            with pytest.raises(AssertionError):
                _leave_while_voting(running, made)


def _leave_while_voting(running: Running, made: list[Proposal]) -> None:
    for _ in range(40):
        leaver = running.person()
        fire(running, [*(vote(one, leaver) for one in made), deletion(leaver)])
        running.assert_tallies()
