"""Attachments: photos and PDFs of proposals. Their author adds and removes them while nobody else reads the proposal.

What waits for moderators or is public keeps the files that it was submitted with, so that what moderators have seen is
what everybody sees. Whoever sees the proposal sees its files, and nobody else does.
"""

from sqlmodel import Session, col, func, select

from app.database import now
from app.errors import Conflict, NotFound, NotSignedIn
from app.lifecycle import FILES_CHANGEABLE
from app.models import Account, Attachment, Proposal
from app.permissions import may_edit_proposal, require
from app.services import accounts, limits, proposals, stored_files, uploads
from app.services.limits import Limit
from app.services.uploads import MEGABYTE, Made, Upload
from app.settings import Settings

MOST = 6
LARGEST_TOGETHER = 20 * MEGABYTE


def of(session: Session, proposal: Proposal) -> list[Attachment]:
    """The files of a proposal that the caller may see, in the order in which they were added."""
    query = select(Attachment).where(Attachment.proposal_id == proposal.id)
    return list(session.exec(query.order_by(col(Attachment.number))).all())


def get(session: Session, proposal: Proposal, number: int) -> Attachment:
    """One file of a proposal that the caller may see. Raises NotFound."""
    query = select(Attachment).where(Attachment.proposal_id == proposal.id)
    found = session.exec(query.where(Attachment.number == number)).first()
    if found is None:
        raise NotFound
    return found


def add(
    session: Session, settings: Settings, actor: Account, proposal_id: int, upload: Upload
) -> Attachment:
    """Add a file to the actor's own draft.

    Raises NotFound, Forbidden, Conflict where files cannot be changed or are too many, TooLarge, Invalid for a file that
    is not taken or not described, TooMany, Unavailable, NotSignedIn if the account is being deleted.
    """
    proposal = _changeable(session, actor, proposal_id)
    _require_room(session, proposal)
    given = uploads.check(upload)
    limit = Limit("upload", settings.uploads_per_day, 24 * 3600, "limit.uploads")
    # Ends the transaction: while a picture is drawn, which may take seconds, nothing is locked.
    limits.count(session, settings, limit, str(actor.id))
    made = uploads.make(given)
    if accounts.hold(session, actor.id) is None:
        raise NotSignedIn
    session.expire(proposal)
    proposal = _changeable(session, actor, proposal_id, lock=True)
    _require_room(session, proposal, len(made.content))
    proposal.updated_at = now()
    return keep(session, proposal, made)


def keep(session: Session, proposal: Proposal, made: Made) -> Attachment:
    """Store a file as the next of a proposal whose row the caller has locked."""
    highest = select(func.max(Attachment.number)).where(Attachment.proposal_id == proposal.id)
    stored_files.store(session, [one for one in (made.content, made.preview) if one is not None])
    row = Attachment(
        proposal_id=proposal.id,
        number=(session.exec(highest).one() or 0) + 1,
        kind=made.kind,
        sha256=stored_files.digest(made.content),
        preview_sha256=stored_files.digest(made.preview) if made.preview is not None else None,
        size=len(made.content),
        width=made.width,
        height=made.height,
        name=made.name,
        description=made.description,
    )
    session.add(row)
    session.flush()
    return row


def remove(session: Session, actor: Account, proposal_id: int, number: int) -> None:
    """Remove a file from the actor's own draft; its bytes are erased with it. Raises NotFound, Forbidden, Conflict."""
    proposal = _changeable(session, actor, proposal_id, lock=True)
    row = get(session, proposal, number)
    session.delete(row)
    session.flush()
    proposal.updated_at = now()
    stored_files.erase_unused(session, [row.sha256, row.preview_sha256])


def keys_of(session: Session, proposals_: list[int]) -> list[str | None]:
    """What the files of some proposals are stored under, for whoever is about to remove those."""
    query = select(Attachment).where(col(Attachment.proposal_id).in_(proposals_))
    return [key for row in session.exec(query) for key in (row.sha256, row.preview_sha256)]


def of_author(session: Session, account: Account) -> list[Attachment]:
    """All files of a person's proposals."""
    query = select(Attachment).join(Proposal, col(Proposal.id) == Attachment.proposal_id)
    query = query.where(Proposal.author_id == account.id)
    return list(session.exec(query.order_by(col(Proposal.id), col(Attachment.number))).all())


def _changeable(session: Session, actor: Account, proposal_id: int, *, lock: bool = False) -> Proposal:  # fmt: skip
    """The actor's own proposal while its files may be changed. Raises NotFound, Forbidden, Conflict."""
    proposal = proposals.get_visible(session, actor, proposal_id, lock=lock)
    require(may_edit_proposal(actor, proposal), actor)
    if proposal.status not in FILES_CHANGEABLE:
        raise Conflict("attachment.locked")
    return proposal


def _require_room(session: Session, proposal: Proposal, size: int = 0) -> None:
    """Raise Conflict where one more file of this size is too much."""
    found = of(session, proposal)
    if len(found) >= MOST:
        raise Conflict("attachment.too_many", most=MOST)
    if sum(row.size for row in found) + size > LARGEST_TOGETHER:
        raise Conflict("attachment.too_much", most=LARGEST_TOGETHER // MEGABYTE)
