"""Writing on the pages: drafts, preview, submitting, editing; no answer loses what was typed."""

import re
from typing import Any

import pytest

from app.models import Account, Proposal, Status
from tests.builders import Make, content
from tests.clients import Browser
from tests.databases import Database

NEW = "/proposals/new"


def typed(**changes: Any) -> dict[str, Any]:
    values = content(**changes)
    return values | {"tags": ", ".join(values["tags"])}


def only(db: Database) -> Proposal:
    (made,) = db.all(Proposal)
    return made


def test_the_empty_form(browser: Browser, ha: Account) -> None:
    page = browser.as_(ha).get(NEW)
    assert page.status_code == 200
    for name in ("title", "summary", "problem", "solution", "expected_impact", "resources_needed", "pillar", "goals", "wards", "tags", "campaign_id"):  # fmt: skip
        assert f'name="{name}"' in page.text
    for code in ("fields", "songs", "joy-2033", "east", "mill"):
        assert f'value="{code}"' in page.text


def test_a_draft_needs_only_a_title(browser: Browser, db: Database, ha: Account) -> None:
    answer = browser.as_(ha).submit(NEW, title="Mới nghĩ ra", action="save")
    made = only(db)
    assert (answer.status_code, answer.headers["location"]) == (303, made.path)
    assert (made.status, made.author_id, made.pillar_code) == (Status.DRAFT, ha.id, None)
    assert browser.as_(ha).get(made.path).status_code == 200


def test_submit(browser: Browser, make: Make, db: Database, ha: Account) -> None:
    values = typed(wards=["east", "west"], goals=["joy-2033", "rest-2050"], tags=["ao", "cá vàng"])
    assert browser.as_(ha).submit(NEW, **values, action="submit").status_code == 303
    made = make.reload(only(db))
    assert made.status is Status.SUBMITTED
    assert (sorted(made.wards), sorted(made.goals)) == (["east", "west"], ["joy-2033", "rest-2050"])
    assert sorted(made.tags) == ["ao", "cá vàng"]


def test_preview_saves_nothing(browser: Browser, db: Database, ha: Account) -> None:
    page = browser.as_(ha).submit(NEW, **typed(problem="Vịt **đói**"), action="preview")
    assert page.status_code == 200
    assert "<strong>đói</strong>" in page.text
    assert "Vịt **đói**" in page.text
    assert db.count(Proposal) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": ""}, "title"), ({"problem": " "}, "problem"), ({"pillar": ""}, "pillar"), ({"pillar": "x"}, "pillar"), ({"summary": "x" * 501}, "summary"), ({"wards": ["nowhere"]}, "wards"), ({"solution": "a\x00b"}, "solution"), ({"campaign_id": "999999"}, "campaign_id")],
)  # fmt: skip
def test_an_error_keeps_what_was_typed(browser: Browser, db: Database, ha: Account, changes: dict[str, Any], field: str) -> None:  # fmt: skip
    values = typed(expected_impact="Giữ lại & câu này", **changes)
    page = browser.as_(ha).submit(NEW, **values, action="submit")
    assert page.status_code == 422
    assert f'href="#field-{field}"' in page.text
    assert f'id="field-{field}"' in page.text
    assert "Giữ lại &amp; câu này" in page.text
    assert db.count(Proposal) == 0


def test_a_closed_campaign_keeps_what_was_typed(browser: Browser, make: Make, db: Database, ha: Account) -> None:  # fmt: skip
    values = typed(campaign_id=make.closed_campaign().id, problem="Giữ lại")
    page = browser.as_(ha).submit(NEW, **values, action="submit")
    assert page.status_code == 409
    assert "Giữ lại" in page.text
    assert db.count(Proposal) == 0


def test_editing_a_published_one(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "published")
    page = browser.as_(ha).get(f"/proposals/{made.id}/edit").text
    assert made.problem in page
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    answer = browser.as_(ha).submit(f"/proposals/{made.id}/edit", **typed(title="Tên mới"), revision=revision[1], action="save")  # fmt: skip
    assert answer.status_code == 303
    page = browser.as_(ha).get(f"/proposals/{made.id}/edit").text
    assert 'value="Tên mới"' in page
    assert 'name="edit_version" value="1"' in page
    # Until a moderator has accepted it, everybody reads the former text.
    assert (make.reload(made).title, make.reload(made).revision) == (made.title, 1)
    after = make.accepted(made)
    assert (after.title, after.revision, after.status) == ("Tên mới", 2, Status.PUBLISHED)


def test_a_stale_edit_is_refused_and_kept(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "published")
    path = f"/proposals/{made.id}/edit"
    browser.as_(ha).submit(
        path, **typed(title="Trước"), revision="1", edit_version="0", action="save"
    )
    page = browser.as_(ha).submit(
        path, **typed(title="Sau"), revision="1", edit_version="0", action="save"
    )
    assert page.status_code == 409
    assert "Sau" in page.text
    assert make.accepted(made).title == "Trước"


