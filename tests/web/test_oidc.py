"""Signing in with a provider of OpenID Connect: a real one, in a process of its own, which insists on PKCE and a nonce."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from app import oidc
from app.database import now
from app.models import Account, Email, Identity, LoginSession
from app.services import accounts, identities
from app.settings import OidcProvider
from tests.clients import Browser
from tests.databases import BASE_URL, Database
from tests.oidc_provider import Provider, providing
from tests.web.test_second_factor import enrol
from tests.web.test_sign_in import HA, ask, is_signed_in, mailed_code, redeem
from tests.web.test_welcome import agree

VNEID = "/sign-in/with/cong-dan"


@pytest.fixture(scope="session")
def running() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, app: FastAPI, db: Database, monkeypatch: pytest.MonkeyPatch) -> Provider:  # fmt: skip
    """Three entries for the one provider: a register of citizens, a university, a stranger."""
    common = {"issuer": running.issuer, "client_id": "portal", "client_secret": "x"}
    names = {"vi": "Cổng công dân", "en": "Citizens' gateway"}
    configured = [
        OidcProvider(code="cong-dan", names=names, vouches=True, **common),
        OidcProvider(code="dai-hoc", names={"vi": "Đại học"}, email_is_trusted=True, **common),
        OidcProvider(code="la", names={"vi": "Lạ"}, **common),
    ]
    configure(app, db, monkeypatch, configured)
    return running


def configure(app: FastAPI, db: Database, monkeypatch: pytest.MonkeyPatch, providers: list[OidcProvider]) -> None:  # fmt: skip
    monkeypatch.setattr(db.settings, "oidc_providers", providers)
    app.state.oidc = oidc.make_clients(db.settings)  # Each test of this file makes its own.


def go(browser: Browser, provider: Provider, subject: str | None, way: str = VNEID, target: str = "/mine") -> httpx.Response:  # fmt: skip
    """There and back: what the portal answers to the provider's redirect."""
    leaving = browser.get(way, params={"next": target})
    assert leaving.status_code == 302
    back = provider.sign_in(leaving.headers["location"], subject)
    assert back.startswith(f"{BASE_URL}{way}/callback?")
    return browser.get(back)


def arrive(browser: Browser, provider: Provider, subject: str, way: str = VNEID, target: str = "/mine") -> httpx.Response:  # fmt: skip
    answer = go(browser, provider, subject, way, target)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/identity")
    return browser.get("/sign-in/identity")


def connect(db: Database, account: Account, provider: Provider, subject: str, *, vouches: bool = True) -> None:  # fmt: skip
    with db.session() as session:
        claimed = identities.claim(db.settings, "cong-dan", provider.issuer, subject, vouches=vouches)  # fmt: skip
        identities.attach(session, db.settings, account, claimed)


def test_the_provider_is_asked_with_pkce_state_and_nonce(browser: Browser, provider: Provider) -> None:  # fmt: skip
    answer = browser.get(VNEID)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{BASE_URL}{VNEID}/callback"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_known_identity_signs_in_by_one_click(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "001")
    before = db.counts()
    page = arrive(browser, provider, "001")
    assert "Đăng nhập với tên Hà" in page.text
    assert db.counts() == before  # Coming back has changed nothing.
    answer = browser.submit("/sign-in/identity")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    assert is_signed_in(browser)
    browser.submit("/sign-out")
    assert browser.submit("/sign-in/identity").status_code == 400  # It counted once.


def test_a_newcomer_confirms_an_address_first_and_is_then_connected(browser: Browser, db: Database, provider: Provider) -> None:  # fmt: skip
    provider.know("so-002", name="Lý Thu", email="thu@evil.example", email_verified=True)
    page = arrive(browser, provider, "so-002")
    assert "Lý Thu" in page.text
    assert "thu@evil.example" not in page.text  # This provider's word for an address is not taken.
    assert browser.submit("/sign-in/identity").status_code == 409
    ask(browser, "thu@example.org", next="/sign-in/identity")
    welcome = redeem(browser, mailed_code(db, "thu@example.org"), "thu@example.org", next="/sign-in/identity")  # fmt: skip
    answer = agree(browser, welcome, next="/sign-in/identity")
    assert answer.headers["location"] == "/sign-in/identity"
    browser.get("/sign-in/identity")
    assert browser.submit("/sign-in/identity").headers["location"] == "/mine"
    (identity,) = db.all(Identity)
    assert identity.account_id == db.all(Account)[0].id
    assert (identity.provider, identity.vouches) == ("cong-dan", True)
    assert "so-002" not in identity.subject_hash


