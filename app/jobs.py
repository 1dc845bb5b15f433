"""The background loop: what happens without anybody asking for it. Every server process runs it in a thread of its own.

Nothing here may happen twice if two processes do it at once: each job claims its work by a conditional update.
"""

import logging
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from app import smtp
from app.database import session_scope
from app.models import DataExport, Email
from app.services import exports, outbox, retention
from app.settings import Settings

log = logging.getLogger("portal.jobs")
INTERVAL = 1.0
# After a failed round the loop waits longer and longer, so that a mail server that is away is not hammered.
LONGEST_WAIT = 60.0
Job = Callable[[Engine, Settings], None]


def send_mail(engine: Engine, settings: Settings) -> None:
    """Send every email that is due. Raises OSError if the mail server is away."""
    if not settings.smtp_url or _next_due(engine) is None:
        return
    with smtp.connection(settings) as client:
        while (email := _claim(engine)) is not None:
            _send(engine, settings, client, email)


def _next_due(engine: Engine) -> Email | None:
    with session_scope(engine, writes=False) as session:
        return outbox.next_due(session)


def _claim(engine: Engine) -> Email | None:
    while (email := _next_due(engine)) is not None:
        with session_scope(engine, writes=True) as session:
            if outbox.claim(session, email):
                return email
    return None


def _send(engine: Engine, settings: Settings, client: smtplib.SMTP, email: Email) -> None:
    try:
        smtp.deliver(client, settings, email)
    except smtp.Undeliverable as error:
        log.warning("Email %s (%s) given up: %s", email.id, email.name, error)
        with session_scope(engine, writes=True) as session:
            outbox.mark_failed(session, email.id, permanent=True)
    except OSError as error:
        with session_scope(engine, writes=True) as session:
            outbox.mark_failed(session, email.id)
        # Only a refusal of this one email leaves the connection fit for the next.
        if not isinstance(error, smtplib.SMTPException) or not client.sock:
            raise
    else:
        with session_scope(engine, writes=True) as session:
            outbox.mark_sent(session, email.id)


def prepare_exports(engine: Engine, settings: Settings) -> None:
    """Prepare every file of a person's data that somebody waits for."""
    while (export := _due_export(engine)) is not None:
        with session_scope(engine, writes=True) as session:
            until = exports.claim(session, export)
        if until is None:
            continue
        with session_scope(engine, writes=False) as session:
            content = exports.prepare(session, settings, export)
        if content is not None:
            with session_scope(engine, writes=True) as session:
                exports.finish(session, export, until, content)


def _due_export(engine: Engine) -> DataExport | None:
    with session_scope(engine, writes=False) as session:
        return exports.next_due(session)


def sweep(engine: Engine, _settings: Settings) -> None:
    """Forget what has been kept as long as the privacy page says."""
    with session_scope(engine, writes=True) as session:
        retention.sweep(session)


# Each with the seconds between its rounds.
JOBS: tuple[tuple[Job, float], ...] = ((send_mail, 0.0), (prepare_exports, 0.0), (sweep, 600.0))


def run_round(engine: Engine, settings: Settings, due: dict[Job, float] | None = None) -> bool:
    """Do every job that is due by `due`, which is brought up to date; False if one of them failed."""
    fine, due = True, {} if due is None else due
    for job, seconds in JOBS:
        if time.monotonic() < due.get(job, 0.0):
            continue
        due[job] = time.monotonic() + seconds
        try:
            job(engine, settings)
        except (
            Exception
        ) as error:  # A job that fails must not end the others; its next round may succeed.
            # Only the kind of error: a mail server's words can hold addresses.
            log.error("%s failed: %s", job.__name__, type(error).__name__)
            fine = False
    return fine


@contextmanager
def running(engine: Engine, settings: Settings) -> Iterator[None]:
    """The loop, in a thread beside the block."""
    stop = threading.Event()

    def loop() -> None:
        wait = INTERVAL
        due: dict[Job, float] = {}
        while not stop.wait(wait):
            wait = INTERVAL if run_round(engine, settings, due) else min(wait * 2, LONGEST_WAIT)

    thread = threading.Thread(target=loop, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
