"""Following: by button, by vote and as a program; the list, the choice of mails, and the link that ends them."""

import pytest

from app.models import Account, Follow, NewsMail, Notice, Proposal
from app.services import news
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem, fields_of

API = "/api/v1"


@pytest.fixture
def made(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", title="Một cái ao")


def test_the_button(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account) -> None:  # fmt: skip
    path = f"/proposals/{made.id}/follow"
    assert browser.submit(path, follow="yes").status_code == 401
    own = browser.as_(ha)
    for value, rows, word in (("yes", 1, "Thôi theo dõi"), ("yes", 1, "Thôi theo dõi"), ("", 0, "Theo dõi sáng kiến này"), ("", 0, "Theo dõi sáng kiến này")):  # fmt: skip
        answer = own.submit(path, follow=value)
        assert (answer.status_code, answer.headers["location"]) == (303, made.path)
        assert db.count(Follow) == rows
        assert word in own.get(made.path).text
    draft = make.proposal(ha)
    assert own.submit(f"/proposals/{draft.id}/follow", follow="yes").status_code == 409
    assert own.submit(f"/proposals/{make.move(made, 'hidden').id}/follow", follow="yes").status_code == 404  # fmt: skip
    assert db.count(Follow) == 0


def test_as_a_program(client: Client, db: Database, made: Proposal, ha: Account, minh: Account, lan: Account) -> None:  # fmt: skip
    path = f"{API}/proposals/{made.id}/follow"
    for method in ("PUT", "DELETE"):
        assert_problem(client.request(method, path), 401, "sign_in.required")
    assert_problem(client.get(f"{API}/follows"), 401, "sign_in.required")
    for _ in range(2):
        assert client.as_(ha).put(path).json() == {"proposal_id": made.id, "following": True}
    page = client.as_(ha).get(f"{API}/follows").json()
    assert [(one["proposal_id"], one["title"]) for one in page["items"]] == [(made.id, "Một cái ao")]  # fmt: skip
    assert page["news_by_mail"] is True
    # Nobody else sees it: not the author, not a moderator, not the proposal's own answers.
    for other in (minh, lan):
        assert client.as_(other).get(f"{API}/follows").json()["items"] == []
    for address in (path.removesuffix("/follow"), path.replace("/follow", "/answers")):
        assert "ollow" not in client.as_(lan).get(address).text
    for _ in range(2):
        assert client.as_(ha).delete(path).status_code == 204
    assert db.count(Follow) == 0


def test_with_a_vote(client: Client, browser: Browser, db: Database, made: Proposal, ha: Account, lan: Account, outsider: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    assert 'name="follow" value="yes"' in own.get(made.path).text
    own.submit(f"/proposals/{made.id}/vote", value="support", follow="yes")
    browser.as_(lan).submit(f"/proposals/{made.id}/vote", value="support")
    assert [one.account_id for one in db.all(Follow)] == [ha.id]
    path = f"{API}/proposals/{made.id}/vote"
    assert fields_of(client.as_(outsider).put(path, json={"value": "support", "follow": "yes"})) == {"follow"}  # fmt: skip
    client.as_(outsider).put(path, json={"value": "support"})
    assert db.count(Follow) == 1
    client.as_(outsider).put(path, json={"value": "support", "follow": True})
    assert db.count(Follow) == 2
    # Taking the vote back ends no follow: it was chosen by itself.
    own.submit(f"/proposals/{made.id}/vote", value="")
    assert db.count(Follow) == 2


def test_the_list(browser: Browser, db: Database, make: Make, made: Proposal, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.follows.PAGE", 1)
    assert browser.get("/account/follows").status_code == 303
    own = browser.as_(ha)
    assert "Bạn chưa theo dõi" in own.get("/account/follows").text
    hidden = make.proposal(minh, "published", title="Bí mật")
    for one in (made, hidden):
        own.submit(f"/proposals/{one.id}/follow", follow="yes")
    make.move(hidden, "hidden")
    first = own.get("/account/follows").text
    assert hidden.ref in first
    assert "Bí mật" not in first
    following = first.split('rel="next" href="')[1].split('"')[0]
    assert "Một cái ao" in own.get(following).text
    assert browser.as_(minh).get(following).status_code == 404  # Each list has cursors of its own.
    answer = own.submit("/account/follows/end", proposal=str(hidden.id))
    assert (answer.status_code, db.count(Follow)) == (303, 1)
    for odd in ("", "x", "9" * 18):
        assert own.submit("/account/follows/end", proposal=odd).status_code == 303
    assert db.count(Follow) == 1
    assert browser.submit("/account/follows/end", proposal=str(made.id)).status_code == 401


def test_the_choice_of_mails(browser: Browser, client: Client, db: Database, ha: Account) -> None:
    assert browser.submit("/account/follows/mail", wanted="").status_code == 401
    assert_problem(client.put(f"{API}/follows/mail", json={"wanted": False}), 401)
    own = browser.as_(ha)
    for value, wanted in (("", False), ("", False), ("yes", True)):
        assert own.submit("/account/follows/mail", wanted=value).status_code == 303
        assert db.get(NewsMail, ha.id).is_wanted is wanted
    assert client.as_(ha).put(f"{API}/follows/mail", json={"wanted": False}).json() == {"wanted": False}  # fmt: skip
    assert fields_of(client.as_(ha).put(f"{API}/follows/mail", json={"wanted": 0})) == {"wanted"}
    assert db.get(NewsMail, ha.id).is_wanted is False


def test_the_link_that_ends_the_mails(browser: Browser, db: Database, made: Proposal, ha: Account, minh: Account) -> None:  # fmt: skip
    with db.session() as session:
        link = news.unsubscribe_url(db.settings, ha).removeprefix(db.settings.base_url)
        news.choose(session, minh, wanted=True)
    page = browser.get(link)
    assert (page.status_code, f'action="{link}"' in page.text) == (200, True)
    assert db.count(NewsMail, NewsMail.account_id == ha.id) == 0  # Opening a link changes nothing.
    # What a mail program posts, from wherever it runs; it needs no cookie, and again changes nothing.
    for headers in ({}, {"Origin": "https://mail.example.net"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}):  # fmt: skip
        answer = browser.post(link, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert answer.status_code == 200
        assert db.get(NewsMail, ha.id).is_wanted is False
    assert db.get(NewsMail, minh.id).is_wanted is True
    assert "ha@example.org" not in browser.get(link).text


def test_no_other_link_ends_anything(browser: Browser, db: Database, ha: Account) -> None:
    with db.session():
        link = news.unsubscribe_url(db.settings, ha).removeprefix(db.settings.base_url)
    for wrong in (link[:-1], link + "x", "/news/unsubscribe/1", "/news/unsubscribe/x.y", link.replace("/news/unsubscribe/", "/news/unsubscribe/%00")):  # fmt: skip
        assert browser.get(wrong).status_code == 404
        assert browser.post(wrong).status_code == 404
    assert db.count(NewsMail) == 0
    # The exemption is for these addresses alone.
    for other in ("/news/unsubscribe", "/account/follows/mail", "/sign-out"):
        assert browser.as_(ha).post(other, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403  # fmt: skip
    with db.session() as session:
        session.delete(session.get_one(Account, ha.id))
    assert browser.post(link).status_code == 200  # Nor does it tell who is still here.


def test_ending_them_ends_what_waits(db: Database, make: Make, made: Proposal, minh: Account) -> None:  # fmt: skip
    make.move(made, "declined")
    with db.session() as session:
        for number in news.unspread(session):
            news.spread(session, number)
        assert news.waiting(session, minh) == 1
        news.choose(session, minh, wanted=False)
    assert db.count(Notice) == 0
