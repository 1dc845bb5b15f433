"""The page on personal data, made from the one list in app/privacy.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, session_cookie
from app.edge import LANGUAGE_COOKIE, LANGUAGE_KEPT
from app.i18n import N_, format_period, translate
from app.privacy import ENTRIES, PRIVACY_VERSION
from app.services import cities
from app.settings import Settings
from app.web.pages import NOTICE_COOKIE, NOTICE_KEPT, RenderDep, new_router

router = new_router()


@dataclass(frozen=True)
class Cookie:
    """A cookie that the portal sets."""

    name: str
    what: str
    kept: str


def _cookies(settings: Settings) -> list[Cookie]:
    found = (
        (session_cookie(settings), N_("Keeps you signed in."), timedelta(days=settings.session_days)),
        (LANGUAGE_COOKIE, N_("Remembers the language you chose."), LANGUAGE_KEPT),
        (NOTICE_COOKIE, N_("Carries one sentence to the next page, such as “Your vote has been counted”."), NOTICE_KEPT),
    )  # fmt: skip
    return [Cookie(name, translate(what), format_period(kept)) for name, what, kept in found]


@router.get("/privacy")
def privacy(session: SessionDep, settings: SettingsDep, render: RenderDep) -> Response:
    cities.catalogue(session)
    return render(
        "privacy.html",
        version=datetime.fromisoformat(f"{PRIVACY_VERSION}T12:00Z"),
        entries=[(entry, entry.how_long_in_words(settings)) for entry in ENTRIES],
        cookies=_cookies(settings),
        contact=settings.privacy_contact,
    )
