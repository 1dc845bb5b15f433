"""The directory and the profiles: who is shown, what of them, and that nobody else can be told from nobody."""

import re

import pytest

from app.models import Account, Role
from app.services import accounts
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database


def names(page: str) -> list[str]:
    """The names in the directory, in its order."""
    return re.findall(r'<h3><a href="/experts/\d+">([^<]+)</a></h3>', page)


def test_the_directory_is_by_name(browser: Browser, make: Make, minh: Account) -> None:
    make.expert("Bình", field="mills", affiliation="Hội Cối", country="FR")
    an = make.expert("An")
    make.application(make.account("Chờ"))
    make.proposal(an, "published")
    make.proposal(an, "completed")
    make.proposal(an, "hidden")
    page = browser.get("/experts").text
    assert names(page) == ["An", "Bình", "Minh"]
    for text in ("Viện Vịt", "Vịt", "Việt Nam", "2 sáng kiến", "Hội Cối", "Cối xay", "Pháp"):
        assert text in page
    assert "@example.org" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("field=ducks", ["An", "Cúc"]), ("field=mills", ["Bình"]), ("country=FR", ["Bình", "Cúc"]), ("field=ducks&country=FR", ["Cúc"]),
        ("field=&country=", ["An", "Bình", "Cúc", "Minh"]), ("field=x", []), ("country=DE", []), ("x=1", ["An", "Bình", "Cúc", "Minh"]),
    ],
)  # fmt: skip
def test_filters(browser: Browser, make: Make, minh: Account, query: str, found: list[str]) -> None:
    make.expert("An")
    make.expert("Bình", field="mills", country="FR")
    make.expert("Cúc", country="FR")
    answer = browser.get(f"/experts?{query}")
    assert answer.status_code == 200
    assert names(answer.text) == found
    assert '<option value="FR"' in answer.text
    assert '<option value="JP"' not in answer.text


def test_it_is_read_page_by_page(browser: Browser, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.experts.PAGE", 2)
    for name in ("An", "Bình", "An", "Đức", "Én"):
        make.expert(name)
    make.expert("Ở xa", country="FR")
    seen: list[str] = []
    address: str | None = "/experts?country=VN"
    while address:
        page = browser.get(address).text
        assert len(names(page)) <= 2
        seen += names(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(["An", "Bình", "An", "Đức", "Én"])
    assert seen[:3] == ["An", "An", "Bình"]


@pytest.mark.parametrize("query", ["cursor=x", "cursor=%00", "field=" + "x" * 50, "field=a%00b"])
def test_a_wrong_parameter(browser: Browser, query: str) -> None:
    assert browser.get(f"/experts?{query}").status_code == 404


def test_a_profile(browser: Browser, make: Make) -> None:
    an = make.expert("An")
    made = make.proposal(an, "published", title="Ao của An")
    make.proposal(an, "draft", title="Bản nháp của An")
    make.proposal(make.account("Khác"), "published", title="Ao của người khác")
    page = browser.get(f"/experts/{an.id}").text
    for text in ("<h1>An</h1>", "Vịt", "Viện Vịt", "Việt Nam", "Tiếng Việt", "<strong>vịt</strong>", "Ao của An", f'href="{made.path}"'):  # fmt: skip
        assert text in page
    assert "Bản nháp của An" not in page
    assert "Ao của người khác" not in page
    assert "@example.org" not in page
    assert '<a href="https://vit.example.org/toi" rel="nofollow ugc noopener noreferrer">vit.example.org</a>' in page  # fmt: skip
    assert 'href="https://orcid.org/0000-0002-1825-0097" rel="nofollow' in page
    assert f'<link rel="canonical" href="http://testserver/experts/{an.id}">' in page


def test_names_are_in_the_readers_language(browser: Browser, make: Make) -> None:
    an = make.expert("An", country="DE")
    page = browser.get(f"/experts/{an.id}?lang=en").text
    assert "Germany" in page
    assert "Vietnamese" in page
    assert "Ducks" in page


def test_an_expert_by_appointment_has_a_name_only(browser: Browser, minh: Account) -> None:
    page = browser.get(f"/experts/{minh.id}")
    assert page.status_code == 200
    assert "<h1>Minh</h1>" in page.text
    assert "Cơ quan công tác" not in page.text


def test_proposals_are_read_page_by_page(browser: Browser, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.experts.PROPOSALS", 2)
    an = make.expert("An")
    made = [make.proposal(an, "published") for _ in range(3)]
    first = browser.get(f"/experts/{an.id}").text
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found is not None
    second = browser.get(found[1]).text
    assert [one.path in first for one in made] == [False, True, True]
    assert [one.path in second for one in made] == [True, False, False]
    assert browser.get(f"/experts/{make.expert('Bình').id}?{found[1].split('?')[1]}").status_code == 404  # fmt: skip


def test_whoever_is_no_expert_is_nobody(browser: Browser, db: Database, make: Make, ha: Account, lan: Account) -> None:  # fmt: skip
    make.application(ha)
    closed = make.expert("Bị khóa")
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, closed.id))
    former = make.expert("Thôi rồi")
    with db.session() as session:
        accounts.set_role(session, session.get_one(Account, former.id), Role.CITIZEN)
    absent = browser.get("/experts/999999")
    assert absent.status_code == 404
    for account in (ha, lan, closed, former):
        answer = browser.get(f"/experts/{account.id}")
        assert answer.status_code == 404
        assert answer.text.replace(f"experts/{account.id}", "") == absent.text.replace("experts/999999", "")  # fmt: skip
    assert names(browser.get("/experts").text) == []


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 18, "9" * 30, "x", "-1"])
def test_a_number_that_cannot_be_one(browser: Browser, number: str) -> None:
    assert browser.get(f"/experts/{number}").status_code == 404


def test_the_authors_name_leads_to_the_profile(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    an = make.expert("An")
    own, others = make.proposal(an, "published"), make.proposal(ha, "published")
    link = f'<a href="/experts/{an.id}">An</a>'
    assert link in browser.get(own.path).text
    assert "/experts/" not in browser.get(others.path).text.split("<main")[1]
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, an.id))
    assert link not in browser.get(own.path).text


def test_what_is_shown_is_the_approved_one(browser: Browser, make: Make, ha: Account) -> None:
    make.approval(ha, affiliation="Viện Cũ")
    waiting = make.application(ha, affiliation="Viện Mới")
    assert "Viện Cũ" in browser.get(f"/experts/{ha.id}").text
    assert "Viện Mới" not in browser.get(f"/experts/{ha.id}").text
    make.verdict(waiting, "approve")
    assert "Viện Mới" in browser.get(f"/experts/{ha.id}").text
    assert names(browser.get("/experts").text) == ["Hà"]


def test_countries_offered_are_those_of_present_profiles(browser: Browser, db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    make.approval(ha, country="JP")
    make.approval(ha, country="FR")
    closed = make.expert("Bị khóa", country="DE")
    with db.session() as session:
        accounts.ban(session, session.get_one(Account, closed.id))
    found = re.findall(r'<option value="([A-Z]{2})"', browser.get("/experts").text)
    assert found == ["FR"]
