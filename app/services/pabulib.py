"""Pabulib: participatory budgets imported from and exported to the open `.pb` format (pabulib.org/format).

An imported file becomes a closed campaign: its projects are proposals, its voters stay pseudonymous, and their ballots
are votes. All is written in one transaction, so nothing is ever half imported, and a file that is there already is left.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app.database import now, table_of
from app.errors import Conflict
from app.i18n import localised
from app.models import (
    Account,
    Campaign,
    Event,
    EventKind,
    Proposal,
    ProposalTag,
    Revision,
    Status,
    Vote,
    Voter,
    VoteValue,
)
from app.pabulib_file import (
    Ballot,
    File,
    FileError,
    Project,
    day,
    harmless,
    read_file,
    write_file,
)
from app.services import campaigns, cities, proposals, search_index, votes
from app.text import clean_line, slug

__all__ = ["FileError", "load", "read_file", "save"]

CHUNK = 10_000
LONGEST_TITLE = 200
LONGEST_TAG = 40
# The column of a ballot that says what it approves. It is kept for its order; what counts are the votes' rows.
VOTE = "vote"
# A project's outcome, where the file tells it.
_OUTCOMES = {"0": Status.DECLINED, "1": Status.ACCEPTED}


@dataclass(frozen=True)
class Loaded:
    """What an import made, or found."""

    campaign_id: int
    already_there: bool


@dataclass(frozen=True)
class Saved:
    """What an export wrote, and the opposing votes that the format has no place for."""

    projects: int
    ballots: int
    opposing: int


def load(
    session: Session, file: File, *, title: str | None = None, advance: Callable[[int], None]
) -> Loaded:
    """Import a file that was read and checked. `advance` is told how many votes have been written.

    Raises Conflict if another version of the same budget is there already.
    """
    known = session.exec(select(Campaign).where(Campaign.source == file.source)).first()
    if known is not None:
        if known.source_digest != file.digest:
            raise Conflict("import.other_version", source=file.source)
        return Loaded(known.id, already_there=True)
    cities.catalogue(session)
    campaign = _add_campaign(session, file, title)
    numbers = _add_proposals(session, file, campaign)
    _add_votes(session, file, campaign, numbers, advance)
    votes.recount(session, list(numbers.values()))
    search_index.fill(session, list(numbers.values()))
    return Loaded(campaign.id, already_there=False)


def _add_campaign(session: Session, file: File, title: str | None) -> Campaign:
    meta = file.meta
    opens, last_day = day(meta.get("date_begin", "")), day(meta.get("date_end", ""))
    closes = last_day + timedelta(days=1) if last_day else now()
    name = clean_line(title or f"{meta['description']} {meta['instance']}")[:LONGEST_TITLE]
    language = meta.get("language", "und")[:8]
    campaign = Campaign(
        slug=slug(name),
        title={language: name},
        question={language: meta["description"]},
        # Projects came in before the voting; when, the format doesn't say.
        submission_closes_at=opens or closes,
        voting_opens_at=opens,
        voting_closes_at=min(closes, now()),
        votes_per_person=int(meta["max_length"]) if meta.get("max_length") else None,
        budget=file.budget,
        currency=meta.get("currency", "")[:3] or None,
        source=file.source,
        source_digest=file.digest,
        source_meta=meta,
    )
    session.add(campaign)
    session.flush()
    return campaign


def _add_proposals(session: Session, file: File, campaign: Campaign) -> dict[str, int]:
    """Add a proposal for each project; returns their numbers by the file's project_id."""
    author = Account(name=clean_line(f"{file.meta['unit']} (Pabulib)")[:120])
    session.add(author)
    session.flush()
    prefix = cities.catalogue(session).ref_prefix
    made = {project.id: _proposal(project, campaign, author) for project in file.projects}
    session.add_all(made.values())
    session.flush()
    for proposal in made.values():
        proposal.ref = f"{prefix}-{proposal.created_at.year}-{proposal.id:05d}"
        content, at = proposals.content(proposal), proposal.created_at
        session.add(Revision(proposal_id=proposal.id, number=1, content=content, created_at=at))
        session.add_all(_events(proposal))
    session.flush()
    return {project_id: proposal.id for project_id, proposal in made.items()}


def _proposal(project: Project, campaign: Campaign, author: Account) -> Proposal:
    moment = campaign.voting_opens_at or campaign.created_at
    decided = campaign.voting_closes_at or campaign.created_at
    status = _OUTCOMES.get(project.row.get("selected", ""), Status.PUBLISHED)
    proposal = Proposal(
        slug=slug(project.name),
        language=next(iter(campaign.title)),
        title=clean_line(project.name)[:LONGEST_TITLE],
        summary="",
        problem="",
        solution="",
        expected_impact="",
        resources_needed="",
        campaign_id=campaign.id,
        author_id=author.id,
        cost=project.cost,
        status=status,
        published_revision=1,
        created_at=moment,
        submitted_at=moment,
        published_at=moment,
        updated_at=moment if status is Status.PUBLISHED else decided,
        source_row=project.row,
    )
    proposal.goal_links, proposal.ward_links = [], []
    tags = [
        clean_line(tag).lower()[:LONGEST_TAG] for tag in project.row.get("category", "").split(",")
    ]
    proposal.tag_links = [ProposalTag(code=tag) for tag in dict.fromkeys(tags) if tag]
    return proposal


def _events(proposal: Proposal) -> Iterator[Event]:
    """The steps the file tells of: published, then chosen or not."""
    steps = [(Status.PUBLISHED, None, proposal.created_at)]
    if proposal.status is not Status.PUBLISHED:
        steps.append((proposal.status, Status.PUBLISHED, proposal.updated_at))  # type: ignore[arg-type]
    for status, before, at in steps:
        yield Event(
            proposal_id=proposal.id, kind=EventKind.STATUS, from_status=before,
            to_status=status, revision=1, created_at=at,
        )  # fmt: skip


