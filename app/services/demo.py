"""The demo: a city pack's own people, campaigns, proposals and votes, dated around the day it is loaded.

It is written as rows, not through the services, because its history lies in the past. Votes are drawn from a seeded
generator, so that every demo looks alike, and keep to the campaigns' limits.
"""

import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.database import now, table_of
from app.i18n import localised
from app.models import (
    Account,
    ApplicationStatus,
    Campaign,
    Event,
    EventKind,
    ExpertApplication,
    Officer,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    Revision,
    Role,
    Status,
    Vote,
    Voter,
    VoteValue,
)
from app.services import (
    accounts,
    cities,
    demo_assessments,
    demo_desk,
    demo_pictures,
    demo_record,
    proposals,
    search_index,
    votes,
)
from app.services.demo_answers import Answers
from app.services.demo_comments import DemoComments
from app.text import slug

VOTERS = 420
SEED = 1010
_TEXTS = ("title", "summary", "problem", "solution", "expected_impact", "resources_needed")
# The way to each status, after submission.
_UNSENT = {Status.DRAFT}
_UNPUBLISHED = {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED}
_PATHS = {
    Status.ACCEPTED: [Status.UNDER_CONSIDERATION],
    Status.IN_PROGRESS: [Status.UNDER_CONSIDERATION, Status.ACCEPTED],
    Status.COMPLETED: [Status.UNDER_CONSIDERATION, Status.ACCEPTED, Status.IN_PROGRESS],
}


@dataclass(frozen=True)
class Person:
    """Someone of the demo to sign in as."""

    key: str
    email: str
    name: str
    role: str
    language: str
    department: str = ""
    shown: bool = False


@dataclass(frozen=True)
class Loaded:
    """What the demo brought."""

    proposals: int
    votes: int
    people: int


def cast(pack: Path) -> list[Person]:
    """The demo people whom a visitor may want to be, staff first."""
    people = [Person(**row) for row in _read(pack / "demo" / "people.toml")["people"]]
    roles = [Role.ADMIN, Role.MODERATOR, Role.OFFICER, Role.EXPERT, Role.CITIZEN]
    shown = [person for person in people if person.shown]
    return sorted(shown, key=lambda person: roles.index(Role(person.role)))


def is_empty(session: Session) -> bool:
    """Whether nobody has begun to use this database."""
    return not (
        session.exec(select(Account.id)).first() or session.exec(select(Proposal.id)).first()
    )


def load(session: Session, pack: Path) -> Loaded:
    """Load the city pack and its demo into an empty database. Raises cities.PackError."""
    return _Demo(session, pack).load()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, tomllib.TOMLDecodeError) as error:
        raise cities.PackError(f"{path}: {error}") from error


def _read_if_there(path: Path) -> dict[str, Any]:
    return _read(path) if path.exists() else {}


def _link(proposal: Proposal, row: dict[str, Any]) -> None:
    proposal.goal_links = [ProposalGoal(code=code) for code in row["goals"]]
    proposal.ward_links = [ProposalWard(code=code) for code in row["wards"]]
    proposal.tag_links = [ProposalTag(code=code) for code in row["tags"]]