@pytest.mark.parametrize("status", ["rejected", "completed", "withdrawn", "hidden"])
def test_what_is_locked_cannot_be_edited(browser: Browser, make: Make, ha: Account, status: str) -> None:  # fmt: skip
    made = make.proposal(ha, status)
    assert browser.as_(ha).get(f"/proposals/{made.id}/edit").status_code == 409
    page = browser.as_(ha).submit(f"/proposals/{made.id}/edit", **typed(title="Khác"), action="save")  # fmt: skip
    assert page.status_code == 409
    assert make.reload(made).title == made.title


def test_returned_revised_resubmitted(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "returned")
    assert "Vì thế." in browser.as_(ha).get(made.path).text
    answer = browser.as_(ha).submit(f"/proposals/{made.id}/edit", **typed(), revision="1", action="submit")  # fmt: skip
    assert answer.status_code == 303
    assert make.reload(made).status is Status.SUBMITTED


def test_submitting_an_unfinished_draft_opens_the_form(browser: Browser, db: Database, ha: Account) -> None:  # fmt: skip
    browser.as_(ha).submit(NEW, title="Mới nghĩ ra", action="save")
    page = browser.as_(ha).submit(f"/proposals/{only(db).id}/submit")
    assert page.status_code == 422
    assert 'href="#field-problem"' in page.text
    assert only(db).status is Status.DRAFT


def test_edits_are_limited_and_lose_no_word(browser: Browser, make: Make, db: Database, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted")
    monkeypatch.setattr(browser.app.state.settings, "proposal_edits_per_hour", 1)
    own, path = browser.as_(ha), f"/proposals/{made.id}/edit"
    assert own.submit(path, **typed(title="Lần một"), action="save").status_code == 303
    page = own.submit(path, **typed(title="Lần hai còn đây"), action="save")
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert "Lần hai còn đây" in page.text
    assert "Bạn đã sửa bài nhiều lần" in page.text
    assert own.submit(path, **typed(title="Xem trước"), action="preview").status_code == 200
    assert (only(db).title, only(db).revision) == ("Lần một", 2)


def test_withdrawing(browser: Browser, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "published")
    assert browser.as_(ha).submit(f"/proposals/{made.id}/withdraw").status_code == 303
    assert make.reload(made).status is Status.WITHDRAWN
    assert browser.as_(ha).submit(f"/proposals/{made.id}/withdraw").status_code == 409
    assert browser.get(made.path).status_code == 200


def test_mine_lists_ones_own_in_every_status(browser: Browser, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    own = [make.proposal(ha, status, title=f"Của tôi {status}") for status in ("draft", "submitted", "published", "hidden")]  # fmt: skip
    make.proposal(outsider, "published", title="Của người")
    page = browser.as_(ha).get("/mine").text
    assert all(made.title in page for made in own)
    assert "Của người" not in page


@pytest.mark.parametrize("data", [b"title=%ED%A0%80abc&action=save", b"title=a%00b&action=save", b"\xff\xfe", b"title=" + b"x" * 2_000_000, b"&" * 5000, b"title=abcd&" * 1200, b"campaign_id=" + b"9" * 5000 + b"&title=abc"])  # fmt: skip
def test_hostile_forms_are_refused(browser: Browser, ha: Account, data: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.as_(ha).post(NEW, content=data, headers=headers)
    assert answer.status_code < 500
    assert answer.status_code == 303 or answer.headers["content-type"].startswith("text/html")


def test_a_form_with_a_file_is_refused(browser: Browser, db: Database, ha: Account) -> None:
    answer = browser.as_(ha).post(NEW, data={"title": "abc"}, files={"problem": ("x.txt", b"x")})
    assert answer.status_code == 400
    assert db.count(Proposal) == 0


def test_each_reader_gets_the_form_in_their_own_language(browser: Browser, ha: Account) -> None:
    """A label is a constant in the template; the first reader's language must not stay in it."""
    writer = browser.as_(ha)
    for code, label in (("vi", "Tiêu đề"), ("en", "Title"), ("vi", "Tiêu đề")):
        assert (
            f'<label for="field-title">{label}</label>'
            in writer.get(f"/proposals/new?lang={code}").text
        )


def test_what_is_empty_is_called_missing_in_the_order_of_the_form(
    browser: Browser, ha: Account
) -> None:
    answer = browser.as_(ha).submit("/proposals/new", title="Một tiêu đề", action="submit")
    found = re.findall(r'<li><a href="#field-(\w+)">[^<]*: ([^<]*)</a>', answer.text)
    fields = ["summary", "problem", "solution", "expected_impact", "resources_needed", "pillar"]
    assert found == [(field, "Mục này là bắt buộc.") for field in fields]
