"""Deleting one's account: what goes, what stays without a name, and that nothing leads to the person any more."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import Session, SQLModel, col, select

from app import jobs
from app.database import now, table_of
from app.models import (
    Account,
    AccountEventKind,
    ApiToken,
    Authenticator,
    DataExport,
    Email,
    Event,
    ExpertApplication,
    Invitation,
    LoginSession,
    Passkey,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    QueueEvent,
    QueueItem,
    QueueKind,
    RecoveryCode,
    Revision,
    Role,
    SignInCode,
    Step,
    Vote,
    Voter,
    VoteValue,
)
from app.privacy import PRIVACY_VERSION
from app.services import (
    accounts,
    identities,
    outbox,
    pabulib,
    people,
    phones,
    second_factors,
    sign_in,
    votes,
)
from app.services.deletions import HANDED_OVER, PARTED
from app.services.sign_in import Visitor
from app.services.tallies import Moves
from app.text import slug
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.tallies import assert_days_add_up

PATH = "/account/delete"
NAME, EMAIL, PHONE = "Đặng Thị Xuyến", "Xuyen.Dang+hanoi@Example.org", "+84912345678"
UNPUBLISHED = ["draft", "submitted", "returned", "rejected"]
WITHDRAWABLE = ["published", "under_consideration"]
STAYING = ["accepted", "in_progress", "completed", "declined", "hidden", "merged", "withdrawn"]


@pytest.fixture
def xuyen(make: Make) -> Account:
    """Xuyến, whose name and address are nobody else's, in any spelling."""
    return make.account(NAME, email=EMAIL.lower())


def leave(browser: Browser, account: Account, proposals: str = "keep") -> httpx.Response:
    return browser.as_(account).submit(PATH, confirmation=account.email, proposals=proposals)


def spellings() -> list[str]:
    """The name and the address in every form in which a database could hold them."""
    words = [NAME, EMAIL, EMAIL.lower(), "xuyen.dang@example.org", "xuyen.dang", "Xuyến"]
    words += [slug(NAME), slug("Xuyến"), PHONE]
    return [*words, *(json.dumps(word)[1:-1] for word in words)]


def traces(text: str) -> list[str]:
    lower = text.lower()
    return [word for word in spellings() if word.lower() in lower]


def assert_tallies(db: Database) -> None:
    """Every count equals its rows and its days, and every trend is theirs, to the rounding of a double."""
    assert_days_add_up(db)
    for proposal in db.all(Proposal):
        rows = db.all(Vote, Vote.proposal_id == proposal.id)
        support = [row for row in rows if row.value is VoteValue.SUPPORT]
        assert proposal.support_count == len(support)
        assert proposal.oppose_count == len(rows) - len(support)
        assert proposal.trend == pytest.approx(sum(votes.weight(row.cast_at) for row in support), rel=1e-12, abs=1e18)  # fmt: skip


