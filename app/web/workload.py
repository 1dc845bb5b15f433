"""The moderators' dashboard: what waits, and who decides how much."""

from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.services import workload
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/moderation/dashboard")
def show(
    session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    current = workload.current(session, settings, actor)
    targets = {one.kind: settings.target_hours(one.kind) for one in current.waiting}
    return render("moderation/dashboard.html", workload=current, targets=targets)
