"""Evaluators: which experts are suggested for a proposal, and who may be asked.

Suggested are experts with an approved profile, first those whose field fits, then those who read the proposal's language,
then those who have fewer verdicts to give. Never suggested and never asked: the author, and anybody with the author's
affiliation, however it is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from app.errors import Conflict, FieldError, Invalid
from app.forms import unknown
from app.i18n import N_
from app.labels import member_name
from app.models import (
    CURRENT,
    EXPERT,
    ROUND_OPEN,
    Account,
    ApplicationStatus,
    Assessment,
    AssessmentRound,
    Evaluator,
    ExpertApplication,
    Proposal,
)
from app.permissions import may_arrange_assessment, require
from app.services import cities
from app.text import folded_words

MOST_SUGGESTED = 12


@dataclass(frozen=True)
class Suggestion:
    """An expert who could be asked, and why: whether field and language fit, and how many verdicts they have to give."""

    account: Account
    profile: ExpertApplication
    field_fits: bool
    language_fits: bool
    waiting: int

    @property
    def rank(self) -> tuple[bool, bool, int, str, int]:
        """The place in the list, the smallest first."""
        name, number = self.account.name, self.account.id
        return (not self.field_fits, not self.language_fits, self.waiting, name, number)


def suggested(session: Session, actor: Account, proposal: Proposal) -> list[Suggestion]:
    """Whom to ask about a proposal, the fittest first. Raises Forbidden."""
    require(may_arrange_assessment(actor, proposal), actor)
    fields = _fitting_fields(session, proposal)
    authors = _affiliations_of_authors(session, proposal)
    asked = _asked(session, proposal)
    waiting = _waiting(session)
    found = [
        Suggestion(
            account,
            profile,
            profile.field_code in fields,
            proposal.language in profile.languages,
            waiting.get(account.id, 0),
        )
        for account, profile in _experts(session, proposal)
        if account.id not in asked and folded_words(profile.affiliation) not in authors
    ]
    return sorted(found, key=lambda one: one.rank)[:MOST_SUGGESTED]


def require_fit(session: Session, proposal: Proposal, numbers: list[int]) -> list[Account]:
    """The experts with these numbers, if all may be asked about the proposal.

    Raises Invalid for nobody's number, no expert, the author, and whoever has the author's affiliation; Conflict for
    somebody who has declared a conflict of interest about it, in whichever round.
    """
    query = select(Account).where(EXPERT, col(Account.banned_at).is_(None))
    found = {one.id: one for one in session.exec(query.where(col(Account.id).in_(numbers)))}
    affiliations = _affiliations(session, numbers)
    authors = _affiliations_of_authors(session, proposal)
    errors = []
    for place, number in enumerate(numbers):
        field = f"evaluators.{place}"
        if number in proposal.writer_numbers:
            errors.append(_error(field, "author", N_("Nobody judges their own proposal."), found.get(number)))  # fmt: skip
        elif number not in found:
            errors.append(unknown(field))
        elif affiliations.get(number, set()) & authors:
            message = N_("%(name)s has the same affiliation as the author.")
            errors.append(_error(field, "same_affiliation", message, found[number]))
    if errors:
        raise Invalid(errors)
    for number in _in_conflict(session, proposal) & set(numbers):
        raise Conflict("assessment.in_conflict", name=member_name(found[number]))
    return [found[number] for number in dict.fromkeys(numbers)]


def hold(session: Session, numbers: list[int]) -> None:
    """Keep these people from being deleted meanwhile. To be called before the proposal is locked: deletions lock in this
    order, so that neither waits for the other.
    """
    people = select(Account.id).where(col(Account.id).in_(numbers)).order_by(col(Account.id))
    session.exec(people.with_for_update(of=Account, read=True, key_share=True)).all()


def require_new(round_: AssessmentRound, accounts: Iterable[Account]) -> None:
    """Raise Conflict if one of them takes part in the round already; one who withdrew is not asked again."""
    known = {one.account_id for one in round_.evaluators}
    for account in accounts:
        if account.id in known:
            raise Conflict("assessment.assigned", name=member_name(account))


def fields_of(session: Session, accounts: Iterable[Account]) -> dict[int, str | None]:
    """The field of each of these experts who has a profile, by the account's number."""
    numbers = [account.id for account in accounts]
    query = select(ExpertApplication.account_id, ExpertApplication.field_code).where(CURRENT)
    return dict(session.exec(query.where(col(ExpertApplication.account_id).in_(numbers))).all())


