"""How the portal works, and the moderation policy."""

from starlette.responses import Response

from app.dependencies import SessionDep
from app.services import cities
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/about")
def about(session: SessionDep, render: RenderDep) -> Response:
    cities.catalogue(session)
    return render("about.html")


@router.get("/policy")
def policy(session: SessionDep, render: RenderDep) -> Response:
    reasons = cities.catalogue(session).reasons.values()
    return render("policy.html", reasons=list(reasons))
