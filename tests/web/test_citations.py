"""Citations: permanent addresses, files for bibliographies, what stands on the page, and what nobody may learn by them."""

import json
import re

import pytest

from app.models import Account, Proposal
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import BASE_URL

NASTY = 'Ao } & 100% {"</script><i>\\'


@pytest.fixture
def changed(browser: Browser, make: Make, ha: Account) -> Proposal:
    """A published proposal with another title since its second version."""
    made = make.proposal(ha, "published", title="Ao cho vịt")
    browser.as_(ha).submit(f"/proposals/{made.id}/edit", title="Hồ cho vịt", summary="x", problem="Nước.", solution="x", expected_impact="x", resources_needed="x", pillar="fields", action="submit_edit")  # fmt: skip
    return make.accepted(made)


def _led(browser: Browser, path: str) -> tuple[int, str | None]:
    answer = browser.get(path)
    return answer.status_code, answer.headers.get("location")


def test_permanent_addresses_lead_to_where_it_is_now(browser: Browser, changed: Proposal) -> None:
    ref, here = changed.ref, f"/proposals/{changed.id}"
    assert _led(browser, f"/p/{ref}") == (302, f"{here}-ho-cho-vit")
    assert ref is not None
    assert _led(browser, f"/p/{ref.lower()}") == (302, f"{here}-ho-cho-vit")
    assert _led(browser, f"{here}-ao-cho-vit") == (301, f"{here}-ho-cho-vit")
    assert _led(browser, f"/p/{ref}/1") == (302, f"{here}/revisions/1#text")
    assert "Ao cho vịt" in browser.get(f"{here}/revisions/1").text
    for missing in (f"/p/{ref}/3", f"/p/{ref}/0", "/p/X-2026-99999", "/p/%00", f"/p/{'9' * 500}"):
        assert browser.get(missing).status_code == 404


def test_each_version_has_its_own_citation(browser: Browser, client: Client, changed: Proposal) -> None:  # fmt: skip
    path = f"/proposals/{changed.id}"
    new, old = (browser.get(f"{path}{part}/cite.bib") for part in ("", "/revisions/1"))
    assert new.headers["content-disposition"] == f'attachment; filename="{changed.ref}-v2.bib"'
    for file, title, version in ((new, "Hồ cho vịt", 2), (old, "Ao cho vịt", 1)):
        assert file.text.startswith(f"@misc{{{changed.ref}-v{version},\n  author = {{{{Hà}}}},\n")
        assert f"title = {{{{{title}}}}}" in file.text
        assert f"url = {{{BASE_URL}/p/{changed.ref}/{version}}}" in file.text
    (csl,) = json.loads(browser.get(f"{path}/revisions/1/cite.json").text)
    assert (csl["title"], csl["version"], csl["author"]) == ("Ao cho vịt", "1", [{"literal": "Hà"}])
    given = client.get(f"/api/v1/proposals/{changed.id}").json()["citation"]
    assert (given["url"], given["bibtex"]) == (f"{BASE_URL}/p/{changed.ref}", new.text)
    assert given["text"] in re.sub("<[^>]+>", "", browser.get(changed.path).text)
    assert browser.get(f"{path}/revisions/3/cite.bib").status_code == 404


@pytest.mark.parametrize("status", ["draft", "submitted", "hidden"])
def test_what_is_not_for_everybody_is_not_cited(browser: Browser, client: Client, make: Make, ha: Account, lan: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    own = [f"/proposals/{made.id}/{file}" for file in ("cite.bib", "cite.json", "qr.svg", "revisions/1/cite.bib")]  # fmt: skip
    for path in (f"/p/{made.ref}", f"/p/{made.ref}/1", *own):
        assert browser.get(path).status_code == 404
    # Those who see it find nothing to cite, either.
    for path in own:
        assert browser.as_(ha).get(path).status_code == 404
    page = browser.as_(ha).get(made.path).text
    assert "cite.bib" not in page
    assert "ld+json" not in page
    assert browser.as_(ha).get(f"/proposals/{made.id}/revisions/1").status_code == 200
    assert client.as_(ha).get(f"/api/v1/proposals/{made.id}").json()["citation"] is None


def test_what_was_changed_before_the_publication_is_never_shown(browser: Browser, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "returned", title="Bản kín")
    browser.as_(ha).submit(f"/proposals/{made.id}/edit", title="Bản mở", summary="x", problem="x", solution="x", expected_impact="x", resources_needed="x", pillar="fields", action="submit")  # fmt: skip
    made = make.move(made, "published")
    number = made.revision
    assert number > 1
    for path in (f"/p/{made.ref}/1", f"/proposals/{made.id}/revisions/1/cite.bib"):
        assert browser.get(path).status_code == 404
        assert "Bản kín" not in browser.get(path).text
    assert _led(browser, f"/p/{made.ref}/{number}")[0] == 302
    assert "cite.bib" not in browser.as_(ha).get(f"/proposals/{made.id}/revisions/1").text


def test_a_hostile_title_stays_a_title(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "published", title=NASTY)
    page = browser.get(made.path).text
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found = json.loads(data)
    assert (found["name"], found["identifier"], found["version"]) == (NASTY, made.ref, 1)
    assert found["url"] == f"{BASE_URL}/p/{made.ref}"
    assert "<i>" not in page
    mail = re.search(r'href="mailto:\?subject=([^"]*)"', page)
    assert mail is not None
    assert mail[1].count("&amp;") == 1
    assert r"title = {{Ao {\textbraceright} \& 100\% {\textbraceleft}" in browser.get(f"/proposals/{made.id}/cite.bib").text  # fmt: skip


def test_former_members_are_not_named(browser: Browser, make: Make) -> None:
    leaver = make.account("Người Đi Xa")
    made = make.proposal(leaver, "published")
    browser.as_(leaver).submit("/account/delete", confirmation=leaver.email, proposals="keep")
    for path in (f"/proposals/{made.id}/cite.bib", f"/proposals/{made.id}/cite.json", made.path):
        assert "Người Đi Xa" not in browser.get(path).text
    assert "{{Thành viên cũ}}" in browser.get(f"/proposals/{made.id}/cite.bib").text


def test_the_square_code(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "published")
    answer = browser.get(f"/proposals/{made.id}/qr.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    again = browser.get(f"/proposals/{made.id}/qr.svg", headers={"If-None-Match": answer.headers["etag"]})  # fmt: skip
    assert again.status_code == 304


STAGES = {
    "published": ["published*", "under_consideration-", "accepted-", "in_progress-", "completed-"],
    "accepted": ["published", "under_consideration", "accepted*", "in_progress-", "completed-"],
    "declined": ["published", "declined*"],
    "withdrawn": ["published", "withdrawn*"],
    "submitted": [],
}


@pytest.mark.parametrize("status", STAGES)
def test_how_far_it_has_come(browser: Browser, make: Make, ha: Account, status: str) -> None:
    made = make.proposal(ha, status)
    page = browser.as_(ha).get(f"{made.path}?lang=en").text
    line = re.search(r'<ol class="stages">(.*?)</ol>', page, re.DOTALL)
    found = []
    for item in re.findall(r"<li(.*?)</li>", line[1] if line else "", re.DOTALL):
        words = re.search(r"<span>(.*?)</span>", item)
        assert words is not None
        mark = "*" if "aria-current" in item else "" if "is-reached" in item else "-"
        assert ("<time" in item) is (mark != "-")
        found.append(words[1].replace(" ", "_") + mark)
    assert found == STAGES[status]
