"""Canned answers: words that moderators write again and again, kept by language for all of them."""

from typing import Any, TypeVar

from sqlmodel import Session, col, select

from app.errors import Invalid, NotFound
from app.forms import LARGEST_ID, CannedForm, WordsForm, missing, unknown
from app.models import Account, CannedAnswer, SetupMatter
from app.permissions import may_moderate, require
from app.services import cities, setup_events
from app.services.setup_events import Values

WordsFormT = TypeVar("WordsFormT", bound=WordsForm)


def every(session: Session, actor: Account) -> list[CannedAnswer]:
    """All of them, by title. Raises Forbidden."""
    require(may_moderate(actor), actor)
    return list(session.exec(select(CannedAnswer).order_by(col(CannedAnswer.title), col(CannedAnswer.id))))  # fmt: skip


def get(session: Session, actor: Account, canned_id: int) -> CannedAnswer:
    """One of them. Raises Forbidden or NotFound."""
    require(may_moderate(actor), actor)
    found = session.get(CannedAnswer, canned_id) if canned_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def keep(
    session: Session, actor: Account, form: CannedForm, answer: CannedAnswer | None = None
) -> CannedAnswer:
    """Keep a new answer, or change one. Raises Forbidden, Invalid."""
    require(may_moderate(actor), actor)
    city = cities.catalogue(session)
    if not form.texts.get(city.default_language):
        raise Invalid([missing("texts")])
    if form.reason_code is not None and form.reason_code not in city.reasons:
        raise Invalid([unknown("reason_code")])
    texts = {code: words for code, words in form.texts.items() if words}
    before = _content(answer) if answer else {}
    answer = answer or CannedAnswer(title="", texts={})
    answer.title, answer.texts, answer.reason_code = form.title, texts, form.reason_code
    session.add(answer)
    session.flush()
    _record(session, actor, answer, before, _content(answer))
    return answer


def discard(session: Session, actor: Account, answer: CannedAnswer) -> None:
    """Delete one. Raises Forbidden."""
    require(may_moderate(actor), actor)
    _record(session, actor, answer, _content(answer), {})
    session.delete(answer)
    session.flush()


def _content(answer: CannedAnswer) -> dict[str, Any]:
    return {"title": answer.title, "texts": answer.texts, "reason_code": answer.reason_code}


def _record(
    session: Session, actor: Account, answer: CannedAnswer, before: Values, after: Values
) -> None:
    matter = SetupMatter.CANNED_ANSWER
    setup_events.record(session, actor, matter, answer.id, answer.title, before, after)


def compose(session: Session, form: WordsFormT, language: str) -> WordsFormT:
    """The form with the words, and the reason, of the canned answer it names; the moderator's own words follow.

    Raises Invalid for one that there is not.
    """
    if form.canned is None:
        return form
    answer = session.get(CannedAnswer, form.canned)
    if answer is None:
        raise Invalid([unknown("canned")])
    words = text_in(session, answer, language)
    changes: dict[str, str | None] = {
        "note": "\n\n".join(part for part in (words, form.note) if part),
        "canned": None,
    }
    if "reason_code" in type(form).model_fields:
        changes["reason_code"] = getattr(form, "reason_code", None) or answer.reason_code
    composed: WordsFormT = form.model_copy(update=changes)
    return composed


def text_in(session: Session, answer: CannedAnswer, language: str) -> str:
    """Its words in a language, or in the city's where it has none in that."""
    fallback = cities.catalogue(session).default_language
    return answer.texts.get(language) or answer.texts.get(fallback, "")
