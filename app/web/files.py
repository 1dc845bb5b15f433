"""Photos and PDFs of proposals: served to whoever sees the proposal, added and removed by its author on a page of their own."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Path, Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import (
    BrowserActor,
    SessionDep,
    SettingsDep,
    SignedIn,
    Uploaded,
)
from app.errors import Conflict, Invalid, NotFound, PortalError, TooLarge, TooMany, Unavailable
from app.forms import ALT_LENGTH, LARGEST_ID
from app.lifecycle import FILES_CHANGEABLE
from app.models import Account, Attachment, AttachmentKind, Proposal
from app.models.attachments import TAG_LENGTH
from app.permissions import may_edit_proposal, require
from app.services import attachments, proposals, stored_files, uploads
from app.web import refusals
from app.web.pages import Render, RenderDep, new_router, see_other
from app.web.proposals import ProposalId

router = new_router()
PAGE = "/proposals/{proposal_id:int}/files"
ONE = f"{PAGE}/{{number:int}}"
FileNumber = Annotated[int, Path(ge=1, le=LARGEST_ID)]
# Whatever a browser makes of it, it runs nothing and loads nothing.
POLICY = "sandbox; default-src 'none'"
# Browsers keep what they have shown for a year; what stands between them and us must ask again after some minutes,
# because a proposal can be hidden.
KEPT = "public, max-age=31536000, s-maxage=300, immutable"


@router.get(ONE)
def show(
    proposal_id: ProposalId, number: FileNumber, request: Request, session: SessionDep, actor: BrowserActor
) -> Response:  # fmt: skip
    proposal = proposals.get_visible(session, actor, proposal_id)
    row = attachments.get(session, proposal, number)
    return _sent(request, session, proposal, row, row.sha256)


@router.get(f"{ONE}/preview")
def show_preview(
    proposal_id: ProposalId, number: FileNumber, request: Request, session: SessionDep, actor: BrowserActor
) -> Response:  # fmt: skip
    proposal = proposals.get_visible(session, actor, proposal_id)
    row = attachments.get(session, proposal, number)
    if row.preview_sha256 is None:
        raise NotFound
    return _sent(request, session, proposal, row, row.preview_sha256)


def _sent(
    request: Request, session: Session, proposal: Proposal, row: Attachment, sha256: str
) -> Response:
    """The bytes, which only sit there: photos are shown, documents saved."""
    tag = f'"{sha256}"'
    headers = {
        "Cache-Control": _caching(request, proposal, sha256),
        "Content-Security-Policy": POLICY,
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kind = "image/webp"
    if row.kind is AttachmentKind.PDF:
        kind = "application/pdf"
        plain = f"{proposal.ref}-{row.number}.pdf"
        headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name, safe='')}"  # fmt: skip
    return Response(stored_files.read(session, sha256), media_type=kind, headers=headers)


def _caching(request: Request, proposal: Proposal, sha256: str) -> str:
    """How long who may keep it: for long only under an address that changes with the content."""
    if not proposal.is_public:
        return "private, no-cache"
    return KEPT if request.query_params.get("v") == sha256[:TAG_LENGTH] else "public, no-cache"


@router.get(PAGE)
def manage(
    proposal_id: ProposalId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    proposal = proposals.get_visible(session, actor, proposal_id)
    return _page(render, session, actor, proposal)


@router.post(PAGE)
def add(
    proposal_id: ProposalId,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    upload: Uploaded,
    render: RenderDep,
) -> Response:
    try:
        row = attachments.add(session, settings, actor, proposal_id, upload)
    except (Conflict, Invalid, TooLarge, TooMany, Unavailable) as error:
        proposal = proposals.get_visible(session, actor, proposal_id)
        return _page(render, session, actor, proposal, upload.description, error)
    return see_other(f"/proposals/{row.proposal_id}/files", "file.added")


@router.post(f"{ONE}/remove")
def remove(
    proposal_id: ProposalId, number: FileNumber, session: SessionDep, actor: SignedIn
) -> Response:
    attachments.remove(session, actor, proposal_id, number)
    return see_other(f"/proposals/{proposal_id}/files", "file.removed")


def _page(
    render: Render, session: Session, actor: Account, proposal: Proposal, description: str = "", error: PortalError | None = None
) -> Response:  # fmt: skip
    require(may_edit_proposal(actor, proposal), actor)
    return render(
        "proposals/files.html",
        proposal=proposal,
        files=attachments.of(session, proposal),
        is_changeable=proposal.status in FILES_CHANGEABLE,
        description=description,
        **refusals.shown(error),
        most=attachments.MOST,
        limits={"description": ALT_LENGTH, "file": uploads.LARGEST // uploads.MEGABYTE, "together": attachments.LARGEST_TOGETHER // uploads.MEGABYTE},
    )  # fmt: skip
