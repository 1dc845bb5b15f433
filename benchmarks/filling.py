"""Rows for benchmarks, added by the thousand: what waits for moderators, of every kind, and what has happened before."""

import json
import random
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum
from itertools import chain, islice
from typing import Any

from sqlalchemy import JSON, Table, insert, text
from sqlmodel import SQLModel

from app.database import now, table_of
from app.models import (
    Account,
    ApplicationStatus,
    Comment,
    CommentState,
    Event,
    EventKind,
    ExpertApplication,
    Outcome,
    PendingEdit,
    Proposal,
    ProposalWard,
    QueueEvent,
    QueueItem,
    QueueKind,
    QueueSignal,
    Report,
    Reportable,
    ReportCase,
    Role,
    Ruling,
    Signal,
    Status,
    Step,
)
from app.services import campaigns
from tests.builders import Make
from tests.databases import Database

BATCH = 5_000
# Numbers of what nothing else refers to, beyond those that the rows of the queue have.
_BEYOND = 10_000_000
# What waits, and how much of ten.
KINDS = (
    *[QueueKind.PROPOSAL] * 5,
    QueueKind.EDIT,
    *[QueueKind.COMMENT] * 2,
    QueueKind.APPLICATION,
    QueueKind.REPORT,
)
# How often there is each signal: one in so many. One more is as rare however much waits: the first ones have it.
SIGNALS = {Signal.FIRST: 3, Signal.LINKS: 10, Signal.SIMILAR: 100}
RARE = 30
# What is decided, and how often of a thousand decisions.
DECISIONS = (
    (600, QueueKind.COMMENT, Outcome.PUBLISH, None),
    (240, QueueKind.PROPOSAL, Outcome.PUBLISH, None),
    (60, QueueKind.PROPOSAL, Outcome.REJECT, "incomplete"),
    (59, QueueKind.COMMENT, Outcome.HIDE, "spam"),
    (30, QueueKind.APPEAL, Outcome.UPHOLD, None),
    (10, QueueKind.ACCOUNT, Outcome.BAN, "spam"),
    (1, QueueKind.COMMENT, Outcome.RESTORE, None),
)
_WORDS = [f"từ{number}" for number in range(3_000)]
Row = dict[str, Any]


def kind_of(number: int) -> QueueKind:
    return KINDS[number % len(KINDS)]


def _one_in(number: int, many: int, of: int) -> bool:
    """Whether a number is one of so many; `of` tells choices apart, so that they do not fall together."""
    return (number * 2_654_435_761 + of * 40_503) % 2**32 // 7 % many == 0


