"""The moderation queue with little and with much behind it: how much longer its pages take, as ratios within one run.

`python -m benchmarks.queue` (or `make bench`) fills a database of its own with 500 things that wait, times the pages, adds
the rest (50,000 waiting, a million events, queue events and rulings), and times them again. Nothing is asserted.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import text

from app import jobs, migrations
from app.database import now
from app.main import create_app
from app.models import Account, Proposal, QueueKind, Signal
from app.services import desk, queue, similar
from app.services.queue import Age, QueueFilter
from app.settings import Settings
from benchmarks.filling import Filler
from tests.clients import Browser, Client
from tests.databases import Database, new_database

Act = Callable[[], Any]
Times = dict[str, list[float]]
FILTERS = {
    "first page": QueueFilter(),
    "one kind": QueueFilter(kind=QueueKind.PROPOSAL),
    "one kind, a tenth": QueueFilter(kind=QueueKind.REPORT),
    "kind and pillar": QueueFilter(kind=QueueKind.PROPOSAL, pillar="songs"),
    "ward": QueueFilter(ward="west"),
    "language, one in 20": QueueFilter(language="en"),
    "signal, one in 10": QueueFilter(signal=Signal.LINKS),
    "signal, 30 in all": QueueFilter(signal=Signal.CITIZEN_NUMBER),
    "kind and signal, one in 100": QueueFilter(kind=QueueKind.PROPOSAL, signal=Signal.SIMILAR),
    "overdue, most are": QueueFilter(age=Age.OVERDUE),
}
PAGES = {
    "HTML, first page": "/moderation",
    "HTML, one kind": "/moderation?kind=proposal",
    "HTML, kind and pillar": "/moderation?kind=proposal&pillar=songs",
    "HTML, ward": "/moderation?ward=west",
    "HTML, language": "/moderation?language=en",
    "HTML, signal": "/moderation?signal=links",
    "HTML, overdue": "/moderation?age=overdue",
    "JSON, first page": "/api/v1/moderation/queue",
    "JSON, one kind": "/api/v1/moderation/queue?kind=proposal",
    "workload, HTML": "/moderation/dashboard",
    "record, HTML": "/moderation-record",
    "record, JSON": "/api/v1/moderation/record?limit=100",
    "record, monthly JSON": "/api/v1/moderation/record/monthly",
    "record, one rule": "/moderation-record?reason=spam",
    "record, a month": "/moderation-record?month={month}",
    "record, a rare pair": "/moderation-record?kind=comment&outcome=restore",
    "record, a pair that is not": "/moderation-record?kind=account&outcome=publish",
}


class Bench:
    """One database under measurement, with its doors and a moderator who asks."""

    def __init__(self, db: Database, portal: BlockingPortal, times: int) -> None:
        self.db, self.times, self.filler = db, times, Filler(db)
        self.lan: Account = self.filler.lan
        app = create_app(db.settings)
        app.state.engine.dispose()
        app.state.engine = db.engine
        self.browser, self.client = Browser(portal, app, db), Client(portal, app, db)

    def measure(self) -> Times:
        """Each act by itself, one after the other."""
        if self.db.name == "postgresql":
            options = {"isolation_level": "AUTOCOMMIT"}
            with self.db.engine.connect().execution_options(**options) as connection:
                connection.execute(text("VACUUM ANALYZE"))
        acts = {**self._services(), **self._pages()}
        return {name: timed(act, self.times) for name, act in acts.items()}

    def _services(self) -> dict[str, Act]:
        seldom = self.db.settings.model_copy(update={"moderation_targets": dict.fromkeys(QueueKind, 700)})  # fmt: skip
        rare = QueueFilter(age=Age.OVERDUE)
        acts = {f"service, {name}": self._listing(self.db.settings, one) for name, one in FILTERS.items()}  # fmt: skip
        acts["service, overdue, one in 35"] = self._listing(seldom, rare)
        acts["service, take up the next"] = self._take_next
        acts["service, near-duplicates"] = self._compare
        return acts

    def _listing(self, settings: Settings, filters: QueueFilter) -> Act:
        def act() -> None:
            with self.db.session(writes=False) as session:
                desk.listed(session, settings, self.lan, filters, 30)

        return act

    def _take_next(self) -> None:
        with self.db.session() as session:
            queue.claim_next(session, self.db.settings, self.lan, QueueFilter())

    def _compare(self) -> None:
        with self.db.session(writes=False) as session:
            words = similar.text_of(similar.texts_of(session.get_one(Proposal, 1)))
            similar.find(session, words, 1)

    def _pages(self) -> dict[str, Act]:
        return {name: self._page(path.format(month=f"{now():%Y-%m}")) for name, path in PAGES.items()}  # fmt: skip

    def _page(self, path: str) -> Act:
        door = (self.client if path.startswith("/api") else self.browser).as_(self.lan)

        def act() -> None:
            answer = door.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return act


def timed(act: Act, times: int) -> list[float]:
    """How long some runs took in milliseconds, after three that warm up."""
    taken = []
    for _ in range(times + 3):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken[3:]


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tells on standard error how long filling takes; it is no part of what is measured."""
    begun = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def run(engine_name: str, few: int, items: int, events: int, times: int) -> None:
    """Measure on one engine and print the table."""
    with tempfile.TemporaryDirectory() as folder, new_database(engine_name, Path(folder)) as db:
        migrations.upgrade(db.engine)
        db.load_tinytown()
        with start_blocking_portal() as portal:
            bench = Bench(db, portal, times)
            bench.filler.waiting(1, few)
            bench.filler.past(few, few)
            jobs.index_texts(db.engine, db.settings)
            jobs.close_months(db.engine, db.settings)
            before = bench.measure()
            with step("what waits"):
                bench.filler.waiting(few + 1, items)
            with step("what has happened"):
                bench.filler.past(events - few, items)
            # As the background loop does every ten minutes: texts are indexed, the figures of past months are kept.
            with step("the background loop"):
                jobs.index_texts(db.engine, db.settings)
                jobs.close_months(db.engine, db.settings)
            after = bench.measure()
    print(f"\n{engine_name}: {items:,} waiting and {events:,} events, beside {few} and {few}")
    print(table(before, after, few, items))


def table(before: Times, after: Times, few: int, items: int) -> str:
    """Medians and their ratio; beside it that of the fastest runs, which tell what else the machine was doing."""
    lines = [f"| what | {few} (ms) | {items:,} (ms) | ratio | of the fastest |", "|---|---:|---:|---:|---:|"]  # fmt: skip
    for name, some in before.items():
        small, large = statistics.median(some), statistics.median(after[name])
        fastest = min(after[name]) / min(some)
        lines.append(
            f"| {name} | {small:.1f} | {large:.1f} | {large / small:.2f} | {fastest:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--few", type=int, default=500, help="how much waits at first")
    parser.add_argument("--items", type=int, default=50_000, help="how much waits in the end")
    parser.add_argument("--events", type=int, default=1_000_000, help="of each kind of event")
    parser.add_argument("--times", type=int, default=30, help="requests for each median")
    given = parser.parse_args()
    for engine_name in given.engine or ["sqlite", "postgresql"]:
        try:
            run(engine_name, given.few, given.items, given.events, given.times)
        except pytest.skip.Exception as why:
            print(f"\n{engine_name}: not measured. {why}")


if __name__ == "__main__":
    main()
