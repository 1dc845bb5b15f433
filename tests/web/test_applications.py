"""Applying to be an expert on the pages: what is sent is kept or given back, and its state is said."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.forms import EndingForm, Verdict
from app.models import Account, ApplicationStatus, ExpertApplication, Role
from app.services import applications, cities
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database

APPLY = "/experts/apply"
FIELDS: dict[str, Any] = {
    "field": "ducks",
    "affiliation": "  Viện   Vịt ",
    "country": "VN",
    "biography": "Tôi hiểu **vịt**.",
    "languages": ["vi", "en"],
    "links": "https://vit.example.org/toi\r\n\r\n  https://Ao.example.org  ",
    "orcid": "https://orcid.org/0000-0002-1825-0097",
}


def test_an_application_is_kept_as_it_was_meant(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    answer = browser.as_(ha).submit(APPLY, **FIELDS)
    assert (answer.status_code, answer.headers["location"]) == (303, APPLY)
    (made,) = db.all(ExpertApplication)
    assert (made.account_id, made.field_code, made.status) == (ha.id, "ducks", ApplicationStatus.PENDING)  # fmt: skip
    assert (made.affiliation, made.country, made.biography) == ("Viện Vịt", "VN", "Tôi hiểu **vịt**.")  # fmt: skip
    assert made.links == ["https://vit.example.org/toi", "https://ao.example.org"]
    assert (made.languages, made.orcid) == (["vi", "en"], "0000-0002-1825-0097")
    assert db.get(Account, ha.id).role is Role.CITIZEN
    page = browser.as_(ha).get(APPLY).text
    assert "đang chờ xem xét" in page
    assert "<strong>vịt</strong>" in page
    assert f'action="{APPLY}"' not in page


def test_little_is_enough(browser: Browser, db: Database, ha: Account) -> None:
    few = {key: FIELDS[key] for key in ("field", "affiliation", "country", "biography")}
    assert browser.as_(ha).submit(APPLY, **few).status_code == 303
    (made,) = db.all(ExpertApplication)
    assert (made.links, made.languages, made.orcid) == ([], [], None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("field", ""), ("field", "pillars"), ("affiliation", ""), ("affiliation", "x" * 201), ("country", ""), ("country", "XX"), ("country", "EU"), ("country", "vn"),
        ("biography", " \u200b "), ("biography", "x" * 2001), ("biography", "a\x00b"), ("languages", ["vi", "xx"]), ("orcid", "0000-0002-1825-0098"),
        ("links", "javascript:alert(1)"), ("links", "https://localhost/"), ("links", "\n".join(f"https://x.org/{n}" for n in range(6))),
    ],
)  # fmt: skip
def test_an_error_is_named_and_nothing_typed_is_lost(browser: Browser, db: Database, ha: Account, name: str, value: Any) -> None:  # fmt: skip
    page = browser.as_(ha).submit(APPLY, **(FIELDS | {name: value}))
    assert page.status_code == 422
    assert f'href="#field-{name}"' in page.text
    assert f'id="error-{name}"' in page.text
    assert 'value="  Viện   Vịt "' in page.text or name == "affiliation"
    assert "Tôi hiểu **vịt**." in page.text or name == "biography"
    assert "https://vit.example.org/toi" in page.text or name == "links"
    assert '<option value="VN" selected>Việt Nam</option>' in page.text or name == "country"
    assert page.text.count(" checked>") == (1 if name == "languages" else 2)
    assert db.count(ExpertApplication) == 0


def test_errors_and_lists_are_in_the_readers_language(browser: Browser, ha: Account) -> None:
    page = browser.as_(ha).submit(f"{APPLY}?lang=en", **(FIELDS | {"orcid": "1", "country": "DE"}))
    assert "This is not an ORCID iD." in page.text
    assert '<option value="DE" selected>Germany</option>' in page.text
    assert "Ducks" in page.text


def test_a_second_one_is_refused_and_its_words_kept(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    make.application(ha)
    page = browser.as_(ha).submit(APPLY, **(FIELDS | {"biography": "Lời mới."}))
    assert page.status_code == 409
    assert "Lời mới." in page.text
    assert "Bạn đã có một đơn đăng ký đang chờ xem xét." in page.text
    assert db.count(ExpertApplication) == 1


def test_withdrawing(browser: Browser, db: Database, make: Make, ha: Account) -> None:
    make.application(ha)
    answer = browser.as_(ha).submit(f"{APPLY}/withdraw")
    assert (answer.status_code, answer.headers["location"]) == (303, APPLY)
    (made,) = db.all(ExpertApplication)
    assert made.status is ApplicationStatus.WITHDRAWN
    assert "Tôi hiểu **vịt**." in browser.as_(ha).get(APPLY).text  # In the form again.
    assert browser.as_(ha).submit(f"{APPLY}/withdraw").status_code == 409
    assert browser.as_(ha).submit(APPLY, **FIELDS).status_code == 303


def test_nobody_withdraws_anothers(browser: Browser, db: Database, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    make.application(ha)
    assert browser.as_(outsider).submit(f"{APPLY}/withdraw").status_code == 409
    assert db.count(ExpertApplication, ExpertApplication.status == "pending") == 1


def test_a_refusal_is_told_with_its_reason(browser: Browser, make: Make, ha: Account) -> None:
    make.verdict(make.application(ha), Verdict.REFUSE, "Xin nêu <rõ> hơn.")
    page = browser.as_(ha).get(APPLY).text
    assert "không được chấp thuận" in page
    assert "Xin nêu &lt;rõ&gt; hơn." in page
    assert f'action="{APPLY}"' in page


def test_an_approval_is_told_with_its_end(browser: Browser, make: Make, ha: Account) -> None:
    made = make.approval(ha)
    page = browser.as_(ha).get(APPLY).text
    day = made.approved_until.astimezone(
        ZoneInfo("Asia/Tokyo")
    )  # Tinytown's: there it may be tomorrow already.
    assert f"Bạn là chuyên gia của mạng lưới đến hết ngày {day:%d/%m/%Y}" in page
    assert f'href="/experts/{ha.id}"' in page
    assert 'value="Viện Vịt"' in page


def test_an_ended_approval_is_told(browser: Browser, db: Database, make: Make, ha: Account) -> None:
    made, desk = make.approval(ha), make.desk()
    with db.session() as session:
        found = applications.get(session, desk, made.id)
        applications.end(session, db.settings, desk, found, EndingForm(note="Đã xin thôi."))
    page = browser.as_(ha).get(APPLY).text
    assert "đã hết hiệu lực ngày" in page
    assert "Đã xin thôi." in page


def test_the_account_page_leads_there_for_whom_it_is(browser: Browser, ha: Account, lan: Account) -> None:  # fmt: skip
    assert f'href="{APPLY}"' in browser.as_(ha).get("/account").text
    assert f'href="{APPLY}"' not in browser.as_(lan).get("/account").text


def test_what_was_typed_outlives_the_session(browser: Browser, db: Database, ha: Account) -> None:
    page = browser.submit(APPLY, **FIELDS)
    assert page.status_code == 401
    assert 'name="kept" value="field=ducks' in page.text
    assert 'name="next" value="/experts/apply"' in page.text
    assert db.count(ExpertApplication) == 0


def test_looking_changes_nothing(browser: Browser, db: Database, make: Make, ha: Account) -> None:
    make.application(ha)
    before = db.counts()
    for _ in range(2):
        assert browser.as_(ha).get(APPLY).status_code == 200
        assert browser.as_(ha).get(f"{APPLY}/withdraw").status_code in {404, 405}
    assert {**db.counts(), "login_session": 0} == {**before, "login_session": 0}


def test_a_city_without_a_list_of_fields(browser: Browser, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    with db.session(writes=False) as session:
        without = replace(cities.catalogue(session), expertises={})
    monkeypatch.setattr(cities, "find_catalogue", lambda _session: without)
    assert 'name="field"' not in browser.as_(ha).get(APPLY).text
    assert browser.as_(ha).submit(APPLY, **(FIELDS | {"field": ""})).status_code == 303
    assert db.all(ExpertApplication)[0].field_code is None
