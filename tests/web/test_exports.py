"""Downloading one's own data: everything that is stored, no secret, for the browser that asked and for a day."""

import io
import json
import re
import threading
import zipfile
from datetime import datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.database import now
from app.errors import Conflict, NotSignedIn
from app.models import (
    Account,
    ApiToken,
    Authenticator,
    DataExport,
    Email,
    LoginSession,
    Passkey,
    RecoveryCode,
    SignInCode,
)
from app.privacy import PRIVACY_VERSION
from app.security import hash_token
from app.services import accounts, exports, second_factors, sign_in
from app.services.sign_in import Visitor
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

NAMES = [
    "README.txt",
    "account.json",
    "co_authors.json",
    "comments.json",
    "assessments.json",
    "answers.json",
    "decisions.json",
    "emails.json",
    "expert.json",
    "follows.json",
    "helpful.json",
    "identities.json",
    "merge_suggestions.json",
    "proposals.json",
    "reports.json",
    "rulings.json",
    "second_factors.json",
    "sessions.json",
    "staff.json",
    "tokens.json",
    "votes.json",
]


def ask(browser: Browser) -> int:
    """Ask for one's data and have it prepared; the number of the export."""
    answer = browser.submit("/account/export")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account#your-data"
    jobs.prepare_exports(browser.app.state.engine, browser.app.state.settings)
    return browser.db.all(DataExport)[-1].id


def download(browser: Browser) -> httpx.Response:
    return browser.get(f"/account/export/{ask(browser)}")