def _add_votes(
    session: Session,
    file: File,
    campaign: Campaign,
    numbers: dict[str, int],
    advance: Callable[[int], None],
) -> None:
    """Add voters and votes in bulk, by statements without objects."""
    connection = session.connection()
    voter, vote = table_of(Voter), table_of(Vote)
    cast_at = (campaign.voting_closes_at or campaign.created_at) - timedelta(seconds=1)
    adding = insert(voter).returning(voter.c.id, sort_by_parameter_order=True)
    for start in range(0, len(file.ballots), CHUNK):
        chunk = file.ballots[start : start + CHUNK]
        rows = [
            {"campaign_id": campaign.id, "pseudonym": b.voter, "source_row": {**b.row, VOTE: ",".join(b.projects)}}
            for b in chunk
        ]  # fmt: skip
        ids = [row.id for row in connection.execute(adding, rows)]
        cast = [
            {"proposal_id": numbers[project], "voter_id": voter_id, "value": VoteValue.SUPPORT, "cast_at": cast_at}
            for voter_id, ballot in zip(ids, chunk, strict=True)
            for project in ballot.projects
        ]  # fmt: skip
        if cast:
            connection.execute(insert(vote), cast)
        advance(len(cast))


def save(session: Session, campaign_id: int, path: Path) -> Saved:
    """Export a campaign's public proposals and their supporting votes. Raises NotFound for an unknown campaign.

    An imported campaign is written as it stood in its file; one held here gets fresh pseudonyms, in a random order, every
    time, and what people typed cannot run as a spreadsheet's formula.
    """
    campaign = campaigns.get(session, campaign_id)
    query = select(Proposal).where(Proposal.campaign_id == campaign_id).order_by(col(Proposal.id))
    public = [proposal for proposal in session.exec(query) if proposal.is_public]
    ids = {p.id: (p.source_row or {}).get("project_id", str(p.id)) for p in public}
    ballots, opposing = _ballots(session, ids)
    is_imported = campaign.source is not None
    ordered = _as_imported(session, campaign, ballots) if is_imported else _shuffled(ballots)
    projects = [_project(proposal) for proposal in public]
    meta = campaign.source_meta or _own_meta(cities.catalogue(session), campaign)
    numbers = {"num_projects": str(len(projects)), "num_votes": str(len(ordered))}
    write_file(path, meta | numbers, projects, ordered)
    return Saved(len(projects), len(ordered), opposing)


def _ballots(session: Session, ids: dict[int, str]) -> tuple[dict[int, list[str]], int]:
    """For each voter the projects supported, and how many opposing votes there are."""
    vote = table_of(Vote)
    query = (
        select(vote.c.voter_id, vote.c.proposal_id, vote.c.value)
        .where(vote.c.proposal_id.in_(ids))
        .order_by(vote.c.voter_id, vote.c.proposal_id)
    )
    ballots: dict[int, list[str]] = {}
    opposing = 0
    for voter_id, proposal_id, value in session.connection().execute(query):
        if value is VoteValue.SUPPORT:
            ballots.setdefault(voter_id, []).append(ids[proposal_id])
        else:
            opposing += 1
    return ballots, opposing


def _as_imported(
    session: Session, campaign: Campaign, ballots: dict[int, list[str]]
) -> list[Ballot]:
    voter = table_of(Voter)
    query = (
        select(voter.c.id, voter.c.pseudonym, voter.c.source_row)
        .where(voter.c.campaign_id == campaign.id)
        .order_by(voter.c.id)
    )
    rows = session.connection().execute(query)
    return [_ballot(name, ballots.get(voter_id, []), row or {}) for voter_id, name, row in rows]


def _ballot(voter: str, projects: list[str], row: dict[str, str]) -> Ballot:
    """A ballot with its projects in the order of the file."""
    places = {one: place for place, one in enumerate(row.get(VOTE, "").split(","))}
    others = {name: cell for name, cell in row.items() if name != VOTE}
    return Ballot(voter, sorted(projects, key=lambda one: places.get(one, len(places))), others)


def _shuffled(ballots: dict[int, list[str]]) -> list[Ballot]:
    order = list(ballots.values())
    secrets.SystemRandom().shuffle(order)
    return [Ballot(str(number), projects, {}) for number, projects in enumerate(order, 1)]


def _project(proposal: Proposal) -> Project:
    row = proposal.source_row or {
        "project_id": str(proposal.id),
        "cost": str(proposal.cost or 0),
        "name": harmless(proposal.title),
    }
    return Project(
        row["project_id"], row["name"], proposal.cost, {**row, "votes": str(proposal.support_count)}
    )


def _own_meta(city: cities.Catalogue, campaign: Campaign) -> dict[str, str]:
    language, title = next(iter(campaign.title.items()))
    opens, closes = campaign.voting_opens_at, campaign.voting_closes_at
    unit = localised(city.texts["names"], language)
    meta = {
        "description": harmless(title),
        "country": localised(city.texts.get("countries"), language) or unit,
        "unit": unit,
        "instance": str((opens or campaign.created_at).year),
        "num_projects": "0",
        "num_votes": "0",
        "budget": str(campaign.budget or 0),
        "vote_type": "approval",
        "rule": "unknown",
        "date_begin": opens.strftime("%d.%m.%Y") if opens else "",
        "date_end": closes.strftime("%d.%m.%Y") if closes else "",
        "max_length": str(campaign.votes_per_person or ""),
        "language": language,
        "currency": campaign.currency or "",
    }
    return {key: value for key, value in meta.items() if value}
