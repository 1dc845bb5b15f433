"""The page on which staff read what has been set up or changed, by whom and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn, write_cursor
from app.i18n import LANGUAGES, N_, format_datetime, translate
from app.labels import field_label
from app.models import SetupEvent, SetupMatter, SetupStep
from app.services import cities, setup_events
from app.web.pages import RenderDep, new_router, page_cursor

router = new_router()
PATH = "/moderation/changes"
PAGE = 30
LISTING = "web-setup-events"
_SENTENCES = {
    (SetupMatter.CAMPAIGN, SetupStep.CREATED): N_("Campaign “%(title)s” set up"),
    (SetupMatter.CAMPAIGN, SetupStep.CHANGED): N_("Campaign “%(title)s” changed"),
    (SetupMatter.CAMPAIGN_RULES, SetupStep.CHANGED): N_("Rules of the campaign “%(title)s” changed"),
    (SetupMatter.CANNED_ANSWER, SetupStep.CREATED): N_("Canned answer “%(title)s” added"),
    (SetupMatter.CANNED_ANSWER, SetupStep.CHANGED): N_("Canned answer “%(title)s” changed"),
    (SetupMatter.CANNED_ANSWER, SetupStep.DISCARDED): N_("Canned answer “%(title)s” deleted"),
}  # fmt: skip

# What is switched on and off, in the words of the form that does it.
_SWITCHES = {
    "comments_premoderated": N_("Comments wait for a moderator before they appear"),
    "trusted_skip": N_("What trusted authors write appears at once"),
    "answer_on_recommendation": N_("A recommendation by the evaluators calls for an answer too"),
}


@router.get(PATH)
def show(
    request: Request, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    cursor = request.query_params.get("cursor")
    after = page_cursor(settings, LISTING, cursor)
    page = setup_events.listed(session, actor, PAGE, after)
    following = write_cursor(settings, LISTING, page.next_after)
    reasons = {code: one.name for code, one in cities.catalogue(session).reasons.items()}
    return render(
        "moderation/changes.html",
        events=[
            (event, who, _SENTENCES[event.matter, event.step], _fields(reasons, event))
            for event, who in page.items
        ],
        next_href=f"{PATH}?cursor={following}" if following else None,
        first_href=PATH if cursor else None,
    )


def _fields(reasons: Mapping[str, str], event: SetupEvent) -> list[tuple[str, str, str]]:
    """Each field that changed, with what stood there before and after."""
    found = []
    for name, (before, after) in event.changes.items():
        label = translate(_SWITCHES[name]) if name in _SWITCHES else field_label(name)
        found.append((label, _in_words(reasons, name, before), _in_words(reasons, name, after)))
    return found


def _in_words(reasons: Mapping[str, str], name: str, value: Any) -> str:
    """What stood in a field, in one line."""
    if value in (None, "", {}, []):
        return "–"
    if isinstance(value, bool):
        return translate(N_("yes")) if value else translate(N_("no"))
    if isinstance(value, dict):
        return "; ".join(f"{LANGUAGES.get(key, key)}: {_in_words(reasons, key, part)}" for key, part in value.items())  # fmt: skip
    if isinstance(value, list):
        return " · ".join(_in_words(reasons, name, part) for part in value)
    if name.endswith("_at"):
        return format_datetime(datetime.fromisoformat(value))
    return reasons.get(value, value) if name == "reason_code" else str(value)