def test_a_trusted_address_makes_an_account_after_consent(browser: Browser, db: Database, provider: Provider) -> None:  # fmt: skip
    provider.know("003", email="sv@example.edu", email_verified=True)
    arrive(browser, provider, "003", "/sign-in/with/dai-hoc")
    welcome = browser.submit("/sign-in/identity")
    assert welcome.status_code == 200
    assert db.count(Account) == db.count(Identity) == 0
    assert agree(browser, welcome, name="Sinh viên").status_code == 303
    (account,) = db.all(Account)
    assert account.email == "sv@example.edu"
    assert db.all(Identity)[0].vouches is False
    browser.submit("/sign-out")
    arrive(browser, provider, "003", "/sign-in/with/dai-hoc")
    assert browser.submit("/sign-in/identity").status_code == 303
    assert is_signed_in(browser)


@pytest.mark.parametrize("claims", [{"email": HA}, {"email": HA, "email_verified": False}, {"email": HA, "email_verified": "true"}, {"email": "no address", "email_verified": True}, {"email": 7, "email_verified": True}])  # fmt: skip
def test_an_address_that_is_not_verified_opens_nobodys_account(browser: Browser, db: Database, provider: Provider, ha: Account, claims: dict[str, Any]) -> None:  # fmt: skip
    provider.know("004", **claims)
    arrive(browser, provider, "004", "/sign-in/with/dai-hoc")
    assert browser.submit("/sign-in/identity").status_code == 409
    assert not is_signed_in(browser)
    assert db.count(Identity) == 0


