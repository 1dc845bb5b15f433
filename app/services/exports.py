"""Exports: everything that is stored of a person, in one file for that person alone.

One is asked for on the account page, prepared by the background loop and given to the same browser session for a day.
It holds no secrets: no codes, no keys, no fingerprints of any. Each file inside is made by one function in FILES.
"""

import io
import json
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, delete, select

from app.database import insert_if_absent, now, table_of
from app.errors import Conflict, NotFound, NotSignedIn
from app.i18n import format_datetime, language, time_zone, translate
from app.models import (
    Account,
    DataExport,
    LoginSession,
)
from app.privacy import EXPORTS_KEPT
from app.services import (
    accounts,
    attachments,
    cities,
    limits,
    stored_files,
)
from app.services.export_files import FILES, FOLDER
from app.services.limits import Limit
from app.settings import Settings

# Longer than preparing any may take; when a worker dies, another tries after it.
LEASE = timedelta(minutes=5)
MOST_PER_DAY = 5
_LIMIT = Limit("export", MOST_PER_DAY, 24 * 3600, "limit.exports")
_exports = table_of(DataExport)
_CONTENT: Any = DataExport.content


def ask(session: Session, settings: Settings, account: Account, login: LoginSession) -> None:
    """Have the account's data prepared for this browser session; a former file of the session is void.

    Raises Conflict while one is being prepared, TooMany, NotSignedIn if the session ends at this very moment.
    """
    preparing = select(DataExport.id).where(DataExport.account_id == account.id)
    if session.exec(preparing.where(col(DataExport.ready_at).is_(None))).first():
        raise Conflict("export.running")
    limits.count(session, settings, _LIMIT, str(account.id))
    _hold(session, account, login)
    session.exec(delete(DataExport).where(col(DataExport.session_hash) == login.token_hash))
    row = DataExport(
        account_id=account.id,
        session_hash=login.token_hash,
        expires_at=now() + EXPORTS_KEPT,
    )
    if not insert_if_absent(session, _exports, row.model_dump(exclude={"id"})):
        raise Conflict("export.running")


def _hold(session: Session, account: Account, login: LoginSession) -> None:
    """Keep account and session until the transaction ends: counting has ended the one that found them."""
    if accounts.hold(session, account.id) is None:
        raise NotSignedIn
    query = select(LoginSession.account_id).where(LoginSession.token_hash == login.token_hash)
    if session.exec(query.with_for_update(read=True, key_share=True)).first() is None:
        raise NotSignedIn


def of_session(session: Session, session_hash: str) -> DataExport | None:
    """What this browser session has asked for, without the file, or None where there is nothing or it is over."""
    query = select(DataExport).where(DataExport.session_hash == session_hash)
    query = query.where(DataExport.expires_at > now()).options(defer(_CONTENT))
    return session.exec(query.order_by(col(DataExport.id).desc())).first()


def content_for(session: Session, login: LoginSession, export_id: int) -> bytes:
    """The file. Raises NotFound unless it is ready and was asked for by this very session."""
    export = of_session(session, login.token_hash)
    if export is None or export.id != export_id or export.ready_at is None:
        raise NotFound
    content = session.exec(select(DataExport.content).where(DataExport.id == export_id)).one()
    assert content is not None
    return content


# In the background


def next_due(session: Session) -> DataExport | None:
    """The one that has waited longest, if any is due."""
    query = select(DataExport).where(col(DataExport.due_at) <= now(), DataExport.expires_at > now())
    query = query.options(defer(_CONTENT)).order_by(col(DataExport.due_at))
    return session.exec(query.limit(1)).first()


def claim(session: Session, export: DataExport) -> datetime | None:
    """Take one that is due for oneself; the moment until which it is, or None if another worker was faster."""
    until = now() + LEASE
    taking = (
        update(_exports)
        .where(_exports.c.id == export.id, _exports.c.due_at == export.due_at)
        .values(due_at=until)
        .returning(_exports.c.id)
    )
    return until if session.execute(taking).first() is not None else None


def prepare(session: Session, settings: Settings, export: DataExport) -> bytes | None:
    """The file for an export, or None if its account has been deleted meanwhile."""
    account = session.get(Account, export.account_id)
    if account is None:
        return None
    before = language.set(account.language)
    try:
        return _archive(session, settings, account)
    finally:
        language.reset(before)


def finish(session: Session, export: DataExport, until: datetime, content: bytes) -> None:
    """Put the file where its session can fetch it, unless the session has ended or another worker took over."""
    mine = (_exports.c.id == export.id) & (_exports.c.due_at == until)
    session.execute(
        update(_exports).where(mine).values(content=content, ready_at=now(), due_at=None)
    )


def _archive(session: Session, settings: Settings, account: Account) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(session))
        for file in FILES:
            rows = file.make(session, settings, account)
            text = json.dumps(rows, ensure_ascii=False, indent=2, default=_as_text)
            archive.writestr(file.name, text + "\n")
        for row in attachments.of_author(session, account):
            content = stored_files.read(session, row.sha256)
            archive.writestr(f"{FOLDER}/{row.saved_name}", content, zipfile.ZIP_STORED)
    return made.getvalue()


def _as_text(value: Any) -> str:
    """Moments in ISO 8601, amounts as they stand."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _readme(session: Session) -> str:
    city = cities.find_catalogue(session)
    if city is not None:
        time_zone.set(city.timezone)
    photos = translate("the photos and PDFs of your proposals")
    lines = [
        city.portal_name if city else "",
        translate("Your data, as it stood on %(moment)s", moment=format_datetime(now())),
        "",
        *(f"{file.name}: {translate(file.what)}" for file in FILES),
        f"{FOLDER}/: {photos}",
        "",
        translate("The files are JSON in UTF-8; moments are in UTC. Codes, keys and the fingerprints of any are left out: they would open your account to whoever finds this file."),
        translate("What each kind of data is for, and how long it is kept, stands on the portal's page on personal data (/privacy)."),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
