"""Participatory budgets: imported exactly once and exactly as they are, exported with the same counts and ballots."""

from pathlib import Path

import pytest
from sqlmodel import col

from app.errors import Conflict
from app.models import Campaign, Proposal, Status, Vote, Voter
from app.pabulib_file import File, FileError, read_file
from app.services import pabulib, votes
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database
from tests.tallies import assert_days_add_up

SHARED = Path(__file__).parents[3] / "shared" / "data"
REAL = [
    "Hungary_Budapest_2024_VIII_Jozsefvaros.pb",
    "France_Toulouse_2024.pb",
    "Poland_Warszawa_2026.pb",
]
SMALL = (Path(__file__).parents[1] / "data" / "small.pb").read_text(encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pb"
    path.write_text(SMALL, encoding="utf-8")
    return path


def _import(db: Database, path: Path) -> pabulib.Loaded:
    with db.session() as session:
        return pabulib.load(session, read_file(path), advance=lambda _: None)


def _ballots(file: File) -> dict[str, set[str]]:
    return {ballot.voter: set(ballot.projects) for ballot in file.ballots}


def _export(db: Database, campaign_id: int, path: Path) -> File:
    with db.session(writes=False) as session:
        pabulib.save(session, campaign_id, path)
    return read_file(path)


def test_an_import_makes_a_closed_campaign(db: Database, small: Path) -> None:
    loaded = _import(db, small)
    campaign = db.get(Campaign, loaded.campaign_id)
    assert campaign.voting_closes_at is not None
    assert not campaign.is_voting_open(campaign.created_at)
    assert not campaign.is_submission_open(campaign.created_at)
    projects = db.all(Proposal)
    assert [(p.title, p.support_count, p.status) for p in projects] == [
        ("Benches", 3, Status.ACCEPTED),
        ("Trees; many", 1, Status.DECLINED),
    ]
    assert db.count(Voter) == 3
    assert db.count(Vote) == 4


def test_a_second_import_doubles_nothing(db: Database, small: Path) -> None:
    first = _import(db, small)
    before = db.counts()
    second = _import(db, small)
    assert (second.campaign_id, second.already_there) == (first.campaign_id, True)
    assert db.counts() == before


def test_another_version_of_the_same_budget_is_refused(db: Database, small: Path) -> None:
    _import(db, small)
    before = db.counts()
    small.write_text(SMALL.replace("Benches", "More benches"), encoding="utf-8")
    with pytest.raises(Conflict):
        _import(db, small)
    assert db.counts() == before


BROKEN = {
    "an unknown project": ("b;7;41", "b;8;41", 23),
    "a ballot with too few columns": ("b;7;41", "b;7", 23),
    "a voter twice": ("b;7;41", "a;7;41", 23),
    "a project twice on a ballot": ("a;7,9;30", "a;7,7;30", 22),
    "a project twice": ('9;200;1;"Trees', '7;200;1;"Trees', 19),
    "a cost that is none": ("7;100.5;3", "7;cheap;3", 18),
    "a voter that is a formula": ("b;7;41", "=b;7;41", 23),
    "a limit that is too large": ("max_length;2", "max_length;99999999999999999999", 14),
    "a limit of 5,000 digits": ("max_length;2", "max_length;" + "9" * 5000, 14),
    "a day out of reach": ("date_end;04.07.2024", "date_end;31.12.9999", 13),
    "a project that looks like markup": ("b;7;41", "b;[/x];41", 23),
    "a cost that is not finite": ("7;100.5;3", "7;NaN;3", 18),
    "votes that do not add up": ("7;100.5;3", "7;100.5;4", 18),
    "another way of voting": ("vote_type;approval", "vote_type;ordinal", 10),
    "a missing ballot": ("num_votes;3", "num_votes;4", 24),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_named_and_nothing_imported(db: Database, small: Path, name: str) -> None:
    old, new, line = BROKEN[name]
    small.write_text(SMALL.replace(old, new), encoding="utf-8")
    before = db.counts()
    with pytest.raises(FileError, match=rf"^line {line}: "):
        _import(db, small)
    assert db.counts() == before


def test_a_file_that_is_not_utf8_names_the_line(small: Path) -> None:
    small.write_bytes(SMALL.encode().replace(b"Benches", b"B\xe9nches"))
    with pytest.raises(FileError, match=r"^line 18: not UTF-8"):
        read_file(small)


def test_an_export_gives_back_the_import(db: Database, small: Path, tmp_path: Path) -> None:
    loaded = _import(db, small)
    exported = _export(db, loaded.campaign_id, tmp_path / "out.pb")
    original = read_file(small)
    assert exported.meta == original.meta
    assert [p.row for p in exported.projects] == [p.row for p in original.projects]
    assert _ballots(exported) == _ballots(original)
    assert [b.row for b in exported.ballots] == [b.row for b in original.ballots]


def test_a_campaign_held_here_is_exported_under_fresh_pseudonyms(
    db: Database, make: Make, tmp_path: Path
) -> None:
    campaign = make.campaign()
    author = make.account("Tác giả")
    one, two = (
        make.proposal(author, campaign_id=campaign.id, status="published") for _ in range(2)
    )
    for name in ("An", "Bình", "Chi"):
        make.vote(make.account(name), one)
    make.vote(make.account("Dung"), two)
    exported = _export(db, campaign.id, tmp_path / "own.pb")
    assert {p.id: p.row["votes"] for p in exported.projects} == {str(one.id): "3", str(two.id): "1"}
    assert sorted(b.voter for b in exported.ballots) == ["1", "2", "3", "4"]
    assert sorted(map(sorted, _ballots(exported).values())) == sorted([[str(one.id)]] * 3 + [[str(two.id)]])  # fmt: skip
    assert "An" not in (tmp_path / "own.pb").read_text()


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "=1+1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_export_holds_no_formula(db: Database, make: Make, tmp_path: Path, formula: str) -> None:
    campaign = make.campaign()
    make.proposal(make.account("Tác giả"), "published", campaign_id=campaign.id, title=formula)
    _export(db, campaign.id, tmp_path / "own.pb")
    assert f";'{formula.strip()}" in (tmp_path / "own.pb").read_text()


def test_an_export_leaves_numbers_alone(db: Database, small: Path, tmp_path: Path) -> None:
    small.write_text(SMALL.replace("selected\n", "latitude\n").replace("seats;1", "seats;-21.5").replace("nature;0", "nature;21.5"))  # fmt: skip
    exported = _export(db, _import(db, small).campaign_id, tmp_path / "out.pb")
    assert [project.row["latitude"] for project in exported.projects] == ["-21.5", "21.5"]


def test_recount_finds_the_counts_of_the_rows(db: Database, small: Path) -> None:
    _import(db, small)
    assert_days_add_up(db)
    before = [(p.support_count, p.trend) for p in db.all(Proposal)]
    with db.session() as session:
        votes.recount(session, [p.id for p in db.all(Proposal)])
    assert [(p.support_count, p.trend) for p in db.all(Proposal)] == before
    assert_days_add_up(db)


@pytest.mark.parametrize("name", REAL)
def test_the_real_files(
    db: Database, client: Client, browser: Browser, tmp_path: Path, name: str
) -> None:
    """The counts equal the file's in the rows, the API, the page and the export."""
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not on this machine")
    original = read_file(SHARED / name)
    loaded = _import(db, SHARED / name)
    promised = {p.id: int(p.row["votes"]) for p in original.projects}
    rows = db.all(Proposal, col(Proposal.campaign_id) == loaded.campaign_id)
    assert {(p.source_row or {})["project_id"]: p.support_count for p in rows} == promised
    assert db.count(Vote) == original.approvals
    assert db.count(Voter) == len(original.ballots)
    listed: list[int] = []
    address = f"/api/v1/proposals?limit=100&sort=most_supported&campaign={loaded.campaign_id}"
    cursor = ""
    while cursor is not None:
        page = client.get(f"{address}&cursor={cursor}" if cursor else address).json()
        listed += [item["support_count"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert listed == sorted(promised.values(), reverse=True)
    first = max(rows, key=lambda p: p.support_count)
    shown = browser.get(first.path).text
    assert f"<b>{first.support_count:,}</b>".replace(",", ".") in shown
    exported = _export(db, loaded.campaign_id, tmp_path / "out.pb")
    assert {p.id: int(p.row["votes"]) for p in exported.projects} == promised
    assert (
        exported.ballots == original.ballots
    )  # Voters, approvals and other columns, in the same order.
    assert [p.row for p in exported.projects] == [p.row for p in original.projects]
    assert exported.meta == original.meta
