"""The demo's answers: what the city owes, has said and has promised, dated around the day the demo is loaded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.models import (
    AnswerRequest,
    AnswerState,
    Cause,
    Event,
    EventKind,
    Milestone,
    MilestoneUpdate,
    OfficialAnswer,
    Proposal,
)
from app.services import cities, days


class Answers:
    """Adds the rows of one file to proposals that are there already, by their keys in the demo."""

    def __init__(
        self, session: Session, proposals: Mapping[str, Proposal], today: datetime
    ) -> None:
        self.session, self.proposals, self.today = session, proposals, today
        city = cities.catalogue(session)
        self.zone, self.departments = city.timezone, city.departments

    def add(self, rows: dict[str, Any]) -> None:
        """Add all of a file. Raises cities.PackError where it names what there is not."""
        for row in [*rows["requests"], *rows["answers"]]:
            if row["proposal"] not in self.proposals or row.get("department") not in {None, *self.departments}:  # fmt: skip
                raise cities.PackError(f"the demo's answers name unknown {row['proposal']}")
        for row in rows["requests"]:
            self._request(row)
            self._tell(row)
        for row in rows["answers"]:
            self._answer(row)
        self.session.flush()

    def _end_of(self, day: int) -> datetime:
        return days.end_of(days.day_of(self.today + timedelta(days=day), self.zone), self.zone)

    def _request(self, row: dict[str, Any], answered_at: datetime | None = None) -> None:
        proposal, called = self.proposals[row["proposal"]], self.today + timedelta(days=row["called"])  # fmt: skip
        self.session.add(
            AnswerRequest(
                proposal_id=proposal.id,
                department_code=row.get("department"),
                cause=Cause(row["cause"]),
                called_at=called,
                due_at=self._end_of(row["due"]),
                answered_at=answered_at,
            )
        )

    def _tell(self, row: dict[str, Any]) -> None:
        """The steps of a request that nothing has followed yet: a history is kept in the order of its numbers."""
        proposal, called = self.proposals[row["proposal"]], self.today + timedelta(days=row["called"])  # fmt: skip
        self._event(proposal, EventKind.ANSWER_CALLED, called)
        if "department" in row:
            self._event(proposal, EventKind.ANSWER_ASSIGNED, called, row["department"])

    def _answer(self, row: dict[str, Any]) -> None:
        """An answer takes the place of the step that its status was."""
        proposal = self.proposals[row["proposal"]]
        of_it = (Event.proposal_id == proposal.id, Event.to_status == row["status"])
        event = self.session.exec(select(Event).where(*of_it).order_by(col(Event.id))).one()
        event.note, event.actor_id = "", None
        self._request(row, event.created_at)
        answer = OfficialAnswer(
            proposal_id=proposal.id,
            department_code=row["department"],
            state=AnswerState.PUBLISHED,
            status=proposal.status,
            words=row["words"].strip(),
            promises=[{"title": one["title"], "due_on": days.day_of(self._end_of(one["due"]), self.zone).isoformat()} for one in row["milestones"]],
            created_at=event.created_at,
            updated_at=event.created_at,
            published_at=event.created_at,
            event_id=event.id,
        )  # fmt: skip
        self.session.add(answer)
        self.session.flush()
        for one in row["milestones"]:
            self._milestone(one, answer)

    def _milestone(self, row: dict[str, Any], answer: OfficialAnswer) -> None:
        begun, due = answer.created_at, self._end_of(row["due"])
        milestone = Milestone(proposal_id=answer.proposal_id, department_code=answer.department_code, answer_id=answer.id, title=row["title"], due_at=due, created_at=begun)  # fmt: skip
        milestone.updates = [MilestoneUpdate(progress=0, due_at=due, created_at=begun)]
        for one in row["updates"]:
            at = self.today + timedelta(days=one["day"])
            milestone.progress = one["progress"]
            milestone.done_at = at if one["progress"] == 100 else None  # noqa: PLR2004 - percent
            milestone.updates.append(MilestoneUpdate(progress=one["progress"], due_at=due, words=one["words"], link=one.get("link"), created_at=at))  # fmt: skip
        self.session.add(milestone)

    def _event(self, proposal: Proposal, kind: EventKind, at: datetime, note: str = "") -> None:
        self.session.add(
            Event(
                proposal_id=proposal.id,
                kind=kind,
                to_status=proposal.status,
                revision=proposal.revision,
                note=note,
                created_at=at,
            )
        )
