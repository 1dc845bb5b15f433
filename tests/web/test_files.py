"""The page of a proposal's photos and files, and where else they are seen."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from app import jobs
from app.models import Account, Attachment, DataExport, Proposal, StoredFile
from app.services import attachments, uploads
from app.services.uploads import LARGEST, Upload
from tests.builders import Make
from tests.clients import Browser
from tests.databases import BASE_URL, Database
from tests.files import MARK, PDF, bomb, photo, picture

HOSTILE = "Vịt \"><script>alert(1)</script> ' onerror=x"
SHOWN = "Vịt &#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &#39; onerror=x"


@pytest.fixture
def draft(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha)


def send(browser: Browser, to: Proposal, content: bytes, description: str = "Vịt.", name: str = "vit.jpg", **headers: str) -> httpx.Response:  # fmt: skip
    """Post the page's form."""
    path = f"/proposals/{to.id}/files"
    files = {"file": (name, content)}
    return browser.post(path, data={"description": description}, files=files, headers={"Origin": BASE_URL} | headers)  # fmt: skip


def test_from_the_draft_to_its_readers(browser: Browser, make: Make, ha: Account, lan: Account, draft: Proposal) -> None:  # fmt: skip
    own, page = browser.as_(ha), f"/proposals/{draft.id}/files"
    for path in (draft.path, f"/proposals/{draft.id}/edit", "/mine"):
        assert f'href="{page}"' in own.get(path).text
    assert 'enctype="multipart/form-data"' in own.get(page).text
    done = send(own, draft, photo(), HOSTILE)
    assert (done.status_code, done.headers["location"]) == (303, page)
    assert done.headers["set-cookie"].startswith("notice=file.added")
    send(own, draft, PDF, "", "Bản đồ'.pdf")
    picture_of = f'src="/proposals/{draft.id}/files/1/preview?v='
    size = f'width="40" height="64" alt="{SHOWN}" loading="lazy"'
    for step in (None, "submitted", "published"):
        shown = make.move(draft, step) if step else draft
        readers = {None: [(own, page), (own, draft.path)], "submitted": [(own, page), (browser.as_(lan), f"/moderation/{draft.id}")], "published": [(browser, shown.path)]}[step]  # fmt: skip
        for reader, path in readers:
            text = reader.get(path).text
            assert (picture_of in text, size in text, "<script>alert" in text) == (True, True, False)  # fmt: skip
            assert "Bản đồ.pdf</a>" in text
    text = own.get(page).text
    assert ("multipart/form-data" in text, "/remove" in text, "notice-info" in text) == (False, False, True)  # fmt: skip
    report = make.report(make.account("Người đọc"), draft)
    assert picture_of in browser.as_(lan).get(f"/moderation/reports/{report.id}").text


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [(b"", 422, "trống"), (b"<svg/>", 422, "JPEG, PNG, WebP"), (bomb(), 422, "40 triệu"), (photo()[:300], 422, "hỏng"), (PDF[:9] + b"x" * LARGEST, 413, "8 MB")],
)  # fmt: skip
def test_what_was_said_of_a_refused_file_is_kept(browser: Browser, db: Database, ha: Account, draft: Proposal, content: bytes, status: int, said: str) -> None:  # fmt: skip
    answer = send(browser.as_(ha), draft, content, HOSTILE)
    assert (answer.status_code, said in answer.text, SHOWN in answer.text) == (status, True, True)
    assert db.count(Attachment) == 0