class _Demo:
    """One load of the demo: the keys of its files stand for the rows made so far."""

    def __init__(self, session: Session, pack: Path) -> None:
        self.session = session
        self.folder = pack / "demo"
        self.pack = pack
        self.today = now().replace(minute=0, second=0, microsecond=0)
        self.random = random.Random(SEED)  # noqa: S311 - no secret
        self.people: dict[str, Account] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.proposals: dict[str, Proposal] = {}

    def load(self) -> Loaded:
        cities.load(self.session, self.pack, demo=True)
        self._add_people()
        self._add_applications()
        self._add_campaigns()
        rows = [
            row
            for path in sorted((self.folder / "proposals").glob("*.toml"))
            for row in _read(path)["proposals"]
        ]
        # Oldest first, so that numbers rise with time; one that is merged follows the one it is merged into.
        rows.sort(key=lambda row: ("merged_into" in row, row.get("submitted", 0)))
        for row in rows:
            self._add_proposal(row)
        self._add_comments()
        demo_record.fill_queue(self.session, self.proposals.values())
        rulings = _read_if_there(self.folder / "rulings.toml").get("rulings", [])
        demo_record.add_rulings(self.session, rulings, self.today)
        demo_desk.add(self.session, _read_if_there(self.folder / "desk.toml"), self.people, self.proposals, self._day)  # fmt: skip
        rounds = _read_if_there(self.folder / "assessments.toml").get("rounds", [])
        demo_assessments.add(self.session, rounds, self.people, self.proposals, self._day)
        pictures = _read_if_there(self.folder / "pictures.toml").get("pictures", [])
        demo_pictures.add(self.session, pictures, self.proposals)
        self._add_answers()
        count = self._add_votes(rows)
        numbers = [proposal.id for proposal in self.proposals.values()]
        votes.recount(self.session, numbers)
        search_index.fill(self.session, numbers)
        return Loaded(len(rows), count, len(self.people))

    def _day(self, days: int) -> datetime:
        # Within the day, so that lists don't show rows of one and the same moment.
        if days == 0:
            return self.today - timedelta(minutes=self.random.randrange(5, 55))
        return self.today + timedelta(days=days, minutes=-self.random.randrange(0, 600))

    def _add_people(self) -> None:
        for row in _read(self.folder / "people.toml")["people"]:
            person = Person(**row)
            self.people[person.key] = Account(
                email_key=person.email,
                email=person.email, name=person.name, role=Role(person.role), language=person.language
            )  # fmt: skip
            accounts.agree(self.session, self.people[person.key])
        self.session.add_all(self.people.values())
        self.session.flush()
        for row in _read(self.folder / "people.toml")["people"]:
            if "department" in row:
                account = self.people[row["key"]]
                self.session.add(Officer(account_id=account.id, department_code=row["department"]))

    def _add_answers(self) -> None:
        """What the city owes, has answered and has promised."""
        path = self.folder / "answers.toml"
        if path.exists():
            Answers(self.session, self.proposals, self.today).add(_read(path))

    def _add_applications(self) -> None:
        """What the demo's experts say of themselves; one that is not decided waits in the moderators' queue."""
        path = self.folder / "experts.toml"
        known = cities.catalogue(self.session).expertises
        for row in _read(path)["applications"] if path.exists() else []:
            if row["person"] not in self.people or row["field"] not in known:
                raise cities.PackError(f"{path}: {row['person']}, {row['field']}: unknown")
            decided = self._day(row["decided"]) if "decided" in row else None
            self.session.add(
                ExpertApplication(
                    account_id=self.people[row["person"]].id,
                    field_code=row["field"],
                    biography=row["biography"].strip(),
                    **{
                        name: row[name] for name in ("affiliation", "country", "languages", "links")
                    },
                    orcid=row.get("orcid"),
                    status=ApplicationStatus.APPROVED if decided else ApplicationStatus.PENDING,
                    applied_at=self._day(row["applied"]),
                    decided_at=decided,
                    decided_by=self.people["lan"].id if decided else None,
                    approved_until=self.today + timedelta(days=row["until"]) if decided else None,
                )
            )

    def _add_campaigns(self) -> None:
        language = cities.catalogue(self.session).default_language
        for row in _read(self.folder / "campaigns.toml")["campaigns"]:
            key = row.pop("key")
            if row.pop("standing", False):
                query = select(Campaign).where(col(Campaign.is_standing))
                self.campaigns[key] = self.session.exec(query).one()
                continue
            opens, closes = (self.today + timedelta(days=day) for day in row.pop("submission"))
            begins, ends = (self.today + timedelta(days=day) for day in row.pop("voting"))
            self.campaigns[key] = Campaign(
                **row, slug=slug(localised(row["title"], language)), submission_opens_at=opens,
                submission_closes_at=closes, voting_opens_at=begins, voting_closes_at=ends,
            )  # fmt: skip
        self.session.add_all(self.campaigns.values())
        self.session.flush()

    def _require_known(self, row: dict[str, Any]) -> None:
        city = cities.catalogue(self.session)
        unknown = [code for code in row["wards"] if code not in city.wards]
        unknown += [code for code in row["goals"] if code not in city.goals]
        unknown += [row[name] for name, known in (("author", self.people), ("campaign", self.campaigns)) if row[name] not in known]  # fmt: skip
        if unknown:
            raise cities.PackError(f"the demo proposal {row['key']} names unknown {unknown}")

    def _add_proposal(self, row: dict[str, Any]) -> None:
        self._require_known(row)
        status = Status(row["status"])
        begun = self._day(row.get("submitted", -1))
        proposal = Proposal(
            **{name: row[name].strip() for name in _TEXTS},
            slug=slug(row["title"]),
            language=row.get("language", "vi"),
            pillar_code=row["pillar"],
            campaign_id=self.campaigns[row["campaign"]].id,
            author_id=self.people[row["author"]].id,
            cost=row.get("cost"),
            status=status,
            status_before_hiding=Status.PUBLISHED if status is Status.HIDDEN else None,
            merged_into_id=self.proposals[row["merged_into"]].id if "merged_into" in row else None,
            created_at=begun,
            submitted_at=None if status in _UNSENT else begun,
            updated_at=begun,
        )
        _link(proposal, row)
        if status not in _UNPUBLISHED:
            proposal.published_at = max(self._day(row["published"]), begun + timedelta(minutes=30))
            proposal.published_revision = 1
        self.session.add(proposal)
        self.session.flush()
        prefix = cities.catalogue(self.session).ref_prefix
        proposal.ref = f"{prefix}-{begun.year}-{proposal.id:05d}"
        self.proposals[row["key"]] = proposal
        self._add_history(row, proposal)

    def _add_history(self, row: dict[str, Any], proposal: Proposal) -> None:
        self._keep_revision(proposal, proposal.created_at)
        before: Status | None = None
        edit_day = self._day(row["edit"]["day"]) if "edit" in row else None
        for status, at, actor in self._steps(row, proposal):
            if edit_day is not None and edit_day < at:
                self._edit(row, proposal, edit_day, before)
                edit_day = None
            self._step(row, proposal, before, status, at, actor)
            before = status
        if edit_day is not None:
            self._edit(row, proposal, edit_day, before)

    def _step(
        self,
        row: dict[str, Any],
        proposal: Proposal,
        before: Status | None,
        status: Status,
        at: datetime,
        actor: str,
    ) -> None:
        is_last = status is proposal.status
        self._event(
            proposal, EventKind.STATUS if before else EventKind.CREATED, before, status, at, actor,
            reason_code=row.get("reason_code") if is_last else None,
            note=row.get("status_note", "").strip() if is_last else "",
        )  # fmt: skip
        proposal.updated_at = at

    def _steps(
        self, row: dict[str, Any], proposal: Proposal
    ) -> Iterator[tuple[Status, datetime, str]]:
        """Each status on the proposal's way, when, and by whom."""
        author, staff, status = row["author"], "lan", proposal.status
        yield Status.DRAFT, proposal.created_at - timedelta(hours=2), author
        if proposal.submitted_at is None:
            return
        yield Status.SUBMITTED, proposal.submitted_at, author
        if proposal.published_at is None:
            if status is not Status.SUBMITTED:
                yield status, self._changed(row, proposal.submitted_at), staff
            return
        yield Status.PUBLISHED, proposal.published_at, staff
        if status is Status.PUBLISHED:
            return
        changed = self._changed(row, proposal.published_at)
        way = [*_PATHS.get(status, []), status]
        for number, step in enumerate(way, 1):
            at = proposal.published_at + (changed - proposal.published_at) * number / len(way)
            yield step, at, author if step is Status.WITHDRAWN else staff

    def _changed(self, row: dict[str, Any], after: datetime) -> datetime:
        return max(self._day(row.get("status_changed", 0)), after + timedelta(hours=1))

    def _edit(
        self, row: dict[str, Any], proposal: Proposal, at: datetime, status: Status | None
    ) -> None:
        for name, text in row["edit"].items():
            if name != "day":
                setattr(proposal, name, text.strip())
        proposal.revision, proposal.updated_at = 2, at
        self._keep_revision(proposal, at)
        self._event(
            proposal, EventKind.EDITED, status, status or proposal.status, at, row["author"]
        )

    def _keep_revision(self, proposal: Proposal, at: datetime) -> None:
        content = proposals.content(proposal)
        self.session.add(
            Revision(
                proposal_id=proposal.id, number=proposal.revision, content=content,
                edited_by=proposal.author_id, created_at=at,
            )
        )  # fmt: skip

    def _event(
        self,
        proposal: Proposal,
        kind: EventKind,
        before: Status | None,
        status: Status,
        at: datetime,
        actor: str,
        **why: Any,
    ) -> None:
        self.session.add(
            Event(
                proposal_id=proposal.id, actor_id=self.people[actor].id, kind=kind, from_status=before,
                to_status=status, revision=proposal.revision, created_at=at, **why,
            )
        )  # fmt: skip
        self.session.flush()

    def _add_comments(self) -> None:
        path = self.folder / "comments.toml"
        rows = _read(path)["comments"] if path.exists() else []
        made = DemoComments(self.session, self.today, self.people, self.proposals, self.people["lan"])  # fmt: skip
        made.load(path, rows)

    def _add_votes(self, rows: list[dict[str, Any]]) -> int:
        voters = [Voter(pseudonym=f"demo-{number}") for number in range(VOTERS)]
        self.session.add_all(voters)
        self.session.flush()
        used: Counter[tuple[int, int]] = Counter()
        cast: list[dict[str, Any]] = []
        for row in rows:
            proposal = self.proposals[row["key"]]
            if proposal.published_at is not None:
                cast += self._ballots(row, proposal, [voter.id for voter in voters], used)
        self.session.connection().execute(insert(table_of(Vote)), cast)
        return len(cast)

    def _ballots(
        self,
        row: dict[str, Any],
        proposal: Proposal,
        voters: list[int],
        used: Counter[tuple[int, int]],
    ) -> Iterator[dict[str, Any]]:
        campaign = self.campaigns[row["campaign"]]
        limit = campaign.votes_per_person or VOTERS
        able = [voter for voter in voters if used[campaign.id, voter] < limit]
        support, oppose = (
            int(row.get(side, 0) / 100 * VOTERS * 0.85) for side in ("support", "oppose")
        )
        chosen = self.random.sample(able, min(len(able), support + oppose))
        begins = max(proposal.published_at or self.today, campaign.voting_opens_at or self.today - timedelta(days=365))  # fmt: skip
        ends = max(begins, min(self.today, campaign.voting_closes_at or self.today))
        for number, voter in enumerate(chosen):
            used[campaign.id, voter] += 1
            yield {
                "proposal_id": proposal.id,
                "voter_id": voter,
                "value": VoteValue.SUPPORT if number < support else VoteValue.OPPOSE,
                "cast_at": begins + (ends - begins) * self.random.random(),
            }
