"""The `portal` command."""

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app import boundary_file, jobs, logs, migrations, sms
from app.database import make_engine, session_scope
from app.errors import Invalid, PortalError
from app.forms import LARGEST_ID, EmailForm, NameForm, TitleForm, read
from app.i18n import language, translate
from app.models import Account, AccountEventKind, Role
from app.services import (
    accounts,
    applications,
    boundaries,
    campaigns,
    cities,
    demo,
    pabulib,
    people,
    search_index,
    second_factors,
)
from app.settings import ROOT, Settings, get_settings

cli = typer.Typer(name="portal", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The portal's own command: set up, serve, import, export.")  # fmt: skip
console = Console()


def main() -> None:
    """Entry point: refusals become one plain line and exit status 1."""
    language.set("en")
    try:
        cli()
    except Invalid as error:
        _fail(
            "; ".join(
                f"{one.field}: {translate(one.message, **one.arguments)}" for one in error.errors
            )
        )
    except PortalError as error:
        _fail(translate(error.message, **error.arguments))
    except DBAPIError as error:
        _fail(f"the database: {' '.join(str(error.orig).split())}")
    except (cities.PackError, pabulib.FileError, boundary_file.BoundaryError, migrations.MigrationError, OSError) as error:  # fmt: skip
        _fail(str(error))


def _fail(message: str) -> None:
    Console(stderr=True).print(f"[bold red]Refused:[/] {escape(message)}", highlight=False)
    raise SystemExit(1)


def _settings() -> Settings:
    try:
        return get_settings()
    except ValidationError as error:
        _fail("; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()))  # fmt: skip
        raise


def _engine() -> Engine:
    """The database, which must have been migrated."""
    engine = make_engine(_settings())
    with engine.connect() as connection:
        if not migrations.is_current(connection):
            _fail("the database is not at the newest schema; run: portal migrate")
    return engine


def _pack() -> Path:
    """The folder of the configured city pack; one without a beginning slash lies in the checkout."""
    return ROOT / _settings().city_pack


def _engine_with_city() -> Engine:
    """The database, with the configured city in it if there was none."""
    engine = _engine()
    with session_scope(engine, writes=True) as session:
        if cities.find_catalogue(session) is None:
            city = cities.load(session, _pack())
            console.print(f"Loaded {city.code}, revision {city.revision}.")
    return engine


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes", min=1, max=64)] = 1,
) -> None:
    """Serve the portal."""
    settings = _settings()
    if settings.is_development and "base_url" not in settings.model_fields_set:
        # The server processes read the environment; links must lead to where the portal listens.
        os.environ["PORTAL_BASE_URL"] = f"http://{host}:{port}"
        get_settings.cache_clear()
        settings = _settings()
    try:
        sms.sender(settings)
    except (ImportError, AttributeError) as error:
        _fail(f"PORTAL_SMS_SENDER: {error}")
    _engine_with_city().dispose()
    if not settings.is_development and not settings.smtp_url:
        console.print(
            "[yellow]There is no mail server (PORTAL_SMTP_URL): nobody can sign in by email.[/]"
        )
    console.print(f"[bold]The portal is at[/] {settings.base_url}")
    if settings.is_development:
        console.print(f"Emails, sign-in codes among them, are at {settings.base_url}/dev/mailbox")
        _print_cast()
    uvicorn.run(
        "app.main:create_app", factory=True, host=host, port=port, workers=workers,
        log_config=logs.configuration(discreet=not settings.is_development),
        log_level="info", access_log=settings.is_development, server_header=False,
        ws="none",  # There are none here, and whoever asked for one would be logged with an address.
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=settings.trusted_proxies,
    )  # fmt: skip


def _print_cast() -> None:
    table = Table("Demo person", "Role", "Sign in with", title="Sign in as", title_justify="left")
    with session_scope(make_engine(_settings()), writes=False) as session:
        city = cities.find_catalogue(session)
        for person in demo.cast(_pack()) if city and city.demo else []:
            account = accounts.find_by_email(session, _settings(), person.email)
            if account is not None:
                table.add_row(person.name, person.role, person.email)
    if table.row_count:
        console.print(table)
        console.print("Enter the address at /sign-in; the code appears in the mailbox and here.")


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    engine = make_engine(_settings())
    migrations.upgrade(engine)
    console.print("The database is at the newest schema.")


@cli.command()
def reindex() -> None:
    """Make the search index anew from the proposals; the portal may be running, and finds less until this has ended."""
    engine = _engine()
    with session_scope(engine, writes=True) as session:
        search_index.clear(session)
    jobs.index_search(engine, _settings())
    with session_scope(engine, writes=False) as session:
        console.print(f"{search_index.count(session)} proposals can be found.")


@cli.command(name="demo")
def load_demo(
    if_empty: Annotated[bool, typer.Option(help="Do nothing if the database is in use")] = False,
) -> None:
    """Load the demo: a city, people, campaigns, proposals and votes. Refuses on a database in use."""
    engine = _engine()
    with session_scope(engine, writes=True) as session:
        if not demo.is_empty(session):
            if if_empty:
                return
            _fail("the database is not empty; the demo is only for a new one")
        loaded = demo.load(session, _pack())
    console.print(f"Demo loaded: {loaded.proposals} proposals, {loaded.votes} votes, {loaded.people} people.")  # fmt: skip


@cli.command()
def load_city(
    path: Annotated[Path, typer.Argument(help="Folder of a city pack", exists=True, file_okay=False)],
) -> None:  # fmt: skip
    """Load a city pack, or load it anew after a change."""
    with session_scope(_engine(), writes=True) as session:
        city = cities.load(session, path)
        console.print(f"Loaded {city.code}, revision {city.revision}.")


@cli.command()
def load_boundaries(
    file: Annotated[Path, typer.Argument(help="GeoJSON, in degrees", exists=True, dir_okay=False)],
    code: Annotated[str, typer.Option(help="Property that is the ward's official code")] = "code",
) -> None:
    """Load the outlines of the city's wards for the map, in the place of all that there were."""
    found = boundary_file.read_file(file, code)
    with session_scope(_engine_with_city(), writes=True) as session:
        missing = boundaries.load(session, found)
    console.print(f"{len(found)} outlines loaded; {len(missing)} wards have none.")


@cli.command()
def create_account(
    email: Annotated[str, typer.Argument()],
    name: Annotated[str | None, typer.Option(help="Public name; needed for a new account")] = None,
    role: Annotated[Role | None, typer.Option(help="citizen unless said")] = None,
    token: Annotated[bool, typer.Option("--token", help="Print an API token")] = False,
) -> None:
    """Create an account; with --token for an address that has one, only a new token."""
    address, settings = read(EmailForm, {"email": email}).email, _settings()
    public_name = read(NameForm, {"name": name}).name if name is not None else None
    with session_scope(_engine(), writes=True) as session:
        account = accounts.find_by_email(session, settings, address) if token else None
        if account is not None:
            _require_same(account, public_name, role)
        elif public_name is None:
            _fail("a new account needs --name")
        else:
            account = accounts.create(session, settings, address, public_name, role=role or Role.CITIZEN)  # fmt: skip
        assert account is not None
        secret = accounts.new_api_token(session, account) if token else None
    # The token alone goes to standard output, so that a script can take it.
    Console(stderr=True).print(f"Account {account.id}: {address}, {account.role.value}.")
    if secret:
        typer.echo(secret)


def _require_same(account: Account, name: str | None, role: Role | None) -> None:
    """Refuse to make a token for another person than the one described."""
    if (name or account.name) != account.name or (role or account.role) is not account.role:
        _fail(f"the account of this address is {account.name}, {account.role.value}")


def _account(session: Session, email: str) -> Account:
    account = accounts.find_by_email(session, _settings(), read(EmailForm, {"email": email}).email)
    if account is None:
        _fail(f"there is no account of {email}")
    assert account is not None
    return account


@cli.command()
def set_role(email: str, role: Role) -> None:
    """Give an account another role; whoever is signed in to it must sign in anew."""
    with session_scope(_engine(), writes=True) as session:
        account = _account(session, email)
        accounts.set_role(session, account, role)
        applications.follow_role(session, account)
        people.record(session, _settings(), None, account, AccountEventKind.ROLE)
    console.print(f"{email}: {role.value}.", markup=False)


@cli.command()
def ban(email: str) -> None:
    """Close an account: its sessions end, its tokens open nothing, nobody can sign in to it."""
    with session_scope(_engine(), writes=True) as session:
        account = _account(session, email)
        people.close(session, _settings(), None, account)
    console.print(f"{email} is closed.", markup=False)


@cli.command()
def unban(email: str) -> None:
    """Open a closed account again."""
    with session_scope(_engine(), writes=True) as session:
        account = _account(session, email)
        people.reopen(session, _settings(), None, account)
    console.print(f"{email} is open again.", markup=False)


@cli.command()
def reset_second_factor(email: str) -> None:
    """Take an account's second factors away, for someone who has lost them. Make sure first who is asking."""
    with session_scope(_engine(), writes=True) as session:
        second_factors.reset(session, _settings(), _account(session, email))
    console.print(f"{email} can set up a second factor anew.", markup=False)


@cli.command()
def import_pabulib(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    campaign: Annotated[str | None, typer.Option(help="Title of the campaign")] = None,
) -> None:
    """Import a participatory budget (Pabulib .pb): a closed campaign with its projects and ballots."""
    title = read(TitleForm, {"title": campaign}).title if campaign is not None else None
    engine = _engine_with_city()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Reading", total=None)
        parsed = pabulib.read_file(file)
        progress.update(task, description="Importing votes", total=parsed.approvals)
        with session_scope(engine, writes=True) as session:
            result = pabulib.load(session, parsed, title=title, advance=lambda n: progress.advance(task, n))  # fmt: skip
    if result.already_there:
        console.print(f"Campaign {result.campaign_id} holds this file already; nothing to do.")
        return
    console.print(f"Campaign {result.campaign_id}: {len(parsed.projects)} proposals, {len(parsed.ballots)} voters, {parsed.approvals} votes.")  # fmt: skip


@cli.command()
def export_pabulib(
    campaign: Annotated[int, typer.Argument(help="Number of the campaign", min=1, max=LARGEST_ID)],
    file: Annotated[Path, typer.Argument(dir_okay=False)],
) -> None:
    """Export a campaign's public proposals and ballots as a Pabulib file."""
    with session_scope(_engine(), writes=False) as session:
        if campaigns.find(session, campaign) is None:
            _fail(f"there is no campaign {campaign}")
        written = pabulib.save(session, campaign, file)
    console.print(f"{written.projects} projects and {written.ballots} ballots written to {file}.")
    if written.opposing:
        console.print(f"{written.opposing} opposing votes are left out: Pabulib's approval ballots have no place for them.")  # fmt: skip
