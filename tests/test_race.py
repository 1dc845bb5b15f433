"""Votes at the very same moment, against a running server: the counts equal the rows, and no one gets two.

The last byte of every request is held back until all are on their way, so that the server starts them together;
ordinary parallel requests do not show the faults that this finds (see the last test).
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlmodel import col, func, select

from app import jobs, migrations
from app.database import now
from app.forms import InvitationForm
from app.models import (
    Account,
    AnswerEvent,
    AnswerRequest,
    Appeal,
    ApplicationStatus,
    AssessmentRound,
    Email,
    Evaluator,
    Event,
    EventKind,
    ExpertApplication,
    LoginSession,
    MergeOutcome,
    MergeSuggestion,
    Milestone,
    News,
    NewsMail,
    Notice,
    OfficialAnswer,
    Proposal,
    QueueEvent,
    QueueItem,
    QueueKind,
    QueueSignal,
    Report,
    ReportCase,
    Role,
    Ruling,
    Signal,
    SignInCode,
    Status,
    Step,
    Vote,
    VoteValue,
)
from app.services import accounts, admission, follows, invitations, news, sign_in
from app.services.admission import Proof
from app.services.sign_in import Visitor
from tests.assessing import Assess, judgement
from tests.builders import Make, official
from tests.databases import Database, new_database
from tests.servers import Answer, request, serving, volley
from tests.tallies import assert_days_add_up

ROUNDS = 20
PEOPLE = 20


@dataclass
class Running:
    """A server, its database, and people with tokens."""

    port: int
    db: Database
    make: Make
    author: Account
    people: list[Account]
    tokens: list[str]

    def rows(self, proposal: Proposal) -> tuple[int, int]:
        return tuple(  # type: ignore[return-value]
            self.db.count(Vote, Vote.proposal_id == proposal.id, Vote.value == value)
            for value in (VoteValue.SUPPORT, VoteValue.OPPOSE)
        )

    def counts(self, proposal: Proposal) -> tuple[int, int]:
        assert_days_add_up(self.db)
        found = self.db.get(Proposal, proposal.id)
        return found.support_count, found.oppose_count


def prepare(database: Database) -> tuple[Make, Account, list[Account], list[str]]:
    migrations.upgrade(database.engine)
    database.load_tinytown()
    make = Make(database)
    people = [make.account(f"Người {number}") for number in range(PEOPLE)]
    with database.session() as session:
        tokens = [accounts.new_api_token(session, person) for person in people]
    return make, make.account("Tác giả"), people, tokens


@pytest.fixture(scope="module")
def running(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"race_{os.getpid()}")
    with new_database(engine_name, folder) as database:
        prepared = prepare(database)
        workers = 2 if engine_name == "postgresql" else 1
        with serving(database, folder / "log", workers=workers) as port:
            yield Running(port, database, *prepared)


def vote(proposal: Proposal, token: str, value: str | None = "support") -> bytes:
    path = f"/api/v1/proposals/{proposal.id}/vote"
    if value is None:
        return request("DELETE", path, token)
    return request("PUT", path, token, {"value": value})


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(status for status, _ in answers)


def test_sixty_votes_of_one_person_are_one(running: Running) -> None:
    for _ in range(ROUNDS):
        made = running.make.proposal(running.author, "published")
        answers = volley(running.port, [vote(made, running.tokens[0])] * 60)
        assert statuses(answers) == [200] * 60
        assert running.rows(made) == running.counts(made) == (1, 0)
        shown = {
            (body["support_count"], body["oppose_count"], body["value"]) for _, body in answers
        }
        assert shown == {(1, 0, "support")}


def test_the_first_vote_of_a_new_person(running: Running) -> None:
    made = running.make.proposal(running.author, "published")
    newcomers = [running.make.account("Mới") for _ in range(3)]
    with running.db.session() as session:
        tokens = [accounts.new_api_token(session, person) for person in newcomers]
    answers = volley(running.port, [vote(made, token) for token in tokens * 20])
    assert statuses(answers) == [200] * 60
    assert running.rows(made) == running.counts(made) == (3, 0)


def test_twenty_people_are_twenty_votes(running: Running) -> None:
    for _ in range(5):
        made = running.make.proposal(running.author, "published")
        answers = volley(running.port, [vote(made, token) for token in running.tokens])
        assert statuses(answers) == [200] * PEOPLE
        assert running.rows(made) == running.counts(made) == (PEOPLE, 0)
        assert sorted(body["support_count"] for _, body in answers) == list(range(1, PEOPLE + 1))


def test_casting_changing_and_taking_back_at_once(running: Running) -> None:
    campaign = running.make.campaign(allows_opposition=True)
    for _ in range(5):
        made = running.make.proposal(running.author, "published", campaign_id=campaign.id)
        wishes = [(token, value) for token in running.tokens[:12] for value in ("support", "oppose", None, "support", "oppose")]  # fmt: skip
        answers = volley(running.port, [vote(made, token, value) for token, value in wishes])
        assert set(statuses(answers)) <= {200, 204, 409}
        assert running.rows(made) == running.counts(made)
        assert sum(running.rows(made)) <= 12


def test_the_limit_of_votes_holds_across_proposals(running: Running) -> None:
    for limit in (1, 3):
        campaign = running.make.campaign(votes_per_person=limit)
        made = [running.make.proposal(running.author, "published", campaign_id=campaign.id) for _ in range(20)]  # fmt: skip
        for token, person in zip(running.tokens[:3], running.people, strict=False):
            answers = volley(running.port, [vote(proposal, token) for proposal in made])
            assert statuses(answers) == [200] * limit + [409] * (20 - limit), person.name
        assert sum(sum(running.rows(proposal)) for proposal in made) == 3 * limit
        for proposal in made:
            assert running.rows(proposal) == running.counts(proposal)


def test_one_submission_makes_one_event(running: Running) -> None:
    """A step of the lifecycle asked for many times at once is made once; the others conflict."""
    with running.db.session() as session:
        token = accounts.new_api_token(session, running.author)
    made = running.make.proposal(running.author)
    path = f"/api/v1/proposals/{made.id}/submit"
    answers = volley(running.port, [request("POST", path, token)] * 20)
    assert statuses(answers) == [200] + [409] * 19


def _form(path: str, cookie: str = "", **fields: str) -> bytes:
    body = urlencode(fields).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: testserver", "Connection: close", f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded", f"Cookie: session={cookie}"]  # fmt: skip
    lines += [f"Cookie: session={cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def _signed_in(running: Running, account: Account) -> str:
    with running.db.session() as session:
        return sign_in.open_session(session, running.db.settings, account)


def test_codes_asked_for_at_once_are_one(running: Running) -> None:
    answers = volley(running.port, [_form("/sign-in", email="moi@example.org")] * 20, pages=True)
    assert statuses(answers) == [200] * 20
    assert running.db.count(SignInCode, SignInCode.email_key == "moi@example.org") == 1


def test_a_code_redeemed_at_once_opens_one_session(running: Running) -> None:
    account = running.make.account("Hải", email="hai@example.org")
    with running.db.session() as session:
        sign_in.request_code(session, running.db.settings, Visitor("127.0.0.1"), "hai@example.org")
    code = re.findall(r"\b\d{6}\b", running.db.all(Email, Email.recipient == "hai@example.org")[-1].text)[0]  # fmt: skip
    wish = _form("/sign-in/code", email="hai@example.org", code=code)
    answers = volley(running.port, [wish] * 20, pages=True)
    assert statuses(answers) == [303] + [400] * 19
    assert running.db.count(LoginSession, LoginSession.account_id == account.id) == 1


def test_a_welcome_sent_twice_makes_one_account_and_one_session(running: Running) -> None:
    sealed = admission.seal(running.db.settings, Proof("moc@example.org"))
    wish = _form("/welcome", sealed=sealed, name="Mộc", consent="yes")
    answers = volley(running.port, [wish] * 20, pages=True)
    assert statuses(answers) == [303] + [400] * 19
    (account,) = running.db.all(Account, Account.email == "moc@example.org")
    assert running.db.count(LoginSession, LoginSession.account_id == account.id) == 1


def test_two_administrators_cannot_take_each_others_role(running: Running) -> None:
    """Of two who do it at once one has lost the right to."""
    for number in range(4):
        admins = [running.make.account(f"Quản trị {number} {one}", Role.ADMIN) for one in range(2)]
        with running.db.session() as session:
            cookies = [sign_in.open_session(session, running.db.settings, one) for one in admins]
        wishes = [
            _form(f"/people/{other.id}/role", cookie, role="citizen", note="Vì thế")
            for cookie, other in zip(cookies, reversed(admins), strict=True)
        ]
        answers = volley(running.port, wishes, pages=True)
        assert 303 in statuses(answers)
        assert all(status < 500 for status in statuses(answers))
        roles = [running.db.get(Account, one.id).role for one in admins]
        assert sorted(roles) == [Role.ADMIN, Role.CITIZEN]


def test_suggestions_to_merge_made_and_answered_at_once(running: Running) -> None:
    """One is made; of all who agree, decline, take back and hide at once, one ends it, and nobody waits for ever."""
    make, db = running.make, running.db
    people = [make.account("Một"), make.account("Hai"), make.account("Bàn", Role.MODERATOR)]
    with db.session() as session:
        tokens = [accounts.new_api_token(session, person) for person in people]
    for number in range(4):
        one, other = (make.proposal(person, "published") for person in people[:2])
        paths = [f"/api/v1/proposals/{each.id}/merge-suggestions" for each in (one, other)]
        wishes = [
            request("POST", paths[0], tokens[0], {"into": other.id}),
            request("POST", paths[1], tokens[1], {"into": one.id}),
        ]
        answers = volley(running.port, [wishes[0]] * 4 + [wishes[1]] * 4)
        assert statuses(answers) == [201, 201] + [409] * 6
        (row,) = db.all(MergeSuggestion, MergeSuggestion.proposal_id == one.id)
        accept = request("POST", f"{paths[0]}/{row.id}/accept", tokens[1])
        against = [
            accept,
            request("DELETE", f"{paths[0]}/{row.id}", tokens[0]),
            request("POST", f"{paths[0]}/{row.id}/decline", tokens[1], {}),
            request("POST", f"/api/v1/proposals/{one.id}/decision", tokens[2], {"decision": "hide", "reason_code": "off-topic"}),
        ][number]  # fmt: skip
        ended = statuses(volley(running.port, [accept] * 6 + [against] * 6))
        assert set(ended) <= {200, 204, 404, 409}, number
        found, after = db.get(MergeSuggestion, row.id), db.get(Proposal, one.id)
        is_merged = found.outcome is MergeOutcome.ACCEPTED
        assert (after.merged_into_id == other.id) is is_merged
        steps = db.count(Event, Event.proposal_id == one.id, Event.to_status == Status.MERGED)
        assert steps == is_merged
        assert db.count(News, News.proposal_id == one.id) == is_merged


def test_applications_sent_at_once_are_one(running: Running) -> None:
    person = running.make.account("Người đăng ký")
    fields = {"field": "ducks", "affiliation": "Viện Vịt", "country": "VN", "biography": "Vịt."}
    wish = _form("/experts/apply", _signed_in(running, person), **fields)
    assert statuses(volley(running.port, [wish] * 20, pages=True)) == [303] + [409] * 19
    assert running.db.count(ExpertApplication, ExpertApplication.account_id == person.id) == 1


def test_an_application_is_decided_once(running: Running) -> None:
    """By two moderators at once, while the applicant withdraws it."""
    desks = [_signed_in(running, running.make.account("Bàn", Role.MODERATOR)) for _ in range(2)]
    for _ in range(5):
        person = running.make.account("Người đăng ký")
        made = running.make.application(person)
        path = f"/moderation/experts/{made.id}/decision"
        wishes = [_form(path, desk, verdict=verdict, note="Vì.") for desk in desks for verdict in ("approve", "refuse")]  # fmt: skip
        wishes.append(_form("/experts/apply/withdraw", _signed_in(running, person)))
        answers = statuses(volley(running.port, wishes * 4, pages=True))
        # An approval ends the applicant's session, so withdrawing is a conflict or asks to sign in.
        assert answers.count(303) == 1
        assert set(answers) <= {303, 401, 409}
        found = running.db.get(ExpertApplication, made.id)
        expert = running.db.get(Account, person.id).is_expert
        assert expert == (found.status is ApplicationStatus.APPROVED)
        mails = running.db.count(Email, Email.recipient == person.email)
        assert mails == (found.status is not ApplicationStatus.WITHDRAWN)


def test_an_invitation_is_used_once(running: Running) -> None:
    for number in range(5):
        person = running.make.account("Khách mời", email=f"khach{number}@example.org")
        with running.db.session() as session:
            form = InvitationForm(email=person.email, language="vi")
            invitations.invite(session, running.db.settings, running.make.desk(), form)
        text = running.db.all(Email, Email.recipient == person.email)[-1].text
        token = re.findall(r"token=(\S+)", text)[0]
        fields = {"field": "ducks", "affiliation": "Viện Vịt", "country": "VN", "biography": "Vịt."}
        wishes = [_form("/experts/invitation", _signed_in(running, person), token=token, **fields) for _ in range(12)]  # fmt: skip
        answers = statuses(volley(running.port, wishes, pages=True))
        assert answers.count(303) == 1
        assert set(answers) <= {303, 400, 401}
        assert running.db.count(ExpertApplication, ExpertApplication.account_id == person.id) == 1


def _experts(running: Running, number: int) -> list[tuple[Account, str]]:
    """Experts of different houses, with their tokens."""
    people = [running.make.expert("Chuyên gia", affiliation=f"Nhà {one}") for one in range(number)]
    with running.db.session() as session:
        return [(person, accounts.new_api_token(session, person)) for person in people]


def test_an_assessment_is_opened_once_and_closed_once(running: Running) -> None:
    """By two desks at once; and when the last verdicts come in together, each sent several times."""
    assess, experts = Assess(running.make), _experts(running, 3)
    desks = [running.make.account("Bàn", Role.MODERATOR) for _ in range(2)]
    with running.db.session() as session:
        tokens = [accounts.new_api_token(session, desk) for desk in desks]
    for _ in range(3):
        made = running.make.proposal(running.author, "published")
        path = f"/api/v1/proposals/{made.id}/assessment"
        body = {"evaluators": [expert.id for expert, _ in experts]}
        wishes = [request("POST", f"{path}/rounds", token, body) for token in tokens * 5]
        assert statuses(volley(running.port, wishes)) == [201] + [409] * 9
        assert running.db.count(AssessmentRound, AssessmentRound.proposal_id == made.id) == 1
        for expert, _ in experts:
            assess.declare(expert)
        wishes = [
            request("POST", f"/api/v1/assessments/{assess.asked(expert).id}/verdict", token, judgement(score))
            for score, (expert, token) in enumerate(experts, 2)
        ]  # fmt: skip
        assert statuses(volley(running.port, wishes * 4)) == [200] * 3 + [409] * 9
        events = running.db.all(Event, Event.proposal_id == made.id)
        assert [one.kind for one in events].count(EventKind.ASSESSMENT_CLOSED) == 1
        assert running.db.get(Proposal, made.id).assessment_score == 3


def test_an_expert_who_leaves_while_being_asked(running: Running) -> None:
    """Whoever comes first: they are not asked, or what they were asked for goes with them. Nobody waits for ever."""
    with running.db.session() as session:
        desk = accounts.new_api_token(session, running.make.desk())
    for _ in range(4):
        (leaver, _), (other, _) = _experts(running, 2)
        made = running.make.proposal(running.author, "published")
        running.make.vote(leaver, made)
        body = {"evaluators": [leaver.id, other.id]}
        wish = request("POST", f"/api/v1/proposals/{made.id}/assessment/rounds", desk, body)
        leave = _form("/account/delete", _signed_in(running, leaver), confirmation=leaver.email, proposals="keep")  # fmt: skip
        answers = statuses(volley(running.port, [wish, leave], pages=True))
        assert answers in ([200, 201], [200, 422])
        assert running.db.count(Account, Account.id == leaver.id) == 0
        assert running.db.count(Evaluator, Evaluator.account_id == leaver.id) == 0


def test_votes_that_fill_the_threshold_at_once_call_for_one_answer(running: Running) -> None:
    for number in range(3):
        campaign = running.make.campaign(answer_threshold=5 + number)
        made = running.make.proposal(running.author, "published", campaign_id=campaign.id)
        wishes = [vote(made, token, value) for token in running.tokens for value in ("support", None, "support")]  # fmt: skip
        assert max(statuses(volley(running.port, wishes))) < 500
        # However they came and went, all of them count in the end.
        volley(running.port, [vote(made, token) for token in running.tokens])
        assert running.db.count(AnswerRequest, AnswerRequest.proposal_id == made.id) == 1
        called = (Event.proposal_id == made.id, Event.kind == "answer_called")
        assert running.db.count(Event, *called) == 1


def test_an_answer_is_drafted_approved_and_published_once(running: Running) -> None:
    officers = [running.make.officer(f"Cán bộ {number}") for number in range(4)]
    with running.db.session() as session:
        tokens = [accounts.new_api_token(session, officer) for officer in officers]
    for _ in range(4):
        made = running.make.proposal(running.author, "published")
        running.make.called(made)
        path = f"/api/v1/proposals/{made.id}/answers"
        answers = volley(running.port, [request("POST", path, token, official()) for token in tokens] * 3)  # fmt: skip
        assert statuses(answers) == [201] + [409] * 11
        (draft,) = running.db.all(OfficialAnswer, OfficialAnswer.proposal_id == made.id)
        writer = [officer.id for officer in officers].index(draft.drafted_by)
        edits = [request("PUT", f"/api/v1/answers/{draft.id}", tokens[writer], official() | {"version": 1})] * 8  # fmt: skip
        assert statuses(volley(running.port, edits)) == [200] + [409] * 7
        volley(running.port, [request("POST", f"/api/v1/answers/{draft.id}/submit", tokens[writer], {"version": 2})])  # fmt: skip
        others = [token for number, token in enumerate(tokens) if number != writer]
        wishes = [request("POST", f"/api/v1/answers/{draft.id}/approve", token, {"version": 2}) for token in others]  # fmt: skip
        assert statuses(volley(running.port, wishes * 4)) == [200] + [409] * 11
        assert running.db.count(Milestone, Milestone.proposal_id == made.id) == 1
        steps = [one.step for one in running.db.all(AnswerEvent, AnswerEvent.answer_id == draft.id)]
        assert (steps.count("approved"), steps.count("published")) == (1, 1)


def test_several_workers_publish_and_tell_once(running: Running) -> None:
    """The background loops of several processes at the same moment, beside those of the running server."""
    make, db = running.make, running.db
    first, second = make.officer("An"), make.officer("Bình")
    with (
        db.session() as session
    ):  # Whoever has had today's mail is left alone by the running server until tomorrow.
        for person in (*running.people, running.author):
            session.add(NewsMail(account_id=person.id, written_at=now()))
    made = [make.proposal(running.author, "published") for _ in range(5)]
    for (
        proposal
    ) in made:  # Followed first: the running server spreads the call as soon as it is made.
        for person in running.people:
            with db.session() as session:
                follows.follow(session, person, proposal)
        make.called(proposal)
        make.approved(first, second, proposal, publish_at=(now() + timedelta(seconds=1)).isoformat())  # fmt: skip
    deadline = time.monotonic() + 20
    numbers = [proposal.id for proposal in made]
    while db.count(Proposal, col(Proposal.id).in_(numbers), Proposal.status == "under_consideration") < len(made):  # fmt: skip
        assert time.monotonic() < deadline
        at_once(4, lambda: jobs.publish_answers(db.engine, db.settings))
    told = col(News.proposal_id).in_(numbers)
    while db.count(News, told, col(News.spread_at).is_(None)):
        assert time.monotonic() < deadline
        at_once(4, lambda: jobs.spread_news(db.engine, db.settings))
    ours = [one.id for one in db.all(News, told)]
    assert len(ours) == 2 * len(made)
    assert db.count(Notice, col(Notice.news_id).in_(ours)) == len(ours) * (len(running.people) + 1)
    since = now() + timedelta(minutes=1)  # As if the hour had come meanwhile.
    with db.session(writes=False) as session:
        waiting = news.due(session, since)

    def write() -> None:
        for number in waiting:
            with db.session() as session:
                news.bundle(session, db.settings, number, since)

    at_once(4, write)
    mails = db.all(Email, Email.name == "news")
    assert len(mails) == len({mail.recipient for mail in mails}) == len(waiting)


def at_once(number: int, act: Callable[[], None]) -> None:
    """Do the same in several threads at the same moment; the first failure is raised."""
    together = Barrier(number)

    def run() -> None:
        together.wait(10)
        act()

    with ThreadPoolExecutor(number) as pool:
        for done in [pool.submit(run) for _ in range(number)]:
            done.result(30)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_harness_catches_a_build_that_looks_before_it_inserts(
    another_database: Callable[[], AbstractContextManager[Database]], tmp_path: object
) -> None:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.bad_builds:looks_before_it_inserts",
        "--factory",
    ]
    with another_database() as database:
        make, author, _, tokens = prepare(database)
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE vote DROP CONSTRAINT pk_vote"))
        make.vote(database.get(Account, author.id), make.proposal(author, "published"))
        made = [make.proposal(author, "published") for _ in range(5)]
        with serving(database, tmp_path / "log", workers=2, command=command) as port:
            for proposal in made:
                volley(port, [vote(proposal, tokens[0])] * 60)
        with database.session(writes=False) as session:
            query = select(func.count()).where(col(Vote.proposal_id).in_([p.id for p in made])).group_by(col(Vote.proposal_id))  # fmt: skip
            assert max(session.exec(query).all()) > 1


def moderators(db: Database, make: Make, count: int) -> list[str]:
    """The tokens of some new moderators."""
    made = [make.account("Kiểm duyệt", Role.MODERATOR) for _ in range(count)]
    with db.session() as session:
        return [accounts.new_api_token(session, one) for one in made]


def take_up(port: int, db: Database, make: Make, author: Account, tokens: list[str]) -> tuple[list[Proposal], list[int]]:  # fmt: skip
    """As many proposals wait as there are moderators, who all take up the next; what waited, and what they were given."""
    with db.session() as session:
        session.execute(text("DELETE FROM queue_item"))
    made = [make.proposal(author, "submitted") for _ in tokens]
    taking = [request("POST", "/api/v1/moderation/queue/next", token, {"kind": "proposal"}) for token in tokens]  # fmt: skip
    answers = volley(port, taking)
    return made, sorted(body["items"][0]["subject_id"] for _, body in answers if body["items"])


def test_two_moderators_never_have_the_same(running: Running) -> None:
    tokens = moderators(running.db, running.make, 8)
    for _ in range(5):
        made, taken = take_up(running.port, running.db, running.make, running.author, tokens)
        assert taken == sorted(one.id for one in made)
        numbers = {one.subject_id: one.id for one in running.db.all(QueueItem)}
        path = f"/api/v1/moderation/queue/{numbers[made[0].id]}/decision"
        bodies = [{"outcome": "publish"}, {"outcome": "reject", "reason_code": "off-topic"}] * 4
        decisions = [request("POST", path, token, body) for token, body in zip(tokens, bodies, strict=True)]  # fmt: skip
        # Only the one who has taken it up decides.
        assert statuses(volley(running.port, decisions)) == [200] + [409] * 7


def test_many_who_decide_at_once_make_one_decision(running: Running) -> None:
    tokens = moderators(running.db, running.make, 6)
    made = [running.make.proposal(running.author, "submitted") for _ in range(3)]
    numbers = [one.id for one in running.db.all(QueueItem)][-len(made) :]
    bodies = [{"items": order, "outcome": "publish"} for order in (numbers, numbers[::-1])] * 3
    answers = volley(running.port, [request("POST", "/api/v1/moderation/decisions", token, body) for token, body in zip(tokens, bodies, strict=True)])  # fmt: skip
    assert statuses(answers) == [200] * 6
    decided = [one["decided"] for _, body in answers for one in body["items"]]
    assert decided.count(True) == len(made)
    assert running.db.count(Ruling, col(Ruling.item_id).in_(numbers)) == len(made)


def test_many_decided_crosswise_do_not_block_each_other(running: Running) -> None:
    """Whoever decides on comments of several proposals holds none of them while going on to the next."""
    make, db = running.make, running.db
    tokens = moderators(db, make, 4)
    first, second = (make.proposal(running.author, "published") for _ in range(2))
    there = [make.comment(running.people[one], proposal) for one, proposal in enumerate((first, second) * 4)]  # fmt: skip
    back = [make.comment(running.people[one], proposal) for one, proposal in enumerate((second, first) * 4)]  # fmt: skip
    numbers = {item.subject_id: item.id for item in db.all(QueueItem, QueueItem.kind == QueueKind.COMMENT)}  # fmt: skip
    lists = [[numbers[one.id] for one in said] for said in (there[:4], back[:4], there[4:], back[4:])]  # fmt: skip
    wishes = [request("POST", "/api/v1/moderation/decisions", token, {"items": items, "outcome": "hide", "reason_code": "off-topic"}) for token, items in zip(tokens, lists, strict=True)]  # fmt: skip
    votes = [vote(proposal, token) for proposal in (first, second) for token in running.tokens]
    assert statuses(volley(running.port, [*wishes, *votes])) == [200] * 44
    assert (
        db.count(Ruling, col(Ruling.item_id).in_([number for items in lists for number in items]))
        == 16
    )


def test_reports_at_once_are_one_case(running: Running) -> None:
    """Each reader's counts once, and the case is raised once."""
    made = running.make.proposal(running.author, "published")
    path, body = f"/api/v1/proposals/{made.id}/reports", {"reason_code": "off-topic"}
    wishes = [request("POST", path, token, body) for token in running.tokens for _ in range(2)]
    assert statuses(volley(running.port, wishes)) == [201] * PEOPLE + [409] * PEOPLE
    (case,) = running.db.all(ReportCase, ReportCase.target_id == made.id)
    assert running.db.count(Report, Report.case_id == case.id) == PEOPLE
    (item,) = running.db.all(QueueItem, QueueItem.kind == QueueKind.REPORT, QueueItem.subject_id == case.id)  # fmt: skip
    assert running.db.count(QueueEvent, QueueEvent.item_id == item.id, QueueEvent.step == Step.RAISED) == 1  # fmt: skip
    assert running.db.get(QueueSignal, (item.id, Signal.REPORTED)).detail == {"count": PEOPLE}


