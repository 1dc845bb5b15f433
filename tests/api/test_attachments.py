"""Photos and PDFs of proposals over JSON: added, listed, served to whoever sees the proposal, removed for good."""

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from app.edge import MOST_UPLOADS
from app.main import FIELDS_BESIDE
from app.models import Account, Attachment, Proposal, StoredFile
from app.services import attachments, stored_files, uploads
from app.services.uploads import LARGEST
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.files import MARK, PDF, REFUSED, bomb, photo, picture

Send = Callable[..., httpx.Response]


@pytest.fixture
def draft(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha)


@pytest.fixture
def send(client: Client, ha: Account, draft: Proposal) -> Send:
    """Sends a file to Hà's draft, or to another proposal, as Hà or as somebody else."""

    def run(content: bytes, name: str = "anh.jpg", description: str = "Một con vịt.", to: Proposal = draft, by: Account = ha, **fields: str) -> httpx.Response:  # fmt: skip
        data = {"description": description, **fields}
        path = f"/api/v1/proposals/{to.id}/attachments"
        return client.as_(by).post(path, data=data, files={"file": (name, content)})

    return run


def large(seed: int = 1) -> bytes:
    """A photo whose preview is another picture than itself."""
    return picture("JPEG", 600, 400, colour=seed)


def key(answer: httpx.Response) -> tuple[int, str]:
    """The status of a refusal, and the key of its kind."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition("/")[2].rpartition("#")[2]


def test_a_photo(send: Send, client: Client, browser: Browser, db: Database, ha: Account, draft: Proposal) -> None:  # fmt: skip
    answer = send(photo())
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, made["url"])
    assert (made["number"], made["kind"], made["width"], made["height"]) == (1, "photo", 40, 64)
    assert (made["description"], made["name"]) == ("Một con vịt.", "")
    assert client.as_(ha).get(f"/api/v1/proposals/{draft.id}").json()["attachments"] == [made]
    for name, longest in (("url", 64), ("preview_url", 64)):
        served = browser.as_(ha).get(made[name])
        assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
        assert served.headers["content-security-policy"] == "sandbox; default-src 'none'"
        image = Image.open(io.BytesIO(served.content))
        assert (max(image.size), dict(image.getexif())) == (longest, {})
        assert MARK.encode() not in served.content
    assert made["size"] == len(browser.as_(ha).get(made["url"]).content)
    assert MARK not in db.dump()


def test_a_document_is_only_handed_out(send: Send, browser: Browser, ha: Account) -> None:
    answer = send(PDF, "../../C:\\x\\\u202eBản đồ\r\n;\"ao'.PDF.pdf", description="").json()
    assert (answer["kind"], answer["preview_url"], answer["width"]) == ("pdf", None, None)
    served = browser.as_(ha).get(answer["url"])
    assert served.content == PDF
    assert served.headers["content-type"] == "application/pdf"
    assert served.headers["content-disposition"].startswith("attachment; ")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert browser.as_(ha).get(f"{answer['url'].partition('?')[0]}/preview").status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("/etc/Bản đồ.pdf", "Bản đồ.pdf"), ("C:\\x\\a.b.PDF.pdf", "a.b.pdf"), ("x.exe", "x.exe.pdf"), ("..", "document.pdf"), ("\u202efdp.exe", "document.pdf"), ("a\";'<b>.pdf", "a----b.pdf"), ("x" * 500 + ".pdf", "x" * 100 + ".pdf")],
)  # fmt: skip
def test_names_are_cleaned(sent: str, kept: str) -> None:
    checked = uploads.check(uploads.Upload(PDF, sent, ""))
    assert checked.name == kept


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_no_picture_is_refused_whatever_its_name(send: Send, db: Database, name: str) -> None:  # fmt: skip
    content, wanted = REFUSED[name]
    answer = send(content, "anh.png" if "html" in name else "anh.jpg")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "file", wanted)
    assert (db.count(Attachment), db.count(StoredFile)) == (0, 0)


def test_a_photo_needs_a_description_and_fields_are_known(send: Send, client: Client, ha: Account, draft: Proposal) -> None:  # fmt: skip
    def fields(answer: httpx.Response) -> tuple[int, list[Any]]:
        return answer.status_code, [(one["field"], one["code"]) for one in answer.json()["errors"]]

    assert fields(send(photo(), description="  ")) == (422, [("description", "missing")])
    assert fields(send(photo(), description="\u200b\u00ad")) == (422, [("description", "string_too_short")])  # fmt: skip
    assert fields(send(photo(), description="x" * 301)) == (422, [("description", "string_too_long")])  # fmt: skip
    assert fields(send(photo(), description="\u202ex")) == (422, [("description", "value_error")])
    assert fields(send(photo(), alt="x")) == (422, [("alt", "extra_forbidden")])
    door, path = client.as_(ha), f"/api/v1/proposals/{draft.id}/attachments"
    assert fields(door.post(path, data={"description": "x"})) == (422, [("file", "missing")])
    assert fields(door.post(path, json={"file": "x"})) == (422, [("file", "missing")])
    two = [("file", ("a.jpg", photo())), ("file", ("b.jpg", photo()))]
    assert door.post(path, files=two).status_code == 400
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert door.post(path, content=b"--x\r\nxx", headers=broken).status_code in {400, 422}


def test_too_large(send: Send, client: Client, ha: Account, draft: Proposal) -> None:
    assert key(send(PDF[:9] + b"x" * LARGEST + PDF[9:], "x.pdf")) == (413, "attachment.too_large")
    assert key(send(b"x" * (LARGEST + FIELDS_BESIDE))) == (413, "body.too_large")
    # Elsewhere bodies are as small as ever.
    path = f"/api/v1/proposals/{draft.id}"
    big = client.as_(ha).patch(path, content=b"x" * (client.app.state.settings.max_body_bytes + 1))
    assert key(big) == (413, "body.too_large")


def test_no_more_than_six_and_twenty_megabytes(send: Send, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    sizes = [send(picture(colour=n)).json()["size"] for n in range(2)]
    monkeypatch.setattr(attachments, "LARGEST_TOGETHER", sum(sizes) + 10)
    assert key(send(picture(colour=9))) == (409, "attachment.too_much")
    monkeypatch.undo()
    assert [send(picture(colour=n)).status_code for n in range(2, 6)] == [201] * 4
    assert key(send(picture(colour=7))) == (409, "attachment.too_many")
    assert db.count(Attachment) == 6


def test_so_many_a_day(send: Send, client: Client, make: Make, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(client.app.state.settings, "uploads_per_day", 2)
    assert send(b"x").status_code == 422  # What is refused at a glance is not counted.
    assert send(photo()).status_code == 201
    assert send(bomb(3000, 3000)).status_code == 422
    refused = send(photo())
    assert key(refused) == (429, "limit.uploads")
    assert int(refused.headers["retry-after"]) <= 24 * 3600


@pytest.mark.parametrize("status", ["submitted", "published", "withdrawn", "rejected"])
def test_only_while_nobody_else_reads_it(send: Send, client: Client, make: Make, ha: Account, draft: Proposal, status: str) -> None:  # fmt: skip
    send(photo())
    for step in {"submitted": ["submitted"], "rejected": ["submitted", "rejected"]}.get(status, ["submitted", "published"]):  # fmt: skip
        make.move(draft, step)
    if status == "withdrawn":
        make.move(draft, status)
    assert key(send(photo())) == (409, "attachment.locked")
    path = f"/api/v1/proposals/{draft.id}/attachments/1"
    assert key(client.as_(ha).delete(path)) == (409, "attachment.locked")
    assert client.as_(ha).get(f"/api/v1/proposals/{draft.id}").json()["attachments"][0]["number"] == 1  # fmt: skip


def test_what_was_returned_can_be_mended(send: Send, client: Client, make: Make, ha: Account, draft: Proposal) -> None:  # fmt: skip
    send(photo())
    for step in ("submitted", "returned"):
        make.move(draft, step)
    assert send(picture()).json()["number"] == 2
    assert client.as_(ha).delete(f"/api/v1/proposals/{draft.id}/attachments/1").status_code == 204


def test_whoever_sees_the_proposal_sees_its_files_and_nobody_else(browser: Browser, make: Make, ha: Account, lan: Account, outsider: Account, draft: Proposal) -> None:  # fmt: skip
    made = make.photo(draft)
    assert made.preview_path is not None
    missing = f"/proposals/{draft.id}/files/2"

    def seen(path: str) -> list[int]:
        return [browser.as_(who).get(path).status_code for who in (None, outsider, lan, ha)]

    for path in (made.path, made.preview_path):
        assert seen(path) == [404, 404, 404, 200]
    hidden, gone = browser.get(made.path.partition("?")[0]), browser.get(missing)
    assert hidden.text.replace("files/1", "files/2") == gone.text
    for step, wanted in (("submitted", [404, 404, 200, 200]), ("published", [200] * 4), ("hidden", [404, 404, 200, 200])):  # fmt: skip
        make.move(draft, step)
        assert seen(made.path) == wanted
        assert seen(made.preview_path) == wanted
        assert seen(missing) == [404] * 4


def test_how_long_who_may_keep_it(browser: Browser, make: Make, ha: Account, draft: Proposal) -> None:  # fmt: skip
    made = make.photo(draft)
    own = browser.as_(ha)
    assert own.get(made.path).headers["cache-control"] == "private, no-cache"
    for step in ("submitted", "published"):
        make.move(draft, step)
    answer = browser.get(made.path)
    assert answer.headers["cache-control"] == "public, max-age=31536000, s-maxage=300, immutable"
    plain = made.path.partition("?")[0]
    for other in (plain, f"{plain}?v=0000000000000000"):
        assert browser.get(other).headers["cache-control"] == "public, no-cache"
    again = browser.get(made.path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.request("HEAD", made.path).headers["content-length"] == str(made.size)


def test_removing_erases_the_bytes_unless_another_needs_them(send: Send, client: Client, browser: Browser, db: Database, make: Make, ha: Account, outsider: Account, draft: Proposal) -> None:  # fmt: skip
    others = make.proposal(outsider)
    first, twin = send(large()).json(), send(large(), to=others, by=outsider).json()
    second = send(large(90)).json()
    assert (db.count(Attachment), db.count(StoredFile)) == (3, 4)
    path = f"/api/v1/proposals/{draft.id}/attachments"
    assert client.as_(ha).delete(f"{path}/{first['number']}").status_code == 204
    assert (db.count(Attachment), db.count(StoredFile)) == (2, 4)
    assert browser.as_(ha).get(first["url"]).status_code == 404
    assert browser.as_(outsider).get(twin["url"]).status_code == 200
    content = browser.as_(ha).get(second["url"]).content.decode("latin-1")
    assert content in db.dump()
    assert client.as_(ha).delete(f"{path}/{second['number']}").status_code == 204
    assert client.as_(ha).delete(f"{path}/{second['number']}").status_code == 404
    assert (db.count(StoredFile), content in db.dump()) == (2, False)


def test_row_and_bytes_come_together_or_not_at_all(send: Send, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A portal that dies after the bytes were written, or before, leaves neither."""

    def stop(*_: Any) -> None:
        raise RuntimeError("out of paper")

    for module, name in ((stored_files, "store"), (stored_files, "insert_or_update")):
        monkeypatch.setattr(module, name, stop)
        assert send(photo()).status_code == 500
        monkeypatch.undo()
    whole = stored_files.store
    monkeypatch.setattr(stored_files, "store", lambda *arguments: (whole(*arguments), stop()))
    assert send(photo()).status_code == 500
    assert (db.count(Attachment), db.count(StoredFile)) == (0, 0)
    monkeypatch.undo()
    assert send(large()).status_code == 201
    assert (db.count(Attachment), db.count(StoredFile)) == (1, 2)


def test_nothing_is_locked_while_a_picture_is_drawn(send: Send, db: Database, make: Make, draft: Proposal, ha: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Others write meanwhile; and what they did to the proposal counts."""
    whole = uploads.make

    def make_slowly(given: Any) -> Any:
        make.move(draft, "submitted")
        return whole(given)

    monkeypatch.setattr(uploads, "make", make_slowly)
    assert key(send(photo())) == (409, "attachment.locked")
    assert (db.count(Attachment), db.count(StoredFile)) == (0, 0)


def test_whoever_comes_while_many_send_is_asked_to_come_again(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for _ in range(3):
        assert uploads._ENTERED.acquire(blocking=False)
    try:
        refused = send(photo())
    finally:
        uploads._ENTERED.release(3)
    assert key(refused) == (503, "overloaded")
    assert "retry-after" in refused.headers
    assert MOST_UPLOADS * LARGEST < 200_000_000
    assert send(photo()).status_code == 201
