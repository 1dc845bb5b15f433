"""The city's answers as pages: the lists, the desk, an answer from its draft to everybody, milestones, officers."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.database import now
from app.models import (
    Account,
    AccountEvent,
    AnswerRequest,
    AnswerState,
    Event,
    Milestone,
    Officer,
    OfficialAnswer,
    Proposal,
    Role,
)
from app.services import days
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

ZONE = "Asia/Tokyo"


@pytest.fixture
def made(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published", title="Một cái ao")


@pytest.fixture
def first(make: Make) -> Account:
    return make.officer("Cán bộ An")


@pytest.fixture
def second(make: Make) -> Account:
    return make.officer("Cán bộ Bình")


def fields(**changes: str) -> dict[str, str]:
    day = (days.today(ZONE) + timedelta(days=30)).isoformat()
    values = {"status": "under_consideration", "words": "Sẽ **đào** ao.", "milestone_title_0": "Đo ao", "milestone_due_0": day, "publish_at": ""}  # fmt: skip
    return values | changes


def test_an_answer_from_the_call_to_everybody(browser: Browser, db: Database, made: Proposal, lan: Account, first: Account, second: Account) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/answer-request"
    assert browser.as_(lan).submit(path, department="").status_code == 303
    assert browser.as_(lan).submit(path, department="").status_code == 409
    desk = browser.as_(first)
    assert "Cơ quan tôi nhận trả lời" in desk.get("/answers/desk").text
    answer = desk.submit(f"{path}/department", department="mayor", then="desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/answers/desk")
    assert f"/proposals/{made.id}/answers/new" in desk.get("/answers/desk").text
    answer = desk.submit(f"/proposals/{made.id}/answers", **fields())
    (draft,) = db.all(OfficialAnswer)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/answers/{draft.id}")
    assert desk.get(f"/proposals/{made.id}/answers/new").headers["location"] == f"/answers/{draft.id}"  # fmt: skip
    page = desk.get(f"/answers/{draft.id}").text
    assert "<strong>đào</strong>" in page
    assert 'value="Đo ao"' in page
    assert "Cán bộ An" in page  # The steps, for the desk.
    assert desk.submit(f"/answers/{draft.id}", **fields(words="Đã khác."), version="1").status_code == 303  # fmt: skip
    assert desk.submit(f"/answers/{draft.id}/submit", version="2").status_code == 303
    assert desk.submit(f"/answers/{draft.id}/submit", version="2").status_code == 409
    assert desk.submit(f"/answers/{draft.id}/approve", version="2").status_code == 403
    other = browser.as_(second)
    assert f"/answers/{draft.id}/approve" in other.get(f"/answers/{draft.id}").text
    assert f"/answers/{draft.id}/approve" not in desk.get(f"/answers/{draft.id}").text
    answer = other.submit(f"/answers/{draft.id}/approve", version="2")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}#answer-{draft.id}")  # fmt: skip
    assert other.submit(f"/answers/{draft.id}/approve", version="2").status_code == 409
    public = browser.get(made.path).text
    for text in ("Đã khác.", "Phòng thị trưởng", f'id="answer-{draft.id}"', "Đo ao", f'href="#answer-{draft.id}"'):  # fmt: skip
        assert text in public
    for name in ("Cán bộ An", "Cán bộ Bình"):
        assert name not in public
    assert "Cán bộ Bình" in browser.as_(lan).get(made.path).text
    assert browser.get(f"/answers/{draft.id}").status_code == 303  # To sign in.
    assert browser.as_(db.get(Account, made.author_id)).get(f"/answers/{draft.id}").headers["location"] == f"{made.path}#answer-{draft.id}"  # fmt: skip
    assert "Đã khác." in browser.get("/answers").text
    assert "Một cái ao" not in browser.get("/answers/waiting").text


def test_a_refused_form_is_given_back(browser: Browser, db: Database, make: Make, made: Proposal, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    path = f"/proposals/{made.id}/answers"
    page = browser.as_(first).submit(path, **fields(words="", milestone_due_0="", publish_at="mai"))
    assert page.status_code == 422
    for part in ('id="error-words"', 'id="error-milestones"', 'id="error-publish_at"', 'value="Đo ao"'):  # fmt: skip
        assert part in page.text
    refused = browser.as_(first).submit(path, **fields(status="completed", words="Của tôi"))
    assert refused.status_code == 409
    assert "Của tôi" in refused.text
    answer = make.draft(first, made)
    assert browser.as_(second).submit(f"/answers/{answer.id}", **fields(words="Của Bình"), version="1").status_code == 303  # fmt: skip
    # Two at once: neither's words are lost, and nothing is overwritten.
    stale = browser.as_(first).submit(f"/answers/{answer.id}", **fields(words="Của An"), version="1")  # fmt: skip
    assert stale.status_code == 409
    for words in ("Của Bình", "Của An", 'name="version" value="2"'):
        assert words in stale.text
    assert db.get(OfficialAnswer, answer.id).words == "Của Bình"


def test_an_answer_outlives_the_session(browser: Browser, db: Database, make: Make, made: Proposal, first: Account) -> None:  # fmt: skip
    make.called(made)
    lost = browser.submit(f"/proposals/{made.id}/answers", **fields(words="Lời dài của tôi"))
    assert lost.status_code == 401
    assert "Lời dài của tôi" in lost.text.replace("+", " ") or "words=" in lost.text
    assert f"/proposals/{made.id}/answers/new" in lost.text


def test_taking_back_and_giving_up(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account, lan: Account, first: Account, second: Account) -> None:  # fmt: skip
    make.called(made)
    answer = make.approved(first, second, made, publish_at=(now() + timedelta(days=1)).isoformat())
    path = f"/answers/{answer.id}"
    for action in ("return", "discard", "submit", "approve"):
        assert browser.submit(f"{path}/{action}", version="1").status_code == 401
        assert browser.as_(ha).submit(f"{path}/{action}", version="1").status_code == 404
        assert browser.as_(lan).submit(f"{path}/{action}", version="1").status_code == 403
    assert browser.as_(ha).get(path).status_code == 404
    assert browser.as_(first).submit(f"{path}/return", note="Chờ <đã>").status_code == 303
    assert "Chờ &lt;đã&gt;" in browser.as_(second).get(path).text
    assert browser.as_(first).submit(f"{path}/return").status_code == 409
    assert db.get(OfficialAnswer, answer.id).state is AnswerState.DRAFT
    assert browser.as_(first).submit(f"{path}/discard").status_code == 303
    assert browser.as_(first).submit(f"{path}/discard").status_code == 409
    assert browser.as_(first).submit(path, **fields(), version="1").status_code == 409


def test_the_lists(browser: Browser, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.answers.PAGE", 2)
    for number in range(5):
        make.called(make.proposal(ha, "published", title=f"Ao thứ {number}"), "ferry" if number % 2 else "mayor", -number - 1)  # fmt: skip
    for path, expected in (
        ("/answers/waiting", [4, 3, 2, 1, 0]),
        ("/answers/overdue", [4, 3, 2, 1, 0]),
        ("/answers/overdue?department=ferry", [3, 1]),
        ("/answers/waiting?department=mayor", [4, 2, 0]),
    ):
        seen, address = [], path
        while address:
            page = browser.get(address).text
            found = [int(one) for one in re.findall(r"Ao thứ (\d)", page)]
            assert len(found) <= 2
            seen += found
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = following[1].replace("&amp;", "&") if following else ""
        assert seen == expected
    overdue = browser.get("/answers/overdue").text
    assert "quá hạn 5 ngày" in overdue
    assert re.search(r'department=ferry[^<]*>Bến đò</a></th><td class="figure">2</td><td class="figure">4</td>', overdue)  # fmt: skip
    for wrong in ("/answers?department=x", "/answers?cursor=x", "/answers/overdue?cursor=x"):
        assert browser.get(wrong).status_code == 404


def test_empty_lists(browser: Browser, make: Make, lan: Account) -> None:
    for path in ("/answers", "/answers/waiting", "/answers/overdue"):
        assert 'class="empty"' in browser.get(path).text
    assert browser.as_(lan).get("/answers/desk").status_code == 200
    without = make.account("Chưa có sở", Role.OFFICER)
    assert "chưa được giao về sở, ngành" in browser.as_(without).get("/answers/desk").text


def test_a_milestone(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account, first: Account) -> None:  # fmt: skip
    make.answered(made)
    (milestone,) = db.all(Milestone)
    path, desk = f"/milestones/{milestone.id}", browser.as_(first)
    day = days.day_of(milestone.due_at, ZONE).isoformat()
    assert browser.as_(ha).get(path).status_code == 403
    assert browser.as_(ha).submit(path, progress="5", version="1").status_code == 403
    assert browser.submit(path, progress="5", version="1").status_code == 401
    assert f'value="{day}"' in desk.get(path).text
    wrong = desk.submit(path, progress="x", due_on=day, link="http://x.example.org", words="Giữ lại", version="1")  # fmt: skip
    assert wrong.status_code == 422
    for part in ('id="error-progress"', 'id="error-link"', "Giữ lại"):
        assert part in wrong.text
    answer = desk.submit(path, progress="60", due_on=day, link="https://vit.example.org/bao-cao", words="Đã <b>đo</b>", version="1")  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}#milestone-{milestone.id}")  # fmt: skip
    assert desk.submit(path, progress="70", due_on=day, version="1").status_code == 409
    assert desk.submit(path, progress="60", due_on=day, version="2").status_code == 409
    page = browser.get(made.path).text
    for part in ('value="60"', 'href="https://vit.example.org/bao-cao"', "Đã &lt;b&gt;đo&lt;/b&gt;", "Đo ao (60 %)"):  # fmt: skip
        assert part in page
    assert desk.get(f"/proposals/{made.id}/milestones/new").status_code == 200
    assert desk.submit(f"/proposals/{made.id}/milestones", title="x", due_on="").status_code == 422
    assert desk.submit(f"/proposals/{made.id}/milestones", title="Thả vịt", due_on="2099-01-01").status_code == 303  # fmt: skip
    assert db.count(Milestone) == 2
    with db.session() as session:
        session.get_one(Milestone, milestone.id).due_at = now() - timedelta(days=3)
    assert "Đo ao" in browser.get("/answers/overdue").text
    assert "quá hạn 3 ngày" in browser.get(made.path).text


def test_an_officers_department(browser: Browser, db: Database, make: Make, quan: Account, lan: Account) -> None:  # fmt: skip
    officer = make.account("Mới", Role.OFFICER)
    path, body = f"/people/{officer.id}/department", {"department": "ferry", "note": "Theo quyết định."}  # fmt: skip
    assert browser.submit(path, **body).status_code == 401
    assert browser.as_(lan).submit(path, **body).status_code == 403
    assert path not in browser.as_(lan).get(f"/people/{officer.id}").text
    for wrong, part in (({"department": "x"}, 'id="error-department"'), ({"note": ""}, 'id="error-appoint-note"')):  # fmt: skip
        answer = browser.as_(quan).submit(path, **body | wrong)
        assert (answer.status_code, part in answer.text) == (422, True)
    assert browser.as_(quan).submit(path, **body).status_code == 303
    assert browser.as_(quan).submit(path, **body).status_code == 409
    assert db.get(Officer, officer.id).department_code == "ferry"
    assert "Bến đò" in browser.as_(quan).get(f"/people/{officer.id}").text
    assert [(one.kind, one.actor_id) for one in db.all(AccountEvent)] == [("department", quan.id)]
    # Losing the role loses the department.
    browser.as_(quan).submit(f"/people/{officer.id}/role", role="citizen", note="Thôi việc.")
    assert db.count(Officer) == 0
    assert browser.as_(quan).submit(path, **body).status_code == 409


def test_what_is_hostile_stays_text(browser: Browser, db: Database, make: Make, made: Proposal, lan: Account, first: Account, second: Account) -> None:  # fmt: skip
    evil = "<script>alert(1)</script>"
    make.called(made)
    make.approved(first, second, made, words=f"{evil} [x](javascript:alert(1))", milestones=[{"title": f"{evil}", "due_on": "2099-01-01"}])  # fmt: skip
    with db.session() as session:
        session.get_one(Milestone, db.all(Milestone)[0].id).due_at = now() - timedelta(days=1)
    pages: list[tuple[Any, str]] = [(None, made.path), (None, "/answers"), (None, "/answers/overdue"), (first, "/answers/desk"), (first, f"/answers/{db.all(OfficialAnswer)[0].id}"), (first, f"/milestones/{db.all(Milestone)[0].id}"), (lan, f"/moderation/{made.id}")]  # fmt: skip
    for who, path in pages:
        page = browser.as_(who).get(path)
        assert page.status_code == 200, path
        assert evil not in page.text
        assert "javascript:alert" not in page.text.replace("](javascript:alert", "")


def test_the_menu(browser: Browser, first: Account, lan: Account, ha: Account) -> None:
    assert 'href="/answers"' in browser.get("/").text
    assert 'href="/answers/desk"' in browser.as_(first).get("/").text
    for other in (None, ha, lan):
        assert 'href="/answers/desk"' not in browser.as_(other).get("/").text
    assert 'href="/answers/desk"' in browser.as_(lan).get("/answers").text


def test_what_is_owed_is_said_on_the_proposals_page(browser: Browser, db: Database, make: Make, made: Proposal) -> None:  # fmt: skip
    make.called(made, "mayor", 10)
    assert "phải phản hồi trước hết ngày" in browser.get(made.path).text
    with db.session() as session:
        session.get_one(AnswerRequest, db.all(AnswerRequest)[0].id).due_at = now() - timedelta(days=4)  # fmt: skip
    assert "quá hạn 4 ngày" in browser.get(made.path).text
    assert db.all(Event)[-1].kind == "answer_assigned"
