"""Signing in: codes that expire, lock and work once; where one goes afterwards; what one had typed comes along."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.database import now
from app.models import Account, Attempts, Email, LoginSession, Proposal, Role, SignInCode
from app.services import accounts
from app.web.sign_in import safe_next
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import BASE_URL, Database

HA = "ha@example.org"
AWAY = [
    "https://evil.example", "//evil.example", "///evil.example", r"/\evil.example", "\\/evil.example", "javascript:alert(1)",
    "/\t/evil.example", "/\n/evil.example", "evil", "", "http:/evil.example", " //evil.example", "/x\r\nSet-Cookie: a=b", "//[", "http://[",
]  # fmt: skip


def ask(browser: Browser, email: str = HA, **fields: str) -> httpx.Response:
    return browser.submit("/sign-in", email=email, **fields)


def mailed_code(db: Database, email: str = HA) -> str:
    text = db.all(Email, Email.recipient == email)[-1].text
    found = re.search(r"\b\d{6}\b", text)
    assert found
    return found[0]


def redeem(browser: Browser, code: str, email: str = HA, **fields: str) -> httpx.Response:
    return browser.submit("/sign-in/code", email=email, code=code, **fields)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/mine").status_code == 200


def test_the_way_in(browser: Browser, db: Database, ha: Account) -> None:
    assert browser.get("/sign-in?next=/mine").status_code == 200
    assert ask(browser, next="/mine").status_code == 200
    code = mailed_code(db)
    assert code not in db.all(SignInCode)[0].code_hash
    answer = redeem(browser, code, next="/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert is_signed_in(browser)
    assert db.all(LoginSession)[0].account_id == ha.id
    assert db.count(Account, Account.email == HA) == 1


def test_the_answer_does_not_tell_who_has_an_account(browser: Browser, ha: Account) -> None:
    known, unknown = ask(browser, HA), ask(browser, "ho@example.org")
    assert known.text.replace(HA, "") == unknown.text.replace("ho@example.org", "")


@pytest.mark.parametrize("email", ["", "x", "@example.org", "a@b", "a b@example.org", "a@example.org,b@example.org", "a@exa\x00mple.org", "x" * 250 + "@example.org", "a@example.org\r\nBcc: b@example.org"])  # fmt: skip
def test_what_is_no_address(browser: Browser, db: Database, email: str) -> None:
    assert ask(browser, email).status_code == 422
    assert db.count(Email) == 0


def test_a_code_works_once(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser)
    code = mailed_code(db)
    assert redeem(browser, code).status_code == 303
    browser.submit("/sign-out")
    assert redeem(browser, code).status_code == 400
    assert not is_signed_in(browser)


def test_a_code_expires(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser)
    with db.session() as session:
        row = session.get(SignInCode, HA)
        assert timedelta(minutes=9) < row.expires_at - now() <= timedelta(minutes=10)
        row.expires_at = now()
    assert redeem(browser, mailed_code(db)).status_code == 400


def test_four_wrong_tries_are_forgiven(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser)
    code = mailed_code(db)
    for _ in range(4):
        assert redeem(browser, another(code)).status_code == 400
    assert redeem(browser, code).status_code == 303


def test_five_wrong_tries_lock(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser)
    code = mailed_code(db)
    for _ in range(5):
        assert redeem(browser, another(code)).status_code == 400
    assert redeem(browser, code).status_code == 400
    ask(browser)
    assert redeem(browser, mailed_code(db)).status_code == 303


def test_a_new_code_voids_the_old(browser: Browser, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for code in ("111111", "222222"):
        monkeypatch.setattr("app.security.new_code", lambda code=code: code)
        ask(browser)
    assert redeem(browser, "111111").status_code == 400
    assert redeem(browser, "222222").status_code == 303


def test_a_code_is_for_its_address(browser: Browser, db: Database, ha: Account, quan: Account) -> None:  # fmt: skip
    ask(browser)
    ask(browser, "quan@example.org")
    assert redeem(browser, mailed_code(db), "quan@example.org").status_code == 400
    assert redeem(browser, mailed_code(db), "nobody@example.org").status_code == 400


@pytest.mark.parametrize("code", ["", "abcdef", "１２３４５６", "\x00", "0" * 10_000])
def test_what_is_no_code(browser: Browser, ha: Account, code: str) -> None:
    ask(browser)
    assert redeem(browser, code).status_code == 400


@pytest.mark.parametrize("target", AWAY)
def test_no_way_leads_to_another_site(browser: Browser, db: Database, ha: Account, target: str) -> None:  # fmt: skip
    assert safe_next(target) == "/"
    assert browser.get("/sign-in", params={"next": target}).status_code == 200
    ask(browser, next=target)
    answer = redeem(browser, mailed_code(db), next=target)
    assert answer.headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": target}).headers["location"] == "/"


@pytest.mark.parametrize("target", ["/", "/mine", "/proposals?ward=east&sort=newest", "/proposals/7-ao#top"])  # fmt: skip
def test_ways_on_this_site_stay(target: str) -> None:
    assert safe_next(target) == target


def test_signing_out(browser: Browser, db: Database, ha: Account) -> None:
    signed_in = browser.as_(ha)
    token = signed_in.http.cookies["session"]
    assert is_signed_in(signed_in)
    signed_in.submit("/sign-out")
    assert db.count(LoginSession) == 0
    signed_in.http.cookies.set("session", token)
    assert not is_signed_in(signed_in)


def test_a_session_ends(browser: Browser, db: Database, ha: Account) -> None:
    signed_in = browser.as_(ha)
    with db.session() as session:
        session.merge(db.all(LoginSession)[0]).expires_at = now()
    assert not is_signed_in(signed_in)


@pytest.mark.parametrize("cookie", ["x", "", "%00", "a" * 4000, '"'])
def test_a_forged_cookie(browser: Browser, cookie: str) -> None:
    answer = browser.get("/mine", headers={"Cookie": f"session={cookie}"})
    assert answer.status_code == 303


def kept_in(page: httpx.Response) -> str:
    found = re.search(r'name="kept" value="([^"]*)"', page.text)
    assert found
    return found[1].replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")  # fmt: skip


@pytest.mark.parametrize("where", ["new", "edit"])
def test_the_text_survives_an_expired_session(browser: Browser, db: Database, make: Make, ha: Account, where: str) -> None:  # fmt: skip
    path = "/proposals/new" if where == "new" else f"/proposals/{make.proposal(ha).id}/edit"
    typed = {"title": "Ao & <b>cá</b>", "problem": 'Dòng 1\n"Dòng" 2 ở đây', "wards": ["east", "mill"], "tags": "ao, cá", "action": "submit"}  # fmt: skip
    refused = browser.submit(path, **typed)
    assert refused.status_code == 401
    kept = kept_in(refused)
    asked = ask(browser, next=path, kept=kept)
    assert kept_in(asked) == kept
    page = redeem(browser, mailed_code(db), next=path, kept=kept)
    assert page.status_code == 200
    assert "Ao &amp; &lt;b&gt;cá&lt;/b&gt;" in page.text
    assert "&#34;Dòng&#34; 2 ở đây" in page.text
    assert "ao, cá" in page.text
    for ward in ("east", "mill"):
        assert re.search(rf'value="{ward}"[^>]*checked', page.text)
    assert is_signed_in(browser)
    assert db.count(Proposal) == (where == "edit")


def test_the_longest_text_survives_too(browser: Browser, db: Database, ha: Account) -> None:
    sentence = "Người dân phường Láng đề nghị mở thêm lối đi bộ ven hồ. "
    typed = dict.fromkeys(("problem", "solution", "expected_impact", "resources_needed"), (sentence * 400)[:20_000])  # fmt: skip
    refused = browser.submit("/proposals/new", title="Dài", action="submit", **typed)
    kept = kept_in(refused)
    ask(browser, next="/proposals/new", kept=kept)
    page = redeem(browser, mailed_code(db), next="/proposals/new", kept=kept)
    assert page.text.count(sentence * 300) == 4


def test_keeping_is_not_a_way_into_anothers_draft(browser: Browser, db: Database, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    draft = make.proposal(outsider, title="GEHEIM")
    ask(browser)
    page = redeem(browser, mailed_code(db), next=f"/proposals/{draft.id}/edit", kept="title=x")
    assert page.status_code == 200
    assert "GEHEIM" not in page.text
    assert 'action="/proposals/new"' in page.text
    assert 'value="x"' in page.text  # What was typed opens as a proposal of the one who signed in.
    assert is_signed_in(browser)
    assert db.get(Proposal, draft.id).title == "GEHEIM"


def test_nothing_typed_at_the_code_renames_anybody(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    assert ha.email
    ask(browser, ha.email)
    redeem(browser, mailed_code(db, ha.email), ha.email, name="Someone else")
    assert db.get(Account, ha.id).name == ha.name


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "undefined", "punycode", "utf-16", "x"])  # fmt: skip
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code"])
def test_a_form_comes_in_utf8(browser: Browser, charset: str, path: str) -> None:
    body = (
        b'--X\r\nContent-Disposition: form-data; name="email"\r\n\r\na\\ud800b@x.org\r\n--X--\r\n'
    )
    kind = f"multipart/form-data; boundary=X; charset={charset}"
    answer = browser.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400


def link_in(db: Database, email: str = HA) -> str:
    """The address, on this site, of the link in the newest email."""
    found = re.search(
        rf"{BASE_URL}(/sign-in/link\?\S+)", db.all(Email, Email.recipient == email)[-1].text
    )
    assert found
    return found[1]


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def test_opening_the_mailed_link_uses_nothing_up(
    browser: Browser, db: Database, ha: Account
) -> None:
    ask(browser, next="/mine")
    before, link = db.all(SignInCode), link_in(db)
    for _ in range(3):
        page = browser.get(link)
        assert page.status_code == 200
        assert HA in page.text
        assert page.headers["cache-control"] == "no-store"
    assert db.all(SignInCode) == before
    assert db.count(LoginSession) == 0


def test_the_mailed_link_signs_in_by_one_click_and_once(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    ask(browser, next="/mine")
    link = link_in(db)
    assert token_in(link) not in str(db.all(SignInCode))
    target = parse_qs(urlsplit(link).query)["next"][0]
    answer = browser.submit("/sign-in/link", token=token_in(link), next=target)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    assert is_signed_in(browser)
    assert browser.submit("/sign-in/link", token=token_in(link)).status_code == 400
    assert browser.get(link).status_code == 400
    assert redeem(browser, mailed_code(db)).status_code == 400  # The code went with it.


def test_a_link_that_is_none(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser)
    for token in ("", "x", "\x00", "a" * 5000, db.all(SignInCode)[0].link_hash):
        assert browser.get("/sign-in/link", params={"token": token}).status_code == 400
        assert browser.submit("/sign-in/link", token=token).status_code == 400
    with db.session() as session:
        session.merge(db.all(SignInCode)[0]).expires_at = now()
    assert browser.submit("/sign-in/link", token=token_in(link_in(db))).status_code == 400
    assert db.count(LoginSession) == 0


def test_a_link_leads_to_no_other_site(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser, next="//evil.example")
    assert "evil" not in link_in(db)
    answer = browser.submit("/sign-in/link", token=token_in(link_in(db)), next="//evil.example")
    assert answer.headers["location"] == "/"


def test_the_host_of_a_request_is_in_no_mail(browser: Browser, db: Database, ha: Account) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}  # fmt: skip
    browser.post("/sign-in", data={"email": HA}, headers=headers)
    (mail,) = db.all(Email)
    assert "evil" not in mail.text + mail.html + mail.subject


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Stops the clock of the limits, so that no window ends inside a test."""
    moment = now()
    monkeypatch.setattr("app.services.limits.now", lambda: moment)
    return moment


