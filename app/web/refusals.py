"""Refusals inside a page: what is wrong with each field of a form, and what else stood in the way."""

from typing import Any

from app.errors import Invalid, PortalError
from app.i18n import translate
from app.labels import field_label


def sentence(error: PortalError | None) -> str | None:
    """What was refused, where it is not about fields."""
    if error is None or isinstance(error, Invalid):
        return None
    return translate(error.message, **error.arguments)


def sentences(error: PortalError | None) -> dict[str, str]:
    """A sentence for each bad field; an error deep in a list is its field's."""
    found: dict[str, str] = {}
    for one in error.errors if isinstance(error, Invalid) else []:
        found.setdefault(one.field.split(".")[0], translate(one.message, **one.arguments))
    return found


def first_sentence(error: PortalError) -> str:
    """What to say in a form of one field: what is wrong with it, or the refusal itself."""
    return sentence(error) or next(iter(sentences(error).values()))


def lines(error: PortalError | None) -> list[tuple[str, str]]:
    """What stands above a form: each bad field's id, and what is wrong with it."""
    return [(f"field-{name}", f"{field_label(name)}: {text}") for name, text in sentences(error).items()]  # fmt: skip


def shown(error: PortalError | None) -> dict[str, Any]:
    """What a page with a form shows of a refusal, and how it is sent (pages.render); of none, that nothing is wrong."""
    return {
        "status": error.status if error else 200,
        "retry_after": error.retry_after if error else None,
        "errors": sentences(error),
        "error_list": lines(error),
        "refusal": sentence(error),
    }
