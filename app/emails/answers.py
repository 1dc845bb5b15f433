"""Emails about the city's answers: the daily news of what one follows, and answers that could not be published."""

from dataclasses import dataclass

from sqlmodel import Session

from app.emails.sending import send_to
from app.models import Account, Department, Event, OfficialAnswer, Proposal
from app.settings import Settings

# So many proposals in one mail, and so many letters of each answer; the rest stands on the portal.
MOST_PROPOSALS = 30
MOST_LETTERS = 600


@dataclass(frozen=True)
class MergedInto:
    """The proposal that another was merged into, and whether the reader supports it already, or can."""

    proposal: Proposal
    is_supported: bool
    can_be_supported: bool


@dataclass
class Told:
    """A proposal, and what became of it: steps of its history, with the official answer that one was.

    `other` is what it was merged into, if that has been one of the steps and can be read.
    """

    proposal: Proposal
    steps: list[tuple[Event, OfficialAnswer | None, Department | None]]
    other: MergedInto | None = None


def news(
    session: Session, settings: Settings, account: Account, told: list[Told], unsubscribe_url: str
) -> None:
    """What became of the proposals that a person wrote or follows. Its last line, and its header, end such mails."""
    send_to(
        session,
        settings,
        account,
        "news",
        told=told[:MOST_PROPOSALS],
        number=len(told),
        more=max(0, len(told) - MOST_PROPOSALS),
        most_letters=MOST_LETTERS,
        unsubscribe_url=unsubscribe_url,
    )


def answer_held(
    session: Session, settings: Settings, account: Account, answer: OfficialAnswer
) -> None:
    """The day of an answer's publication came, but its proposal can no longer be answered so."""
    if account.email is not None:
        address = f"{settings.base_url}/answers/{answer.id}"
        values = {"proposal": answer.proposal, "address": address}
        send_to(session, settings, account, "answer_held", **values)
