"""The background loop: what happens without anybody asking for it. Every server process runs it in a thread of its own.

Nothing here may happen twice if two processes do it at once: each job claims its work by a conditional update.
"""

import logging
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session

from app import sms, smtp
from app.database import session_scope
from app.errors import Undeliverable
from app.models import Channel, DataExport, Email
from app.services import (
    answer_calls,
    answers,
    applications,
    assessment_deadlines,
    assessments,
    cities,
    days,
    exports,
    merge_suggestions,
    monthly,
    news,
    outbox,
    report_cases,
    retention,
    search_index,
    similar,
)
from app.settings import Settings

log = logging.getLogger("portal.jobs")
INTERVAL = 1.0
# The longest that a job which keeps failing waits for its next try.
LONGEST_WAIT = 60.0
# How many rows one transaction writes, so that nobody waits long for it.
AT_ONCE = 100
Job = Callable[[Engine, Settings], None]


def send_mail(engine: Engine, settings: Settings) -> None:
    """Send every email that is due. Raises OSError if the mail server is away."""
    if not settings.smtp_url or _next_due(engine, Channel.EMAIL) is None:
        return
    with smtp.connection(settings) as client:
        while (email := _claim(engine, Channel.EMAIL)) is not None:
            try:
                _send(engine, email, partial(smtp.deliver, client, settings, email))
            except smtplib.SMTPException:
                # Only a refusal of this one email leaves the connection fit for the next.
                if not client.sock:
                    raise


def send_texts(engine: Engine, settings: Settings) -> None:
    """Send every text message that is due. Raises OSError if the gateway is away."""
    send = sms.sender(settings)
    if send is None:
        return
    while (message := _claim(engine, Channel.SMS)) is not None:
        _send(engine, message, partial(send, settings, message.recipient, message.text))


def _next_due(engine: Engine, channel: Channel) -> Email | None:
    with session_scope(engine, writes=False) as session:
        return outbox.next_due(session, channel)


def _claim(engine: Engine, channel: Channel) -> Email | None:
    while (email := _next_due(engine, channel)) is not None:
        with session_scope(engine, writes=True) as session:
            if outbox.claim(session, email):
                return email
    return None


def _send(engine: Engine, email: Email, deliver: Callable[[], None]) -> None:
    """Deliver what was claimed and record what became of it. Raises OSError if it was not taken now."""
    try:
        deliver()
    except Undeliverable as error:
        log.warning("Email %s (%s) given up: %s", email.id, email.name, error)
        with session_scope(engine, writes=True) as session:
            outbox.mark_failed(session, email.id, permanent=True)
    except OSError:
        with session_scope(engine, writes=True) as session:
            outbox.mark_failed(session, email.id)
        raise
    except Exception as error:
        # What cannot even be written down as a message never will be; the others must not wait for it.
        log.error("Email %s (%s) given up: %s", email.id, email.name, type(error).__name__)
        with session_scope(engine, writes=True) as session:
            outbox.mark_failed(session, email.id, permanent=True)
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
        news.tidy(session)


def lapse_experts(engine: Engine, settings: Settings) -> None:
    """Remind experts whose approval ends soon, and end the approvals that are over; each in a transaction of its own."""
    for find, act in (
        (applications.due_for_reminder, applications.remind),
        (applications.due_to_lapse, applications.lapse),
    ):
        with session_scope(engine, writes=False) as session:
            due = find(session)
        for application_id in due:
            with session_scope(engine, writes=True) as session:
                act(session, settings, application_id)


def mind_assessments(engine: Engine, settings: Settings) -> None:
    """Remind evaluators, and close the rounds that have come to their end; each in a transaction of its own."""
    for find, act in (
        (assessment_deadlines.to_remind, assessment_deadlines.remind),
        (assessment_deadlines.to_remind_again, assessment_deadlines.remind_again),
        (assessment_deadlines.to_close, assessment_deadlines.close),
    ):
        with session_scope(engine, writes=False) as session:
            due = find(session, settings)
        for number in due:
            with session_scope(engine, writes=True) as session:
                act(session, settings, number)


def lapse_merge_suggestions(engine: Engine, settings: Settings) -> None:
    """End the suggestions to merge proposals that nobody can answer any more."""
    _one_by_one(engine, merge_suggestions.lapsed, lambda session, one: merge_suggestions.lapse(session, settings, one))  # fmt: skip


def call_for_answers(engine: Engine, _settings: Settings) -> None:
    """Ask the city for the answers that it owes since a campaign's rules have changed."""
    _one_by_one(engine, answer_calls.missing, answer_calls.call_missing)
    _one_by_one(engine, assessments.unanswered, assessments.call_unanswered)


def publish_answers(engine: Engine, settings: Settings) -> None:
    """Publish the approved answers whose time has come."""
    _one_by_one(engine, answers.due, lambda session, one: answers.publish_due(session, settings, one))  # fmt: skip


