"""One's own votes: all of them, page by page, for oneself alone. Nobody else learns who voted for what, nowhere."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import jobs
from app.database import now
from app.models import Account, DataExport, Proposal, Vote
from app.services import pabulib
from app.web.ballots import PAGE
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.routes import API_ROUTES, WEB_ROUTES

PATH = "/account/votes"


def rows(page: str) -> list[str]:
    found = re.search(r'<ul class="rows ballots">(.*?)</ul>', page, re.S)
    return found[1].split("</li>")[:-1] if found else []


def test_ones_own_votes(browser: Browser, make: Make, ha: Account, minh: Account, outsider: Account) -> None:  # fmt: skip
    campaign = make.campaign(allows_opposition=True)
    one, two, other = (make.proposal(minh, "published", campaign_id=campaign.id) for _ in range(3))
    make.vote(ha, one)
    make.vote(ha, two, "oppose")
    make.vote(outsider, other)
    page = browser.as_(ha).get(PATH)
    assert page.headers["cache-control"] == "private, no-cache"
    newest, oldest = rows(page.text)
    assert two.title in newest
    assert "Bạn không ủng hộ" in newest
    assert one.title in oldest
    assert f'href="{one.path}#support"' in oldest
    assert "Bạn ủng hộ" in oldest
    assert other.title not in page.text


def test_the_link_leads_to_where_it_can_be_taken_back(browser: Browser, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.proposal(minh, "published")
    make.vote(ha, made)
    own = browser.as_(ha)
    (link,) = re.findall(r'href="([^"]+)#support"', own.get(PATH).text)
    assert 'id="support"' in own.get(link).text
    assert "Rút lại phiếu" in own.get(link).text
    own.submit(f"/proposals/{made.id}/vote", value="")
    assert "Bạn chưa bỏ phiếu nào" in own.get(PATH).text
    assert db.count(Vote) == 0


def test_what_is_over_cannot_be_changed(browser: Browser, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    campaign = make.campaign()
    ended = make.proposal(minh, "published", campaign_id=campaign.id)
    decided = make.proposal(minh, "published")
    for proposal in (ended, decided):
        make.vote(ha, proposal)
    make.move(decided, "declined")
    with db.session() as session:
        session.merge(campaign).voting_closes_at = now() - timedelta(seconds=1)
    page = browser.as_(ha).get(PATH).text
    assert "#support" not in page
    assert page.count("không thể thay đổi nữa") == 2


def test_what_is_hidden_is_hidden_here_too(browser: Browser, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = make.proposal(minh, "published", title="Điều không nên đọc")
    make.vote(ha, made)
    make.vote(minh, made)
    make.move(made, "hidden")
    page = browser.as_(ha).get(PATH).text
    assert made.title not in page
    assert made.path not in page
    assert f"Sáng kiến {made.ref}, hiện không công khai" in page
    assert made.title in browser.as_(minh).get(PATH).text  # Its author sees it.


def test_pages_neither_skip_nor_repeat(browser: Browser, db: Database, make: Make, ha: Account, minh: Account) -> None:  # fmt: skip
    made = [make.proposal(minh, "published") for _ in range(2 * PAGE + 5)]
    for proposal in made:
        make.vote(ha, proposal)
    moment = db.all(Vote)[0].cast_at
    with db.session() as session:  # Many votes of one and the same moment.
        for row in db.all(Vote):
            session.merge(row).cast_at = moment
    own, address, seen = browser.as_(ha), PATH, []
    for expected in (PAGE, PAGE, 5):
        page = own.get(address).text
        found = rows(page)
        assert len(found) == expected
        seen += [number for row in found for number in re.findall(r'href="/proposals/(\d+)-[^"#]*"', row)]  # fmt: skip
        following = re.search(r'href="([^"]+)"[^>]*rel="next"|rel="next"[^>]*href="([^"]+)"', page)
        address = next(filter(None, following.groups())) if following else ""
    assert address == ""
    assert sorted(map(int, seen)) == sorted(proposal.id for proposal in made)


def test_a_cursor_is_its_owners(browser: Browser, make: Make, ha: Account, minh: Account) -> None:
    for _ in range(PAGE + 1):
        make.vote(ha, make.proposal(minh, "published"))
    (following,) = re.findall(r'href="(/account/votes\?cursor=[^"]+)"', browser.as_(ha).get(PATH).text)  # fmt: skip
    assert browser.as_(ha).get(following).status_code == 200
    for address in (following, f"{PATH}?cursor=x"):
        assert browser.as_(minh).get(address).status_code == 404
    assert browser.get(following).status_code == 303


def test_not_signed_in(browser: Browser) -> None:
    assert browser.get(PATH).headers["location"] == "/sign-in?next=%2Faccount%2Fvotes"


# Nobody else


Say = Callable[..., list[str]]


@pytest.fixture
def everything(browser: Browser, client: Client, db: Database, tmp_path: Path) -> Say:
    """All that the portal says to somebody: every page, every answer of the API, every file."""

    def address(path: str, proposal: Proposal) -> str:
        values = {"proposal_id": proposal.id, "campaign_id": proposal.campaign_id, "slug": proposal.slug, "number": 1, "email_id": 1, "export_id": 1, "account_id": proposal.author_id, "expert_id": proposal.author_id, "code": "x"}  # fmt: skip
        return re.sub(r"{(\w+)(:int)?}", lambda found: str(values.get(found[1], 1)), path)

    def say(asking: Account | None, made: list[Proposal]) -> list[str]:
        asked: list[tuple[Any, str]] = [
            (door.as_(asking), address(route.path, proposal))
            for door, routes in ((browser, WEB_ROUTES), (client, API_ROUTES))
            for route in routes
            if route.method == "GET" and "{email_id" not in route.path
            for proposal in (made if "{" in route.path else made[:1])
        ]
        said = [door.get(path).text for door, path in asked]
        if asking is not None:
            browser.as_(asking).submit("/account/export")
            jobs.prepare_exports(db.engine, db.settings)
            content = db.all(DataExport, DataExport.account_id == asking.id)[0].content
            with zipfile.ZipFile(io.BytesIO(content or b"")) as archive:
                said += [archive.read(name).decode() for name in archive.namelist()]
        with db.session(writes=False) as session:
            pabulib.save(session, made[0].campaign_id, tmp_path / "out.pb")
        return [*said, (tmp_path / "out.pb").read_text(encoding="utf-8")]

    return say


@pytest.mark.parametrize("who", ["anonymous", "author", "citizen", "moderator", "admin"])
def test_who_voted_is_said_to_nobody(everything: Say, make: Make, ha: Account, minh: Account, lan: Account, quan: Account, who: str) -> None:  # fmt: skip
    """A voter who has done nothing else must be found nowhere, whoever looks."""
    made = [make.proposal(ha, "published"), make.proposal(ha, "under_consideration")]
    voter = make.account("Zoë Người-Bỏ-Phiếu", email="zoe.votes@example.org")
    make.account("Một người khác", email="another@example.org")
    for proposal in made:
        make.vote(voter, proposal)
    people = {"anonymous": None, "author": ha, "citizen": minh, "moderator": lan, "admin": quan}
    said = "\n".join(everything(people[who], made))
    assert made[0].title in said
    for trace in ("Zoë", "Zo\\u00eb", "zoe.votes", f'"account_id": {voter.id}'):
        assert trace not in said


def test_the_search_would_find_a_voter(everything: Say, make: Make, ha: Account) -> None:
    """The voter's own pages hold what the test above looks for."""
    made = make.proposal(ha, "published")
    voter = make.account("Zoë Người-Bỏ-Phiếu", email="zoe.votes@example.org")
    make.vote(voter, made)
    said = "\n".join(everything(voter, [made]))
    assert "Zoë" in said
    assert "zoe.votes" in said


def test_only_ballots_reads_who_voted() -> None:
    """Whoever joins an account to a vote stands here; another place must be looked at."""
    root = Path(__file__).parents[2] / "app"
    naming = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"(voters?|Voter)(\.c)?\.account_id", path.read_text(encoding="utf-8"))
    }
    assert naming == {"services/votes.py", "services/ballots.py", "services/supporters.py"}