def _error(field: str, key: str, message: str, account: Account | None) -> FieldError:
    return FieldError(field, key, message, {"name": member_name(account)} if account else {})


def _experts(session: Session, proposal: Proposal) -> list[tuple[Account, ExpertApplication]]:
    profile = (col(ExpertApplication.account_id) == col(Account.id)) & CURRENT
    query = select(Account, ExpertApplication).join(ExpertApplication, profile)
    query = query.where(EXPERT, col(Account.banned_at).is_(None))
    return list(session.exec(query.where(col(Account.id).not_in(proposal.writer_numbers))).all())


def _fitting_fields(session: Session, proposal: Proposal) -> set[str]:
    """The fields that belong to the proposal's pillar, and the author's own if they are an expert."""
    known = cities.catalogue(session).expertises
    fields = {code for code, one in known.items() if proposal.pillar_code in one.pillars}
    query = select(ExpertApplication.field_code).where(CURRENT)
    own = session.exec(query.where(ExpertApplication.account_id == proposal.author_id)).first()
    return fields | ({own} if own else set())


def _affiliations_of_authors(session: Session, proposal: Proposal) -> set[str]:
    """Where the author and the co-authors say they belong."""
    found = _affiliations(session, [*proposal.writer_numbers])
    return {affiliation for one in found.values() for affiliation in one}


def _affiliations(session: Session, numbers: list[int]) -> dict[int, set[str]]:
    """Where these people say they belong, in their profile or in an application that waits; folded, by their number."""
    waits = col(ExpertApplication.status) == ApplicationStatus.PENDING
    query = select(ExpertApplication.account_id, ExpertApplication.affiliation)
    query = query.where(col(ExpertApplication.account_id).in_(numbers), or_(CURRENT, waits))
    found: dict[int, set[str]] = {}
    for number, affiliation in session.exec(query):
        found.setdefault(number, set()).add(folded_words(affiliation))
    return found


def _asked(session: Session, proposal: Proposal) -> set[int | None]:
    """Who takes part in the proposal's open round, or has declared a conflict of interest about it in any."""
    query = select(Evaluator.account_id).join(AssessmentRound)
    query = query.where(AssessmentRound.proposal_id == proposal.id)
    return set(
        session.exec(query.where(or_(ROUND_OPEN, col(Evaluator.has_conflict).is_(True)))).all()
    )


def _in_conflict(session: Session, proposal: Proposal) -> set[int]:
    query = select(Evaluator.account_id).join(AssessmentRound)
    query = query.where(AssessmentRound.proposal_id == proposal.id, col(Evaluator.has_conflict).is_(True))  # fmt: skip
    return {number for number in session.exec(query) if number is not None}


def _waiting(session: Session) -> dict[int, int]:
    """How many verdicts each expert still has to give, by the account's number."""
    query = (
        select(Evaluator.account_id, func.count())
        .join(AssessmentRound)
        .outerjoin(Assessment, col(Assessment.evaluator_id) == col(Evaluator.id))
        .where(ROUND_OPEN, col(Assessment.evaluator_id).is_(None))
        .where(col(Evaluator.has_conflict).is_not(True))
    )
    rows = session.exec(query.group_by(col(Evaluator.account_id))).all()
    return {number: count for number, count in rows if number is not None}
