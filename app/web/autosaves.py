"""Autosave: what the form's script sends while somebody types, answered in JSON. The same services as for the button.

Only drafts that have never been handed in are saved so: each save takes the place of the last one, and nobody else reads
it. Of all other texts the script keeps a copy in the browser alone.
"""

from typing import Any

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from app.database import now
from app.errors import Conflict, Invalid, PortalError, TooMany
from app.forms import DraftForm, read
from app.i18n import N_, format_time, translate
from app.labels import status_label
from app.models import Account, Proposal
from app.services import premoderation, proposals
from app.settings import Settings
from app.web import refusals

ACTION = "autosave"


def create(session: Session, actor: Account, values: dict[str, Any]) -> Response:
    """Begin a draft with these values, or say what is wrong with them."""
    try:
        with session.begin_nested():
            return _saved(proposals.create(session, actor, read(DraftForm, values)))
    except (Invalid, Conflict) as error:
        return _refused(error)


def save(
    session: Session, settings: Settings, actor: Account, proposal: Proposal, values: dict[str, Any], seen: str
) -> Response:  # fmt: skip
    """Save a draft whose text was the one with the mark `seen`; nothing is overwritten that somebody else wrote since."""
    try:
        if not proposals.is_unseen_draft(proposal):
            raise Conflict("proposal.locked", status=status_label(proposal.status))
        proposal = proposals.get_editable(session, settings, actor, proposal.id)
        proposals.require_text(proposal, seen)
        with session.begin_nested():
            premoderation.edit(session, settings, actor, proposal, values)
        return _saved(proposal)
    except (Invalid, Conflict, TooMany) as error:
        return _refused(error)


def _saved(proposal: Proposal) -> Response:
    sentence = translate(N_("Saved at %(time)s"), time=format_time(now()))
    return JSONResponse(
        {
            "sentence": sentence,
            "action": f"/proposals/{proposal.id}/edit",
            "revision": proposal.revision,
            "text_version": proposals.text_version(proposal),
        }
    )


def _refused(error: PortalError) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return JSONResponse({"sentence": refusals.first_sentence(error)}, error.status, headers)