def test_reports_while_the_text_is_being_hidden(running: Running) -> None:
    """Whoever reports hears the outcome: no report is left in a case that nobody will decide."""
    desks = [running.make.account("Bàn", Role.MODERATOR) for _ in range(2)]
    with running.db.session() as session:
        tokens = [accounts.new_api_token(session, one) for one in desks]
    for _ in range(3):
        made = running.make.proposal(running.author, "published")
        path = f"/api/v1/proposals/{made.id}"
        wishes = [request("POST", f"{path}/reports", token, {"reason_code": "off-topic"}) for token in running.tokens[:12]]  # fmt: skip
        wishes[6:6] = [request("POST", f"{path}/decision", token, {"decision": "hide", "reason_code": "off-topic"}) for token in tokens]  # fmt: skip
        found = statuses(volley(running.port, wishes))
        assert set(found) <= {200, 201, 404, 409}
        assert found.count(200) == 1
        cases = running.db.all(ReportCase, ReportCase.target_id == made.id)
        assert all(case.closed_at is not None for case in cases)
        running.make.tell_reporters()  # As the processes of the server do at the same moment.
        told = running.db.count(Email, Email.name == "report_upheld", Email.text.contains(made.title))  # type: ignore[attr-defined]  # fmt: skip
        assert told == found.count(201)


