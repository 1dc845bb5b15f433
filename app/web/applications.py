"""Applying to be an expert: the form, what became of it, withdrawing it. An error keeps all that was typed."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app import names
from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid, PortalError
from app.forms import AFFILIATION_LENGTH, BIOGRAPHY_LENGTH, ApplicationForm, read
from app.i18n import translate
from app.labels import field_label
from app.models import Account, ExpertApplication
from app.permissions import may_apply, require
from app.services import applications
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of, texts_of

router = new_router()
_TEXTS = ("field", "affiliation", "country", "biography", "links", "orcid")


def read_values(posted: FormData) -> dict[str, Any]:
    """The posted fields as they were typed; links are the lines of one text."""
    texts = {name: text_of(posted, name) for name in _TEXTS}
    return {**texts, "languages": texts_of(posted, "languages")}


def read_form(values: dict[str, Any]) -> ApplicationForm:
    """The form in these values. Raises Invalid."""
    links = [line.strip() for line in values["links"].splitlines() if line.strip()]
    return read(ApplicationForm, {**values, "field": values["field"] or None, "links": links})


def values_of(application: ExpertApplication | None) -> dict[str, Any]:
    """What the form begins with: the last application, so that a renewal is a look over it."""
    if application is None:
        return {**dict.fromkeys(_TEXTS, ""), "languages": []}
    return {
        "field": application.field_code or "",
        "affiliation": application.affiliation,
        "country": application.country,
        "biography": application.biography,
        "links": "\n".join(application.links),
        "orcid": application.orcid or "",
        "languages": application.languages,
    }


def form_values(values: dict[str, Any], error: PortalError | None = None) -> dict[str, Any]:
    """What templates/experts/fields.html needs, in the reader's language."""
    errors = sentences(error)
    return {
        "values": values,
        "errors": errors,
        "error_list": [
            (f"field-{name}", f"{field_label(name)}: {text}") for name, text in errors.items()
        ],
        "countries": list(names.countries().items()),
        "languages": [(code, name, None) for code, name in names.languages().items()],
        "limits": {"affiliation": AFFILIATION_LENGTH, "biography": BIOGRAPHY_LENGTH},
    }


def sentences(error: PortalError | None) -> dict[str, str]:
    """A sentence for each bad field; an error deep in a list is its field's."""
    found: dict[str, str] = {}
    for one in error.errors if isinstance(error, Invalid) else []:
        found.setdefault(one.field.split(".")[0], translate(one.message, **one.arguments))
    return found


def _page(
    render: Render, session: Session, actor: Account, values: dict[str, Any] | None = None, error: Invalid | Conflict | None = None
) -> Response:  # fmt: skip
    history = applications.history(session, actor)
    latest = history[0] if history else None
    return render(
        "experts/apply.html",
        status=error.status if error else 200,
        latest=latest,
        current=next((one for one in history if one.is_current), None),
        refusal=translate(error.message) if isinstance(error, Conflict) else None,
        shows_form=values is not None or latest is None or not latest.is_pending,
        **form_values(values or values_of(latest), error),
    )


@router.get("/experts/apply")
def show(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_apply(actor), actor)
    return _page(render, session, actor)


@router.post("/experts/apply")
def send(posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_apply(actor), actor)
    values = read_values(posted)
    try:
        applications.apply(session, actor, read_form(values))
    except (Invalid, Conflict) as error:
        return _page(render, session, actor, values, error)
    return see_other("/experts/apply", "application.sent")


@router.post("/experts/apply/withdraw")
def withdraw(session: SessionDep, actor: SignedIn) -> Response:
    applications.withdraw(session, actor)
    return see_other("/experts/apply", "application.withdrawn")
