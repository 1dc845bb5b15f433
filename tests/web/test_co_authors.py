"""Writing together: by invitation and consent, named everywhere, bound by what binds the author, and free to leave."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col

from app.database import now
from app.models import (
    Account,
    CoAuthor,
    CoAuthorInvitation,
    Email,
    Event,
    EventKind,
    Notice,
    PendingEdit,
    Proposal,
    QueueItem,
    Revision,
    Status,
)
from app.services import export_files, news, premoderation, proposals
from tests.assessing import Assess
from tests.builders import Make, content
from tests.clients import Browser, Client
from tests.databases import Database
from tests.problems import assert_problem

PATH = "/co-author-invitation"
API = "/api/v1/proposals"
FORM = content(tags="ponds")


def link(token: str) -> str:
    return f"{PATH}?token={token}"


def mails(db: Database) -> list[tuple[str, str]]:
    return [(mail.recipient, mail.name) for mail in db.all(Email) if mail.name.startswith("co_author")]  # fmt: skip


def test_the_way_from_the_mail_to_the_name(browser: Browser, client: Client, db: Database, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    page = f"/proposals/{made.id}/co-authors"
    assert browser.as_(ha).submit(page, email="minh@example.org", language="en").headers["location"] == page  # fmt: skip
    (mail,) = db.all(Email, Email.name == "co_author_invitation")
    assert (mail.recipient, mail.language) == ("minh@example.org", "en")
    token = mail.text.split("token=")[1].split()[0]
    (row,) = db.all(CoAuthorInvitation)
    assert token not in row.model_dump().values()
    guest = browser.get(link(token))
    assert (guest.status_code, guest.headers["cache-control"]) == (200, "no-store")
    assert "minh@example.org" not in guest.text
    assert made.title not in guest.text
    stranger = browser.as_(outsider).get(link(token))
    assert stranger.status_code == browser.as_(outsider).submit(PATH, token=token, answer="accept").status_code == 403  # fmt: skip
    assert made.title not in stranger.text
    assert made.title in browser.as_(minh).get(link(token)).text
    assert (db.count(CoAuthor), "Minh" in browser.get(made.path).text) == (0, False)
    answer = browser.as_(minh).submit(PATH, token=token, answer="accept")
    assert (answer.status_code, answer.headers["location"]) == (303, made.path)
    assert browser.as_(minh).submit(PATH, token=token, answer="accept").status_code == 400
    for address in (made.path, "/proposals", f"/experts/{minh.id}"):
        assert "Minh" in browser.get(address).text
    item = client.get(f"{API}?author={minh.id}").json()["items"][0]
    assert (item["id"], item["author"]["name"], [one["name"] for one in item["co_authors"]]) == (made.id, "Hà", ["Minh"])  # fmt: skip
    assert made.title in browser.as_(minh).get("/mine").text
    assert db.count(Event, Event.kind == EventKind.CO_AUTHOR_JOINED, Event.actor_id == minh.id) == 1
    assert mails(db)[1:] == [("ha@example.org", "co_author_changed")]


def test_whoever_declines_is_not_asked_again_at_once(browser: Browser, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    draft = make.proposal(ha)
    token = make.invited(draft, "minh@example.org")
    assert browser.as_(minh).submit(PATH, token=token, answer="decline").headers["location"] == "/mine"  # fmt: skip
    assert browser.as_(minh).get(link(token)).status_code == 400
    assert browser.as_(minh).get(draft.path).status_code == 404
    (row,) = db.all(CoAuthorInvitation)
    page = f"/proposals/{draft.id}/co-authors"
    assert browser.as_(ha).submit(page, email="MINH@example.org").status_code == 409
    assert browser.as_(ha).submit(f"{page}/revoke", invitation=row.handle).status_code == 404
    assert mails(db)[-1] == ("ha@example.org", "co_author_changed")
    assert "minh@example.org" in browser.as_(ha).get(page).text


@pytest.mark.parametrize("spoil", ["replaced", "revoked", "expired", "inviter banned", "withdrawn"])
def test_an_invitation_that_is_void(browser: Browser, db: Database, make: Make, ha: Account, minh: Account, spoil: str) -> None:  # fmt: skip
    draft = make.proposal(ha)
    token = make.invited(draft, "minh@example.org")
    (row,) = db.all(CoAuthorInvitation)
    if spoil == "replaced":
        make.invited(draft, "minh@example.org")
    if spoil == "revoked":
        browser.as_(ha).submit(f"/proposals/{draft.id}/co-authors/revoke", invitation=row.handle)
    if spoil == "expired":
        with db.session() as session:
            session.merge(row).expires_at = now() - timedelta(seconds=1)
    if spoil == "inviter banned":
        make.ban(ha)
    if spoil == "withdrawn":
        browser.as_(ha).submit(f"/proposals/{draft.id}/withdraw")
    answer = browser.as_(minh).submit(PATH, token=token, answer="accept")
    assert answer.status_code == (409 if spoil == "withdrawn" else 400)
    assert db.count(CoAuthor) == 0


def test_the_text_is_theirs_and_handing_in_is_not(client: Client, browser: Browser, db: Database, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    draft = make.co_author(minh, make.proposal(ha))
    theirs, path = client.as_(minh), f"{API}/{draft.id}"
    assert theirs.patch(path, json={"title": "Hai cái ao"}).json()["title"] == "Hai cái ao"
    assert db.get(Revision, (draft.id, 1)).edited_by == minh.id
    assert client.as_(outsider).get(path).status_code == client.get(path).status_code == 404
    for way in ("submit", "withdraw", "co-authors"):
        assert_problem(theirs.post(f"{path}/{way}", json={"email": "x@example.org"} if way == "co-authors" else None), 403)  # fmt: skip
        assert browser.as_(minh).submit(f"/proposals/{draft.id}/{way}").status_code == 403
    answer = browser.as_(minh).submit(f"/proposals/{draft.id}/edit", **FORM, action="submit")
    assert (answer.status_code, db.get(Proposal, draft.id).status) == (403, Status.DRAFT)
    page = browser.as_(minh).get(f"/proposals/{draft.id}/edit").text
    assert 'value="submit"' not in page
    assert 'value="save"' in page


def test_their_new_text_of_a_published_one_waits_as_the_authors(client: Client, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.co_author(minh, make.proposal(ha, "published"))
    assert client.as_(minh).patch(f"{API}/{made.id}", json={"title": "Hai cái ao"}).json()["pending_edit"]  # fmt: skip
    (item,) = db.all(QueueItem)
    assert (item.author_id, db.count(PendingEdit)) == (ha.id, 1)
    make.accepted(made)
    assert db.get(Proposal, made.id).title == "Hai cái ao"
    assert {mail.recipient for mail in db.all(Email, Email.name == "edit_accepted")} == {ha.email, minh.email}  # fmt: skip


def test_nobody_judges_their_own(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.co_author(lan, make.proposal(ha, "submitted"))
    (item,) = db.all(QueueItem)
    mine = client.as_(lan)
    assert_problem(mine.put(f"/api/v1/moderation/queue/{item.id}/claim"), 403, "claim.own_proposal")
    assert mine.post("/api/v1/moderation/queue/next", json={}).json()["items"] == []
    assert_problem(mine.post(f"{API}/{made.id}/decision", json={"decision": "publish"}), 403)
    make.move(made, "published")
    assert_problem(mine.post(f"{API}/{made.id}/status", json={"status": "declined"}), 403)
    assert_problem(mine.get(f"{API}/{made.id}/assessment/suggestions"), 403)
    assert_problem(mine.post(f"{API}/{made.id}/answer-request", json={"department": "mayor"}), 403)
    assert_problem(mine.post(f"{API}/{made.id}/reports", json={"reason_code": "off-topic"}), 403, "report.own")  # fmt: skip
    said = mine.post(f"{API}/{made.id}/comments", json={"text": "Cảm ơn.", "voice": "author"})
    assert (said.status_code, said.json()["author"]["is_proposal_author"]) == (201, True)


def test_experts_are_either_asked_or_co_authors(browser: Browser, client: Client, db: Database, make: Make, ha: Account, quan: Account) -> None:  # fmt: skip
    one, two, same = (make.expert("Chuyên gia", affiliation=house) for house in ("Một", "Hai", "Hai"))  # fmt: skip
    made, other = make.proposal(ha, "published"), make.co_author(two, make.proposal(ha, "published"))  # fmt: skip
    Assess(make).ask(made, one, two)
    token = make.invited(made, str(one.email))
    answer = browser.as_(one).submit(PATH, token=token, answer="accept")
    assert (answer.status_code, db.count(CoAuthor, CoAuthor.proposal_id == made.id)) == (409, 0)
    path = f"{API}/{other.id}/assessment"
    refused = client.as_(quan).post(f"{path}/rounds", json={"evaluators": [two.id, same.id]})
    assert [error["code"] for error in refused.json()["errors"]] == ["author", "same_affiliation"]
    suggested = client.as_(quan).get(f"{path}/suggestions").text
    assert f'"id":{one.id},' in suggested
    assert f'"id":{two.id},' not in suggested
    assert f'"id":{same.id},' not in suggested


def test_leaving_and_being_removed(browser: Browser, client: Client, db: Database, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    draft = make.co_author(outsider, make.co_author(minh, make.proposal(ha)))
    path = f"{API}/{draft.id}/co-authors"
    assert_problem(client.as_(minh).delete(f"{path}/{outsider.id}"), 403)
    before = len(mails(db))
    left = browser.as_(minh).submit(f"/proposals/{draft.id}/co-authors/remove", account=minh.id)
    assert left.headers["location"] == "/mine"
    assert browser.as_(minh).get(draft.path).status_code == 404
    assert client.as_(ha).delete(f"{path}/{outsider.id}").status_code == 204
    assert_problem(client.as_(ha).delete(f"{path}/{outsider.id}"), 404)
    told = [recipient for recipient, _ in mails(db)[before:]]
    assert told == [minh.email, ha.email, outsider.email, ha.email]
    kinds = [event.kind for event in db.all(Event) if event.kind.startswith("co_author")]
    assert kinds == ["co_author_joined", "co_author_joined", "co_author_left", "co_author_removed"]
    assert db.count(CoAuthor, col(CoAuthor.left_at).is_(None)) == 0


def test_no_more_than_five_and_not_too_many_a_day(client: Client, db: Database, make: Make, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    draft = make.co_author(minh, make.proposal(ha))
    invite = lambda email: client.as_(ha).post(f"{API}/{draft.id}/co-authors", json={"email": email})  # noqa: E731  # fmt: skip
    assert_problem(invite("minh@example.org"), 409, "co_author.known")
    assert_problem(invite("ha@example.org"), 409, "invitation.own")
    sent = [invite(f"n{number}@example.org") for number in range(4)]
    assert {answer.status_code for answer in sent} == {201}
    assert len(sent[-1].json()["invitations"]) == 4
    assert_problem(invite("n5@example.org"), 409, "co_author.full")
    monkeypatch.setattr(db.settings, "co_author_invitations_per_day", 2)
    assert_problem(invite("n0@example.org"), 429, "limit.co_authors")
    assert client.as_(minh).get(f"{API}/{draft.id}/co-authors").json()["invitations"] == []
    handle = sent[-1].json()["invitations"][0]["handle"]
    assert client.as_(ha).delete(f"{API}/{draft.id}/co-authors/invitations/{handle}").status_code == 204  # fmt: skip
    assert_problem(client.as_(ha).delete(f"{API}/{draft.id}/co-authors/invitations/{handle}"), 404)


def test_who_is_banned_or_has_left_is_not_named(browser: Browser, client: Client, db: Database, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    made = make.co_author(outsider, make.co_author(minh, make.proposal(ha, "published")))
    make.invited(make.proposal(outsider), "minh@example.org")
    client.as_(minh).patch(f"{API}/{made.id}", json={"title": "Hai cái ao"})
    make.ban(outsider)
    assert "Người dưng" not in browser.get(made.path).text
    answer = browser.as_(minh).submit("/account/delete", confirmation="minh@example.org", proposals="keep", comments="keep")  # fmt: skip
    assert answer.status_code in {200, 303}
    assert client.get(f"{API}/{made.id}").json()["co_authors"] == []
    # The new text that they sent is the author's: it goes on waiting.
    assert (db.count(PendingEdit), db.count(QueueItem)) == (1, 1)
    assert [one.account_id for one in db.all(CoAuthor)] == [outsider.id]
    assert db.count(CoAuthorInvitation) == 0


def test_they_hear_the_news_and_can_read_what_is_stored(db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.co_author(minh, make.proposal(ha, "published"))
    make.move(made, "under_consideration")
    with db.session() as session:
        for number in news.unspread(session):
            news.spread(session, number)
    assert {notice.account_id for notice in db.all(Notice)} == {ha.id, minh.id}
    (make_file,) = [one.make for one in export_files.FILES if one.name == "co_authors.json"]
    with db.session(writes=False) as session:
        kept: Any = make_file(session, db.settings, session.get_one(Account, minh.id))
        sent: Any = make_file(session, db.settings, session.get_one(Account, ha.id))
    assert [one["proposal"] for one in kept["shared"]] == [made.ref]
    assert (sent["shared"], sent["invitations_sent"]) == ([], [])


def test_whoever_has_written_never_judges_it_even_after_leaving(client: Client, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    """Otherwise a moderator could write, leave, decide, and come back."""
    made = make.co_author(lan, make.proposal(ha))
    make.move(made, "submitted")
    gone = client.as_(lan).delete(f"{API}/{made.id}/co-authors/{lan.id}")
    assert gone.status_code == 204
    decided = client.as_(lan).post(f"{API}/{made.id}/decision", json={"decision": "publish"})
    assert_problem(decided, 403)
    assert db.get(Proposal, made.id).status is Status.SUBMITTED
    assert make.move(made, "published").co_authors == []


def test_whoever_has_decided_on_it_does_not_become_a_co_author(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    desk = make.desk()
    token = make.invited(made, str(desk.email))
    assert browser.as_(desk).submit(PATH, token=token, answer="accept").status_code == 409
    assert db.count(CoAuthor) == 0


def test_who_comes_back_is_named_again_once(client: Client, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.co_author(minh, make.proposal(ha, "published"))
    client.as_(minh).delete(f"{API}/{made.id}/co-authors/{minh.id}")
    assert client.get(f"{API}/{made.id}").json()["co_authors"] == []
    make.co_author(minh, made)
    assert [one["name"] for one in client.get(f"{API}/{made.id}").json()["co_authors"]] == ["Minh"]
    assert db.count(CoAuthor) == 1


def test_nobody_hands_in_words_that_they_have_not_seen(browser: Browser, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.co_author(minh, make.proposal(ha))
    seen = re.findall(r'name="text_version" value="(\w+)"', browser.as_(ha).get(made.path).text)[0]
    browser.as_(minh).submit(
        f"/proposals/{made.id}/edit", **FORM | {"title": "Khác hẳn", "action": "save"}
    )
    assert db.get(Proposal, made.id).title == "Khác hẳn"
    refused = browser.as_(ha).submit(f"/proposals/{made.id}/submit", text_version=seen)
    assert refused.status_code == 409
    assert db.get(Proposal, made.id).status is Status.DRAFT


def test_a_trusted_co_author_does_not_spare_an_untrusted_author_the_moderators(db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    campaign = make.campaign(trusted_skip=True)
    for _ in range(db.settings.trusted_after):
        make.proposal(minh, "published")
    made = make.co_author(minh, make.proposal(ha, "published", campaign_id=campaign.id))
    with db.session() as session:
        own = proposals.get_visible(session, session.get_one(Account, minh.id), made.id, lock=True)
        writer = session.get_one(Account, minh.id)
        assert premoderation.is_trusted(session, db.settings, writer)
        premoderation.edit(session, db.settings, writer, own, {"title": "Mới"})
    assert db.get(Proposal, made.id).title != "Mới"
    assert db.count(PendingEdit) == 1
