"""Settings: everything an operator can configure, read from PORTAL_* environment variables or a .env file."""

import re
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - production refuses it below
SHORTEST_SECRET = 32
DEFAULT_PACK = "app/data/hanoi"
# Hours within which each kind in the moderators' queue should be decided, and the longest that may be set.
TARGET_HOURS = {"proposal": 72, "edit": 48, "comment": 24, "report": 24, "application": 168, "appeal": 120}  # fmt: skip
LONGEST_TARGET = 24 * 365
SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class OidcProvider(BaseModel):
    """A provider of OpenID Connect to sign in with.

    `vouches`: it knows who the person is, so that an account it knows counts as verified. `email_is_trusted`: an address
    that it calls verified is taken for confirmed.
    """

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern="^[a-z0-9-]{1,40}$")
    names: dict[str, str] = Field(min_length=1)
    issuer: str = Field(pattern="^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))")
    client_id: str = Field(min_length=1)
    client_secret: str = ""
    scope: str = Field("openid profile email", pattern=r"^openid( |$)")
    vouches: bool = False
    email_is_trusted: bool = False

    @property
    def configuration_url(self) -> str:
        """Where the provider describes itself (OpenID Connect Discovery 1.0, 4)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


def _has_host(parts: SplitResult) -> bool:
    """Whether an address names a host, and a port that there can be, if any."""
    try:
        return bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False


class Settings(BaseSettings):
    """The portal's settings. Raises pydantic.ValidationError where production would be unsafe."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore")

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="`development` or `production`"
    )
    database_url: str = Field(
        f"sqlite:///{ROOT / 'var' / 'portal.sqlite3'}",
        description="SQLAlchemy URL: `sqlite:///PATH` or `postgresql+psycopg://…`",
    )
    city_pack: str = Field(
        DEFAULT_PACK,
        description="Folder of the city pack that is loaded where no city is yet; `portal load-city` loads one at any time",
    )
    secret_key: str = Field(
        DEVELOPMENT_SECRET,
        description="Signs cursors and keys hashes; at least 32 characters in production",
    )
    base_url: str = Field(
        "http://127.0.0.1:8000", description="The portal's public address, used in every link"
    )
    threads: int = Field(
        8, ge=1, le=64, description="Threads (and database connections) of one server process"
    )
    busy_timeout: float = Field(
        10, ge=0.1, le=120, description="Seconds a statement waits for a lock before it fails"
    )
    max_body_bytes: int = Field(
        1_000_000, ge=10_000, description="The largest request body accepted, in bytes"
    )
    sign_in_code_minutes: int = Field(
        10, ge=1, le=60, description="How long a mailed sign-in code is valid, in minutes"
    )
    smtp_url: str = Field(
        "",
        description="Mail server: `smtp://`, `smtp+starttls://` or `smtps://[USER:PASSWORD@]HOST[:PORT]`; without one nothing is sent",
    )
    mail_from: str = Field(
        "", description="Sender of all emails, as `Name <address>`; `no-reply@` the portal's host"
    )
    sign_in_codes_per_hour: int = Field(
        20,
        ge=1,
        le=10_000,
        description="Sign-in codes mailed to one person in an hour that one network asks for; five times as many in all",
    )
    sign_in_tries_per_day: int = Field(
        30,
        ge=5,
        le=10_000,
        description="Wrong sign-in codes for one person in a day; their mailed link still works then",
    )
    sign_in_requests_per_hour: int = Field(
        300,
        ge=1,
        le=1_000_000,
        description="Requests to sign in from one address in an hour; five times as many from its network",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of one's own proxies, with commas: only their `X-Forwarded-For` is believed",
    )
    email_plus_is_alias: bool = Field(
        default=True, description="Whether `name+anything@` is the same person as `name@`"
    )
    email_dots_ignored_at: str = Field(
        "gmail.com,googlemail.com",
        description="Domains, with commas, where dots before the @ do not count",
    )
    oidc_providers: list[OidcProvider] = Field(
        [],
        description="Providers of OpenID Connect to sign in with, as a JSON list (see below)",
    )
    sms_sender: str = Field(
        "",
        description="What sends text messages, as `module:function`; `app.sms:webhook` posts them to a gateway. Without one no phone number can be confirmed; in development messages stand in the mailbox",
    )
    sms_url: str = Field("", description="Address that `app.sms:webhook` posts to")
    sms_token: str = Field("", description="Bearer token that `app.sms:webhook` sends")
    sms_countries: str = Field(
        "",
        description="Countries (ISO 3166, with commas) whose numbers get text messages, `*` for all; the city's own unless said",
    )
    sms_per_day: int = Field(
        2000, ge=1, le=10_000_000, description="Text messages sent in a day, to everybody together"
    )
    staff_needs_second_factor: bool = Field(
        default=False,
        description="Whether moderators, administrators and officers need a second factor to act; always so in production",
    )
    expert_approval_days: int = Field(
        730, ge=60, le=3650, description="How long the approval of an expert lasts, in days"
    )
    comments_per_hour: int = Field(
        30, ge=1, le=10_000, description="Comments that one person may write in an hour"
    )
    comment_edits_per_hour: int = Field(
        60, ge=1, le=10_000, description="Times that one person may change their comments in an hour"
    )  # fmt: skip
    helpful_marks_per_hour: int = Field(
        120, ge=1, le=10_000, description="Helpful marks that one person may give or take back in an hour"
    )  # fmt: skip
    proposal_edits_per_hour: int = Field(
        60, ge=1, le=10_000, description="Times that one person may change their proposals in an hour"
    )  # fmt: skip
    uploads_per_day: int = Field(
        60, ge=1, le=10_000, description="Photos and files that one person may add to their proposals in a day"
    )  # fmt: skip
    draft_saves_per_hour: int = Field(
        1000, ge=1, le=10_000, description="Times that one person may have drafts saved in an hour, as happens while they type"
    )  # fmt: skip
    co_author_invitations_per_day: int = Field(
        10,
        ge=1,
        le=1000,
        description="Invitations to be a co-author that one person may send in a day",
    )
    merge_suggestions_per_day: int = Field(
        20, ge=1, le=1000, description="Suggestions to merge proposals from one person in a day"
    )  # fmt: skip
    news_hour: int = Field(
        7, ge=0, le=23, description="Hour of the day, in the city's time, from which the daily mails with news of proposals are written"
    )  # fmt: skip
    claim_minutes: int = Field(
        15, ge=1, le=240, description="How long a moderator has for themselves what they take up, in minutes"
    )  # fmt: skip
    moderation_targets: dict[str, int] = Field(
        TARGET_HOURS,
        description="Hours within which each kind in the moderators' queue should be decided, as a JSON object; the others stay as they are",
    )
    assessment_days: int = Field(
        21, ge=1, le=365, description="Days that evaluators have for their verdicts, unless others are chosen"
    )  # fmt: skip
    assessment_reminder_days: int = Field(
        5, ge=1, le=90, description="How many days before the deadline evaluators are reminded"
    )
    trusted_after: int = Field(
        3, ge=1, le=1000, description="Published proposals after which an author is trusted, if none was hidden in a year"
    )  # fmt: skip
    reports_to_raise: int = Field(
        3, ge=1, le=1000, description="How many different readers must report a text to raise it above the rest of the queue"
    )  # fmt: skip
    reports_per_day: int = Field(
        20, ge=1, le=10_000, description="Reports that one person can send in a day"
    )
    appeal_days: int = Field(
        30, ge=1, le=365, description="Days within which one may appeal against a decision"
    )
    many_submissions: int = Field(
        5,
        ge=1,
        le=10_000,
        description="Texts of one account within a day above which moderators are told that there are many",
    )
    privacy_contact: str = Field(
        "", description="Address for questions about personal data, shown on the privacy page"
    )
    session_days: int = Field(30, ge=1, le=365, description="How long a sign-in lasts, in days")

    @field_validator("base_url")
    @classmethod
    def _base_url_is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        beside = parts.path or parts.query or parts.fragment or parts.username is not None
        if parts.scheme not in {"http", "https"} or not _has_host(parts) or beside:
            raise ValueError(
                "must be an http(s) address without a path such as https://example.org"
            )
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url_is_known(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in SMTP_PORTS or not _has_host(parts)):
            raise ValueError("must be smtp://, smtp+starttls:// or smtps:// and a host")
        return value

    @field_validator("sms_sender")
    @classmethod
    def _sms_sender_is_a_function(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w.]+:\w+", value):
            raise ValueError("must name a function, such as app.sms:webhook")
        return value

    @field_validator("oidc_providers")
    @classmethod
    def _providers_differ(cls, value: list[OidcProvider]) -> list[OidcProvider]:
        if len({one.code for one in value} - {"phone", "desk"}) != len(value):
            raise ValueError("each provider needs a code of its own, other than phone and desk")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_from_is_an_address(cls, value: str) -> str:
        if value and ("@" not in parseaddr(value)[1] or not value.isprintable()):
            raise ValueError("must be an address such as Portal <no-reply@example.org>")
        return value

    @field_validator("privacy_contact")
    @classmethod
    def _contact_is_an_address(cls, value: str) -> str:
        if value and ("@" not in parseaddr(value)[1] or parseaddr(value)[1] != value):
            raise ValueError("must be an email address such as privacy@example.org")
        return value

    @field_validator("moderation_targets")
    @classmethod
    def _targets_are_hours(cls, value: dict[str, int]) -> dict[str, int]:
        unfit = [hours for hours in value.values() if not 0 < hours <= LONGEST_TARGET]
        if unfit or not set(value) <= set(TARGET_HOURS):
            kinds = ", ".join(TARGET_HOURS)
            raise ValueError(f"may name {kinds}, each with 1 to {LONGEST_TARGET} hours")
        return TARGET_HOURS | value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> "Settings":
        if self.environment is Environment.PRODUCTION:
            own = self.secret_key.strip()
            if own == DEVELOPMENT_SECRET or len(own) < SHORTEST_SECRET:
                raise ValueError(
                    "production needs PORTAL_SECRET_KEY with at least 32 random characters, "
                    "for example from: openssl rand -base64 48"
                )
            if not self.base_url.startswith("https://"):
                raise ValueError("production needs PORTAL_BASE_URL with https://")
            if "*" in self.trusted_proxies:
                raise ValueError(
                    "production needs PORTAL_TRUSTED_PROXIES that names one's own proxies"
                )
            if any(one.issuer.startswith("http://") for one in self.oidc_providers):
                raise ValueError("production needs PORTAL_OIDC_PROVIDERS with https:// issuers")
            if "staff_needs_second_factor" not in self.model_fields_set:
                self.staff_needs_second_factor = True
            if not self.staff_needs_second_factor:
                raise ValueError("production needs PORTAL_STAFF_NEEDS_SECOND_FACTOR=true")
        return self

    def target_hours(self, kind: str) -> int:
        """Within how many hours this kind in the moderators' queue should be decided."""
        return self.moderation_targets.get(kind, LONGEST_TARGET)

    @property
    def sender(self) -> str:
        """The From address of every email."""
        return self.mail_from or f"no-reply@{urlsplit(self.base_url).hostname}"

    def oidc_provider(self, code: str) -> OidcProvider | None:
        """The provider with this code."""
        return next((one for one in self.oidc_providers if one.code == code), None)

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT


@lru_cache
def get_settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
