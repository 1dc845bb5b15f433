"""The development mailbox: every email the portal would have sent. It exists only in development, and for this machine.

Whoever reads it can sign in as anybody; a development server that listens to a whole network keeps it to itself.
"""

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from app.addresses import is_this_machine
from app.dependencies import SessionDep
from app.errors import NotFound
from app.forms import LARGEST_ID
from app.services import outbox
from app.web.pages import RenderDep, new_router

router = new_router()


def require_this_machine(request: Request) -> None:
    """Raises NotFound for requests from elsewhere."""
    if request.client is None or not is_this_machine(request.client.host):
        raise NotFound


HERE = [Depends(require_this_machine)]


@router.get("/dev/mailbox", dependencies=HERE)
def mailbox(session: SessionDep, render: RenderDep) -> Response:
    return render("mailbox/list.html", emails=outbox.newest(session))


@router.get("/dev/mailbox/{email_id:int}", dependencies=HERE)
def email(
    email_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], session: SessionDep, render: RenderDep
) -> Response:
    return render("mailbox/show.html", email=outbox.get(session, email_id))