def test_an_appeal_is_made_and_decided_once(running: Running) -> None:
    desks = [running.make.account("Bàn", Role.MODERATOR) for _ in range(4)]
    with running.db.session() as session:
        tokens = [accounts.new_api_token(session, one) for one in desks]
        own = accounts.new_api_token(session, running.author)
    for _ in range(3):
        made = running.make.proposal(running.author, "rejected")
        (ruling,) = running.db.all(Ruling, Ruling.kind == QueueKind.PROPOSAL, Ruling.subject_id == made.id)  # fmt: skip
        wish = request("POST", f"/api/v1/rulings/{ruling.id}/appeal", own, {"words": "Đúng chủ đề mà."})  # fmt: skip
        assert statuses(volley(running.port, [wish] * 12)) == [201] + [409] * 11
        (appeal,) = running.db.all(Appeal, Appeal.ruling_id == ruling.id)
        (item,) = running.db.all(QueueItem, QueueItem.kind == QueueKind.APPEAL, QueueItem.subject_id == appeal.id)  # fmt: skip
        path = f"/api/v1/moderation/queue/{item.id}/decision"
        wishes = [request("POST", path, token, {"outcome": outcome, "note": "Vì."}) for token in tokens for outcome in ("uphold", "dismiss")]  # fmt: skip
        assert statuses(volley(running.port, wishes)) == [200] + [409] * 7
        (answer,) = running.db.all(Ruling, Ruling.item_id == item.id)
        published = running.db.get(Proposal, made.id).is_public
        assert published == (answer.outcome == "uphold")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_harness_catches_a_build_that_takes_up_without_a_lock(
    another_database: Callable[[], AbstractContextManager[Database]], tmp_path: object
) -> None:
    command = [sys.executable, "-m", "uvicorn", "tests.bad_builds:takes_up_without_a_lock", "--factory"]  # fmt: skip
    with another_database() as database:
        make, author, _, _ = prepare(database)
        tokens = moderators(database, make, 8)
        with serving(database, tmp_path / "log", workers=2, command=command) as port:
            given = [take_up(port, database, make, author, tokens)[1] for _ in range(5)]
    assert any(len(set(taken)) < len(taken) for taken in given)
