"""The Pabulib file itself: read with every line checked, and written. Format: pabulib.org/format (version 2024)."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from app.text import clean

SECTIONS = ("META", "PROJECTS", "VOTES")
_NEEDED_META = ("description", "country", "unit", "instance", "num_projects", "num_votes", "budget", "vote_type")  # fmt: skip
_NEEDED_COLUMNS = {"PROJECTS": ("project_id", "cost", "name"), "VOTES": ("voter_id", "vote")}
LONGEST_ID = 100
_MOST_DIGITS = 9
_YEARS = range(1900, 2200)
_CENT = Decimal("0.01")
# What a spreadsheet would take for a formula at the beginning of a cell.
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.,]+$)")


class FileError(ValueError):
    """A line that breaks the format; nothing has been written."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


@dataclass(frozen=True)
class Project:
    """A project; `row` has all its columns as they stood in the file."""

    id: str
    name: str
    cost: Decimal | None
    row: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's approvals; `row` has the other columns of the line."""

    voter: str
    projects: list[str]
    row: dict[str, str]


@dataclass(frozen=True)
class File:
    """A checked file."""

    meta: dict[str, str]
    projects: list[Project]
    ballots: list[Ballot]
    digest: str

    @property
    def source(self) -> str:
        """What names this budget among all: country, unit, subunit and instance."""
        keys = ("country", "unit", "subunit", "instance")
        return ("pabulib:" + "/".join(self.meta.get(key, "") for key in keys))[:200]

    @property
    def budget(self) -> Decimal:
        return Decimal(self.meta["budget"])

    @property
    def approvals(self) -> int:
        return sum(len(ballot.projects) for ballot in self.ballots)


Line = tuple[int, list[str]]


def read_file(path: Path) -> File:
    """Read and check a file. Raises FileError with the number of the first line that is wrong."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(data.count(b"\n", 0, error.start) + 1, "not UTF-8") from error
    sections = _sections(_lines(text))
    meta = _meta(sections["META"])
    projects = list(_projects(sections["PROJECTS"]))
    _require_count(sections["PROJECTS"], len(projects), meta["num_projects"], "num_projects")
    ballots = list(_ballots(sections["VOTES"], {project.id for project in projects}))
    _require_count(sections["VOTES"], len(ballots), meta["num_votes"], "num_votes")
    _require_tally(sections["PROJECTS"], projects, ballots)
    return File(meta, projects, ballots, hashlib.sha256(data).hexdigest())


def _lines(text: str) -> Iterator[Line]:
    # Only line feeds end a line; splitlines() would also break at other separators inside a cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        for row in reader:
            if row and any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise FileError(reader.line_num, str(error)) from error


def _sections(lines: Iterator[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    number = 1
    for number, row in lines:
        name = row[0].strip()
        if len(row) == 1 and name in SECTIONS and name not in found:
            current = found[name] = []
        elif current is None:
            raise FileError(number, "the file must begin with META")
        else:
            current.append((number, row))
    for name in SECTIONS:
        if not found.get(name):
            raise FileError(number, f"the section {name} is missing or empty")
    return found


def _meta(lines: list[Line]) -> dict[str, str]:
    meta: dict[str, str] = {}
    places: dict[str, int] = {}
    for number, row in lines[1:]:
        if len(row) != 2 or not row[0].strip():  # noqa: PLR2004 - a key and a value
            raise FileError(number, "META needs lines of the form key;value")
        key = row[0].strip()
        if key in meta:
            raise FileError(number, f"{key} is given twice")
        meta[key], places[key] = _clean(number, row[1]), number
    for key in _NEEDED_META:
        if not meta.get(key):
            raise FileError(places.get(key, lines[-1][0]), f"META lacks {key}")
    if meta["vote_type"] != "approval":
        reason = f"vote_type {meta['vote_type']} is not supported, only approval"
        raise FileError(places["vote_type"], reason)
    _amount(places["budget"], meta["budget"], "budget")
    longest = meta.get("max_length", "")
    if longest and not _is_count(longest):
        raise FileError(places["max_length"], "max_length is no number")
    for key in ("date_begin", "date_end"):
        if meta.get(key) and day(meta[key]) is None:
            raise FileError(places[key], f"{key} is no day of the form 31.12.2026")
    return meta


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0


def day(text: str) -> datetime | None:
    """A day as the format writes it, 15.06.2025, or a year alone; None for anything else."""
    for pattern in ("%d.%m.%Y", "%Y"):
        try:
            found = datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        return found if found.year in _YEARS else None
    return None


def _records(section: str, lines: list[Line]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a section under its header, each cell by its column."""
    number, header = lines[0]
    names = [name.strip() for name in header]
    for needed in _NEEDED_COLUMNS[section]:
        if needed not in names:
            raise FileError(number, f"{section} lacks the column {needed}")
    for number, row in lines[1:]:
        if len(row) != len(names):
            raise FileError(number, f"{len(row)} columns where the header has {len(names)}")
        yield number, {name: _clean(number, cell) for name, cell in zip(names, row, strict=True)}


