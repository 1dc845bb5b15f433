"""How answers travel: packed, kept by browsers, installed; which pages may be read offline."""

import re
from io import BytesIO

import pytest
from PIL import Image

from app.models import Account, Proposal
from app.web.offline import KEPT
from tests.builders import Make
from tests.clients import Browser
from tests.routes import WEB_ROUTES

PACKED = {"Accept-Encoding": "gzip"}
# Addresses of one person's own, of staff, or with a key in them.
OWN = (
    "/account",
    "/mine",
    "/moderation/",
    "/people",
    "/sign-in",
    "/welcome",
    "/dev",
    "/assessments/{",
    "/news",
)


def test_pages_and_files_are_packed_for_who_takes_it(browser: Browser) -> None:
    for path in ("/", "/static/portal.css", "/api/v1/openapi.json"):
        plain, packed = browser.get(path), browser.get(path, headers=PACKED)
        assert "content-encoding" not in plain.headers, path
        assert packed.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed.headers["vary"].lower()
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
    head = browser.request("HEAD", "/", headers=PACKED)
    assert (head.content, head.headers["content-encoding"]) == (b"", "gzip")


def test_a_packed_file_is_not_sent_twice(browser: Browser) -> None:
    tag = browser.get("/static/portal.css", headers=PACKED).headers["etag"]
    again = browser.get("/static/portal.css", headers=PACKED | {"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_small_a_picture_or_a_secret_is_not_packed(browser: Browser, ha: Account) -> None:
    for path in ("/static/icon.svg", "/static/icon-512.png"):
        assert "content-encoding" not in browser.get(path, headers=PACKED).headers, path
    page = browser.as_(ha).get("/account/second-factor", headers=PACKED)
    assert (page.headers["cache-control"], page.headers.get("content-encoding")) == (
        "no-store",
        None,
    )


def test_browsers_keep_files_for_a_year(browser: Browser) -> None:
    page = browser.get("/").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert addresses
    for path in addresses:
        headers = browser.get(path).headers
        assert headers["cache-control"] == "public, max-age=31536000, immutable", path
        assert "cookie" not in headers.get("vary", "").lower()
    assert browser.get("/static/portal.css").headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    ("lang", "name"), [("vi", "Mạng sáng kiến Tí Hon"), ("en", "Tinytown Ideas")]
)
def test_the_portal_can_be_installed(browser: Browser, lang: str, name: str) -> None:
    address = re.search(r'rel="manifest" href="([^"]+)"', browser.get(f"/?lang={lang}").text)
    assert address
    manifest = browser.get(address[1]).json()
    assert (manifest["name"], manifest["lang"], manifest["start_url"]) == (name, lang, "/")
    sizes = set()
    for icon in manifest["icons"]:
        answer = browser.get(icon["src"])
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(BytesIO(answer.content)).size
            assert icon["sizes"] == f"{width}x{height}"
            sizes.add((width, icon["purpose"]))
    assert sizes == {(192, "any"), (512, "any"), (512, "maskable")}


def test_only_pages_for_everybody_may_be_kept(browser: Browser, make: Make, ha: Account) -> None:
    for route in WEB_ROUTES:
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        if route.path.startswith(OWN) or route.path.endswith(
            ("/new", "/edit", "/report", "/files", "/co-authors")
        ):
            assert not KEPT.search(path), path
        # What asks somebody to sign in is for them alone.
        if route.method == "GET" and route.answers[0] == 303:
            assert not KEPT.search(path), path
    made: Proposal = make.proposal(ha, "published")
    for path in (
        "/",
        "/proposals",
        made.path,
        f"/proposals/{made.id}/comments",
        "/about",
        "/campaigns",
    ):
        assert KEPT.search(path), path
        assert "cache-control" not in browser.get(path).headers


def test_the_worker_and_what_it_needs(browser: Browser, ha: Account) -> None:
    answer = browser.get("/service-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in browser.get("/").headers["content-security-policy"]
    files = re.search(r'"files": \[([^\]]+)\]', answer.text)
    assert files
    for path in re.findall(r'"([^"]+)"', files[1]):
        assert browser.get(path).status_code == 200, path
    assert browser.as_(ha).get("/service-worker.js").text == answer.text


def test_a_notice_is_for_one_person(browser: Browser, ha: Account) -> None:
    mine = browser.as_(ha)
    mine.submit("/sign-out")
    page = mine.get("/")
    assert 'role="status"' in page.text
    assert page.headers["cache-control"] == "private, no-cache"
    assert "cache-control" not in mine.get("/").headers
