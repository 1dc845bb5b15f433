"""Results of assessments: what is published when a round closes, and how it is summed up.

For each criterion the median says where the evaluators stand, and the lowest and the highest score how far apart they
are. Two to five people judge a proposal: quartiles of so few would hide the one who disagrees, and that one must be seen.
The score is the mean of the medians. It stands beside the number of supports and is never mixed with it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median

from sqlalchemy.orm import immediateload, selectinload
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session, col, select

from app.models import Account, Assessment, AssessmentRound, Evaluator, Proposal, Recommendation
from app.services import rubrics
from app.services.rubrics import Criterion

# An assessment is by several people, or it is one opinion.
FEWEST = 2
_FOR = frozenset({Recommendation.RECOMMEND, Recommendation.WITH_CHANGES})
_AGAINST = frozenset({Recommendation.AGAINST})


@dataclass(frozen=True)
class Line:
    """How the evaluators judge by one criterion."""

    criterion: Criterion
    median: float
    lowest: int
    highest: int


@dataclass(frozen=True)
class Voice:
    """One evaluator's verdict, in one or two versions; the newest counts. Without an account the person has left."""

    evaluator: Evaluator
    account: Account | None
    versions: list[Assessment]

    @property
    def newest(self) -> Assessment:
        return self.versions[-1]


@dataclass(frozen=True)
class Result:
    """What a round has brought so far."""

    round: AssessmentRound
    voices: list[Voice]

    @cached_property
    def lines(self) -> list[Line]:
        """The criteria in the rubric's order; none while there is no verdict."""
        found = []
        for criterion in rubrics.criteria(self.round) if self.voices else []:
            scores = [voice.newest.scores[criterion.code]["score"] for voice in self.voices]
            found.append(Line(criterion, median(scores), min(scores), max(scores)))
        return found

    @property
    def score(self) -> float | None:
        """The mean of the medians, or none without a verdict."""
        return fmean(line.median for line in self.lines) if self.lines else None

    @property
    def counts(self) -> dict[Recommendation, int]:
        """How many evaluators advise what."""
        given = Counter(voice.newest.recommendation for voice in self.voices)
        return {one: given[one] for one in Recommendation}

    @property
    def majority(self) -> frozenset[Recommendation]:
        """What more than half of the evaluators advise: one answer, else a side (with or without changes); or nothing."""
        enough = len(self.voices) / 2
        single = [one for one, number in self.counts.items() if number > enough]
        if single:
            return frozenset(single)
        sides = (_FOR, _AGAINST)
        return next((side for side in sides if sum(self.counts[one] for one in side) > enough), frozenset())  # fmt: skip

    @property
    def is_recommended(self) -> bool:
        """Whether more than half of the evaluators recommend the proposal, with or without changes; one alone is no half."""
        return not self.is_thin and sum(self.counts[one] for one in _FOR) > len(self.voices) / 2

    @property
    def is_thin(self) -> bool:
        """Whether it rests on fewer verdicts than an assessment should have."""
        return len(self.voices) < FEWEST

    def dissents(self, voice: Voice) -> bool:
        """Whether this evaluator advises something else than most."""
        return bool(self.majority) and voice.newest.recommendation not in self.majority


def of_round(round_: AssessmentRound) -> Result:
    """The result of a round that was loaded whole (with_voices)."""
    given = [one for one in round_.evaluators if one.verdicts]
    return Result(round_, [Voice(one, one.account, list(one.verdicts)) for one in given])


def with_voices() -> tuple[ExecutableOption, ...]:
    """Loads a round's evaluators, their accounts and verdicts, in one query each."""
    evaluators = selectinload(AssessmentRound.evaluators)  # type: ignore[arg-type]
    return (
        evaluators.selectinload(Evaluator.verdicts),  # type: ignore[arg-type]
        evaluators.selectinload(Evaluator.account),  # type: ignore[arg-type]
        # Found where it has just been loaded, without another query.
        evaluators.immediateload(Evaluator.round),  # type: ignore[arg-type]
    )


def reload(session: Session, round_: AssessmentRound) -> AssessmentRound:
    """The round with all that this transaction has added to it."""
    number = round_.id
    session.flush()
    for evaluator in round_.evaluators:
        session.expire(evaluator)
    session.expire(round_)
    query = select(AssessmentRound).where(AssessmentRound.id == number)
    return session.exec(query.options(*with_voices(), _with_proposal())).one()


def get(session: Session, number: int, *, lock: bool = False) -> AssessmentRound:
    """A round with its proposal, which has been loaded, and all who take part; `lock` keeps others from changing it."""
    query = select(AssessmentRound).where(AssessmentRound.id == number)
    query = query.with_for_update(of=AssessmentRound) if lock else query
    return session.exec(query.options(*with_voices(), _with_proposal())).one()


def _with_proposal() -> ExecutableOption:
    return immediateload(AssessmentRound.proposal)  # type: ignore[arg-type]


def published(session: Session, proposal: Proposal) -> list[Result]:
    """The results of a proposal's closed rounds, the newest first."""
    return _closed(session, [proposal.id]).get(proposal.id, [])


def newest_of(session: Session, proposals: Iterable[Proposal]) -> dict[int, Result]:
    """The newest result that has a verdict, of each of these proposals that has one, by its number."""
    found = _closed(session, [one.id for one in proposals])
    return {number: voiced[0] for number, results in found.items() if (voiced := [one for one in results if one.voices])}  # fmt: skip


def _closed(session: Session, numbers: list[int]) -> dict[int, list[Result]]:
    query = select(AssessmentRound).where(col(AssessmentRound.proposal_id).in_(numbers))
    query = query.where(col(AssessmentRound.closed_at).is_not(None)).options(*with_voices())
    found: dict[int, list[Result]] = {}
    for round_ in session.exec(query.order_by(col(AssessmentRound.id).desc())):
        found.setdefault(round_.proposal_id, []).append(of_round(round_))
    return found