def busy_life(browser: Browser, db: Database, make: Make, account: Account, other: Account) -> list[Proposal]:  # fmt: skip
    """An account that has left rows in every table there is."""
    own = browser.as_(account)
    made = [make.proposal(account, status) for status in (*UNPUBLISHED, *WITHDRAWABLE, *STAYING)]
    edited = made[len(UNPUBLISHED)]
    texts = {"summary": "x", "problem": "x", "solution": "x", "expected_impact": "x", "resources_needed": "x", "pillar": "fields", "action": "save"}  # fmt: skip
    own.submit(f"/proposals/{edited.id}/edit", title="Một cái ao khác", **texts)
    make.accepted(edited)
    own.submit(f"/proposals/{edited.id}/edit", title="Chưa ai đọc", **texts)
    for proposal in (*made[4:6], make.proposal(other, "published")):
        make.vote(account, proposal)
        make.vote(other, proposal)
    decided = make.proposal(other, "published")
    make.vote(account, decided)
    make.move(decided, "under_consideration")
    make.move(decided, "accepted")
    make.report(account, decided, f"{NAME} thấy chưa đúng.")
    make.appeal(account, f"Tôi là {NAME}, xin xem lại.")
    talked = make.comment(account, decided, text=f"Tôi là {NAME}.")
    own.submit(f"{talked.path}/edit", text="Tôi là ai không quan trọng.", stance="for")
    make.find_helpful(other, talked)
    make.find_helpful(account, make.comment(other, decided, parent_id=talked.id))
    make.rule_on(talked, "keep", note=f"Chào {NAME}.")
    own.submit("/account/export")
    with db.session() as session:
        accounts.new_api_token(session, account)
        session.add(Passkey(credential_id="x", account_id=account.id, public_key="x", name=f"Của {NAME}"))  # fmt: skip
        session.add(Authenticator(account_id=account.id, sealed_secret="x"))
        second_factors.new_recovery_codes(session, db.settings, account)
        sign_in.open_session(session, db.settings, account, "Firefox · Linux")
        for address in (EMAIL, "xuyen.dang@example.org"):
            sign_in.request_code(session, db.settings, Visitor("203.0.113.7"), address)
        session.add(Email(recipient=EMAIL, name="x", subject=NAME, text=NAME, html=NAME))
        known = identities.claim(db.settings, "desk", "desk", "001098000001")
        identities.attach(session, db.settings, account, known)
        people.record(session, db.settings, other, account, AccountEventKind.VERIFIED, f"Thẻ của {NAME}")  # fmt: skip
        people.record(session, db.settings, account, other, AccountEventKind.BANNED, "Vì thế")
        phones.request_code(session, db.settings, Visitor("203.0.113.7"), account, PHONE)
        session.add(ExpertApplication(account_id=account.id, affiliation=f"Viện {NAME}", country="VN", links=[], languages=[], biography=f"Tôi là {NAME}"))  # fmt: skip
        session.add(Invitation(email_key=account.email_key, email=EMAIL, token_hash="x", invited_by=account.id, expires_at=now()))  # fmt: skip
        for row in session.exec(select(LoginSession)).all():
            row.second_factor_at = now()
    return [db.get(Proposal, proposal.id) for proposal in made]


def test_nothing_leads_to_the_person(browser: Browser, client: Client, db: Database, make: Make, xuyen: Account, ha: Account, quan: Account, tmp_path: Path) -> None:  # fmt: skip
    made = busy_life(browser, db, make, xuyen, ha)
    jobs.prepare_exports(db.engine, db.settings)
    assert set(traces(db.dump())) >= {NAME, "xuyen.dang@example.org", EMAIL.lower()}
    public = [proposal for proposal in made if proposal.published_at]
    assert NAME in browser.get(public[0].path).text

    page = leave(browser, xuyen)
    assert page.status_code == 200
    assert traces(page.text) == []
    assert traces(db.dump()) == []
    assert_tallies(db)
    for table in (ApiToken, LoginSession, Passkey, Authenticator, RecoveryCode, DataExport):
        assert db.count(table, table.account_id == xuyen.id) == 0
    assert db.count(SignInCode) == 0
    assert db.count(Account, Account.id == xuyen.id) == 0

    pages = [p.path for p in public] + ["/", "/proposals", "/proposals?sort=updated", "/campaigns"]
    said = [browser.as_(one).get(path).text for one in (None, ha, quan) for path in pages]
    calls = ["/api/v1/proposals?limit=100", *(f"/api/v1/proposals/{p.id}" for p in public)]
    said += [client.as_(one).get(path).text for one in (None, ha, quan) for path in calls]
    with db.session(writes=False) as session:
        pabulib.save(session, public[0].campaign_id, tmp_path / "out.pb")
    said.append((tmp_path / "out.pb").read_text(encoding="utf-8"))
    browser.as_(quan).submit("/account/export")
    jobs.prepare_exports(db.engine, db.settings)
    (export,) = db.all(DataExport)
    with zipfile.ZipFile(io.BytesIO(export.content or b"")) as archive:
        said += [archive.read(name).decode() for name in archive.namelist()]
    assert traces("\n".join(said)) == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_file_itself_holds_nothing_any_more(browser: Browser, db: Database, make: Make, xuyen: Account, ha: Account) -> None:  # fmt: skip
    """Not even in pages that no table uses any more."""

    def raw() -> str:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(db.engine.url.database or "").read_bytes().decode("utf-8", "ignore")

    busy_life(browser, db, make, xuyen, ha)
    for _ in range(50):
        make.proposal(xuyen, title=f"Bản nháp của {NAME}", problem=NAME * 100)
    db.engine.dispose()
    assert NAME in raw()
    leave(browser, xuyen)
    db.engine.dispose()
    assert traces(raw()) == []


