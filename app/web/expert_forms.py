"""The form in which experts say who they are: applying with it, taking up an invitation with it. It loses no word."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app import names
from app.errors import Conflict, Invalid, PortalError
from app.forms import AFFILIATION_LENGTH, BIOGRAPHY_LENGTH, ApplicationForm, read
from app.models import Account, ExpertApplication, Invitation
from app.permissions import may_apply
from app.services import applications, invitations
from app.web import refusals
from app.web.pages import Render, see_other, text_of, texts_of

APPLY = "/experts/apply"
INVITATION = "/experts/invitation"
LONGEST_TOKEN = 100
_TEXTS = ("field", "affiliation", "country", "biography", "links", "orcid")


def read_values(posted: FormData) -> dict[str, Any]:
    """The posted fields as they were typed; links are the lines of one text."""
    texts = {name: text_of(posted, name) for name in _TEXTS}
    return {**texts, "languages": texts_of(posted, "languages")}


def read_token(posted: FormData) -> str:
    return text_of(posted, "token")[:LONGEST_TOKEN]


def read_form(session: Session, values: dict[str, Any]) -> ApplicationForm:
    """The form in these values. Raises Invalid with all that is wrong, also with the field of expertise."""
    links = [line.strip() for line in values["links"].splitlines() if line.strip()]
    field, errors = values["field"] or None, []
    try:
        applications.require_known_field(session, field, needed=True)
    except Invalid as error:
        errors += error.errors
    try:
        form = read(ApplicationForm, {**values, "field": field, "links": links})
    except Invalid as error:
        errors += error.errors
    if errors:
        raise Invalid(errors)
    return form


def application_page(
    render: Render,
    session: Session,
    actor: Account,
    values: dict[str, Any] | None = None,
    *,
    error: Invalid | Conflict | None = None,
    kept: bool = False,
) -> Response:
    """What has become of the person's application, and the form, filled with the values or with the last application."""
    history = applications.history(session, actor)
    latest = history[0] if history else None
    return render(
        "experts/apply.html",
        latest=latest,
        current=next((one for one in history if one.is_current), None),
        shows_form=values is not None or latest is None or not latest.is_pending,
        kept=kept,
        **_form_values(values or _values_of(latest), error),
    )


def invitation_page(
    render: Render,
    session: Session,
    actor: Account,
    invitation: Invitation,
    token: str,
    values: dict[str, Any] | None = None,
    *,
    error: Conflict | Invalid | None = None,
    kept: bool = False,
) -> Response:
    """The form for someone invited, filled with the values or with what is known."""
    if values is None:
        history = applications.history(session, actor)
        values = _values_of(history[0] if history else None)
        values["field"] = values["field"] or invitation.field_code or ""
    return render(
        "experts/invitation.html",
        token=token,
        sign_in_href=None,
        kept=kept,
        **_form_values(values, error),
    )


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what had been typed; not for somebody whom it is not for."""
    values, token = read_values(posted), read_token(posted)
    if path == APPLY and may_apply(actor):
        return application_page(render, session, actor, values, kept=True)
    try:
        found = invitations.find(session, actor, token)
    except PortalError:
        return see_other("/", "sign_in.done")
    return invitation_page(render, session, actor, found, token, values, kept=True)


def _values_of(application: ExpertApplication | None) -> dict[str, Any]:
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


def _form_values(values: dict[str, Any], error: PortalError | None) -> dict[str, Any]:
    """What templates/experts/fields.html needs, in the reader's language."""
    chosen = values["languages"]
    # The chosen languages first: the others are many, and lie below the edge of their box.
    languages = sorted(names.languages().items(), key=lambda item: item[0] not in chosen)
    return {
        "values": values,
        **refusals.shown(error),
        "countries": list(names.countries().items()),
        "languages": [(code, name, None) for code, name in languages],
        "limits": {"affiliation": AFFILIATION_LENGTH, "biography": BIOGRAPHY_LENGTH},
    }
