"""Reports: readers say which rule a text breaks; a moderator hides it, or dismisses the reports.

Reports never hide anything by themselves: many of them raise a text above the rest of the queue. Who reported is kept
from everybody, moderators as well: what counts is what is said. Everybody who reported hears the outcome.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.database import insert_if_absent, table_of
from app.errors import Conflict, Forbidden, NotFound
from app.forms import LARGEST_ID, JudgementForm, ReportForm
from app.models import (
    Account,
    Outcome,
    QueueKind,
    Report,
    Reportable,
    ReportCase,
    Ruling,
)
from app.permissions import may_moderate, may_report, require
from app.services import canned, limits, queue, report_cases, rulings
from app.services.limits import Limit
from app.services.paging import After, Page, by_number
from app.services.reportables import KINDS, Line, Text
from app.settings import Settings

_DAY = 24 * 3600


@dataclass(frozen=True)
class CaseFile:
    """All that moderators see of a case: the text as it stands, what was said of it, and how it was decided, if it was.

    `reports` is one page of them; `counts` says how many give each reason, the most frequent first.
    """

    case: ReportCase
    text: Text
    reports: Page[Report]
    counts: list[tuple[str, int]]
    ruling: Ruling | None
    is_own: bool


# Readers


def send(
    session: Session, settings: Settings, actor: Account, target: Reportable, target_id: int, form: ReportForm
) -> Report:  # fmt: skip
    """Report a text that the actor sees.

    Raises NotFound, Forbidden for one's own, Invalid for a rule that the policy doesn't have, TooMany, Conflict for what
    is not public or what the actor has reported already and nobody has decided yet.
    """
    require(may_report(actor), actor)
    rulings.require_reason(session, form.reason_code, needed=True)
    limits.count_of(session, settings, Limit("report", settings.reports_per_day, _DAY, "limit.reports"), actor)  # fmt: skip
    text = _locked(session, actor, target, target_id)
    require_reportable(actor, text)
    case = report_cases.open_about(session, target, text.id, text.proposal)
    report = Report(case_id=case.id, reporter_id=actor.id, **form.model_dump())
    if not insert_if_absent(session, table_of(Report), report.model_dump(exclude={"id"})):
        raise Conflict("report.made")
    _tell_desk(session, settings, case, text)
    return report


def require_reportable(actor: Account, text: Text) -> None:
    """Raise Forbidden for one's own text, Conflict for one that only some can read."""
    if text.is_by(actor):
        raise Forbidden("report.own")
    if not text.is_public:
        raise Conflict("report.not_public")


def made(session: Session, actor: Account, text: Text) -> Report | None:
    """The actor's own report of a text, while it waits for a decision."""
    query = select(Report).join(ReportCase, col(Report.case_id) == ReportCase.id)
    about = (ReportCase.target == text.target, ReportCase.target_id == text.id)
    query = query.where(*about, col(ReportCase.closed_at).is_(None), Report.reporter_id == actor.id)
    return session.exec(query).first()


def of_person(session: Session, account: Account) -> list[tuple[Report, ReportCase]]:
    """Everything that somebody has reported, oldest first, with what became of it."""
    query = select(Report, ReportCase).join(ReportCase, col(Report.case_id) == ReportCase.id)
    query = query.where(Report.reporter_id == account.id).order_by(col(Report.id))
    return list(session.exec(query))


def _locked(session: Session, actor: Account, target: Reportable, target_id: int) -> Text:
    """The text with its row locked, as it stands now."""
    session.expire(KINDS[target].get(session, actor, target_id, False).proposal)
    return KINDS[target].get(session, actor, target_id, True)


def _tell_desk(session: Session, settings: Settings, case: ReportCase, text: Text) -> None:
    """Let the case wait, say how many have reported, and raise what many have reported; also the text, where it waits."""
    writer = session.get(Account, text.author_id)
    queue.enter(session, QueueKind.REPORT, case.id, author=writer, proposal=text.proposal, language=text.language, confidential=True)  # fmt: skip
    counting = select(func.count()).select_from(Report).where(Report.case_id == case.id)
    count = session.exec(counting).one()
    for kind, number in ((text.kind, text.id), (QueueKind.REPORT, case.id)):
        item = queue.find(session, kind, number, lock=True)
        if item is None:
            continue
        queue.mark_reported(session, item.id, count)
        if count >= settings.reports_to_raise:
            queue.lift(session, item)


# Moderators


def show(
    session: Session, actor: Account, case_id: int, limit: int, after: After | None = None
) -> CaseFile:
    """One case with a page of what was said, oldest first. Of a text of one's own, only that it waits. Raises Forbidden, NotFound."""
    case = _get(session, actor, case_id)
    text = KINDS[case.target].get(session, actor, case.target_id, False)
    # Whoever wrote the text is a moderator here: what was said of it, and when, could tell who said it.
    is_own = text.is_by(actor)
    ruling = rulings.latest(session, QueueKind.REPORT, case.id)
    if is_own:
        return CaseFile(case, text, Page([], None), [], ruling, is_own)
    query = select(Report).where(Report.case_id == case.id)
    said = by_number(session, query, col(Report.id), limit, after)
    return CaseFile(case, text, said, _counts(session, case), ruling, is_own)


def _counts(session: Session, case: ReportCase) -> list[tuple[str, int]]:
    """How many reports of a case give each reason, the most frequent first."""
    code = col(Report.reason_code)
    query = select(code, func.count()).where(Report.case_id == case.id).group_by(code)
    return list(session.exec(query.order_by(func.count().desc(), code)).all())


def decide(
    session: Session, settings: Settings, actor: Account, case_id: int, form: JudgementForm
) -> None:
    """Hide the text, which closes the case, or dismiss the reports. Whoever reported is told.

    Raises Forbidden, NotFound, Invalid if hiding has no reason, Conflict if another moderator has it or has decided, or
    if the text has changed since it was read.
    """
    case = _get(session, actor, case_id)
    text = _locked(session, actor, case.target, case.target_id)
    session.refresh(case)
    item = queue.find(session, QueueKind.REPORT, case.id, lock=True)
    if item is None:
        ruling = rulings.latest(session, QueueKind.REPORT, case.id)
        raise rulings.taken(session, ruling) if ruling else NotFound
    queue.require_free(session, actor, item)
    if form.outcome == "uphold":
        KINDS[case.target].hide(session, settings, actor, text, form)
        return
    if form.revision is not None and form.revision != text.revision:
        raise Conflict("content.changed")
    form = canned.compose(session, form, actor.language)
    rulings.require_reason(session, form.reason_code, needed=False)
    report_cases.close(
        session, actor, case, Outcome.DISMISS, text.proposal,
        author_id=text.author_id, reason_code=form.reason_code, note=form.note,
    )  # fmt: skip


def _get(session: Session, actor: Account, case_id: int) -> ReportCase:
    require(may_moderate(actor), actor)
    case = session.get(ReportCase, case_id) if case_id <= LARGEST_ID else None
    if case is None:
        raise NotFound
    return case


def lines(session: Session, numbers: list[int]) -> dict[int, Line]:
    """What these cases are about, for the queue."""
    cases = session.exec(select(ReportCase).where(col(ReportCase.id).in_(numbers))).all()
    found: dict[int, Line] = {}
    for target, kind in KINDS.items():
        about = {case.target_id: case.id for case in cases if case.target is target}
        texts = kind.lines(session, list(about)) if about else {}
        found |= {about[number]: line for number, line in texts.items()}
    return found