def _projects(lines: list[Line]) -> Iterator[Project]:
    seen: set[str] = set()
    for number, row in _records("PROJECTS", lines):
        project_id, name = row["project_id"], row["name"]
        if not _is_id(project_id) or project_id in seen:
            raise FileError(
                number, f"project_id {project_id[:LONGEST_ID]!r} is not usable or given twice"
            )
        if not name:
            raise FileError(number, "the project has no name")
        seen.add(project_id)
        yield Project(project_id, name, _amount(number, row["cost"], "cost"), row)


def _ballots(lines: list[Line], known: set[str]) -> Iterator[Ballot]:
    seen: set[str] = set()
    for number, row in _records("VOTES", lines):
        voter = row.pop("voter_id")
        if not _is_id(voter) or voter in seen:
            raise FileError(number, f"voter_id {voter[:LONGEST_ID]!r} is not usable or given twice")
        seen.add(voter)
        chosen = [one.strip() for one in row.pop("vote").split(",") if one.strip()]
        if len(set(chosen)) != len(chosen):
            raise FileError(number, "a project is approved twice on one ballot")
        for project in chosen:
            if project not in known:
                raise FileError(number, f"the ballot names an unknown project {project!r}")
        yield Ballot(voter, chosen, row)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and not _FORMULA.match(text)


def harmless(cell: str) -> str:
    """The words with an apostrophe in front where a spreadsheet would run them as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _clean(number: int, cell: str) -> str:
    try:
        return clean(cell)
    except ValueError as error:
        raise FileError(number, str(error)) from error


def _amount(number: int, text: str, name: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise FileError(number, f"{name} {text!r} is no amount") from error
    if (
        not amount.is_finite()
        or not 0 <= amount < 10**16
        or (rounded := amount.quantize(_CENT)) >= 10**16
    ):
        raise FileError(number, f"{name} {text!r} is no amount")
    return rounded


def _require_count(lines: list[Line], found: int, promised: str, name: str) -> None:
    if str(found) != promised:
        raise FileError(lines[-1][0], f"{found} lines, but {name} says {promised}")


def _require_tally(lines: list[Line], projects: list[Project], ballots: list[Ballot]) -> None:
    """The ballots must add up to the `votes` column, where there is one."""
    counts = Counter(project for ballot in ballots for project in ballot.projects)
    for (number, _row), project in zip(lines[1:], projects, strict=True):
        promised = project.row.get("votes")
        if promised is not None and promised != str(counts[project.id]):
            raise FileError(number, f"votes says {promised}, the ballots add up to {counts[project.id]}")  # fmt: skip


def write_file(
    path: Path, meta: dict[str, str], projects: list[Project], ballots: list[Ballot]
) -> None:
    """Write a file; the columns are those that the first project and ballot have."""
    columns = list(projects[0].row) if projects else list(_NEEDED_COLUMNS["PROJECTS"])
    extra = list(ballots[0].row) if ballots else []
    with path.open("w", encoding="utf-8", newline="") as target:
        out = csv.writer(target, delimiter=";", lineterminator="\n")
        out.writerows([["META"], ["key", "value"]])
        out.writerows([key, value] for key, value in meta.items())
        out.writerows([["PROJECTS"], columns])
        out.writerows([project.row.get(name, "") for name in columns] for project in projects)
        out.writerows([["VOTES"], ["voter_id", "vote", *extra]])
        for ballot in ballots:
            others = [ballot.row.get(name, "") for name in extra]
            out.writerow([ballot.voter, ",".join(ballot.projects), *others])
