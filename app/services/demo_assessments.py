"""The demo's assessments: rounds of its own experts, written as rows because they lie in the past."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.models import (
    Account,
    Assessment,
    AssessmentRound,
    Evaluator,
    Event,
    EventKind,
    Proposal,
    Recommendation,
)
from app.services import assessments, cities, evaluators, rubrics

Day = Callable[[int], datetime]
_Step = tuple[datetime, EventKind, int | None]


def add(
    session: Session,
    rows: list[dict[str, Any]],
    people: Mapping[str, Account],
    proposals: Mapping[str, Proposal],
    day: Day,
) -> None:
    """Add the rounds of the pack's file. Raises cities.PackError for people and proposals that are none."""
    for row in rows:
        names = [one["person"] for one in row["evaluators"]]
        if row["proposal"] not in proposals or not set(names) <= set(people):
            raise cities.PackError(f"the demo's assessment of {row['proposal']} by {names}: unknown")  # fmt: skip
        proposal = proposals[row["proposal"]]
        made = _round(session, proposal, people["lan"].id, row, day)
        steps: list[_Step] = [(made.opened_at, EventKind.ASSESSMENT_OPENED, made.opened_by)]
        for one in row["evaluators"]:
            steps += _evaluator(session, made, proposal, people[one["person"]], one, day)
        if "closed" in row:
            made.closed_at = max(at for at, _, _ in steps)
            steps.append((made.closed_at, EventKind.ASSESSMENT_CLOSED, None))
        _record(session, proposal, steps)
        assessments.publish(session, proposal)


def _round(
    session: Session, proposal: Proposal, staff: int, row: dict[str, Any], day: Day
) -> AssessmentRound:
    made = AssessmentRound(
        proposal_id=proposal.id,
        rubric=rubrics.usual(),
        opened_by=staff,
        opened_at=day(row["opened"]),
        due_at=day(row["due"]),
    )
    session.add(made)
    session.flush()
    return made


def _evaluator(
    session: Session, round_: AssessmentRound, proposal: Proposal, account: Account, row: dict[str, Any], day: Day
) -> list[_Step]:  # fmt: skip
    """Add an evaluator with what they have said; returns the steps of it."""
    conflict = row.get("conflict", "")
    declared = max(day(row.get("declared", row.get("given", -1))), round_.opened_at)
    evaluator = Evaluator(
        round_id=round_.id,
        account_id=account.id,
        field_code=evaluators.fields_of(session, [account]).get(account.id),
        assigned_by=round_.opened_by,
        assigned_at=round_.opened_at,
        declared_at=declared,
        has_conflict=bool(conflict),
        conflict_words=conflict,
    )
    session.add(evaluator)
    session.flush()
    said = EventKind.EVALUATOR_RECUSED if conflict else EventKind.EVALUATOR_DECLARED
    asked = (round_.opened_at, EventKind.EVALUATOR_ASSIGNED, round_.opened_by)
    steps: list[_Step] = [asked, (declared, said, account.id)]
    if "given" in row:
        session.add(_verdict(round_, evaluator, proposal, row, declared))
        steps.append((declared, EventKind.VERDICT_GIVEN, account.id))
    return steps


def _verdict(
    round_: AssessmentRound,
    evaluator: Evaluator,
    proposal: Proposal,
    row: dict[str, Any],
    at: datetime,
) -> Assessment:
    codes = [criterion.code for criterion in rubrics.criteria(round_)]
    given = zip(codes, row["scores"], row["why"], strict=True)
    return Assessment(
        evaluator_id=evaluator.id,
        version=1,
        revision=proposal.revision,
        scores={code: {"score": score, "words": words} for code, score, words in given},
        recommendation=Recommendation(row["recommendation"]),
        words=row["words"],
        submitted_at=at,
    )


def _record(session: Session, proposal: Proposal, steps: list[_Step]) -> None:
    """The steps in the order of time; those of one moment as they were told."""
    for at, kind, actor in sorted(steps, key=lambda step: step[0]):
        session.add(
            Event(
                proposal_id=proposal.id,
                actor_id=actor,
                kind=kind,
                to_status=proposal.status,
                revision=proposal.revision,
                created_at=at,
            )
        )
        session.flush()
