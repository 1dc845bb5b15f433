"""The development mailbox: every email the portal would have sent. It exists only in development."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from app.dependencies import SessionDep
from app.forms import LARGEST_ID
from app.services import outbox
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/dev/mailbox")
def mailbox(session: SessionDep, render: RenderDep) -> Response:
    return render("mailbox/list.html", emails=outbox.newest(session))


@router.get("/dev/mailbox/{email_id:int}")
def email(
    email_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], session: SessionDep, render: RenderDep
) -> Response:
    return render("mailbox/show.html", email=outbox.get(session, email_id))
