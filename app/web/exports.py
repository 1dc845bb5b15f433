"""Downloading one's own data: asked for on the account page, and given to the browser that asked."""

from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedInLogin
from app.services import exports
from app.web.pages import new_router, see_other

router = new_router()
YOUR_DATA = "/account#your-data"


@router.post("/account/export")
def ask(session: SessionDep, settings: SettingsDep, login: SignedInLogin) -> Response:
    exports.ask(session, settings, login.account, login.row)
    return see_other(YOUR_DATA, "export.asked")


@router.get("/account/export/{export_id:int}")
def download(export_id: int, session: SessionDep, login: SignedInLogin) -> Response:
    content = exports.content_for(session, login.row, export_id)
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.zip"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)
