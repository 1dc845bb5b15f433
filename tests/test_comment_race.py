"""Comments, marks and decisions at the very same moment: the counts equal the rows, nothing happens twice, and whoever
writes, votes, moderates or leaves blocks nobody.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from app.models import (
    Account,
    Comment,
    CommentEvent,
    CommentEventKind,
    HelpfulMark,
    Proposal,
    QueueItem,
    QueueKind,
    Role,
    Ruling,
)
from app.services import accounts, sign_in
from tests.databases import new_database
from tests.servers import request, serving, volley
from tests.test_race import Running, prepare, statuses, vote


@pytest.fixture(scope="module")
def running(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp(f"talking_{os.getpid()}")
    with new_database(engine_name, folder) as database:
        prepared = prepare(database)
        database.settings.comments_per_hour = 1000
        workers = 2 if engine_name == "postgresql" else 1
        with serving(database, folder / "log", workers=workers, settings={"PORTAL_COMMENTS_PER_HOUR": "1000"}) as port:  # fmt: skip
            yield Running(port, database, *prepared)


def write(proposal: Proposal, token: str, text: str, parent: Comment | None = None) -> bytes:
    body = {"text": text, "parent_id": parent.id if parent else None}
    return request("POST", f"/api/v1/proposals/{proposal.id}/comments", token, body)


def on(comment: Comment, token: str, method: str, action: str = "", body: object = None) -> bytes:
    return request(method, f"/api/v1/comments/{comment.id}{action}", token, body)


def token_of(running: Running, account: Account) -> str:
    with running.db.session() as session:
        return accounts.new_api_token(session, account)


def assert_counts(running: Running, proposal: Proposal) -> None:
    """The counts of a proposal and of its comments equal the rows."""
    comments = running.db.all(Comment, Comment.proposal_id == proposal.id)
    visible = [one for one in comments if one.state == "visible"]
    assert running.db.get(Proposal, proposal.id).comment_count == len(visible)
    for one in comments:
        assert one.reply_count == sum(reply.parent_id == one.id for reply in visible)
        marks = running.db.count(HelpfulMark, HelpfulMark.comment_id == one.id)
        assert one.helpful_count == marks
        assert (one.text == "") == (one.state == "deleted")


def test_a_form_sent_many_times_is_one_comment(running: Running) -> None:
    for _ in range(3):
        made = running.make.proposal(running.author, "published")
        answers = volley(running.port, [write(made, running.tokens[0], "Một lần.")] * 20)
        assert statuses(answers) == [201] + [409] * 19
        assert_counts(running, made)


def test_marks_of_many_and_of_one(running: Running) -> None:
    made = running.make.proposal(running.author, "published")
    comment = running.make.comment(running.author, made)
    wishes = [on(comment, token, "PUT", "/helpful") for token in running.tokens * 2]
    answers = volley(running.port, wishes)
    assert statuses(answers) == [200] * 40
    assert running.db.get(Comment, comment.id).helpful_count == 20
    for _ in range(3):
        wishes = [on(comment, token, method, "/helpful") for token in running.tokens[:10] for method in ("PUT", "DELETE", "PUT", "DELETE")]  # fmt: skip
        assert set(statuses(volley(running.port, wishes))) <= {200, 204}
        assert_counts(running, made)
    marks = running.db.get(Comment, comment.id).helpful_count
    events = [running.db.count(CommentEvent, CommentEvent.comment_id == comment.id, CommentEvent.kind == kind) for kind in (CommentEventKind.MARKED, CommentEventKind.UNMARKED)]  # fmt: skip
    # Each of them leaves one event of each kind in an hour, however often and at whatever moment they change their mind.
    assert (events, 10 <= marks <= 20) == ([20, 10], True)


def test_replies_votes_edits_marks_and_decisions_at_once(running: Running) -> None:
    desks = [token_of(running, running.make.account("Bàn", Role.MODERATOR)) for _ in range(2)]
    hiding = {"decision": "hide", "reason_code": "off-topic"}
    for number in range(4):
        made = running.make.proposal(running.author, "published")
        comment = running.make.comment(running.people[0], made)
        reply = running.make.comment(running.people[1], made, parent_id=comment.id)
        own, other = running.tokens[0], running.tokens[1]
        wishes = [write(made, token, f"Ý {number}", comment) for token in running.tokens[2:14]]
        wishes += [vote(made, token) for token in running.tokens[2:14]]
        wishes += [on(comment, token, "PUT", "/helpful") for token in running.tokens[2:14]]
        wishes += [on(comment, own, "PATCH", body={"text": f"Khác {n}"}) for n in range(3)]
        wishes += [on(reply, other, "DELETE")] * 2
        wishes += [on(one, desk, "POST", "/decision", hiding) for desk in desks for one in (comment, reply)]  # fmt: skip
        answers = volley(running.port, wishes)
        assert set(statuses(answers)) <= {200, 201, 204, 409}, answers
        assert_counts(running, made)
        rulings = running.db.count(Ruling, Ruling.kind == QueueKind.COMMENT, Ruling.subject_id == comment.id)  # fmt: skip
        assert rulings == 1
        assert running.db.get(Comment, comment.id).state == "hidden"


def test_leaving_while_others_answer_and_decide(running: Running) -> None:
    desk = token_of(running, running.make.account("Bàn", Role.MODERATOR))
    for number in range(4):
        leavers = [running.make.account(f"Người đi {number} {one}") for one in range(3)]
        made = [running.make.proposal(running.author, "published") for _ in range(2)]
        said = [running.make.comment(leaver, proposal) for leaver in leavers for proposal in made]
        for leaver in leavers:
            for comment in said:
                if comment.author_id != leaver.id:
                    running.make.find_helpful(leaver, comment)
            running.make.comment(leaver, made[0], parent_id=said[0].id)
        wishes = [_leaving(running, leaver, "erase" if one else "keep") for one, leaver in enumerate(leavers)]  # fmt: skip
        for comment in said:
            proposal = running.db.get(Proposal, comment.proposal_id)
            wishes += [write(proposal, running.tokens[1], f"Đáp {number}", comment)]
            wishes += [on(comment, token, "PUT", "/helpful") for token in running.tokens[2:5]]
            wishes += [on(comment, desk, "POST", "/decision", {"decision": "hide", "reason_code": "off-topic"})]  # fmt: skip
        answers = [status for status, _ in volley(running.port, wishes, pages=True)]
        assert answers[:3] == [200] * 3
        assert set(answers) <= {200, 201, 409}
        for proposal in made:
            assert_counts(running, proposal)
        assert not running.db.count(Comment, Comment.author_id.in_([one.id for one in leavers]))
    assert running.db.count(QueueItem, QueueItem.author_id.is_(None)) == 0


def _leaving(running: Running, account: Account, comments: str) -> bytes:
    with running.db.session() as session:
        cookie = sign_in.open_session(session, running.db.settings, account)
    body = urlencode({"confirmation": account.email, "proposals": "keep", "comments": comments}).encode()  # fmt: skip
    lines = ["POST /account/delete HTTP/1.1", "Host: testserver", "Connection: close", f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded", f"Cookie: session={cookie}"]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode() + body
