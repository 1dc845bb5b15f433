"""What people write is text: on pages, in mail and in the API's html it can carry no script, frame, form or false link."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from app.forms import Verdict
from app.models import Account, Comment, Email, ExpertApplication, Proposal
from app.text import clean, render_markdown
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil.example>",
    "<a href='javascript:alert(1)'>x</a>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "![x](https://evil.example/p.png)", "![x](x\"onerror=\"alert(1))",
    "<javascript:alert(1)>", "[x](<javascript:alert(1)>)", "[a]: javascript:alert(1)\n\n[a]", "<b onmouseover=alert(1)>x</b>",
    "<style>*{display:none}</style>", "</p></div><form action=//evil.example>", "<base href=//evil.example>", "<!--", "]]>",
    "{{ 7*7 }} {% raw %} ${7*7} %(x)s", "`<script>`", "```\n<script>alert(1)</script>\n```", "[x](//evil.example \"<script>\")",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "\"><script>alert(1)</script>", "' onfocus='alert(1)",
]  # fmt: skip
ALLOWED = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "h5", "h6", "hr"}  # fmt: skip


class Tags(HTMLParser):
    """Collects the tags and attributes of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in ALLOWED
        assert attributes.keys() <= {"href", "title", "rel", "start"}
        if "href" in attributes:
            scheme = re.match(r"\s*([^/?#]*?):", attributes["href"] or "")
            assert scheme is None or scheme[1] in {"http", "https", "mailto"}
            assert "nofollow" in (attributes["rel"] or "")


@pytest.mark.parametrize("text", HOSTILE)
def test_rendered_markdown(text: str) -> None:
    assert_harmless(render_markdown(text))


@pytest.mark.parametrize("text", ["<https://u:p@evil.example>", "[x](https://hanoi.gov.vn@evil.example)", "[x](//evil.example)", "[x](https://[evil)"])  # fmt: skip
def test_a_link_shows_where_it_leads(text: str) -> None:
    assert "href" not in render_markdown(text)


@pytest.mark.parametrize("link", ["https://example.org/a?b=c#d", "/proposals/7", "mailto:a@b.org", "#x"])  # fmt: skip
def test_honest_links_stay(link: str) -> None:
    assert f'href="{link}"' in render_markdown(f"[x]({link})")


@pytest.mark.parametrize("text", ["*" * 20_000, "[" * 20_000, "> " * 10_000, "`" * 20_000, "- " * 10_000, "[a](" * 5_000, "<" * 20_000, "**a " * 5_000, "![" * 10_000, "&" * 20_000, "~" * 20_000])  # fmt: skip
def test_rendering_the_worst_text_ends(text: str) -> None:
    assert_harmless(render_markdown(text))


@pytest.mark.parametrize("text", ["[a]: 1" + "😀" * 1500 + "\n\n" + "[a]" * 6100, "[](a)" * 4_000, "<a:b>" * 4_000, '"' * 20_000])  # fmt: skip
def test_a_text_does_not_grow_without_bound(text: str) -> None:
    assert len(render_markdown(text[:20_000])) < 20 * len(text)


