"""Photos and PDFs of one's own drafts over JSON: added as a form with a file, and removed."""

from fastapi import Response

from app.api.routing import ProposalId, new_router
from app.api.schemas import AttachmentOut
from app.api.schemas.attachments import BODY
from app.dependencies import SessionDep, SettingsDep, TokenActor, Uploaded
from app.forms import Number
from app.services import attachments

router = new_router("Proposals")
PATH = "/proposals/{proposal_id}/attachments"


@router.post(PATH, status_code=201, openapi_extra=BODY)
def add(
    proposal_id: ProposalId,
    response: Response,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
    upload: Uploaded,
) -> AttachmentOut:
    """Add a photo or a PDF to one's own proposal while it is a draft or has been returned.

    Photos are drawn anew as WebP without what the camera noted, at most 2,048 pixels on a side.
    """
    row = attachments.add(session, settings, actor, proposal_id, upload)
    made = AttachmentOut.of(row, settings.base_url)
    response.headers["Location"] = made.url
    return made


@router.delete(f"{PATH}/{{number}}", status_code=204)
def remove(proposal_id: ProposalId, number: Number, session: SessionDep, actor: TokenActor) -> None:
    """Remove a file from one's own proposal while it is a draft or has been returned; it is erased."""
    attachments.remove(session, actor, proposal_id, number)