def test_the_answer_signs_out_and_says_what_was_done(browser: Browser, db: Database, make: Make, xuyen: Account, ha: Account) -> None:  # fmt: skip
    busy_life(browser, db, make, xuyen, ha)
    page = leave(browser, xuyen, "withdraw")
    assert "Tài khoản của bạn đã được xóa" in page.text
    assert "Đã xóa 4 sáng kiến chưa từng được công bố." in page.text
    assert "Đã rút 2 sáng kiến đã công bố." in page.text
    assert "7 sáng kiến đã công bố được giữ lại" in page.text
    assert "Đã rút lại 3 phiếu." in page.text
    assert "1 phiếu đã có kết quả vẫn được tính" in page.text
    assert 'action="/sign-out"' not in page.text
    assert 'session=""' in page.headers["set-cookie"]
    assert "Max-Age=0" in page.headers["set-cookie"]
    assert page.headers["cache-control"] == "no-store"
    assert browser.as_(xuyen).get("/account").status_code == 303
    again = browser.as_(xuyen).submit(PATH, confirmation=xuyen.email, proposals="keep")
    assert again.status_code == 401


def test_no_mail_is_sent(browser: Browser, db: Database, xuyen: Account) -> None:
    leave(browser, xuyen)
    assert db.count(Email) == 0