def test_other_refusals_are_pages_too(browser: Browser, ha: Account, draft: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    own = browser.as_(ha)
    missing = own.submit(f"/proposals/{draft.id}/files", description=HOSTILE)
    assert (missing.status_code, 'id="error-file"' in missing.text, SHOWN in missing.text) == (422, True, True)  # fmt: skip
    assert 'id="error-description"' in send(own, draft, photo(), " ").text
    huge = send(own, draft, b"x" * (LARGEST + 200_000))
    assert (huge.status_code, huge.headers["content-type"]) == (413, "text/html; charset=utf-8")
    monkeypatch.setattr(attachments, "MOST", 0)
    assert (send(own, draft, photo(), HOSTILE).status_code) == 409


def test_another_site_cannot_send_or_remove(browser: Browser, db: Database, make: Make, ha: Account, draft: Proposal) -> None:  # fmt: skip
    make.photo(draft)
    own, there = browser.as_(ha), {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert send(own, draft, photo(), **there).status_code == 403
    assert own.post(f"/proposals/{draft.id}/files/1/remove", headers=there).status_code == 403
    assert db.count(Attachment) == 1


def test_removing(browser: Browser, db: Database, make: Make, ha: Account, draft: Proposal) -> None:
    make.photo(draft)
    done = browser.as_(ha).submit(f"/proposals/{draft.id}/files/1/remove")
    assert done.headers["set-cookie"].startswith("notice=file.removed")
    assert (db.count(Attachment), db.count(StoredFile)) == (0, 0)
    assert browser.as_(ha).submit(f"/proposals/{draft.id}/files/1/remove").status_code == 404


def test_ones_own_data_has_them(browser: Browser, db: Database, make: Make, ha: Account, outsider: Account, draft: Proposal) -> None:  # fmt: skip
    make.photo(make.proposal(outsider))
    made, own = make.photo(draft), browser.as_(ha)
    send(own, draft, PDF, "Bản đồ", "x.pdf")
    own.submit("/account/export")
    jobs.prepare_exports(db.engine, db.settings)
    answer = own.get(f"/account/export/{db.all(DataExport)[-1].id}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("files/")]
        assert names == [f"files/{draft.id}-1.webp", f"files/{draft.id}-2.pdf"]
        assert len(archive.read(names[0])) == made.size
        assert archive.read(names[1]) == PDF
        (row,) = json.loads(archive.read("proposals.json"))
        assert [(one["file"], one["description"]) for one in row["files"]] == [(names[0], "Một con vịt."), (names[1], "Bản đồ")]  # fmt: skip
        assert "files/" in archive.read("README.txt").decode()


def test_what_nobody_has_seen_goes_with_its_author(browser: Browser, db: Database, make: Make, ha: Account, draft: Proposal) -> None:  # fmt: skip
    shown = make.proposal(ha)
    kept = make.photo(shown)
    with db.session() as session:  # The same picture in the draft that goes.
        attachments.add(session, db.settings, ha, draft.id, Upload(picture(), "x", "Vịt"))
        attachments.add(session, db.settings, ha, shown.id, Upload(picture(), "x", "Vịt"))
    make.photo(draft)
    for step in ("submitted", "published"):
        make.move(shown, step)
    assert (db.count(Attachment), db.count(StoredFile)) == (4, 3)
    done = browser.as_(ha).submit("/account/delete", confirmation=ha.email, proposals="keep")
    assert done.status_code == 200
    assert (db.count(Attachment), db.count(StoredFile)) == (2, 2)
    assert browser.get(kept.path).status_code == 200
    assert MARK not in db.dump()


def test_adding_and_removing_the_same_bytes_at_once(db: Database, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    """Whoever comes second finds the bytes there, or stores them again; nobody fails."""
    made = uploads.make(uploads.check(Upload(picture(), "x", "Vịt")))
    mine, theirs = make.proposal(ha), make.proposal(outsider)
    rounds, meet = 12, Barrier(2)

    def add_and_remove(actor: Account, proposal: Proposal) -> None:
        for _ in range(rounds):
            meet.wait(10)
            with db.session() as session:
                row = attachments.keep(session, proposal, made)
            meet.wait(10)
            with db.session() as session:
                attachments.remove(session, actor, proposal.id, row.number)

    with ThreadPoolExecutor(2) as both:
        running = [both.submit(add_and_remove, *who) for who in ((ha, mine), (outsider, theirs))]
        for one in running:
            one.result(60)
    assert (db.count(Attachment), db.count(StoredFile)) == (0, 0)


def test_one_adds_while_the_other_removes(db: Database, make: Make, ha: Account, outsider: Account) -> None:  # fmt: skip
    made = uploads.make(uploads.check(Upload(picture(), "x", "Vịt")))
    mine, theirs = make.proposal(ha), make.proposal(outsider)
    meet = Barrier(2)

    def take_turns(actor: Account, proposal: Proposal, first: int) -> None:
        number = 0
        for turn in range(24):
            meet.wait(10)
            with db.session() as session:
                if turn % 2 == first:
                    number = attachments.keep(session, proposal, made).number
                elif number:
                    attachments.remove(session, actor, proposal.id, number)
                    number = 0

    with ThreadPoolExecutor(2) as both:
        running = [both.submit(take_turns, *who) for who in ((ha, mine, 0), (outsider, theirs, 1))]
        for one in running:
            one.result(60)
    (left,) = db.all(Attachment)
    assert [row.sha256 for row in db.all(StoredFile)] == [left.sha256]
