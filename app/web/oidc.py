"""Signing in with a provider of OpenID Connect, or connecting one's identity there to an account.

The provider sends the visitor back with GET, which changes nothing here: what it said goes into a signed cookie of this
browser, and a page asks for one click. It counts once and for minutes, however long the cookie is kept.
"""

from datetime import timedelta
from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from app import oidc
from app.database import now
from app.dependencies import BrowserActor, SessionDep, SettingsDep, VisitorDep
from app.errors import BadRequest, Conflict, Invalid, NotFound
from app.forms import EmailForm, read
from app.i18n import localised
from app.models import Account
from app.security import new_token
from app.services import identities, limits
from app.services.admission import Proof
from app.services.identities import Claim
from app.settings import OidcProvider, Settings
from app.web.admission import Entrance, enter
from app.web.pages import RenderDep, new_router, see_other
from app.web.sessions import ARRIVAL, ARRIVAL_SECONDS, safe_next

router = new_router()
NEXT = "next"
PAGE = "/sign-in/identity"
LONGEST_KEPT = 600  # Bytes of the way on in a cookie, which browsers drop beyond 4 KB.


def _provider(settings: Settings, code: str) -> OidcProvider:
    provider = settings.oidc_provider(code)
    if provider is None:
        raise NotFound
    return provider


@router.get("/sign-in/with/{code}")
async def begin(code: str, request: Request, settings: SettingsDep) -> Response:
    """Go to the provider, and come back to where `next` says."""
    provider = _provider(settings, code)
    request.session.pop(ARRIVAL, None)
    target = safe_next(request.query_params.get("next", "/"))
    request.session[NEXT] = target if len(target.encode()) <= LONGEST_KEPT else "/"
    return await oidc.begin(request, settings, provider)


@router.get("/sign-in/with/{code}/callback")
async def come_back(code: str, request: Request, settings: SettingsDep) -> Response:
    """Where the provider sends the visitor back to."""
    provider = _provider(settings, code)
    person = await oidc.finish(request, provider)
    trusted = provider.email_is_trusted and person.email_is_verified
    claimed = identities.claim(
        settings, code, provider.issuer, person.subject, vouches=provider.vouches
    )
    request.session[ARRIVAL] = {
        "id": new_token(),
        "until": (now() + timedelta(seconds=ARRIVAL_SECONDS)).timestamp(),
        "code": code,
        "subject_hash": claimed.subject_hash,
        "name": person.name[:120],
        "email": _address(person.email) if trusted else "",
        "next": request.session.pop(NEXT, "/"),
    }
    return RedirectResponse(PAGE, 303)


def _address(email: str) -> str:
    """The address as people type it here, or nothing if it does not look like one."""
    try:
        return str(read(EmailForm, {"email": email}).email)
    except Invalid:
        return ""


def _arrival(request: Request, settings: Settings) -> tuple[dict[str, Any], OidcProvider, Claim]:
    """Who came back from which provider in this browser. Raises BadRequest if nobody did."""
    arrival = request.session.get(ARRIVAL)
    provider = settings.oidc_provider(arrival["code"]) if arrival else None
    if arrival is None or provider is None or arrival["until"] <= now().timestamp():
        raise BadRequest("identity.none")
    return arrival, provider, Claim(provider.code, arrival["subject_hash"], provider.vouches)


@router.get(PAGE)
def show(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    """What the one click will do."""
    arrival, provider, claimed = _arrival(request, settings)
    owner = identities.find_owner(session, claimed)
    answer = render(
        "sign_in/identity.html",
        provider=localised(provider.names),
        code=provider.code,
        name=arrival["name"],
        email=arrival["email"],
        owner=owner,
        is_taken=actor is not None and owner is not None and owner.id != actor.id,
        next_page=PAGE,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(PAGE)
def confirm(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
    visitor: VisitorDep,
) -> Response:
    """Sign in as the one whom the provider named, or connect that identity to the account one is signed in to."""
    arrival, _, claimed = _arrival(request, settings)
    if not limits.use_once(session, settings, "arrival", arrival["id"], ARRIVAL_SECONDS):
        raise BadRequest("identity.none")
    target = safe_next(arrival["next"])
    if actor is not None:
        identities.attach(session, settings, actor, claimed)
        answer = see_other("/account/identity" if target == "/" else target, "identity.added")
    else:
        entrance = Entrance(request, session, settings, visitor, target)
        answer = enter(entrance, _proof(session, arrival["email"], claimed))
    request.session.pop(ARRIVAL)
    return answer


def _proof(session: Session, email: str, claimed: Claim) -> Proof:
    owner: Account | None = identities.find_owner(session, claimed)
    if owner is not None and owner.email is not None:
        return Proof(owner.email, claimed)
    if not email:
        raise Conflict("identity.email_first")
    return Proof(email, claimed)
