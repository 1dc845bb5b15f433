"""The staff's page of a proposal: its signals in words, near-duplicates side by side, and the decision they suggest."""

import re

import pytest

from app.models import Account, Proposal, QueueKind, Ruling, Status
from tests.builders import Make, content
from tests.clients import Browser, Client
from tests.databases import Database

TEXT = {"title": "Trồng cây dọc đường", "summary": "Trồng hai trăm cây sấu dọc đường cho có bóng mát.", "problem": "Đường dài bốn cây số không có bóng cây nào cả."}  # fmt: skip
COPY = TEXT | {"summary": "Trồng ba trăm cây sấu dọc đường cho có <b>bóng</b> mát."}
BUTTON = re.compile(r'href="(/moderation/\d+\?same_as=\d+#\w+)"')


@pytest.fixture
def public(make: Make, minh: Account) -> Proposal:
    return make.proposal(minh, "published", **TEXT)


def sides(page: str) -> list[list[str]]:
    """What is marked on either side, in the order of the page."""
    parts = re.findall(r'<p class="diff-text".*?</p>', page, re.S)
    return [[re.sub("<[^>]+>|Chỉ có ở đây:", "", mark).strip() for mark in re.findall("<mark>.*?</mark>", part, re.S)] for part in parts]  # fmt: skip


def test_near_duplicates_stand_side_by_side(browser: Browser, client: Client, make: Make, public: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    number = client.as_(ha).post("/api/v1/proposals", json=content(**COPY)).json()["id"]
    make.proposal(ha, "rejected", **TEXT)
    page = browser.as_(lan).get(f"/moderation/{number}").text
    assert page.count('class="pair"') == 1
    assert f'href="/moderation/{public.id}"' in page
    assert sides(page) == [[], [], ["ba", "&lt;b&gt;bóng&lt;/b&gt;"], ["hai", "bóng"], [], []]
    for words in ("nội dung gần giống", "tác giả gửi lần đầu" if "tác giả gửi lần đầu" in page else "lần đầu", "giống nhau 9"):  # fmt: skip
        assert words in page


def test_the_button_fills_the_decision_on_a_duplicate(browser: Browser, db: Database, make: Make, public: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted", **COPY)
    with db.session() as session:
        session.get_one(Account, ha.id).language = "en"
    address = BUTTON.search(browser.as_(lan).get(f"/moderation/{made.id}").text)
    assert address is not None
    assert address[1] == f"/moderation/{made.id}?same_as={public.id}#decision"
    page = browser.as_(lan).get(address[1].split("#")[0]).text
    assert '<option value="duplicate" selected>' in page
    # In the author's language, not in the moderator's.
    assert f"Another proposal says the same: {public.ref}, “{public.title}”" in page
    assert db.count(Ruling, Ruling.kind == QueueKind.PROPOSAL, Ruling.subject_id == made.id) == 0
    note = re.search(r'name="note"[^>]*>([^<]+)<', page)
    assert note is not None
    browser.as_(lan).submit(f"/proposals/{made.id}/decision", decision="reject", reason_code="duplicate", note=note[1], revision="1")  # fmt: skip
    assert db.get(Proposal, made.id).status is Status.REJECTED


def test_the_button_begins_a_suggestion_to_merge_what_is_public(browser: Browser, make: Make, public: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", **COPY)
    page = browser.as_(lan).get(f"/moderation/{made.id}").text
    address = f"/proposals/{made.id}/merge-suggestion?into={public.ref}"
    assert f'href="{address}"' in page
    assert f'name="into" type="text" value="{public.ref}"' in browser.as_(lan).get(address).text


def test_nobody_learns_of_what_is_not_public(browser: Browser, make: Make, minh: Account, ha: Account, lan: Account) -> None:  # fmt: skip
    waiting, made = make.proposal(minh, "submitted", **TEXT), make.proposal(ha, "submitted", **COPY)
    hidden = make.proposal(minh, "hidden", **TEXT)
    page = browser.as_(lan).get(f"/moderation/{made.id}").text
    assert f'href="/moderation/{waiting.id}"' in page
    assert not BUTTON.search(page)
    plain = browser.as_(lan).get(f"/moderation/{made.id}").text.count(waiting.ref)
    for number in (waiting.id, hidden.id, made.id, 10**15, "x"):
        page = browser.as_(lan).get(f"/moderation/{made.id}?same_as={number}")
        assert (page.status_code, page.text.count(waiting.ref)) == (200, plain)
        assert '<option value="duplicate" selected>' not in page.text


def test_the_new_text_of_a_published_one_is_compared_too(browser: Browser, client: Client, make: Make, public: Proposal, ha: Account, lan: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", title="Khác hẳn", summary="Sửa mái đình.", problem="Mái đình dột.")  # fmt: skip
    client.as_(ha).patch(f"/api/v1/proposals/{made.id}", json=COPY)
    page = browser.as_(lan).get(f"/moderation/edits/{made.id}").text
    assert page.count('class="pair"') == 1
    assert f'href="/moderation/{public.id}"' in page
    assert "same_as" not in page
