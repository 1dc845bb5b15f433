"""Reporting a text: the reader's form. What was typed survives a refusal and a new sign-in."""

from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany
from app.forms import REPORT_LENGTH, ReportForm, read
from app.models import Account, Reportable
from app.services import reports
from app.services.reportables import KINDS, Text
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of
from app.web.proposals import ProposalId

router = new_router()
PROPOSAL = "/proposals/{proposal_id:int}/report"


def _page(
    render: Render, session: Session, actor: Account, text: Text, values: dict[str, Any], error: PortalError | None = None, *, kept: bool = False
) -> Response:  # fmt: skip
    return render(
        "proposals/report.html",
        status=error.status if error else 200,
        text=text,
        made=reports.made(session, actor, text),
        values=values,
        errors=refusals.sentences(error),
        error_list=refusals.lines(error),
        refusal=refusals.sentence(error),
        limit=REPORT_LENGTH,
        kept=kept,
    )


def _values(posted: FormData) -> dict[str, Any]:
    return {"reason_code": text_of(posted, "reason_code"), "words": text_of(posted, "words")}


@router.get(PROPOSAL)
def form(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    text = KINDS[Reportable.PROPOSAL].get(session, actor, proposal_id, False)
    reports.require_reportable(actor, text)
    return _page(render, session, actor, text, {})


@router.post(PROPOSAL)
def send(
    proposal_id: ProposalId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    target, values = Reportable.PROPOSAL, _values(posted)
    reports.require_reportable(actor, KINDS[target].get(session, actor, proposal_id, False))
    try:
        reports.send(session, settings, actor, target, proposal_id, read(ReportForm, values))
    except (Conflict, Invalid, TooMany) as error:
        text = KINDS[target].get(session, actor, proposal_id, False)
        return _page(render, session, actor, text, values, error)
    text = KINDS[target].get(session, actor, proposal_id, False)
    return see_other(text.path, "report.sent")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what had been typed; not for whom it turns out not to be."""
    number = number_of(path.split("/")[2]) or 0
    try:
        text = KINDS[Reportable.PROPOSAL].get(session, actor, number, False)
        reports.require_reportable(actor, text)
    except (NotFound, Forbidden, Conflict):
        return see_other("/", "sign_in.done")
    return _page(render, session, actor, text, _values(posted), kept=True)