def spread_news(engine: Engine, _settings: Settings) -> None:
    """Make the notices of what has happened to proposals."""
    _one_by_one(engine, news.unspread, news.spread)


def tell_reporters(engine: Engine, settings: Settings) -> None:
    """Tell those who reported something what became of it, a few at a time, so that other mail gets its turn."""
    _one_by_one(engine, report_cases.untold, lambda session, one: report_cases.tell(session, settings, one))  # fmt: skip


def write_news(engine: Engine, settings: Settings) -> None:
    """Write the daily mails; only so many in one round, so that other mail does not wait behind them."""
    with session_scope(engine, writes=False) as session:
        city = cities.find_catalogue(session)
    if city is None:
        return
    since = days.latest(settings.news_hour, city.timezone)
    _one_by_one(engine, lambda session: news.due(session, since), lambda session, one: news.bundle(session, settings, one, since))  # fmt: skip


def _one_by_one(
    engine: Engine, find: Callable[[Session], list[int]], act: Callable[[Session, int], None]
) -> None:
    """Do what is found, each in a transaction of its own."""
    with session_scope(engine, writes=False) as session:
        found = find(session)
    for number in found:
        with session_scope(engine, writes=True) as session:
            act(session, number)


def index_texts(engine: Engine, _settings: Settings) -> None:
    """Let near-duplicates be found of what came in otherwise than through a form: imports, an older version's rows."""
    _in_batches(engine, similar.missing, similar.fill)


def index_search(engine: Engine, _settings: Settings) -> None:
    """Let be found what came in otherwise than through a form, and learn the words of what is new."""
    _in_batches(engine, search_index.missing, search_index.fill)
    _in_batches(engine, search_index.unlearnt, search_index.learn)


def _in_batches(
    engine: Engine,
    find: Callable[[Session, int], list[int]],
    act: Callable[[Session, list[int]], None],
) -> None:
    """Do what is found, so many in one transaction, until there is nothing left."""
    while True:
        with session_scope(engine, writes=False) as session:
            numbers = find(session, AT_ONCE)
        if not numbers:
            return
        with session_scope(engine, writes=True) as session:
            act(session, numbers)


def close_months(engine: Engine, _settings: Settings) -> None:
    """Keep the figures of the public moderation record for the months that are over."""
    with session_scope(engine, writes=False) as session:
        if not monthly.over(session):
            return
    with session_scope(engine, writes=True) as session:
        monthly.close(session)


# Each with the seconds between its rounds.
JOBS: tuple[tuple[Job, float], ...] = (
    (send_mail, 0.0),
    (send_texts, 0.0),
    (prepare_exports, 0.0),
    (sweep, 600.0),
    (lapse_experts, 600.0),
    (mind_assessments, 600.0),
    (lapse_merge_suggestions, 600.0),
    (call_for_answers, 600.0),
    (publish_answers, 0.0),
    (spread_news, 0.0),
    (tell_reporters, 0.0),
    (write_news, 0.0),
    (index_texts, 600.0),
    (index_search, 600.0),
    (close_months, 600.0),
)


@dataclass
class Schedule:
    """When each job is due next, by the monotonic clock, and how long one that fails has been made to wait."""

    due: dict[Job, float] = field(default_factory=dict)
    waits: dict[Job, float] = field(default_factory=dict)

    def is_due(self, job: Job) -> bool:
        return time.monotonic() >= self.due.get(job, 0.0)

    def done(self, job: Job, seconds: float) -> None:
        self.waits.pop(job, None)
        self.due[job] = time.monotonic() + seconds

    def failed(self, job: Job) -> None:
        """Longer from failure to failure, so that what is away is not hammered; the other jobs go on as before."""
        self.waits[job] = min(self.waits.get(job, INTERVAL) * 2, LONGEST_WAIT)
        self.due[job] = time.monotonic() + self.waits[job]


def run_round(engine: Engine, settings: Settings, schedule: Schedule | None = None) -> bool:
    """Do every job that is due by the schedule, which is brought up to date; False if one of them failed."""
    fine, schedule = True, schedule or Schedule()
    for job, seconds in JOBS:
        if not schedule.is_due(job):
            continue
        try:
            job(engine, settings)
        except Exception as error:
            # Its next round may succeed. Only the kind of error: a mail server's words can hold addresses.
            log.error("%s failed: %s", job.__name__, type(error).__name__)
            schedule.failed(job)
            fine = False
        else:
            schedule.done(job, seconds)
    return fine


@contextmanager
def running(engine: Engine, settings: Settings) -> Iterator[None]:
    """The loop, in a thread beside the block."""
    stop = threading.Event()

    def loop() -> None:
        schedule = Schedule()
        while not stop.wait(INTERVAL):
            run_round(engine, settings, schedule)

    thread = threading.Thread(target=loop, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
