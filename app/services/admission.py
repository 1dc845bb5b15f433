"""Admission: whoever has proved an address is let in to their account, or gets one after agreeing to the privacy notice.

Nothing of a newcomer is stored before that. What was proved travels in the form meanwhile, sealed, for minutes and once.
"""

import secrets
from dataclasses import dataclass

from sqlmodel import Session

from app import security
from app.errors import BadRequest, Forbidden
from app.forms import WelcomeForm
from app.i18n import language
from app.models import Account
from app.services import accounts, identities, limits, second_factors
from app.services.identities import Claim
from app.settings import Settings

PROOF_SECONDS = 15 * 60


@dataclass(frozen=True)
class Proof:
    """What a visitor has proved: that an address is theirs and, by a provider, who they are."""

    email: str
    claim: Claim | None = None


def find_account(session: Session, settings: Settings, proof: Proof) -> Account | None:
    """The account of the one who brings the proof, or None for a newcomer. Raises Forbidden for a banned one."""
    account = accounts.find_by_email(session, settings, proof.email)
    if account is not None and account.banned_at is not None:
        raise Forbidden("account.banned")
    return account


def recognise(session: Session, settings: Settings, proof: Proof) -> Account | None:
    """The account of the one who brings the proof and has nothing to agree to; the identity shown becomes the account's.

    None for those who must agree first. Raises Forbidden for a banned account, Conflict for another's identity.
    """
    account = find_account(session, settings, proof)
    if account is None or not accounts.has_agreed(account):
        return None
    _connect(session, settings, account, proof)
    return account


def seal(settings: Settings, proof: Proof) -> str:
    """The proof as it goes into a form."""
    claimed = proof.claim
    fields = [claimed.provider, claimed.subject_hash, claimed.vouches] if claimed else None
    value = [secrets.token_urlsafe(16), proof.email, fields]
    return security.seal(settings.secret_key, "proof", value)


def unseal(settings: Settings, sealed: str) -> tuple[str, Proof]:
    """The proof that comes back, and what names it. Raises BadRequest if it is too old or not ours."""
    try:
        name, email, fields = security.unseal(settings.secret_key, "proof", sealed, PROOF_SECONDS)
    except ValueError as error:
        raise BadRequest("sign_in.proof_expired") from error
    return name, Proof(email, Claim(*fields) if fields else None)


def admit(session: Session, settings: Settings, sealed: str, form: WelcomeForm) -> Account:
    """The account of the one who brings a proof and has agreed; a newcomer's is made, under the name given.

    Raises BadRequest for a proof used or too old, Forbidden for a banned account, Conflict for another's identity.
    """
    name, proof = unseal(settings, sealed)
    if not limits.use_once(session, settings, "proof", name, PROOF_SECONDS):
        raise BadRequest("sign_in.proof_expired")
    account = find_account(session, settings, proof)
    if account is None:
        # Who gives no name is shown as a resident, in each reader's language (labels.member_name).
        account = accounts.create(session, settings, proof.email, form.name, language=language.get())  # fmt: skip
    accounts.agree(session, account)
    _connect(session, settings, account, proof)
    return account


def _connect(session: Session, settings: Settings, account: Account, proof: Proof) -> None:
    """Make the identity that was shown the account's. Where there is a second factor, nothing changes before it is given:
    its owner can connect the identity afterwards, on the account's page.
    """
    if proof.claim is not None and not second_factors.enrolled(session, account):
        identities.attach(session, settings, account, proof.claim)