def test_one_who_is_signed_in_connects_an_identity(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    assert "Cổng công dân" in own.get("/account/identity").text
    arrive(own, provider, "005", target="/account/identity")
    assert own.submit("/sign-in/identity").headers["location"] == "/account/identity"
    page = own.get("/account/identity").text
    assert "đã được xác minh" in page
    (identity,) = db.all(Identity)
    assert own.submit("/account/identity/remove", identity=str(identity.id)).status_code == 409
    assert db.count(Identity) == 1


def test_an_identity_that_does_not_vouch_can_be_taken_away(browser: Browser, db: Database, provider: Provider, ha: Account, outsider: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    arrive(own, provider, "006", "/sign-in/with/la")
    own.submit("/sign-in/identity")
    (identity,) = db.all(Identity)
    assert browser.as_(outsider).submit("/account/identity/remove", identity=str(identity.id)).status_code == 404  # fmt: skip
    assert own.submit("/account/identity/remove", identity=str(identity.id)).status_code == 303
    assert db.count(Identity) == 0


def test_an_identity_belongs_to_one_account(browser: Browser, db: Database, provider: Provider, ha: Account, outsider: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "007")
    other = browser.as_(outsider)
    page = arrive(other, provider, "007")
    assert "đăng xuất" in page.text.lower()
    assert HA not in page.text
    assert other.submit("/sign-in/identity").status_code == 409
    assert db.all(Identity)[0].account_id == ha.id


def test_a_second_factor_is_asked_for_all_the_same(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "008")
    enrol(browser.as_(ha))
    arrive(browser, provider, "008")
    assert browser.submit("/sign-in/identity").headers["location"].startswith("/sign-in/second-factor")  # fmt: skip
    assert not is_signed_in(browser)


def test_a_banned_person_stays_out(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "009")
    with db.session() as session:
        accounts.ban(session, session.merge(ha))
    arrive(browser, provider, "009")
    assert browser.submit("/sign-in/identity").status_code == 403
    assert not is_signed_in(browser)


def test_an_arrival_counts_once_and_for_minutes(browser: Browser, db: Database, provider: Provider, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    connect(db, ha, provider, "014")
    arrive(browser, provider, "014")
    kept = browser.http.cookies["arrival"]
    assert browser.submit("/sign-in/identity").status_code == 303
    browser.submit("/sign-out")
    browser.http.cookies.clear()
    old = {"Cookie": f"arrival={kept}"}
    assert browser.post("/sign-in/identity", headers=old).status_code == 400
    renewed = browser.get(VNEID, headers=old).headers["set-cookie"].split(";")[0]
    browser.http.cookies.clear()  # Going there again makes nothing old new.
    assert browser.get("/sign-in/identity", headers={"Cookie": renewed}).status_code == 400
    arrive(browser, provider, "014")
    monkeypatch.setattr("app.web.oidc.now", lambda: now() + timedelta(minutes=16))
    assert browser.submit("/sign-in/identity").status_code == 400
    assert not is_signed_in(browser)


def test_signing_out_leaves_no_arrival_for_the_next_one(browser: Browser, db: Database, provider: Provider, ha: Account, outsider: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "015")
    shared = browser.as_(outsider)
    arrive(shared, provider, "015")
    shared.submit("/sign-out")
    assert shared.get("/sign-in/identity").status_code == 400


def test_the_first_factor_alone_connects_nothing(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    enrol(browser.as_(ha))
    provider.know("016", email=HA, email_verified=True)
    arrive(browser, provider, "016", "/sign-in/with/dai-hoc")
    assert browser.submit("/sign-in/identity").headers["location"].startswith("/sign-in/second-factor")  # fmt: skip
    assert db.count(Identity) == 0


def test_a_person_hears_of_a_new_identity(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    own = browser.as_(ha)
    for _ in range(2):
        arrive(own, provider, "017")
        own.submit("/sign-in/identity")
    assert [mail.name for mail in db.all(Email)] == ["identity_connected"]


def test_a_long_way_on_does_not_burst_the_cookie(browser: Browser, provider: Provider) -> None:
    answer = browser.get(VNEID, params={"next": "/?q=" + "ế" * 450})
    assert len(answer.headers["set-cookie"]) < 4_000


LIES: list[dict[str, Any]] = [
    {"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "another-client"}, {"aud": ["portal", "x"], "azp": "x"},
    {"exp": 1}, {"iat": 9_999_999_999}, {"at_hash": "x"}, {"nonce": None}, {"exp": "soon"}, {"iss": None},
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_an_id_token_that_is_not_for_us_is_refused(browser: Browser, db: Database, provider: Provider, ha: Account, lie: dict[str, Any]) -> None:  # fmt: skip
    connect(db, ha, provider, "010")
    provider.know("010", **lie)
    answer = go(browser, provider, "010")
    assert answer.status_code == 400
    assert "Cổng công dân" in answer.text
    assert browser.submit("/sign-in/identity").status_code == 400
    assert db.count(LoginSession) == 0


def test_one_who_refuses_there_is_told(browser: Browser, provider: Provider) -> None:
    assert go(browser, provider, None).status_code == 400


def test_a_callback_belongs_to_the_browser_that_left(browser: Browser, db: Database, provider: Provider, ha: Account, outsider: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "011")
    left = browser.get(VNEID).headers["location"]
    back = provider.sign_in(left, "011")
    assert browser.as_(outsider).get(back).status_code == 400
    assert browser.get(f"{VNEID}/callback?code=x&state=y").status_code == 400
    assert browser.get(f"{VNEID}/callback").status_code == 400
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 400  # Neither code nor state work twice.


def test_a_callback_of_one_provider_is_none_of_another(browser: Browser, provider: Provider) -> None:  # fmt: skip
    back = provider.sign_in(browser.get(VNEID).headers["location"], "012")
    assert browser.get(back.replace("cong-dan", "la")).status_code == 400


@pytest.mark.parametrize("cookie", ["x", "e30=.x.y", ""])
def test_a_forged_arrival(browser: Browser, provider: Provider, cookie: str) -> None:
    browser.http.cookies.set("arrival", cookie)
    assert browser.get("/sign-in/identity").status_code == 400
    assert browser.submit("/sign-in/identity").status_code == 400


def test_an_unknown_provider_is_not_found(browser: Browser, provider: Provider) -> None:
    assert browser.get("/sign-in/with/nobody").status_code == 404
    assert browser.get("/sign-in/with/nobody/callback").status_code == 404


def test_a_provider_that_is_away(browser: Browser, app: FastAPI, db: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    nowhere = OidcProvider(code="cong-dan", names={"vi": "Cổng"}, issuer="http://127.0.0.1:9", client_id="x")  # fmt: skip
    configure(app, db, monkeypatch, [nowhere])
    answer = browser.get(VNEID)
    assert answer.status_code == 503
    assert "Cổng" in answer.text


def test_the_way_back_stays_on_this_site(browser: Browser, db: Database, provider: Provider, ha: Account) -> None:  # fmt: skip
    connect(db, ha, provider, "013")
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    left = browser.get(VNEID, params={"next": "//evil.example"}, headers=headers)
    assert "evil" not in left.headers["location"]
    arrive(browser, provider, "013", target="//evil.example")
    assert browser.submit("/sign-in/identity").headers["location"] == "/"


def test_the_sign_in_page_names_the_providers(browser: Browser, provider: Provider) -> None:
    page = browser.get("/sign-in?next=/mine").text
    assert re.search(r'href="/sign-in/with/cong-dan\?next=%2Fmine">Cổng công dân</a>', page)
    assert "Citizens&#39; gateway" in browser.get("/sign-in?lang=en").text