@pytest.mark.parametrize("status", UNPUBLISHED)
def test_what_was_never_published_is_removed(browser: Browser, db: Database, make: Make, xuyen: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(xuyen, status)
    assert leave(browser, xuyen).status_code == 200
    assert db.count(Proposal, Proposal.id == made.id) == 0
    for table in (Event, Revision, ProposalGoal, ProposalWard, ProposalTag):
        assert db.count(table) == 0


def test_what_waits_leaves_the_queue_and_what_stays_is_in_sight(browser: Browser, db: Database, make: Make, xuyen: Account, ha: Account) -> None:  # fmt: skip
    make.proposal(xuyen, "submitted")
    said = make.comment(xuyen, make.proposal(ha, "published"))
    with db.session() as session:  # As when the account was being closed at this moment.
        session.execute(update(QueueItem).values(is_set_aside=True))
    leave(browser, xuyen)
    (item,) = db.all(QueueItem)
    assert (item.kind, item.subject_id, item.is_set_aside) == (QueueKind.COMMENT, said.id, False)
    assert [one.kind for one in db.all(QueueEvent, QueueEvent.step == Step.LEFT)] == [QueueKind.PROPOSAL]  # fmt: skip


def test_what_was_withdrawn_before_publication_is_removed(browser: Browser, db: Database, make: Make, xuyen: Account) -> None:  # fmt: skip
    made = make.proposal(xuyen, "withdrawn", before="submitted")
    leave(browser, xuyen)
    assert db.count(Proposal, Proposal.id == made.id) == 0


@pytest.mark.parametrize("choice", ["keep", "withdraw"])
@pytest.mark.parametrize("status", WITHDRAWABLE + STAYING)
def test_what_was_published_stays_as_a_former_members(browser: Browser, db: Database, make: Make, xuyen: Account, status: str, choice: str) -> None:  # fmt: skip
    made = make.proposal(xuyen, status)
    leave(browser, xuyen, choice)
    found = db.get(Proposal, made.id)
    former = db.get(Account, found.author_id)
    assert (former.is_former_member, former.email, former.name, former.role) == (True, None, "", Role.CITIZEN)  # fmt: skip
    withdrawn = choice == "withdraw" and status in WITHDRAWABLE
    assert found.status == ("withdrawn" if withdrawn else status)
    events = db.all(Event, Event.proposal_id == made.id)
    assert (events[-1].to_status, events[0].actor_id) == (found.status, former.id)
    assert {row.edited_by for row in db.all(Revision, Revision.proposal_id == made.id)} == {former.id}  # fmt: skip
    assert db.count(Event, Event.actor_id == xuyen.id) == 0


@pytest.mark.parametrize(("lang", "shown"), [("vi", "Thành viên cũ"), ("en", "Former member")])
def test_how_a_former_member_is_shown(browser: Browser, client: Client, make: Make, xuyen: Account, lan: Account, lang: str, shown: str) -> None:  # fmt: skip
    made = make.proposal(xuyen, "published")
    leave(browser, xuyen)
    for path in (made.path, "/proposals"):
        assert f"<span>{shown}</span>" in browser.get(f"{path}?lang={lang}").text
    assert f"· {shown}" in browser.as_(lan).get(f"{made.path}?lang={lang}").text
    author = client.get(f"/api/v1/proposals/{made.id}?lang={lang}").json()["author"]
    assert (author["name"], author["is_expert"]) == (shown, False)


def test_two_former_members_are_one(browser: Browser, db: Database, make: Make, xuyen: Account, minh: Account) -> None:  # fmt: skip
    made = [make.proposal(author, "published") for author in (xuyen, minh)]
    leave(browser, xuyen)
    leave(browser, minh)
    authors = {db.get(Proposal, one.id).author_id for one in made}
    assert len(authors) == db.count(Account, col(Account.is_former_member)) == 1


def test_a_moderators_decisions_stay_without_the_moderator(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    browser.as_(lan).submit(f"/proposals/{made.id}/decision", decision="publish")
    leave(browser, lan)
    last = db.all(Event, Event.proposal_id == made.id)[-1]
    assert last.to_status == "published"
    assert db.get(Account, last.actor_id).is_former_member


def test_nobody_signs_in_as_the_former_member(browser: Browser, db: Database, xuyen: Account) -> None:  # fmt: skip
    leave(browser, xuyen)
    (former,) = db.all(Account, col(Account.is_former_member))
    assert (former.email, former.email_key) == (None, None)
    before = db.counts()
    assert browser.submit("/sign-in", email="").status_code == 422
    assert db.counts() == before


def test_coming_back_is_beginning_anew(browser: Browser, db: Database, make: Make, xuyen: Account, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(xuyen, made)
    leave(browser, xuyen)
    assert db.get(Proposal, made.id).support_count == 0
    again = make.account(NAME, email=EMAIL.lower())
    make.vote(again, made)
    assert db.get(Proposal, made.id).support_count == 1
    assert_tallies(db)


@pytest.mark.parametrize("typed", ["", "nobody@example.org", "xuyen.dang", "x" * 300, "\x00", NAME])
def test_another_address_deletes_nothing(browser: Browser, db: Database, make: Make, xuyen: Account, typed: str) -> None:  # fmt: skip
    make.proposal(xuyen, "published")
    own = browser.as_(xuyen)
    before = db.dump()
    page = own.submit(PATH, confirmation=typed, proposals="keep")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert 'href="#field-confirmation"' in page.text
    assert 'value="keep" checked' in page.text
    assert db.dump() == before


@pytest.mark.parametrize("typed", [EMAIL, EMAIL.lower(), "  xuyen.dang@example.org "])
def test_the_same_address_in_another_spelling_will_do(browser: Browser, db: Database, xuyen: Account, typed: str) -> None:  # fmt: skip
    assert browser.as_(xuyen).submit(PATH, confirmation=typed, proposals="keep").status_code == 200
    assert db.count(Account, Account.id == xuyen.id) == 0


@pytest.mark.parametrize("choice", ["", "burn", None])
def test_without_a_choice_nothing_happens(browser: Browser, db: Database, make: Make, xuyen: Account, choice: str | None) -> None:  # fmt: skip
    make.proposal(xuyen, "published")
    fields = {"proposals": choice} if choice is not None else {}
    page = browser.as_(xuyen).submit(PATH, confirmation=xuyen.email, **fields)
    assert page.status_code == 422
    assert 'href="#field-proposals"' in page.text
    assert db.count(Account, Account.id == xuyen.id) == 1


def test_an_account_without_an_address_is_confirmed_by_its_name(browser: Browser, db: Database) -> None:  # fmt: skip
    with db.session() as session:
        nameless = Account(name=NAME, consent_version=PRIVACY_VERSION)
        session.add(nameless)
    own = browser.as_(nameless)
    assert own.submit(PATH, confirmation="Ai đó", proposals="keep").status_code == 422
    assert NAME in own.get(PATH).text
    assert own.submit(PATH, confirmation=NAME, proposals="keep").status_code == 200
    assert traces(db.dump()) == []


def test_looking_deletes_nothing(browser: Browser, db: Database, make: Make, xuyen: Account, ha: Account) -> None:  # fmt: skip
    busy_life(browser, db, make, xuyen, ha)
    own, before = browser.as_(xuyen), db.dump()
    page = own.get(PATH)
    assert page.status_code == 200
    for part in ("Bạn có 4 sáng kiến như vậy", "Bạn có 9 sáng kiến như vậy", "Hiện có 3 phiếu như vậy", "Hiện có 1 phiếu như vậy", EMAIL.lower()):  # fmt: skip
        assert part in page.text
    assert db.dump() == before


def test_not_signed_in(browser: Browser, db: Database, xuyen: Account) -> None:
    before = db.counts()
    assert browser.submit(PATH, confirmation=xuyen.email, proposals="keep").status_code == 401
    assert browser.get(PATH).headers["location"].startswith("/sign-in?next=")
    assert db.counts() == before


def test_another_site_cannot_delete(browser: Browser, db: Database, xuyen: Account) -> None:
    fields = {"confirmation": xuyen.email, "proposals": "keep"}
    answer = browser.as_(xuyen).post(PATH, data=fields, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert db.count(Account, Account.id == xuyen.id) == 1


def test_a_second_factor_must_have_been_given(browser: Browser, db: Database, xuyen: Account) -> None:  # fmt: skip
    own = browser.as_(xuyen)
    with db.session() as session:
        session.add(Authenticator(account_id=xuyen.id, sealed_secret="x"))
    refused = leave(browser, xuyen)
    assert refused.status_code == 400
    assert db.count(Account, Account.id == xuyen.id) == 1
    with db.session() as session:
        session.merge(db.all(LoginSession)[0]).second_factor_at = now()
    assert own.submit(PATH, confirmation=xuyen.email, proposals="keep").status_code == 200
    assert db.count(Account, Account.id == xuyen.id) == 0
    assert db.count(Authenticator) == 0


def test_the_last_administrator_stays(browser: Browser, db: Database, make: Make, quan: Account) -> None:  # fmt: skip
    banned = make.account("Cũ", Role.ADMIN)
    with db.session() as session:
        accounts.ban(session, session.merge(banned))
    before = db.counts()
    refused = leave(browser, quan)
    assert refused.status_code == 409
    assert "Cổng cần có quản trị viên" in refused.text
    assert db.counts() == {**before, "login_session": before["login_session"] + 1}
    other = make.account("Mới", Role.ADMIN)
    assert leave(browser, quan).status_code == 200
    assert leave(browser, other).status_code == 409


def test_an_email_being_sent_meanwhile_does_no_harm(browser: Browser, db: Database, xuyen: Account) -> None:  # fmt: skip
    with db.session() as session:
        session.add(Email(recipient=EMAIL, name="x", subject="x", text="x", html="x"))
    (email,) = db.all(Email)
    leave(browser, xuyen)
    for mark in (outbox.mark_sent, outbox.mark_failed):
        with db.session() as session:
            mark(session, email.id)
    assert db.count(Email) == 0


def test_other_peoples_mail_and_codes_stay(browser: Browser, db: Database, xuyen: Account, ha: Account) -> None:  # fmt: skip
    with db.session() as session:
        sign_in.request_code(session, db.settings, Visitor("203.0.113.7"), "ha@example.org")
    leave(browser, xuyen)
    assert (db.count(Email), db.count(SignInCode), db.count(Account, Account.id == ha.id)) == (1, 1, 1)  # fmt: skip


def test_every_reference_to_an_account_is_dealt_with() -> None:
    """A new table fails here: let its rows go with the account (child_of), or name the column in services/deletions.py."""
    outliving = {
        (table.name, key.parent.name)
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "account" and key.ondelete not in {"CASCADE", "SET NULL"}
    }
    named = {(table_of(model).name, column) for model, column in (*HANDED_OVER, *PARTED)}
    assert outliving == named


# Which votes are taken back, and which stay


def leaving(session: Session, db: Database, account: Account) -> votes.Forgotten:
    expected = votes.forgettable(session, account)
    votes.lock(session, account)
    moves = Moves()
    found = votes.forget(session, account, moves)
    moves.carry_out(session)
    assert found == expected
    return found


def test_a_vote_that_could_be_cast_again_is_taken_back(db: Database, make: Make, ha: Account, xuyen: Account) -> None:  # fmt: skip
    campaign = make.campaign(allows_opposition=True, voting_closes_at=now() + timedelta(days=1))
    later = make.campaign(voting_closes_at=now() + timedelta(days=9))
    made = [
        make.proposal(ha, "published", campaign_id=campaign.id),
        make.proposal(ha, "under_consideration", campaign_id=campaign.id),
        make.proposal(ha, "published", campaign_id=later.id),
        make.proposal(ha, "published"),
    ]
    hidden = [make.proposal(ha, "published"), make.proposal(ha, "under_consideration")]
    for proposal in (*made, *hidden):
        make.vote(xuyen, proposal)
        make.vote(ha, proposal)
    make.vote(xuyen, made[0], "oppose")
    for proposal in hidden:
        make.move(proposal, "hidden")
    with db.session() as session:
        # Its voting was open when the vote was cast and opens again: still one that could be cast again.
        session.merge(later).voting_opens_at = now() + timedelta(days=2)
    with db.session() as session:
        assert leaving(session, db, xuyen) == votes.Forgotten(6, 0)
    assert db.count(Vote) == 6
    assert db.count(Voter) == 1
    assert {p.support_count for p in db.all(Proposal, Proposal.author_id == ha.id)} == {1}
    assert {p.oppose_count for p in db.all(Proposal)} == {0}
    assert_tallies(db)


@pytest.mark.parametrize("status", ["accepted", "in_progress", "completed", "declined", "withdrawn", "merged"])  # fmt: skip
def test_a_vote_on_what_has_been_decided_stays(db: Database, make: Make, ha: Account, xuyen: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(xuyen, made)
    steps = {"accepted": 2, "in_progress": 3, "completed": 4}.get(status)
    for step in ["under_consideration", "accepted", "in_progress", "completed"][:steps] if steps else [status]:  # fmt: skip
        make.move(made, step)
    before = db.get(Proposal, made.id)
    with db.session() as session:
        assert leaving(session, db, xuyen) == votes.Forgotten(0, 1)
    assert db.get(Proposal, made.id) == before
    (voter,) = db.all(Voter)
    assert voter.account_id is None
    assert_tallies(db)


def test_a_vote_in_a_campaign_that_has_ended_stays(db: Database, make: Make, ha: Account, xuyen: Account) -> None:  # fmt: skip
    campaign = make.campaign()
    made = make.proposal(ha, "published", campaign_id=campaign.id)
    hidden = make.proposal(ha, "published", campaign_id=campaign.id)
    for proposal in (made, hidden):
        make.vote(xuyen, proposal)
    make.move(hidden, "hidden")
    with db.session() as session:
        session.merge(campaign).voting_closes_at = now() - timedelta(seconds=1)
    with db.session() as session:
        assert leaving(session, db, xuyen) == votes.Forgotten(0, 2)
    assert db.get(Proposal, made.id).support_count == 1
    assert_tallies(db)


def test_hidden_after_a_decision_stays(db: Database, make: Make, ha: Account, xuyen: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(xuyen, made)
    for step in ("declined", "hidden"):
        make.move(made, step)
    with db.session() as session:
        assert leaving(session, db, xuyen) == votes.Forgotten(0, 1)
    assert db.get(Proposal, made.id).support_count == 1


def test_who_never_voted_leaves_no_votes(db: Database, xuyen: Account) -> None:
    with db.session() as session:
        assert leaving(session, db, xuyen) == votes.Forgotten(0, 0)


def test_the_voter_cannot_be_found_by_the_account_any_more(browser: Browser, db: Database, make: Make, ha: Account, xuyen: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published")
    make.vote(xuyen, made)
    make.move(made, "declined")
    leave(browser, xuyen)
    assert [(voter.account_id, voter.pseudonym) for voter in db.all(Voter)] == [(None, None)]
