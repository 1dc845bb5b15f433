"""Installed and offline: the manifest, the worker that keeps the last public pages read, and the page for the others.

The worker itself is static/service-worker.js. It comes from the root, because it may only answer for what lies below
its own address; before it stands what it must know.
"""

import json
import re
from functools import lru_cache
from typing import Any

from starlette.responses import Response

from app import i18n
from app.dependencies import SessionDep
from app.i18n import N_
from app.services import cities
from app.settings import ROOT
from app.web.pages import RenderDep, asset, new_router, theme_address

router = new_router()
# The pages that may be kept: the same for everybody, nothing of one person's, no address that is a key to something.
KEPT = re.compile(
    r"^/(|about|policy|privacy|pictures|open-data|open-data/problems|moderation-record|assessments/map"
    r"|proposals(/\d+(-[^/]*|/assessment|/comments(/\d+)?|/revisions/\d+)?)?"
    r"|campaigns(/\d+(-[^/]*)?)?|answers(/waiting|/overdue)?|experts(/\d+)?)$",
    re.ASCII,
)
FONTS = ("latin", "vietnamese")
NOTE = N_("You are offline. This page is as you read it on %(moment)s and may have changed since.")
READ = N_("Pages you have read, which can be opened now")
PAPER = "#fbf8f2"  # --paper of static/portal.css


@router.get("/manifest.webmanifest")
def manifest(session: SessionDep) -> Response:
    """What a browser must know to install the portal, in the reader's language and the city's colours."""
    city = cities.catalogue(session)
    values: dict[str, Any] = {
        "id": "/",
        "name": city.portal_name,
        "short_name": city.name,
        "description": city.say("lead"),
        "lang": i18n.language.get(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "display_override": ["minimal-ui", "standalone"],
        "theme_color": city.colours["light"].get("brand", PAPER),
        "background_color": PAPER,
        "icons": [
            {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            _icon("icon-192.png", 192, "any"),
            _icon("icon-512.png", 512, "any"),
            _icon("icon-maskable-512.png", 512, "maskable"),
        ],
    }
    return Response(json.dumps(values, ensure_ascii=False), media_type="application/manifest+json")


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": asset(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@router.get("/service-worker.js")
def worker(session: SessionDep) -> Response:
    """The worker; browsers ask for it anew at each visit, and take up a changed one."""
    files = [
        asset("portal.css"),
        theme_address(cities.find_catalogue(session)),
        asset("portal.js"),
        asset("icon.svg"),
        *(f"/static/fonts/be-vietnam-pro-{part}-600-normal.woff2" for part in FONTS),
        *(f"/offline?lang={code}" for code in i18n.LANGUAGES),
    ]
    known = {"kept": KEPT.pattern, "files": files, "words": {code: _words(code) for code in i18n.LANGUAGES}}  # fmt: skip
    text = f"const PORTAL = {json.dumps(known, ensure_ascii=False)};\n{_source()}"
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@lru_cache
def _source() -> str:
    return (ROOT / "static" / "service-worker.js").read_text(encoding="utf-8")


def _words(code: str) -> dict[str, str]:
    """The worker's sentences in a language; it fills in the moment itself, in the reader's time."""
    return {"note": i18n.translate_to(code, NOTE), "read": i18n.translate_to(code, READ)}


@router.get("/offline")
def offline(render: RenderDep) -> Response:
    """What is shown without a network for a page that has not been read."""
    return render("offline.html")