def test_html_is_shown_as_it_was_typed() -> None:
    assert render_markdown("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


def test_what_markdown_may_do() -> None:
    html = render_markdown("# Một\n\n**đậm** *nghiêng* ~~bỏ~~\n\n- a\n- b\n\n[lối](https://example.org)\n\n> lời")  # fmt: skip
    assert "<h3>Một</h3>" in html
    assert "<strong>đậm</strong> <em>nghiêng</em> <s>bỏ</s>" in html
    assert '<a href="https://example.org" rel="nofollow ugc noopener noreferrer">lối</a>' in html
    assert "<blockquote>" in html
    assert "<li>a</li>" in html


@pytest.fixture
def hostile(make: Make, db: Database) -> Proposal:
    """A proposal whose every text is hostile, by an author whose name is."""
    author = make.account("<script>alert('name')</script>", language="en")
    texts = "\n\n".join(HOSTILE)
    return make.proposal(
        author, "under_consideration", title="</title><script>alert(1)</script>", summary='"><img src=x onerror=alert(1)>',
        problem=texts, solution=texts, expected_impact=texts, resources_needed=texts, tags=["<script>", "'\"><b>"],
    )  # fmt: skip


def assert_page_is_harmless(page: str) -> None:
    tags = Tags(page).found
    # A block of data is no script, unless what is in it ends it.
    scripts = [attributes.get("src") for tag, attributes in tags if tag == "script" and attributes.get("type") != "application/ld+json"]  # fmt: skip
    assert all("<" not in data for data in re.findall(r'<script type="application/ld\+json">(.*)</script>', page))  # fmt: skip
    assert all(src and src.startswith("/static/") for src in scripts)
    assert not {tag for tag, _ in tags} & {"iframe", "base", "style", "object", "math", "embed"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    for _, attributes in tags:
        loaded = (attributes.get("src") or "") + (attributes.get("action") or "")
        assert "evil.example" not in loaded
        assert "javascript:" not in (attributes.get("href") or "").lower()


@pytest.mark.parametrize("path", ["/", "/proposals", "{own}", "/campaigns/{campaign}-hom-thu-thi-tran", "/proposals/{id}/revisions/1"])  # fmt: skip
def test_pages(browser: Browser, hostile: Proposal, path: str) -> None:
    address = path.format(own=hostile.path, campaign=hostile.campaign_id, id=hostile.id)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "alert(1)" in answer.text
    assert_page_is_harmless(answer.text)


def test_the_moderators_page_and_the_form(browser: Browser, hostile: Proposal, lan: Account, db: Database) -> None:  # fmt: skip
    for reader, path in ((lan, f"/moderation/{hostile.id}"), (lan, hostile.path)):
        assert_page_is_harmless(browser.as_(reader).get(path).text)
    author = db.get(Account, hostile.author_id)
    form = browser.as_(author).submit("/proposals/new", title=HOSTILE[0], problem="</textarea>" + HOSTILE[1], action="preview")  # fmt: skip
    assert_page_is_harmless(form.text)


def test_mail(browser: Browser, hostile: Proposal, db: Database) -> None:
    for email in db.all(Email):
        assert_page_is_harmless(email.html)
        assert "\n" not in email.subject
        assert "<script>" in email.text
    assert_page_is_harmless(browser.get("/dev/mailbox").text)


def test_the_api(client: Client, hostile: Proposal) -> None:
    body = client.get(f"/api/v1/proposals/{hostile.id}").json()
    assert body["problem"] == "\n\n".join(HOSTILE)
    for html in body["html"].values():
        assert_harmless(html)


def test_a_subject_is_one_line(make: Make, db: Database, ha: Account) -> None:
    make.proposal(ha, "published", title="Ao\u2028Bcc: x@example.org\u0085 hồ".replace("\u0085", " "))  # fmt: skip
    (email,) = db.all(Email)
    assert email.subject.splitlines() == [email.subject]


def test_a_note_in_mail_is_text(make: Make, client: Client, db: Database, ha: Account, lan: Account, a_proposal: Callable[..., Proposal]) -> None:  # fmt: skip
    made = a_proposal(ha, "submitted")
    note = "<a href='javascript:alert(1)'>x</a>\n**đậm**"
    client.as_(lan).post(f"/api/v1/proposals/{made.id}/decision", json={"decision": "return", "reason_code": "incomplete", "note": note})  # fmt: skip
    (email,) = db.all(Email)
    assert note in email.text
    assert_page_is_harmless(email.html)


# Each once kept a process busy for minutes, longer than the suite may take.
COSTLY = {
    "blanks": "a" + " " * 900_000 + "b",
    "marks": "a" + "\u0301\u0323" * 320_000,
    "invisible": "\u200b" * 900_000 + "b",
    "ligatures": "\ufdfa" * 60_000,
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
@pytest.mark.parametrize("field", ["email", "code", "name"])
def test_costly_texts_are_refused_at_once(browser: Browser, text: str, field: str) -> None:
    path = {"email": "/sign-in", "code": "/sign-in/code", "name": "/welcome"}[field]
    body = {"email": "x@example.org", "sealed": "x"} | {field: text}
    answer = browser.post(path, content=_multipart(body), headers={"Content-Type": "multipart/form-data; boundary=X"})  # fmt: skip
    assert answer.status_code in {400, 413, 422}


def _multipart(fields: dict[str, str]) -> bytes:
    parts = [f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]  # fmt: skip
    return ("".join(parts) + "--X--\r\n").encode()


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_costly_texts_make_no_proposal(client: Client, db: Database, ha: Account, text: str) -> None:  # fmt: skip
    body = json.dumps({"title": text, "draft": True}, ensure_ascii=False).encode()[:990_000]
    answer = client.as_(ha).post("/api/v1/proposals", content=body, headers={"Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code in {400, 413, 422}
    assert db.count(Proposal) == 0


def test_what_is_cleaned_stays_readable() -> None:
    assert clean(" \u200b Đô thị \u00a0\u3000 xanh \n\u2060") == "Đô thị \u00a0\u3000 xanh"
    assert clean("a\u0302\u0323") == "ậ"
    assert clean("\u200b \u2800") == ""


@pytest.fixture
def hostile_expert(make: Make) -> ExpertApplication:
    """Someone whose every word about themselves is hostile, approved all the same."""
    person = make.account("<script>alert('name')</script>", email="x@example.org", language="en")
    texts = [text for text in HOSTILE if len(text) < 40]
    made = make.application(
        person, affiliation="</title><script>alert(1)</script>", biography="\n\n".join(texts),
        links=["https://evil.example/?q='onmouseover='alert(1)"],
    )  # fmt: skip
    return make.verdict(made, Verdict.APPROVE, note="<img src=x onerror=alert(1)>")


@pytest.mark.parametrize("path", ["/experts", "/experts?field=ducks", "/experts/{person}"])
def test_an_experts_pages(browser: Browser, hostile_expert: ExpertApplication, path: str) -> None:
    answer = browser.get(path.format(person=hostile_expert.account_id))
    assert answer.status_code == 200
    assert "alert(1)" in answer.text
    assert_page_is_harmless(answer.text)


def test_the_desk_the_form_and_the_mail_of_an_expert(browser: Browser, hostile_expert: ExpertApplication, lan: Account, db: Database) -> None:  # fmt: skip
    person = db.get(Account, hostile_expert.account_id)
    pages = [
        browser.as_(lan).get(f"/moderation/experts/{hostile_expert.id}"),
        browser.as_(person).get("/experts/apply"),
        browser.as_(person).submit("/experts/apply", biography="</textarea>" + HOSTILE[0], links=HOSTILE[1]),
    ]  # fmt: skip
    for page in pages:
        assert_page_is_harmless(page.text)
        assert "alert(1)" in page.text
    (email,) = db.all(Email)
    assert_page_is_harmless(email.html)
    assert "<img src=x onerror=alert(1)>" in email.text


def test_an_expert_over_json(client: Client, hostile_expert: ExpertApplication) -> None:
    body = client.get(f"/api/v1/experts/{hostile_expert.account_id}").json()
    assert body["biography"] == hostile_expert.biography
    assert_harmless(body["biography_html"])
    assert all(link.startswith("https://") for link in body["links"])


@pytest.fixture
def hostile_comment(make: Make, ha: Account) -> Comment:
    """A comment with a reply whose every word is hostile, by somebody whose name is."""
    writer = make.account("<script>alert('name')</script>", email="x@example.org", language="en")
    proposal = make.proposal(ha, "published")
    made = make.comment(writer, proposal, text="\n\n".join(HOSTILE))
    make.comment(
        writer, proposal, parent_id=made.id, text="</article></div><script>alert(1)</script>"
    )
    return made


def test_a_discussion(browser: Browser, client: Client, make: Make, hostile_comment: Comment, lan: Account, db: Database) -> None:  # fmt: skip
    writer, path = db.get(Account, hostile_comment.author_id), hostile_comment.path
    make.rule_on(hostile_comment, "keep", note="<img src=x onerror=alert(1)>")
    own = browser.as_(writer)
    own.submit(f"{path}/edit", text=HOSTILE[0] + "alert(1)")
    pages = [browser.get(f"/proposals/{hostile_comment.proposal_id}", follow_redirects=True)]
    pages += [browser.get(path), own.get(f"{path}/edit"), own.get(f"{path}/history")]
    pages += [browser.as_(lan).get(f"/moderation/comments/{hostile_comment.id}"), browser.as_(lan).get("/moderation?kind=comment")]  # fmt: skip
    pages += [own.submit(f"/proposals/{hostile_comment.proposal_id}/comments", text="</textarea>alert(1)" + "x" * 4000)]  # fmt: skip
    for page in pages:
        assert page.status_code in {200, 422}
        assert "alert(1)" in page.text
        assert_page_is_harmless(page.text)
    make.rule_on(hostile_comment, "hide", note="<img src=x onerror=alert(1)>")
    (email,) = db.all(Email, Email.name == "comment_hidden")
    assert_page_is_harmless(email.html)
    assert "<img src=x onerror=alert(1)>" in email.text
    (reply,) = client.get(f"/api/v1/proposals/{hostile_comment.proposal_id}/comments", params={"parent": hostile_comment.id}).json()["items"]  # fmt: skip
    assert_harmless(reply["html"])