class Filler:
    """Adds rows; the thing with number N in the queue is about the proposal, comment, case … with the number N."""

    def __init__(self, db: Database) -> None:
        self.db, self.make = db, Make(db)
        self.authors = [self.make.account(f"Tác giả {number}") for number in range(50)]
        self.lan = self.make.account("Lan", Role.MODERATOR)
        others = [self.make.account(f"Người {number}", Role.MODERATOR) for number in range(11)]
        self.moderators = [self.lan, *others]
        self.random = random.Random(1)
        with db.session(writes=False) as session:
            self.campaign = campaigns.standing(session).id
        self.at = now()

    def add(self, model: type[SQLModel], rows: Iterable[Row]) -> None:
        table = table_of(model)
        if self.db.name == "postgresql":
            self._copy(table, iter(rows))
            return
        source = iter(rows)
        with self.db.engine.execution_options(writes=True).begin() as connection:
            while batch := list(islice(source, BATCH)):
                connection.execute(insert(table), batch)

    def _copy(self, table: Table, rows: Iterable[Row]) -> None:
        """COPY takes a fraction of the time of inserts; the rows are sound, so no reference has to be looked up either."""
        source = iter(rows)
        first = next(source, None)
        if first is None:
            return
        # Not by place: rows of a model name their columns in the order in which they were set.
        kinds = {name: table.c[name].type for name in first}
        names = ", ".join(f'"{name}"' for name in kinds)
        with self.db.engine.begin() as connection:
            if connection.scalar(text("SELECT current_setting('is_superuser')")) == "on":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            cursor: Any = connection.connection.cursor()
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in chain([first], source):
                    copy.write_row([_plain(row[name], kind) for name, kind in kinds.items()])

    # What waits

    def waiting(self, first: int, last: int) -> None:
        """What waits, with all that its line shows: the same mixture however much it is."""
        numbers = range(first, last + 1)
        self.add(Proposal, (self.proposal(n) for n in numbers if kind_of(n) is not QueueKind.APPLICATION))  # fmt: skip
        self.add(ProposalWard, ({"proposal_id": n, "code": "west" if _one_in(n, 5, 1) else "east"} for n in numbers if kind_of(n) is not QueueKind.APPLICATION))  # fmt: skip
        self._subjects(numbers)
        self.add(QueueItem, (self._item(n) for n in numbers))
        self.add(QueueSignal, (signal for n in numbers for signal in self._signals(n)))

    def _subjects(self, numbers: range) -> None:
        """What the rows are about, apart from the proposals."""
        by_kind = {kind: [n for n in numbers if kind_of(n) is kind] for kind in KINDS}
        self.add(PendingEdit, (self._edit(n) for n in by_kind[QueueKind.EDIT]))
        self.add(Comment, (self._comment(n) for n in by_kind[QueueKind.COMMENT]))
        self.add(Account, (self._applicant(n) for n in by_kind[QueueKind.APPLICATION]))
        self.add(ExpertApplication, (self._application(n) for n in by_kind[QueueKind.APPLICATION]))
        reported = by_kind[QueueKind.REPORT]
        self.add(ReportCase, (ReportCase(id=n, target=Reportable.PROPOSAL, target_id=n, proposal_id=n).model_dump() for n in reported))  # fmt: skip
        self.add(Report, (Report(case_id=n, reporter_id=self._author(n + 1), reason_code="spam", words="Rao vặt.").model_dump(exclude={"id"}) for n in reported))  # fmt: skip

    def _author(self, number: int) -> int:
        return self.authors[number % len(self.authors)].id

    def _since(self, number: int) -> Any:
        """Some moment of the last 30 days, in no order: what came first has not the lowest number."""
        return self.at - timedelta(minutes=number * 7_919 % 43_200, microseconds=number)

    def proposal(self, number: int) -> Row:
        """A proposal that waits or is public, as the thing with its number wants."""
        texts = {name: self.text() for name in ("summary", "problem", "solution", "expected_impact", "resources_needed")}  # fmt: skip
        public = {"status": Status.PUBLISHED, "published_at": self._since(number), "published_revision": 1}  # fmt: skip
        standing = {"status": Status.SUBMITTED} if kind_of(number) is QueueKind.PROPOSAL else public
        made = Proposal(id=number, ref=f"B-{number}", slug="ao", title=f"Cái ao số {number}", pillar_code="songs" if number % 3 else "fields", campaign_id=self.campaign, author_id=self._author(number), submitted_at=self._since(number), **standing, **texts)  # fmt: skip
        return made.model_dump()

    def text(self) -> str:
        """Some words, the first ones far more often than the last, as in a language."""
        return " ".join(_WORDS[int(len(_WORDS) * self.random.random() ** 3)] for _ in range(60))

    def _edit(self, number: int) -> Row:
        content = {"title": f"Cái ao mới số {number}", "summary": self.text()}
        return PendingEdit(proposal_id=number, content=content).model_dump()

    def _comment(self, number: int) -> Row:
        made = Comment(id=number, proposal_id=number, author_id=self._author(number), text=self.text(), state=CommentState.WAITING)  # fmt: skip
        return made.model_dump()

    def _applicant(self, number: int) -> Row:
        address = f"expert{number}@example.org"
        return Account(id=_BEYOND + number, email=address, email_key=address, name=f"Người {number}").model_dump()  # fmt: skip

    def _application(self, number: int) -> Row:
        made = ExpertApplication(id=number, account_id=_BEYOND + number, affiliation="Viện Vịt", country="VN", links=[], languages=["vi"], biography="Tôi hiểu vịt.", status=ApplicationStatus.PENDING, applied_at=self._since(number))  # fmt: skip
        return made.model_dump()

    def _item(self, number: int) -> Row:
        kind = kind_of(number)
        of_person = kind is QueueKind.APPLICATION
        pillar = None if of_person else "songs" if number % 3 else "fields"
        author = _BEYOND + number if of_person else self._author(number)
        made = QueueItem(id=number, kind=kind, subject_id=number, rank=0 if _one_in(number, 200, 3) else 1, since=self._since(number), proposal_id=None if of_person else number, author_id=author, pillar_code=pillar, language="en" if _one_in(number, 20, 4) else "vi")  # fmt: skip
        return made.model_dump()

    def _signals(self, number: int) -> list[Row]:
        codes = [code for code, many in SIGNALS.items() if _one_in(number, many, 2 + many)]
        codes += [Signal.CITIZEN_NUMBER] if number <= RARE else []
        return [{"item_id": number, "code": code, "detail": {}} for code in codes]

    # What has happened

    def past(self, many: int, items: int) -> None:
        """Two years of it: events of proposals, steps through the queue, rulings."""
        begins, step = self.at - timedelta(days=700), timedelta(days=700) / max(many, 1)
        moments = lambda: ((n, begins + step * n) for n in range(many))  # noqa: E731 - three times the same
        about = [n for n in range(1, items + 1) if kind_of(n) is not QueueKind.APPLICATION]
        self.add(Event, ({"proposal_id": about[n % len(about)], "actor_id": self.lan.id, "kind": EventKind.STATUS, "to_status": Status.SUBMITTED, "revision": 1, "note": "", "created_at": at} for n, at in moments()))  # fmt: skip
        self.add(QueueEvent, ({"item_id": _BEYOND + n, "kind": QueueKind.PROPOSAL, "subject_id": n, "step": Step.DECIDED, "actor_id": self._moderator(n), "created_at": at} for n, at in moments()))  # fmt: skip
        decisions = [decision for times, *decision in DECISIONS for _ in range(times)]
        self.random.shuffle(decisions)
        self.add(Ruling, (self._ruling(n, decisions[n % 1000], at) for n, at in moments()))

    def _moderator(self, number: int) -> int:
        return self.moderators[number % len(self.moderators)].id

    def _ruling(self, number: int, decision: list[Any], at: Any) -> Row:
        kind, outcome, reason = decision
        return {"kind": kind, "subject_id": _BEYOND + number, "actor_id": self._moderator(number), "outcome": outcome, "reason_code": reason, "note": "", "waited_since": at - timedelta(hours=number % 90), "decided_at": at}  # fmt: skip


def _plain(value: Any, kind: Any) -> Any:
    """A value as COPY takes it."""
    if isinstance(value, Enum):
        return value.value
    return json.dumps(value) if isinstance(kind, JSON) and value is not None else value
