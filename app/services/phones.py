"""Phone numbers: a code by text message shows that a number is somebody's, and the number vouches for the person.

Of the number only a keyed hash is kept. Five wrong tries lock a code; limits hold for the account and for the number.
"""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from sqlalchemy import update
from sqlmodel import Session, select

from app import emails, security
from app.addresses import host_of, masked, network_of
from app.database import insert_or_update, now, table_of
from app.errors import BadRequest, Conflict, FieldError, Invalid, NotSignedIn
from app.i18n import N_
from app.models import PHONE, Account, Channel, Email, PhoneCode
from app.privacy import PHONE_CODES_KEPT
from app.services import accounts, cities, identities, limits
from app.services.limits import Limit
from app.services.sign_in import Visitor
from app.settings import Settings

MOST_WRONG_TRIES = 5
LONGEST_NUMBER = 40
_DAY = 24 * 3600
_FOR_ACCOUNT = Limit("phone codes of an account", 5, _DAY, "limit.phone")
_FROM_HOST = Limit("phone codes from a host", 10, _DAY, "limit.phone")
_FROM_NETWORK = Limit("phone codes from a network", 100, _DAY, "limit.phone")
# First for the place a request comes from, so that nobody's number can be blocked from one other place.
_FOR_NUMBER_HERE = Limit("phone codes to a number from a network", 3, _DAY, "limit.phone")
_FOR_NUMBER = Limit("phone codes to a number", 15, _DAY, "limit.phone")
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_codes = table_of(PhoneCode)


def are_possible(settings: Settings) -> bool:
    """Whether there is a way to send text messages; in development they are shown in the mailbox."""
    return bool(settings.sms_sender) or settings.is_development


def read_number(session: Session, settings: Settings, text: str) -> str:
    """A mobile number as typed, in its international form (E.164). Raises Invalid."""
    region = cities.catalogue(session).phone_region or None
    try:
        number = phonenumbers.parse(text[:LONGEST_NUMBER], region)
    except NumberParseException as error:
        raise _not_a_number() from error
    usable = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE
    if not usable:
        raise _not_a_number()
    served = settings.sms_countries.split(",") if settings.sms_countries else [region]
    if "*" not in served and region and phonenumbers.region_code_for_number(number) not in served:
        raise _not_served()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_a_number() -> Invalid:
    message = N_("This does not look like a mobile number. One of another country begins with + and the country's code.")  # fmt: skip
    return Invalid([FieldError("phone", "phone_invalid", message, {})])


def _not_served() -> Invalid:
    message = N_("We cannot send text messages to numbers of this country. Please use another way to confirm who you are.")  # fmt: skip
    return Invalid([FieldError("phone", "phone_country", message, {})])


def request_code(
    session: Session, settings: Settings, visitor: Visitor, account: Account, number: str
) -> None:
    """Send a new code to a number (E.164); a former code of the account is void. Raises TooMany."""
    _count_code(session, settings, visitor, account, number)
    if (
        accounts.hold(session, account.id) is None
    ):  # Counting has ended the hold that signing in took.
        raise NotSignedIn
    code = security.new_code()
    values = {
        "number_hash": identities.claim(settings, PHONE, PHONE, number).subject_hash,
        "code_hash": _code_hash(settings, account, code),
        "wrong_tries": 0,
        "expires_at": now() + PHONE_CODES_KEPT,
    }
    insert_or_update(session, _codes, {"account_id": account.id, **values}, values)
    emails.phone_code(session, settings, account, number, code)


def _count_code(
    session: Session, settings: Settings, visitor: Visitor, account: Account, number: str
) -> None:
    """Text messages cost money and reach strangers: counted for the account, the place, the number, and all together."""
    network = network_of(visitor.address)
    everything = Limit("phone codes", settings.sms_per_day, _DAY, "limit.phone")
    for limit, who in (
        (_FOR_ACCOUNT, str(account.id)),
        (_FROM_HOST, host_of(visitor.address)),
        (_FROM_NETWORK, network),
        (_FOR_NUMBER_HERE, f"{number} {network}"),
        (_FOR_NUMBER, number),
        (everything, ""),
    ):
        limits.count(session, settings, limit, who)


def redeem_code(session: Session, settings: Settings, account: Account, code: str) -> None:
    """Make the number to which the code was sent the account's.

    Raises BadRequest if the code is wrong, used, expired or locked, Conflict if the number is another account's.
    """
    session.execute(
        update(_codes)
        .where(_codes.c.account_id == account.id)
        .values(wrong_tries=_codes.c.wrong_tries + 1)
    )
    taking = _codes.delete().where(
        _codes.c.account_id == account.id,
        _codes.c.code_hash == _code_hash(settings, account, code.strip()),
        _codes.c.wrong_tries <= MOST_WRONG_TRIES,
        _codes.c.expires_at > now(),
    )
    number_hash = session.execute(taking.returning(_codes.c.number_hash)).scalar()
    if number_hash is None:
        session.commit()  # The count of wrong tries must outlive the refusal.
        raise BadRequest("sign_in.code_invalid")
    claimed = identities.Claim(PHONE, number_hash, vouches=True)
    owner = identities.find_owner(session, claimed)
    if owner is not None and owner.id != account.id:
        # Whoever reads the code has the phone in hand, and may know where it is in use.
        raise Conflict("phone.taken", account=masked(owner.email or ""))
    identities.attach(session, settings, account, claimed)


def texts_to(session: Session, settings: Settings, account: Account) -> list[Email]:
    """The text messages on their way to a number that is, or was about to become, the account's."""
    asked = session.get(PhoneCode, account.id)
    own = {one.subject_hash for one in identities.of_account(session, account)}
    own |= {asked.number_hash} if asked is not None else set()
    waiting = session.exec(select(Email).where(Email.channel == Channel.SMS, Email.recipient != ""))
    return [
        text
        for text in waiting
        if identities.claim(settings, PHONE, PHONE, text.recipient).subject_hash in own
    ]


def _code_hash(settings: Settings, account: Account, code: str) -> str:
    return security.keyed_hash(settings.secret_key, "phone code", str(account.id), code)