def files(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def read(browser: Browser, name: str) -> Any:
    return json.loads(files(download(browser))[name])


def test_asking_preparing_downloading(browser: Browser, db: Database, ha: Account) -> None:
    own = browser.as_(ha)
    assert "Chuẩn bị dữ liệu" in own.get("/account").text
    assert own.submit("/account/export").status_code == 303
    (row,) = db.all(DataExport)
    assert (row.account_id, row.ready_at, row.content) == (ha.id, None, None)
    assert row.session_hash == db.all(LoginSession)[0].token_hash
    assert timedelta(hours=23) < row.expires_at - now() <= timedelta(hours=24)
    page = own.get("/account").text
    assert "Đang chuẩn bị" in page
    assert f"/account/export/{row.id}" not in page
    assert own.get(f"/account/export/{row.id}").status_code == 404
    jobs.prepare_exports(db.engine, db.settings)
    assert f'href="/account/export/{row.id}"' in own.get("/account").text
    answer = own.get(f"/account/export/{row.id}")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.zip"'
    assert answer.headers["cache-control"] == "no-store"
    assert sorted(files(answer)) == sorted(NAMES)
    assert own.get(f"/account/export/{row.id}").content == answer.content


def test_who_it_is(browser: Browser, db: Database, ha: Account) -> None:
    found = read(browser.as_(ha), "account.json")
    assert found.pop("created_at") == ha.created_at.isoformat()
    assert found.pop("consented_at") == (ha.consented_at or now()).isoformat()
    assert found == {
        "id": ha.id, "email": "ha@example.org", "name": "Hà", "role": "citizen", "language": "vi", "consent_version": PRIVACY_VERSION,
    }  # fmt: skip


def test_the_files_are_for_people_too(browser: Browser, ha: Account) -> None:
    text = files(download(browser.as_(ha)))["account.json"]
    assert '\n  "name": "Hà"' in text  # UTF-8 as it is, two blanks in.


@pytest.mark.parametrize(("language", "sentence"), [("vi", "phiếu của bạn"), ("en", "your votes")])
def test_the_readme_is_in_the_persons_language(browser: Browser, db: Database, ha: Account, language: str, sentence: str) -> None:  # fmt: skip
    with db.session() as session:
        session.merge(ha).language = language
    readme = files(download(browser.as_(ha)))["README.txt"]
    assert f"votes.json: {sentence}" in readme
    assert all(f"{name}: " in readme for name in NAMES[1:])


def test_proposals_with_revisions_and_events(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    draft = make.proposal(ha, title="Một bản nháp")
    made = make.proposal(ha, "returned", title="Một cái ao")
    own = browser.as_(ha)
    own.submit(f"/proposals/{made.id}/edit", title="Hai cái ao", summary="x", problem="x", solution="x", expected_impact="x", resources_needed="x", pillar="fields", action="save")  # fmt: skip
    found = {row["ref"]: row for row in read(own, "proposals.json")}
    assert set(found) == {draft.ref, made.ref}
    row = found[made.ref]
    assert (row["status"], row["content"]["title"]) == ("returned", "Hai cái ao")
    assert [one["content"]["title"] for one in row["revisions"]] == ["Một cái ao", "Hai cái ao"]
    steps = [(one["to_status"], one["reason_code"], one["by_you"]) for one in row["events"]]
    assert steps == [("draft", None, True), ("submitted", None, True), ("returned", "incomplete", False), ("returned", None, True)]  # fmt: skip
    assert datetime.fromisoformat(row["created_at"]) == made.created_at


def test_what_a_moderator_decided(browser: Browser, make: Make, ha: Account, lan: Account) -> None:
    made = make.proposal(ha, "submitted")
    browser.as_(lan).submit(f"/proposals/{made.id}/decision", decision="return", reason_code="incomplete", note="Vì thế.")  # fmt: skip
    (row,) = read(browser.as_(lan), "decisions.json")
    assert (row["proposal"], row["to_status"], row["note"]) == (made.ref, "returned", "Vì thế.")
    assert read(browser.as_(ha), "decisions.json") == []


def test_ones_own_votes_and_nobody_elses(browser: Browser, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    campaign = make.campaign(allows_opposition=True)
    one, two, hidden = (make.proposal(minh, "published", campaign_id=campaign.id) for _ in range(3))
    make.vote(ha, one)
    make.vote(ha, two, "oppose")
    make.vote(ha, hidden)
    make.vote(outsider, one, "oppose")
    make.move(hidden, "hidden")
    found = {row["proposal"]: row for row in read(browser.as_(ha), "votes.json")}
    assert {ref: row["value"] for ref, row in found.items()} == {one.ref: "support", two.ref: "oppose", hidden.ref: "support"}  # fmt: skip
    assert found[one.ref]["title"] == one.title
    assert found[hidden.ref]["title"] is None  # What is hidden, is so here too.
    assert read(browser.as_(make.account("Không ai")), "votes.json") == []


def test_sessions_second_factors_and_tokens(browser: Browser, db: Database, ha: Account) -> None:
    own = browser.as_(ha)
    with db.session() as session:
        token = accounts.new_api_token(session, ha)
        session.add(Passkey(credential_id="cred-1", account_id=ha.id, public_key="pk-1", name="Điện thoại"))  # fmt: skip
        session.add(Authenticator(account_id=ha.id, sealed_secret="sealed-1"))
        second_factors.new_recovery_codes(session, db.settings, ha)
        session.merge(db.all(LoginSession)[0]).second_factor_at = now()
    found = files(download(own))
    factors = json.loads(found["second_factors.json"])
    assert [key["name"] for key in factors["passkeys"]] == ["Điện thoại"]
    assert factors["authenticator"].keys() == {"created_at"}
    assert factors["recovery_codes_left"] == second_factors.RECOVERY_CODES
    assert json.loads(found["tokens.json"])[0]["handle"] == db.all(ApiToken)[0].handle
    assert len(json.loads(found["sessions.json"])) == 1
    assert token not in str(found)


def test_emails_on_their_way(browser: Browser, db: Database, ha: Account, minh: Account) -> None:
    for address in ("ha@example.org", "HA+x@example.org", "minh@example.org"):
        with db.session() as session:
            sign_in.request_code(session, db.settings, Visitor("127.0.0.1"), address)
    with db.session() as session:
        session.add(Email(recipient="ha+cu@example.org", name="sign_in_code", subject="", text="", html=""))  # fmt: skip
    found = read(browser.as_(ha), "emails.json")
    assert [row["recipient"] for row in found] == ["ha@example.org"] * 2 + ["ha+cu@example.org"]
    assert {row["name"] for row in found} == {"sign_in_code"}


def test_no_secret_is_in_it(browser: Browser, db: Database, ha: Account) -> None:
    """Nothing that opens anything, and nothing from which that could be worked out."""
    own = browser.as_(ha)
    secret = pyotp.random_base32()
    with db.session() as session:
        token = accounts.new_api_token(session, ha)
        codes = second_factors.new_recovery_codes(session, db.settings, ha)
        sealed = second_factors._vault(db.settings).encrypt(secret.encode()).decode()
        session.add(Authenticator(account_id=ha.id, sealed_secret=sealed))
        session.add(Passkey(credential_id="cred-1", account_id=ha.id, public_key="pk-1", name="x"))
        sign_in.request_code(session, db.settings, Visitor("127.0.0.1"), "ha@example.org")
        session.merge(db.all(LoginSession)[0]).second_factor_at = now()
    (mailed,) = db.all(SignInCode)
    (email,) = db.all(Email)
    link = email.text.split("token=")[1].split()[0]
    (code,) = re.findall(r"\b\d{6}\b", email.text)
    hashes = [row.token_hash for row in (*db.all(LoginSession), *db.all(ApiToken))]
    hashes += [row.code_hash for row in db.all(RecoveryCode)]
    hashes += [mailed.code_hash, mailed.link_hash]
    cookie = next(iter(own.http.cookies.jar)).value
    content = "\n".join(files(download(own)).values())
    for hidden in (token, secret, sealed, "cred-1", "pk-1", link, code, cookie, *codes, *hashes):
        assert hidden not in content
        assert codes


def test_only_the_browser_that_asked_gets_it(browser: Browser, db: Database, ha: Account, lan: Account, quan: Account) -> None:  # fmt: skip
    address = f"/account/export/{ask(browser.as_(ha))}"
    with db.session() as session:
        token = sign_in.open_session(session, db.settings, ha)
    elsewhere = Browser(browser.portal, browser.app, db)
    elsewhere.http.cookies.set("session", token)
    assert elsewhere.get("/account").status_code == 200
    for other in (elsewhere, browser.as_(lan), browser.as_(quan)):
        answer, missing = other.get(address), other.get("/account/export/99999")
        assert answer.status_code == missing.status_code == 404
        assert answer.text == missing.text.replace("/account/export/99999", address)
        assert address not in other.get("/account").text
    assert browser.get(address).headers["location"].startswith("/sign-in?next=")
    assert browser.as_(ha).get(address).status_code == 200


def test_it_goes_with_the_session(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser.as_(ha))
    browser.as_(ha).submit("/sign-out")
    assert db.count(DataExport) == 0


def test_it_goes_when_its_time_is_over(browser: Browser, db: Database, ha: Account) -> None:
    own = browser.as_(ha)
    number = ask(own)
    with db.session() as session:
        session.merge(db.get(DataExport, number)).expires_at = now() - timedelta(seconds=1)
    assert own.get(f"/account/export/{number}").status_code == 404
    assert "Chuẩn bị dữ liệu" in own.get("/account").text
    jobs.sweep(db.engine, db.settings)
    assert db.count(DataExport) == 0


def test_one_at_a_time(browser: Browser, db: Database, ha: Account) -> None:
    own = browser.as_(ha)
    assert own.submit("/account/export").status_code == 303
    again = own.submit("/account/export")
    assert again.status_code == 409
    assert "đang được chuẩn bị" in again.text
    assert db.count(DataExport) == 1
    jobs.prepare_exports(db.engine, db.settings)
    first = db.all(DataExport)[0]
    ask(own)  # Anew: the former file is void.
    (second,) = db.all(DataExport)
    assert second.created_at > first.created_at


def test_the_database_holds_one_at_a_time(db: Database, ha: Account) -> None:
    with db.session() as session:
        sign_in.open_session(session, db.settings, ha)
    (login,) = db.all(LoginSession)
    row = {"account_id": ha.id, "session_hash": login.token_hash, "expires_at": now()}
    with pytest.raises(IntegrityError), db.session() as session:
        session.add_all([DataExport(**row), DataExport(**row)])


def test_a_few_a_day(browser: Browser, db: Database, ha: Account, outsider: Account) -> None:
    own = browser.as_(ha)
    for _ in range(exports.MOST_PER_DAY):
        ask(own)
    refused = own.submit("/account/export")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert db.count(DataExport) == 1  # The last one can still be fetched.
    assert own.get(f"/account/export/{db.all(DataExport)[0].id}").status_code == 200
    assert ask(browser.as_(outsider))


def test_not_signed_in(browser: Browser, db: Database) -> None:
    assert browser.submit("/account/export").status_code == 401
    assert db.count(DataExport) == 0


def login_of(db: Database, account: Account) -> LoginSession:
    with db.session() as session:
        token = sign_in.open_session(session, db.settings, account)
    return db.get(LoginSession, hash_token(token))


@pytest.mark.parametrize("gone", ["session", "account"])
def test_whoever_is_gone_by_then_gets_none(db: Database, ha: Account, gone: str) -> None:
    login = login_of(db, ha)
    with db.session() as session:
        session.delete(login if gone == "session" else session.merge(ha))
    with pytest.raises(NotSignedIn), db.session() as session:
        exports.ask(session, db.settings, ha, login)
    assert db.count(DataExport) == 0


def test_two_workers_prepare_it_once(db: Database, ha: Account) -> None:
    login = login_of(db, ha)
    with db.session() as session:
        exports.ask(session, db.settings, ha, login)
        (due,) = [exports.next_due(session)]
    assert due is not None
    taken = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        with db.session() as session:
            taken.append(exports.claim(session, due))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len([one for one in taken if one is not None]) == 1


def test_after_a_worker_has_died_another_prepares_it(db: Database, ha: Account) -> None:
    login = login_of(db, ha)
    with db.session() as session:
        exports.ask(session, db.settings, ha, login)
    with db.session() as session:
        late = exports.next_due(session)
        assert late is not None
        lost = exports.claim(session, late)  # And the worker is away for longer than its lease.
        assert lost is not None
    jobs.prepare_exports(db.engine, db.settings)
    assert db.all(DataExport)[0].ready_at is None
    with db.session() as session:
        session.merge(db.all(DataExport)[0]).due_at = now() - timedelta(seconds=1)
    jobs.prepare_exports(db.engine, db.settings)
    (row,) = db.all(DataExport)
    assert row.ready_at is not None
    with db.session() as session:
        exports.finish(session, late, lost, b"of the one that was away")
    assert db.all(DataExport)[0].content == row.content


def test_one_that_cannot_be_prepared_holds_up_nobody(db: Database, ha: Account, minh: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for person in (ha, minh):
        login = login_of(db, person)
        with db.session() as session:
            exports.ask(session, db.settings, person, db.get(LoginSession, login.token_hash))
    archive = exports._archive

    def fails_for_ha(session: Any, settings: Any, account: Account) -> bytes:
        if account.id == ha.id:
            raise ZeroDivisionError
        return archive(session, settings, account)

    monkeypatch.setattr(exports, "_archive", fails_for_ha)
    for _ in range(2):
        jobs.run_round(db.engine, db.settings)
    ready = {row.account_id: row.ready_at for row in db.all(DataExport)}
    assert ready[ha.id] is None
    assert ready[minh.id] is not None


def test_a_second_one_at_the_same_moment_conflicts(db: Database, ha: Account) -> None:
    one, other = login_of(db, ha), login_of(db, ha)
    results: list[str] = []
    start = threading.Barrier(2)

    def work(login: LoginSession) -> None:
        start.wait()
        try:
            with db.session() as session:
                exports.ask(session, db.settings, ha, login)
            results.append("asked")
        except Conflict:
            results.append("conflict")

    workers = [threading.Thread(target=work, args=(login,)) for login in (one, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(results) == ["asked", "conflict"]


def test_ones_comments_and_what_one_found_helpful(browser: Browser, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    proposal = make.proposal(lan, "published")
    made = make.comment(ha, proposal, text="Trước.", stance="for")
    assert browser.as_(ha).submit(f"{made.path}/edit", text="Sau.", stance="for").status_code == 303
    other = make.comment(lan, proposal, text="Của người khác.")
    make.find_helpful(ha, other)
    make.find_helpful(lan, made)
    make.rule_on(made, "hide", note="Vì thế.")
    (found,) = read(browser.as_(ha), "comments.json")
    assert found["url"] == f"http://testserver{made.path}"
    assert (found["text"], found["stance"], found["state"], found["helpful_count"]) == ("Sau.", "for", "hidden", 1)  # fmt: skip
    steps = [(event["kind"], event["by_you"], event["text"], event["note"]) for event in found["events"]]  # fmt: skip
    assert steps == [("written", True, "", ""), ("edited", True, "Trước.", ""), ("hidden", False, "", "Vì thế.")]  # fmt: skip
    (marked,) = read(browser.as_(ha), "helpful.json")
    assert marked["url"] == f"http://testserver{other.path}"


def test_what_one_follows_and_did_for_a_department(browser: Browser, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.proposal(minh, "published", title="Một cái ao")
    browser.as_(ha).submit(f"/proposals/{made.id}/follow", follow="yes")
    followed = read(browser.as_(ha), "follows.json")
    assert (followed["news_by_mail"], [one["proposal"] for one in followed["follows"]]) == (True, [made.ref])  # fmt: skip
    assert read(browser.as_(ha), "answers.json") == {"department": None, "steps": [], "milestones": []}  # fmt: skip
    officer, other = make.officer("An"), make.officer("Bình")
    make.called(made)
    make.approved(officer, other, made)
    done = read(browser.as_(officer), "answers.json")
    assert (done["department"], [one["step"] for one in done["steps"]]) == ("mayor", ["drafted", "submitted"])  # fmt: skip
    assert "ao" in done["steps"][0]["words"]
    theirs = read(browser.as_(other), "answers.json")["steps"]
    assert [(one["step"], one["words"]) for one in theirs] == [("approved", None), ("published", None)]  # fmt: skip
