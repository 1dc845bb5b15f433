"""How the portal works, and the moderation policy."""

from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep
from app.permissions import may_apply
from app.services import cities
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/about")
def about(actor: BrowserActor, render: RenderDep) -> Response:
    return render("about.html", may_apply=actor is None or may_apply(actor))


@router.get("/policy")
def policy(session: SessionDep, render: RenderDep) -> Response:
    reasons = cities.catalogue(session).reasons.values()
    return render("policy.html", reasons=list(reasons))
