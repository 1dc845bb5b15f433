"""The moderation queue with little and with much behind it: how much longer its pages take, as ratios within one run.

`python -m benchmarks.queue` (or `make bench`) fills a database of its own with 500 waiting proposals, times the pages, adds
the rest (50,000 waiting, a million events, queue events and rulings), and times them again. Nothing is asserted.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from sqlalchemy import insert, text
from sqlmodel import SQLModel

from app import jobs, migrations
from app.database import now, table_of
from app.main import create_app
from app.models import (
    Account,
    Event,
    EventKind,
    Outcome,
    Proposal,
    ProposalWard,
    QueueEvent,
    QueueItem,
    QueueKind,
    QueueSignal,
    Role,
    Ruling,
    Signal,
    Status,
    Step,
)
from app.services import campaigns, desk, similar
from app.services.queue import Age, QueueFilter
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database, new_database

FEW = 500
BATCH = 5_000
PAGES = {
    "first page": "/moderation",
    "one kind": "/moderation?kind=proposal",
    "kind and pillar": "/moderation?kind=proposal&pillar=songs",
    "ward": "/moderation?ward=west",
    "signal": "/moderation?signal=links",
    "kind and signal": "/moderation?kind=proposal&signal=similar",
    "rare signal": "/moderation?signal=citizen_number",
    "overdue": "/moderation?age=overdue",
    "JSON": "/api/v1/moderation/queue",
    "workload": "/moderation/dashboard",
    "public record": "/moderation-record",
    "record, one rule": "/moderation-record?reason=spam",
    "record, a month": "/moderation-record?month={month}",
    "record, a rare pair": "/moderation-record?kind=comment&outcome=restore",
    "record, a pair that is not": "/moderation-record?kind=account&outcome=publish",
    "record, JSON": "/api/v1/moderation/record?limit=100",
}
# How often there is each signal: one in so many.
SIGNALS = {Signal.FIRST: 3, Signal.LINKS: 10, Signal.SIMILAR: 100, Signal.CITIZEN_NUMBER: 5_000}
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


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class Filler:
    """Adds rows by the thousand; numbers go on from those there are."""

    def __init__(self, db: Database) -> None:
        self.db, self.make = db, Make(db)
        self.authors = [self.make.account(f"Tác giả {number}") for number in range(50)]
        self.lan = self.make.account("Lan", Role.MODERATOR)
        others = [self.make.account(f"Người {number}", Role.MODERATOR) for number in range(11)]
        self.moderators = [self.lan, *others]
        self.random = random.Random(1)
        with db.session(writes=False) as session:
            self.campaign = campaigns.standing(session).id
        self.begun = now() - timedelta(days=400)

    def add(self, model: type[SQLModel], rows: Iterator[Row]) -> None:
        with self.db.engine.execution_options(writes=True).begin() as connection:
            for batch in batches(rows):
                connection.execute(insert(table_of(model)), batch)

    def at(self, number: int) -> datetime:
        return self.begun + timedelta(seconds=number * 11)

    def waiting(self, first: int, last: int) -> None:
        """Proposals that wait, with a place and, one in ten, a signal."""
        numbers = range(first, last + 1)
        self.add(Proposal, (self._proposal(number) for number in numbers))
        self.add(ProposalWard, ({"proposal_id": n, "code": "west" if n % 5 == 0 else "east"} for n in numbers))  # fmt: skip
        self.add(QueueItem, (self._item(number) for number in numbers))
        self.add(QueueSignal, ({"item_id": n, "code": code, "detail": {}} for n in numbers for code, one_in in SIGNALS.items() if n % one_in == 0))  # fmt: skip

    def _proposal(self, number: int) -> Row:
        author = self.authors[number % len(self.authors)]
        texts = {name: self.text() for name in ("summary", "problem", "solution", "expected_impact", "resources_needed")}  # fmt: skip
        made = Proposal(id=number, ref=f"B-{number}", slug="ao", title=f"Cái ao số {number}", pillar_code="songs" if number % 3 else "fields", campaign_id=self.campaign, author_id=author.id, status=Status.SUBMITTED, submitted_at=self.at(number), **texts)  # fmt: skip
        return made.model_dump()

    def text(self) -> str:
        """Some words, the first ones far more often than the last, as in a language."""
        return " ".join(_WORDS[int(len(_WORDS) * self.random.random() ** 3)] for _ in range(60))

    def _item(self, number: int) -> Row:
        author = self.authors[number % len(self.authors)]
        kind = QueueKind.PROPOSAL
        pillar = "songs" if number % 3 else "fields"
        made = QueueItem(id=number, kind=kind, subject_id=number, since=self.at(number), proposal_id=number, author_id=author.id, pillar_code=pillar)  # fmt: skip
        return made.model_dump()

    def past(self, many: int, items: int) -> None:
        """What has happened: events of proposals, steps through the queue, rulings."""
        step = timedelta(days=700) / many

        def at(number: int) -> datetime:
            return now() - step * (many - number)

        self.add(Event, (Event(proposal_id=n % items + 1, actor_id=self.lan.id, kind=EventKind.STATUS, to_status=Status.SUBMITTED, revision=1, created_at=at(n)).model_dump(exclude={"id"}) for n in range(many)))  # fmt: skip
        self.add(QueueEvent, (QueueEvent(item_id=10_000_000 + n, kind=QueueKind.PROPOSAL, subject_id=n, step=Step.DECIDED, actor_id=self.lan.id, created_at=at(n)).model_dump(exclude={"id"}) for n in range(many)))  # fmt: skip
        kinds = [decision for times, *decision in DECISIONS for _ in range(times)]
        self.random.shuffle(kinds)
        self.add(Ruling, (self._ruling(n, kinds[n % 1000], at(n)) for n in range(many)))

    def _ruling(self, number: int, decision: list[Any], at: datetime) -> Row:
        kind, outcome, reason = decision
        actor = self.moderators[number % len(self.moderators)]
        made = Ruling(kind=kind, subject_id=10_000_000 + number, actor_id=actor.id, outcome=outcome, reason_code=reason, waited_since=at - timedelta(hours=number % 90), decided_at=at)  # fmt: skip
        return made.model_dump(exclude={"id"})


def fastest(act: Callable[[], Any], times: int) -> float:
    """The fastest of some runs in milliseconds, after three that warm up: whatever else the machine does only adds."""
    taken = []
    for number in range(times + 3):
        begun = time.perf_counter()
        act()
        if number >= 3:
            taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)


def measure(db: Database, browser: Browser, client: Client, lan: Account, times: int) -> dict[str, float]:  # fmt: skip
    """Every page as a moderator, and the service alone."""
    if db.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def listed(filters: QueueFilter) -> None:
        with db.session(writes=False) as session:
            desk.listed(session, db.settings, lan, filters, 30)

    def compared() -> None:
        with db.session(writes=False) as session:
            text = similar.text_of(similar.texts_of(session.get_one(Proposal, 1)))
            similar.find(session, text, 1)

    found = {
        "service, near-duplicates": fastest(compared, times),
        "service, first page": fastest(lambda: listed(QueueFilter()), times),
        "service, overdue": fastest(lambda: listed(QueueFilter(age=Age.OVERDUE)), times),
    }
    for name, path in PAGES.items():
        door = client if path.startswith("/api") else browser
        path = path.format(month=f"{now():%Y-%m}")  # noqa: PLW2901
        assert door.as_(lan).get(path).status_code == 200, path
        found[name] = fastest(lambda door=door, path=path: door.as_(lan).get(path), times)  # type: ignore[misc]
    return found


def run(engine_name: str, items: int, events: int, times: int) -> None:
    """Measure on one engine and print the table."""
    with tempfile.TemporaryDirectory() as folder, new_database(engine_name, Path(folder)) as db:
        migrations.upgrade(db.engine)
        db.load_tinytown()
        filler = Filler(db)
        app = create_app(db.settings)
        app.state.engine.dispose()
        app.state.engine = db.engine
        with start_blocking_portal() as portal:
            doors = Browser(portal, app, db), Client(portal, app, db)
            filler.waiting(1, FEW)
            jobs.index_texts(db.engine, db.settings)
            few = measure(db, *doors, filler.lan, times)
            filler.waiting(FEW + 1, items)
            filler.past(events, items)
            # As the background loop does every ten minutes: the months that are over are kept as figures, texts are indexed.
            jobs.close_months(db.engine, db.settings)
            jobs.index_texts(db.engine, db.settings)
            many = measure(db, *doors, filler.lan, times)
    print(f"\n{engine_name}: {items:,} waiting and {events:,} events, beside {FEW} and none")
    print(f"| what | {FEW} (ms) | {items:,} (ms) | ratio |\n|---|---:|---:|---:|")
    for name, before in few.items():
        print(f"| {name} | {before:.1f} | {many[name]:.1f} | {many[name] / before:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    for engine_name in given.engine or ["sqlite", "postgresql"]:
        run(engine_name, given.items, given.events, given.times)


if __name__ == "__main__":
    main()
