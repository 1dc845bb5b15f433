"""Search among few and among very many proposals: how long an answer takes, and how much longer among many.

`python -m benchmarks.search` (`make bench-search`) fills a database of its own with proposals whose words follow each other
as those of the demo's do (pairs of words, drawn by how often they stand there), asks the queries of the relevance set
and some hard ones through the service and through the page, and prints the median, the 95th percentile and the slowest.
"""

import argparse
import random
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import text

from app import jobs, migrations, search
from app.database import now
from app.lifecycle import LISTED_STATUSES
from app.main import create_app
from app.models import Proposal, ProposalGoal, ProposalWard, Status
from app.services import searches
from app.services.listings import Filter
from app.settings import ROOT
from benchmarks.filling import Filler
from benchmarks.queue import step
from tests.clients import Browser
from tests.databases import Database, new_database

PACK = ROOT / "app" / "data" / "hanoi" / "demo" / "proposals"
QUERIES = ROOT / "tests" / "data" / "relevance.toml"
GOAL = "joy-2033"
HARD = ["thành phố", "người", "ng", "của và cho các", '"thành phố"', "khong co tu nay zzzz", "đường xnah xe", "a b c d e f g h i j k l"]  # fmt: skip
FIELDS = {
    "title": 9,
    "summary": 28,
    "problem": 90,
    "solution": 110,
    "expected_impact": 45,
    "resources_needed": 30,
}
STATUSES = (*[Status.PUBLISHED] * 7, Status.UNDER_CONSIDERATION, Status.ACCEPTED, Status.DECLINED)


class Texts:
    """Texts of any number in the manner of the demo's."""

    def __init__(self) -> None:
        self.random = random.Random(2)
        self.next: dict[str, list[str]] = {}
        self.all: list[str] = []
        for path in sorted(PACK.glob("*.toml")):
            for row in tomllib.loads(path.read_text(encoding="utf-8"))["proposals"]:
                for name in FIELDS:
                    self._learn(str(row.get(name, "")).split())

    def _learn(self, words: list[str]) -> None:
        self.all += words
        for one, other in pairwise(words):
            self.next.setdefault(one, []).append(other)

    def make(self, length: int) -> str:
        word, made = self.random.choice(self.all), []
        for _ in range(length):
            made.append(word)
            # Now and then another subject: otherwise the demo's sentences would come back whole.
            known = self.next.get(word) if self.random.random() < 0.7 else None
            word = self.random.choice(known or self.all)
        return " ".join(made).capitalize()


def known() -> list[dict[str, Any]]:
    """The demo's published proposals: what the relevance set expects to be found first. They get the lowest numbers, as
    the oldest of all.
    """
    paths = sorted(PACK.glob("*.toml"))
    rows = [
        row
        for path in paths
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["proposals"]
    ]
    return [row for row in rows if row["status"] in set(LISTED_STATUSES)]


def proposals(filler: Filler, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Published proposals with these numbers."""
    texts, real = Texts(), known()
    for number in range(first, last + 1):
        said = {name: texts.make(length) for name, length in FIELDS.items()}
        if number <= len(real):
            said = {name: str(real[number - 1].get(name, "")) for name in FIELDS}
        public = {"status": STATUSES[number % 10], "published_at": now()}
        yield filler.proposal(number) | said | public


def fill(db: Database, filler: Filler, first: int, last: int) -> None:
    """Add proposals, with a ward and a goal each, and index them as the background loop does."""
    filler.add(Proposal, proposals(filler, first, last))
    numbers = range(first, last + 1)
    filler.add(
        ProposalWard, ({"proposal_id": n, "code": "west" if n % 5 else "east"} for n in numbers)
    )
    filler.add(ProposalGoal, ({"proposal_id": n, "code": GOAL} for n in numbers if n % 3 == 0))
    with step("the index"):
        jobs.index_search(db.engine, db.settings)
    if db.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def relevance() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(QUERIES.read_text(encoding="utf-8"))["queries"]
    return rows


def queries() -> list[str]:
    return [row["q"] for row in relevance()] + HARD


def mean_reciprocal_rank(db: Database) -> float:
    """MRR@10 of the relevance set (Voorhees 1999): the mean of 1 / the place of the first hit that was expected."""
    numbers = {row["key"]: number for number, row in enumerate(known(), 1)}
    total = 0.0
    for row in relevance():
        with db.session(writes=False) as session:
            found = searches.find(session, search.read(row["q"]), Filter(), 10)
        expected = {numbers[key] for key in row["expected"]}
        places = [at for at, hit in enumerate(found.hits, 1) if hit.proposal.id in expected]
        total += 1 / places[0] if places else 0
    return total / len(relevance())


def timed(ask: Callable[[str], Any], times: int) -> dict[str, float]:
    """For each query the median in milliseconds, after one run that warms up."""
    taken: dict[str, float] = {}
    for query in queries():
        runs = []
        for _ in range(times + 1):
            begun = time.perf_counter()
            ask(query)
            runs.append(1000 * (time.perf_counter() - begun))
        taken[query] = statistics.median(runs[1:])
    return taken


def report(what: str, taken: dict[str, float]) -> None:
    ordered = sorted(taken.items(), key=lambda one: one[1])
    values = [value for _, value in ordered]
    slowest = ", ".join(f"{query!r} {value:.0f}" for query, value in ordered[:-5:-1])
    p95 = values[int(0.95 * (len(values) - 1))]
    print(
        f"| {what} | {statistics.median(values):.1f} | {p95:.1f} | {values[-1]:.1f} | {slowest} |",
        flush=True,
    )


def run(engine_name: str, few: int, many: int, times: int) -> None:
    """Measure on one engine and print the table."""
    with tempfile.TemporaryDirectory() as folder, new_database(engine_name, Path(folder)) as db:
        migrations.upgrade(db.engine)
        db.load_tinytown()
        filler = Filler(db)
        with start_blocking_portal() as portal:
            app = create_app(db.settings)
            app.state.engine.dispose()
            app.state.engine = db.engine
            browser = Browser(portal, app, db)

            def ask(query: str) -> None:
                with db.session(writes=False) as session:
                    searches.find(session, search.read(query), Filter(), 20)

            def visit(query: str) -> None:
                assert browser.get("/search", params={"q": query}).status_code == 200

            print(f"\n{engine_name}\n| what | median (ms) | 95th percentile | slowest | which |\n|---|---:|---:|---:|---|")  # fmt: skip
            for first, last in ((1, few), (few + 1, many)):
                with step(f"{last} proposals"):
                    fill(db, filler, first, last)
                report(f"{last:,}, service", timed(ask, times))
                report(f"{last:,}, page", timed(visit, times))
                print(f"MRR@10 among {last:,}: {mean_reciprocal_rank(db):.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5, help="runs for each median")
    given = parser.parse_args()
    for engine_name in given.engine or ["sqlite", "postgresql"]:
        try:
            run(engine_name, given.few, given.many, given.times)
        except pytest.skip.Exception as why:
            print(f"\n{engine_name}: not measured. {why}")


if __name__ == "__main__":
    main()
