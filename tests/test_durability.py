"""Processes killed in the middle of their work: what was answered is there, what was not finished is not."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app import migrations
from app.models import Proposal, Vote, Voter
from app.services import accounts, pabulib
from app.settings import ROOT
from tests.builders import Make
from tests.databases import Database
from tests.servers import environment, request, server, volley

Another = Callable[[], AbstractContextManager[Database]]
BALLOTS = 30_000
VOTES_BEFORE_THE_END = 30


def acknowledged_and_kept(another_database: Another, log: Path, build: str | None) -> tuple[int, int]:  # fmt: skip
    """How many votes a server acknowledged before it was killed, and how many of them are there afterwards."""
    command = [sys.executable, "-m", "uvicorn", f"tests.bad_builds:{build}", "--factory"]
    with another_database() as database:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        make = Make(database)
        author, voter = make.account("Tác giả"), make.account("Người bỏ phiếu")
        made = [make.proposal(author, "published") for _ in range(VOTES_BEFORE_THE_END)]
        with database.session() as session:
            token = accounts.new_api_token(session, voter)
        acknowledged = []
        with server(database, log, command=command if build else None) as running:
            for proposal in made:
                cast = request("PUT", f"/api/v1/proposals/{proposal.id}/vote", token, {"value": "support"})  # fmt: skip
                ((status, _),) = volley(running.port, [cast])
                acknowledged += [proposal.id] if status == 200 else []
            running.kill()
        for proposal in database.all(Proposal):
            rows = database.count(Vote, Vote.proposal_id == proposal.id)
            assert rows == proposal.support_count
        return len(acknowledged), database.count(Vote)


def test_every_vote_that_was_acknowledged_is_kept(another_database: Another, tmp_path: Path) -> None:  # fmt: skip
    found = acknowledged_and_kept(another_database, tmp_path / "log", None)
    assert found == (VOTES_BEFORE_THE_END, VOTES_BEFORE_THE_END)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_harness_catches_a_build_that_answers_before_it_commits(
    another_database: Another, tmp_path: Path
) -> None:
    acknowledged, kept = acknowledged_and_kept(
        another_database, tmp_path / "log", "answers_before_it_commits"
    )
    assert kept < acknowledged


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A budget with more ballots than an import writes at once."""
    path = tmp_path / "large.pb"
    meta = f"META\nkey;value\ndescription;x\ncountry;x\nunit;x\ninstance;2024\nnum_projects;1\nnum_votes;{BALLOTS}\nbudget;1\nvote_type;approval\nrule;greedy\n"  # fmt: skip
    projects = f"PROJECTS\nproject_id;cost;votes;name\n7;1;{BALLOTS};Benches\n"
    ballots = "".join(f"{number};7\n" for number in range(BALLOTS))
    path.write_text(f"{meta}{projects}VOTES\nvoter_id;vote\n{ballots}", encoding="utf-8")
    return path


def _kill_in_the_middle(database: Database, path: Path, *options: str) -> None:
    command = [sys.executable, "-m", "tests.killed_import", str(path), *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(database), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_an_import_that_was_killed_left_nothing_and_can_be_repeated(
    db: Database, large: Path
) -> None:
    before = db.counts()
    _kill_in_the_middle(db, large)
    assert db.counts() == before
    for _ in range(2):
        with db.session() as session:
            pabulib.load(session, pabulib.read_file(large), advance=lambda _: None)
    assert [proposal.support_count for proposal in db.all(Proposal)] == [BALLOTS]
    assert db.count(Vote) == db.count(Voter) == BALLOTS


def test_the_harness_catches_an_import_that_commits_early(db: Database, large: Path) -> None:
    before = db.counts()
    _kill_in_the_middle(db, large, "--commits-early")
    assert db.counts() != before
