"""Who one is: the identities connected to one's account, and the ways to have it confirmed."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, VisitorDep
from app.errors import BadRequest, Conflict, Invalid, NotFound, PortalError, TooMany
from app.i18n import localised, translate
from app.models import DESK, PHONE, Account, Identity
from app.services import identities, phones
from app.settings import Settings
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of

router = new_router()
PAGE = "/account/identity"


@dataclass(frozen=True)
class Known:
    """A connected identity and what it is called."""

    identity: Identity
    label: str


def known_identities(session: Session, settings: Settings, account: Account) -> list[Known]:
    """What an account is known by, with names."""
    found = identities.of_account(session, account)
    return [Known(one, _label(settings, one.provider)) for one in found]


def _label(settings: Settings, code: str) -> str:
    provider = settings.oidc_provider(code)
    if provider is not None:
        return localised(provider.names)
    named = {PHONE: translate("Phone number"), DESK: translate("Document shown to the city's staff")}  # fmt: skip
    return named.get(code, code)


def _page(
    render: Render, session: Session, settings: Settings, actor: Account, *, error: PortalError | None = None, **values: Any
) -> Response:  # fmt: skip
    known = known_identities(session, settings, actor)
    codes = {one.identity.provider for one in known}
    page = {
        "level": identities.level_of(session, actor),
        "known": known,
        "offers": [(one.code, localised(one.names)) for one in settings.oidc_providers if one.code not in codes],
        "phone_offered": phones.are_possible(settings) and PHONE not in codes,
        "phone": "",
        "error": refusals.first_sentence(error) if error else None,
        "code_sent": False,
    }  # fmt: skip
    return render("account/identity.html", **(refusals.shown(error) | page | values))


@router.get(PAGE)
def show(session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep) -> Response:  # fmt: skip
    return _page(render, session, settings, actor)


@router.post(f"{PAGE}/phone")
def send_phone_code(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
    visitor: VisitorDep,
) -> Response:
    """Send a code to the number; the page then asks for it."""
    _require_phones(settings)
    typed = text_of(posted, "phone")
    try:
        number = phones.read_number(session, settings, typed)
        phones.request_code(session, settings, visitor, actor, number)
    except (Invalid, TooMany) as error:
        return _page(render, session, settings, actor, error=error, phone=typed)
    return _page(render, session, settings, actor, phone=number, code_sent=True)


@router.post(f"{PAGE}/phone/code")
def redeem_phone_code(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    _require_phones(settings)
    try:
        phones.redeem_code(session, settings, actor, text_of(posted, "code"))
    except (BadRequest, Conflict) as error:
        typed = text_of(posted, "phone")
        return _page(render, session, settings, actor, error=error, phone=typed, code_sent=True)
    return see_other(PAGE, "phone.confirmed")


def _require_phones(settings: Settings) -> None:
    if not phones.are_possible(settings):
        raise NotFound


@router.post(f"{PAGE}/remove")
def remove(posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    """Stop signing in with an identity that does not vouch for the person."""
    identities.remove(session, actor, number_of(text_of(posted, "identity")) or 0)
    return see_other(PAGE, "identity.removed")
