"""The demo: Hanoi's pack loads whole, with exact counts, into an empty database only."""

import os
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from app.database import now
from app.forms import ApplicationForm, AssessmentForm
from app.i18n import localised
from app.models import (
    Account,
    Appeal,
    Assessment,
    AssessmentRound,
    Campaign,
    City,
    Comment,
    CommentEvent,
    Evaluator,
    Event,
    EventKind,
    ExpertApplication,
    HelpfulMark,
    Proposal,
    QueueItem,
    QueueKind,
    Report,
    ReportCase,
    Role,
    Ruling,
    Stance,
    Status,
    Voice,
    Vote,
    VoteValue,
    Ward,
)
from app.services import assessment_results, demo
from app.settings import ROOT
from tests.databases import Database, new_database

HANOI = ROOT / "app" / "data" / "hanoi"
WARDS = 126


@pytest.fixture(scope="module")
def loading(engine_name: str, migrated_on: Callable[[str], Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, demo.Loaded]]:  # fmt: skip
    """A database with the demo, which no test changes, and what loading it gave."""
    folder = tmp_path_factory.mktemp(f"demo_{os.getpid()}")
    with new_database(engine_name, folder, migrated_on(engine_name)) as database:
        with database.session() as session:
            assert demo.is_empty(session)
            loaded = demo.load(session, HANOI)
            assert not demo.is_empty(session)
        yield database, loaded


@pytest.fixture
def database(loading: tuple[Database, demo.Loaded]) -> Database:
    return loading[0]


def _counts(session: Session, value: VoteValue) -> dict[int, int]:
    query = select(Vote.proposal_id, func.count()).where(Vote.value == value).group_by(col(Vote.proposal_id))  # fmt: skip
    return dict(session.exec(query).all())


def test_the_demo_is_whole(loading: tuple[Database, demo.Loaded]) -> None:
    database, loaded = loading
    assert loaded.proposals >= 40
    assert database.get(City, 1).is_demo
    assert database.count(Campaign) == 3
    assert database.count(Ward) == WARDS
    proposals = database.all(Proposal)
    assert {proposal.status for proposal in proposals} == set(Status)
    with database.session(writes=False) as session:
        support, oppose = (_counts(session, value) for value in VoteValue)
    for proposal in proposals:
        assert proposal.support_count == support.get(proposal.id, 0)
        assert proposal.oppose_count == oppose.get(proposal.id, 0)
        assert unicodedata.is_normalized("NFC", proposal.title + proposal.problem)


def test_the_demos_experts_say_who_they_are(database: Database) -> None:
    applications = database.all(ExpertApplication)
    waiting = [one for one in applications if one.is_pending]
    shown = {one.account_id for one in applications if one.is_current}
    assert len(waiting) == 1
    assert {person.id for person in database.all(Account, Account.role == Role.EXPERT)} == shown
    for one in applications:
        given = {name: getattr(one, name) for name in ApplicationForm.model_fields if name != "field"}  # fmt: skip
        assert ApplicationForm(**given, field=one.field_code).model_dump(exclude={"field"}) == given  # fmt: skip
        assert one.is_pending or one.approved_until > now()


def test_the_demos_people_talk(database: Database) -> None:
    comments = database.all(Comment)
    visible = [one for one in comments if one.state == "visible"]
    assert {one.voice for one in comments} == set(Voice)
    assert {one.stance for one in comments} == set(Stance)
    assert database.count(QueueItem, QueueItem.kind == QueueKind.COMMENT) == 1
    for proposal in database.all(Proposal):
        talk = [one for one in visible if one.proposal_id == proposal.id]
        assert proposal.comment_count == len(talk)
        assert all(proposal.published_at < one.created_at < now() for one in talk)
    for one in comments:
        assert one.reply_count == sum(reply.parent_id == one.id for reply in visible)
        assert one.helpful_count == database.count(HelpfulMark, HelpfulMark.comment_id == one.id)
        times = [
            event.created_at
            for event in database.all(CommentEvent, CommentEvent.comment_id == one.id)
        ]
        assert times[0] == one.created_at == min(times)


def test_the_demo_tells_its_history_in_order(database: Database) -> None:
    for proposal in database.all(Proposal):
        events = database.all(Event, Event.proposal_id == proposal.id)
        assert events[-1].to_status == proposal.status
        steps = sorted(events, key=lambda event: event.created_at)
        statuses = [event.to_status for event in steps if event.kind in {EventKind.CREATED, EventKind.STATUS}]  # fmt: skip
        before = [event.from_status for event in steps if event.kind is EventKind.STATUS]
        assert before == statuses[: len(before)]


def test_the_demos_assessments(database: Database) -> None:
    """Some are published, one of them with somebody who dissents, and one is open, from which somebody has withdrawn."""
    with database.session(writes=False) as session:
        assessed = database.all(Proposal, col(Proposal.assessment_score).is_not(None))
        results = assessment_results.newest_of(session, assessed).values()
        assert len(results) == len(assessed) >= 2
        assert any(result.dissents(voice) for result in results for voice in result.voices)
        assert not any(result.is_thin for result in results)
    (waiting,) = database.all(AssessmentRound, col(AssessmentRound.closed_at).is_(None))
    asked = database.all(Evaluator, Evaluator.round_id == waiting.id)
    assert [one.is_recused for one in asked].count(True) == 1
    assert waiting.due_at > now()
    assert database.count(Assessment) == sum(len(one.voices) for one in results) + 1
    for verdict in database.all(Assessment):
        given = verdict.model_dump(include=set(AssessmentForm.model_fields))
        assert AssessmentForm(**given).model_dump() == given


def test_the_cast_has_all_roles_and_two_officers_of_one_department() -> None:
    cast = demo.cast(HANOI)
    roles = ["admin", "moderator", "officer", "officer", "expert", "citizen"]
    assert [person.role for person in cast] == roles
    assert cast[2].department == cast[3].department


def test_nothing_of_hanoi_stands_in_code_or_templates() -> None:
    """The city's names are data. The command's default demo folder is the one place that says which pack."""
    places = [
        *(ROOT / "app").rglob("*.py"),
        *(ROOT / "templates").rglob("*.*"),
        *(ROOT / "static").glob("*.*"),
    ]
    words = ("hanoi", "hà nội", "thủ đô", "ho_chi_minh")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in places
        if path.suffix in {".py", ".html", ".txt", ".css", ".js", ".svg"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(word in line.lower() for word in words) and "DEFAULT_PACK" not in line
    ]
    assert found == []
    assert localised({"vi": "Hà Nội", "en": "Hanoi"}, "en") == "Hanoi"
    assert Path(HANOI / "city.toml").exists()


def test_reports_and_an_appeal_wait_in_the_demo(database: Database) -> None:
    (case,), (appeal,) = database.all(ReportCase), database.all(Appeal)
    waiting = {(item.kind, item.subject_id): item for item in database.all(QueueItem)}
    raised, appealed = waiting["report", case.id], waiting["appeal", appeal.id]
    assert (raised.is_raised, database.count(Report, Report.case_id == case.id)) == (True, 3)
    ruling = database.get(Ruling, appeal.ruling_id)
    assert (ruling.outcome, ruling.actor_id, ruling.account_id) == (
        "hide",
        appealed.barred_id,
        appeal.account_id,
    )
    assert appealed.author_id == appeal.account_id
