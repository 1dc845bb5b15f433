"""Settings: production does not start where it would be unsafe, and what cannot work is refused by name."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import DEVELOPMENT_SECRET, Settings

SAFE = {"environment": "production", "secret_key": "x" * 32, "base_url": "https://example.org"}


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_development_needs_nothing() -> None:
    made = settings()
    assert made.is_development
    assert made.database_url.startswith("sqlite:///")


def test_production_starts_where_it_is_safe() -> None:
    made = settings(**SAFE)
    assert not made.is_development
    assert made.base_url == "https://example.org"


@pytest.mark.parametrize("secret", [DEVELOPMENT_SECRET, "", "short", "x" * 31, " " * 40])
def test_production_refuses_a_weak_secret(secret: str) -> None:
    with pytest.raises(ValidationError, match="PORTAL_SECRET_KEY"):
        settings(**(SAFE | {"secret_key": secret}))


def test_production_refuses_the_default_secret() -> None:
    with pytest.raises(ValidationError, match="PORTAL_SECRET_KEY"):
        settings(environment="production", base_url="https://example.org")


@pytest.mark.parametrize("address", ["http://example.org", "http://127.0.0.1:8000"])
def test_production_refuses_plain_http(address: str) -> None:
    with pytest.raises(ValidationError, match="PORTAL_BASE_URL"):
        settings(**(SAFE | {"base_url": address}))


def test_production_believes_no_stranger() -> None:
    with pytest.raises(ValidationError, match="PORTAL_TRUSTED_PROXIES"):
        settings(**(SAFE | {"trusted_proxies": "*"}))
    plain = {"code": "x", "names": {"en": "X"}, "issuer": "http://127.0.0.1:1", "client_id": "x"}
    assert settings(oidc_providers=[plain]).oidc_provider("x")
    with pytest.raises(ValidationError, match="PORTAL_OIDC_PROVIDERS"):
        settings(**(SAFE | {"oidc_providers": [plain]}))


@pytest.mark.parametrize("change", [{"code": "A B"}, {"issuer": "http://evil.example"}, {"scope": "email"}, {"names": {}}, {"code": "phone"}, {"secret": "x"}])  # fmt: skip
def test_a_provider_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    good = {"code": "x", "names": {"en": "X"}, "issuer": "https://id.example.org", "client_id": "x"}
    with pytest.raises(ValidationError):
        settings(oidc_providers=[good | change])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("environment", "staging"), ("database_url", "mysql://x"), ("database_url", "postgresql://x"), ("database_url", ""),
        ("base_url", "example.org"), ("base_url", "ftp://example.org"), ("base_url", "https://"), ("base_url", "https://x?y=1"), ("base_url", "https://x#y"), ("base_url", "https://x.org/sub"), ("base_url", "https://u:p@x.org"), ("base_url", "https://x.org:99999"), ("sms_sender", "no function"),
        ("threads", "0"), ("threads", "many"), ("busy_timeout", "0"), ("max_body_bytes", "1"), ("sign_in_code_minutes", "0"), ("session_days", "9999"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as error:
        settings(**{name: value})
    assert error.value.errors()[0]["loc"] == (name,)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_BASE_URL", "https://ideas.example.org/")
    monkeypatch.setenv("PORTAL_THREADS", "3")
    made = settings()
    assert (made.base_url, made.threads) == ("https://ideas.example.org", 3)
