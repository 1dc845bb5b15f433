"""OpenID Connect: the portal as a relying party, by Authlib: authorisation code flow with PKCE, state and nonce.

Nothing here touches the database. A provider that is slow holds neither a thread nor a connection.
"""

from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadRequest, Unavailable
from app.i18n import localised
from app.settings import OidcProvider, Settings

TIMEOUT = 10.0
# What a provider, or somebody in its place, can make go wrong in an answer.
_BAD_ANSWERS = (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError, AttributeError, RuntimeError)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Whom a provider says the visitor is."""

    subject: str
    name: str
    email: str
    email_is_verified: bool


def make_clients(settings: Settings) -> OAuth:
    """A client for each configured provider. Nothing is asked of the providers yet."""
    clients = OAuth()
    for provider in settings.oidc_providers:
        clients.register(
            provider.code,
            client_id=provider.client_id,
            client_secret=provider.client_secret or None,
            server_metadata_url=provider.configuration_url,
            client_kwargs={
                "scope": provider.scope,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
            },
        )
    return clients


def redirect_uri(settings: Settings, provider: OidcProvider) -> str:
    """Where the provider sends the visitor back to: on the configured address, whatever a request says."""
    return f"{settings.base_url}/sign-in/with/{provider.code}/callback"


async def begin(request: Request, settings: Settings, provider: OidcProvider) -> Response:
    """Send the visitor to the provider. Raises Unavailable if it cannot be reached."""
    try:
        client = _client(request, provider)
        answer: Response = await client.authorize_redirect(
            request, redirect_uri(settings, provider)
        )
    except (httpx2.HTTPError, *_BAD_ANSWERS) as error:
        raise Unavailable("oidc.unavailable", provider=localised(provider.names)) from error
    return answer


async def finish(request: Request, provider: OidcProvider) -> Person:
    """Whom the provider sent back. Raises BadRequest if anything about the answer is not as it must be, Unavailable."""
    client = _client(request, provider)
    issuer = {"iss": {"essential": True, "values": [provider.issuer]}}
    try:
        token = await client.authorize_access_token(request, claims_options=issuer)
        return _person(token["userinfo"])
    except httpx2.HTTPError as error:
        raise Unavailable("oidc.unavailable", provider=localised(provider.names)) from error
    except _BAD_ANSWERS as error:
        raise BadRequest("oidc.failed", provider=localised(provider.names)) from error


def _client(request: Request, provider: OidcProvider) -> StarletteOAuth2App:
    return request.app.state.oidc.create_client(provider.code)


def _person(claims: dict[str, Any]) -> Person:
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject:
        raise ValueError("no subject")
    name, email = claims.get("name"), claims.get("email")
    return Person(
        subject=subject,
        name=name if isinstance(name, str) else "",
        email=email if isinstance(email, str) else "",
        email_is_verified=claims.get("email_verified") is True,
    )