def test_codes_are_limited_alike_for_the_known_and_the_unknown(browser: Browser, db: Database, ha: Account, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sign_in_codes_per_hour", 3)
    pages = []
    for email in (HA, "ho@example.org"):
        assert [ask(browser, email).status_code for _ in range(3)] == [200] * 3
        refused = ask(browser, email)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        pages.append(refused.text.replace(email, ""))
    assert pages[0] == pages[1]
    assert db.count(Email) == 6
    assert ask(browser, "another@example.org").status_code == 200
    assert HA not in str(db.all(Attempts))


def test_new_codes_bring_no_endless_tries(browser: Browser, db: Database, ha: Account, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sign_in_tries_per_day", 7)
    seen = []
    for _ in range(2):
        ask(browser)
        seen += [redeem(browser, another(mailed_code(db))).status_code for _ in range(4)]
    assert seen == [400] * 7 + [429]
    assert redeem(browser, mailed_code(db)).status_code == 429  # Even the right one now,
    answer = browser.submit("/sign-in/link", token=token_in(link_in(db)))
    assert answer.status_code == 303  # but nobody is locked out by somebody else's guesses.


def test_right_codes_use_up_no_tries(browser: Browser, db: Database, ha: Account, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sign_in_tries_per_day", 2)
    for _ in range(5):
        ask(browser)
        assert redeem(browser, mailed_code(db)).status_code == 303


def test_requests_are_limited_by_where_they_come_from(browser: Browser, db: Database, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sign_in_requests_per_hour", 4)
    answers = [ask(browser, f"person{number}@example.org").status_code for number in range(6)]
    assert answers == [200] * 4 + [429] * 2
    assert redeem(browser, "000000", "x@example.org").status_code == 429


@pytest.mark.parametrize("other", ["HA@EXAMPLE.ORG", "ha+phiếu@example.org", "ｈａ@example.org"])  # fmt: skip
def test_another_spelling_is_the_same_person(browser: Browser, db: Database, ha: Account, other: str) -> None:  # fmt: skip
    """And the mail goes to the address of the account: whoever has the other one does not get in."""
    ask(browser, other)
    assert [mail.recipient for mail in db.all(Email)] == [HA]
    assert redeem(browser, mailed_code(db), other).status_code == 303
    assert db.all(LoginSession)[0].account_id == ha.id
    assert db.count(Account) == 1


def test_a_banned_person_is_told_and_stays_out(browser: Browser, client: Client, db: Database, ha: Account) -> None:  # fmt: skip
    inside, program = browser.as_(ha), client.as_(ha)
    with db.session() as session:
        accounts.ban(session, session.merge(ha))
    assert not is_signed_in(inside)
    assert program.post("/api/v1/proposals", json={}).status_code == 401
    ask(browser)
    refused = redeem(browser, mailed_code(db))
    assert refused.status_code == 403
    assert "khóa" in refused.text
    assert not is_signed_in(browser)
    with db.session() as session:
        accounts.unban(session, session.merge(db.get(Account, ha.id)))
    ask(browser)
    assert redeem(browser, mailed_code(db)).status_code == 303


def test_a_sign_in_takes_the_place_of_the_one_before(
    browser: Browser, db: Database, ha: Account
) -> None:
    signed_in = browser.as_(ha)
    (old,) = db.all(LoginSession)
    ask(signed_in)
    redeem(signed_in, mailed_code(db))
    (new,) = db.all(LoginSession)
    assert new.token_hash != old.token_hash


def test_a_new_role_ends_all_sessions(browser: Browser, db: Database, ha: Account) -> None:
    signed_in = browser.as_(ha)
    with db.session() as session:
        accounts.set_role(session, session.merge(ha), Role.MODERATOR)
    assert not is_signed_in(signed_in)
    assert db.count(LoginSession) == 0


def test_the_code_sent_again_by_one_who_is_in_gives_the_text_back(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    """The mailed link signed them in, or they reloaded the page: the page that asked for the code still has the text."""
    kept = kept_in(browser.submit("/proposals/new", title="Ao làng tôi", action="save"))
    ask(browser, next="/proposals/new", kept=kept)
    code = mailed_code(db)
    browser.submit("/sign-in/link", token=token_in(link_in(db)))
    page = redeem(browser, code, next="/proposals/new", kept=kept)
    assert page.status_code == 200
    assert "Ao làng tôi" in page.text


def test_nobody_is_kept_out_by_requests_from_elsewhere(browser: Browser, db: Database, ha: Account, still: datetime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "sign_in_codes_per_hour", 2)
    where = ["203.0.113.0/24"]
    monkeypatch.setattr("app.addresses.network_of", lambda _address: where[-1])
    assert [ask(browser).status_code for _ in range(3)] == [200, 200, 429]
    where.append("198.51.100.0/24")
    assert ask(browser).status_code == 200


def test_a_long_way_on_is_forgotten(browser: Browser, db: Database, ha: Account) -> None:
    ask(browser, next="/" + "a" * 5_000)
    assert len(db.all(Email)[0].text) < 1_000
