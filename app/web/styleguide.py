"""The style guide: every token of static/portal.css and every macro of components.html in every state, made from the
stylesheet and the macros themselves, so that it shows what is and not what was once. It exists only in development.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from starlette.responses import Response

from app.database import now
from app.dependencies import SessionDep
from app.labels import status_label
from app.models import Status
from app.services import cities
from app.settings import ROOT
from app.web.cards import Card, CoAuthorName, place_text
from app.web.pages import RenderDep, asset, new_router
from app.web.writing_guide import Advice

router = new_router()
LONG = "Người cao tuổi, trẻ em và người khuyết tật được nghiêng mình nghỉ dưới bóng những hàng cây cổ thụ ven đường, " * 3  # fmt: skip
LONG_WORD = "Khôngđượcxuốngdòng" * 6
# Tokens by what their names begin with; the rest are colours.
TYPE, SPACE = ("step-", "heading", "text"), ("space-", "radius", "measure", "target", "shadow")
# What the mouse and the keyboard do, as classes, so that it can be looked at.
SHOWN = {":hover": ".shown-hover", ":focus-visible": ".shown-focus"}


@dataclass(frozen=True)
class Token:
    """A custom property of the stylesheet, by day and, where it is another then, by night."""

    name: str
    day: str
    night: str | None

    @property
    def kind(self) -> str:
        if self.name.startswith(TYPE):
            return "type"
        return "space" if self.name.startswith(SPACE) else "colour"


def _stylesheet() -> str:
    text = (ROOT / "static" / "portal.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def tokens() -> list[Token]:
    """The tokens in the order of the stylesheet."""
    day, night = (dict(re.findall(r"--([\w-]+):\s*([^;]+);", block)) for block in _roots())
    return [Token(name, value, night.get(name)) for name, value in day.items()]


def _roots() -> tuple[str, str]:
    """What stands in `:root` by day and by night; what comes later serves older browsers or paper."""
    day, night, *_ = re.findall(r":root\s*\{([^}]*)\}", _stylesheet())
    return day, night


@router.get("/styleguide")
def styleguide(session: SessionDep, render: RenderDep) -> Response:
    city = cities.catalogue(session)
    return render("styleguide.html", tokens=tokens(), **_samples(city))


@router.get("/styleguide.css")
def stylesheet() -> Response:
    """Swatches for the tokens, and the rules for mouse and keyboard once more as classes: no page has inline styles."""
    rules = [*_swatches(), *_states()]
    return Response("\n".join(rules), media_type="text/css", headers={"Cache-Control": "no-cache"})


def _swatches() -> Iterator[str]:
    for token in tokens():
        value = f"var(--{token.name})"
        if token.kind == "colour":
            colour = f"rgb({value})" if token.name.endswith("-ring") else value
            yield f".token-{token.name} {{ background: {colour}; }}"
        elif token.name.startswith("step-"):
            yield f".token-{token.name} {{ font-size: {value}; }}"
        elif token.kind == "type":
            yield f".token-{token.name} {{ font-family: {value}; }}"
        elif token.name in {"radius", "shadow"}:
            yield f".token-{token.name} {{ {'border-radius' if token.name == 'radius' else 'box-shadow'}: {value}; width: 8rem; height: 3rem; }}"
        else:
            yield f".token-{token.name} {{ width: {value}; max-width: 100%; height: 1rem; }}"


def _states() -> Iterator[str]:
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", _stylesheet()):
        for state, shown in SHOWN.items():
            if state in selector:
                yield f"{selector.replace(state, shown).strip()} {{{body}}}"


def _samples(city: cities.Catalogue) -> dict[str, Any]:
    """What the macros are given: an ordinary thing, the longest, and the emptiest."""
    photo = SimpleNamespace(preview_path=asset("icon-192.png"), preview_size=(192, 192), description="Biểu tượng của cổng")  # fmt: skip
    document = SimpleNamespace(path="/styleguide", description="", name="du-toan.pdf", size=48_200)
    return {
        "plain_card": _card(city, "Ghế nghỉ ở bến xe", "Đặt ghế và trồng cây tại bến xe buýt.", "published"),
        "long_card": _card(city, LONG + LONG_WORD, LONG, "in_progress", experts=True),
        "empty_card": _card(city, "Ao", "", "draft"),
        "statuses": [(status.value, status_label(status)) for status in Status],
        "long": LONG,
        "advice": Advice(["Ai làm gì, ở đâu.", LONG], LONG),
        "options": [("a", "Phương án một", ""), ("b", LONG, LONG), ("c", "Phương án ba", "Có giải thích.")],
        "photo": photo,
        "documents": [document, SimpleNamespace(**{**vars(document), "description": LONG})],
    }  # fmt: skip


def _card(city: cities.Catalogue, title: str, summary: str, status: str, *, experts: bool = False) -> Card:  # fmt: skip
    is_public = status != "draft"
    return Card(
        id=1,
        ref="",
        url="/styleguide",
        title=title,
        summary=summary,
        language="vi",
        status=status,
        status_label=status_label(Status(status)),
        pillar=next(iter(city.pillars.values())) if is_public else None,
        place_text=place_text(city, list(city.wards)[:3] if experts else []),
        author_name="Nguyễn Thị Hà",
        author_is_expert=experts,
        author_url=None,
        co_authors=[CoAuthorName("Trần Minh", is_expert=True, url=None)] if experts else [],
        support_count=123_456 if experts else 1,
        oppose_count=7,
        comment_count=12 if experts else 0,
        allows_opposition=experts,
        assessment_score=4.5 if experts else None,
        published_at=now() if is_public else None,
        submitted_at=None,
    )
