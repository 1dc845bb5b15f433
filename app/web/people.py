"""The staff's pages about people: find somebody by address, verify them at a desk, ban them, give them a role."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlmodel import Session
from starlette.responses import Response

from app.addresses import masked
from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import (
    LARGEST_ID,
    BanForm,
    DepartmentForm,
    DeskForm,
    EmailForm,
    FormT,
    NoteForm,
    RoleForm,
    read,
)
from app.i18n import translate
from app.models import Account, Role
from app.permissions import is_officer, may_ban, may_see_people, may_set_role, may_verify, require
from app.services import identities, officers, people
from app.settings import Settings
from app.web import refusals
from app.web.identity import known_identities
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()
AccountId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("/people")
def search(actor: SignedIn, render: RenderDep) -> Response:
    require(may_see_people(actor), actor)
    return render("people/find.html", email="", error=None)


@router.post("/people")
def find(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    """Lead to the person of an address. It is posted, so that no address stands in a log or a history."""
    require(may_see_people(actor), actor)
    typed = text_of(posted, "email")
    try:
        found = people.find(session, settings, actor, read(EmailForm, {"email": typed}).email)
    except Invalid as invalid:
        error = refusals.first_sentence(invalid)
        return render("people/find.html", status=invalid.status, email=typed, error=error)
    if found is None:
        error = translate("Nobody here has this address.")
        return render("people/find.html", status=404, email=typed, error=error)
    return see_other(f"/people/{found.id}")


@router.get("/people/{account_id:int}")
def show(
    account_id: AccountId,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    account = people.get(session, actor, account_id)
    return _page(render, session, settings, actor, account)


def _page(
    render: Render, session: Session, settings: Settings, actor: Account, account: Account, *,
    error: Conflict | Invalid | None = None, done: str = "", values: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    return render(
        "people/show.html",
        account=account,
        address=masked(account.email or ""),
        level=identities.level_of(session, account),
        department=officers.department_of(session, account),
        known=known_identities(session, settings, account),
        entries=people.history(session, account),
        roles=[role for role in Role if role is not account.role],
        may_verify=may_verify(actor, account),
        may_ban=may_ban(actor, account),
        may_set_role=may_set_role(actor, account),
        may_appoint=is_officer(account) and may_set_role(actor, account),
        **refusals.shown(error),
        done=done,
        values=values or {},
    )


class Desk:
    """What every action of the page needs: the request's parts and the person, whose row is locked."""

    def __init__(
        self, account_id: AccountId, posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
    ) -> None:  # fmt: skip
        self.account = people.get(session, actor, account_id, lock=True)
        self.posted, self.session, self.settings = posted, session, settings
        self.actor, self.render = actor, render

    def carry_out(self, form: type[FormT], act: Callable[..., None], *fields: str) -> Response:
        """Do it and lead back to the page; a refusal gives the form back as it was."""
        values = {field: text_of(self.posted, field) for field in fields}
        try:
            with self.session.begin_nested():
                act(self.session, self.settings, self.actor, self.account, read(form, values))
        except (Conflict, Invalid) as error:
            self.session.refresh(self.account)
            return _page(self.render, self.session, self.settings, self.actor, self.account, error=error, done=act.__name__, values=values)  # fmt: skip
        return see_other(f"/people/{self.account.id}", "person.done")


DeskDep = Annotated[Desk, Depends(Desk)]


@router.post("/people/{account_id:int}/verify")
def verify(desk: DeskDep) -> Response:
    require(may_verify(desk.actor, desk.account), desk.actor)
    return desk.carry_out(DeskForm, people.verify, "document", "note")


@router.post("/people/{account_id:int}/ban")
def ban(desk: DeskDep) -> Response:
    require(may_ban(desk.actor, desk.account), desk.actor)
    return desk.carry_out(BanForm, people.ban, "reason_code", "note")


@router.post("/people/{account_id:int}/unban")
def unban(desk: DeskDep) -> Response:
    require(may_ban(desk.actor, desk.account), desk.actor)
    return desk.carry_out(NoteForm, people.unban, "note")


@router.post("/people/{account_id:int}/department")
def appoint(desk: DeskDep) -> Response:
    require(may_set_role(desk.actor, desk.account), desk.actor)
    return desk.carry_out(DepartmentForm, officers.appoint, "department", "note")


@router.post("/people/{account_id:int}/role")
def set_role(desk: DeskDep) -> Response:
    require(may_set_role(desk.actor, desk.account), desk.actor)
    return desk.carry_out(RoleForm, people.set_role, "role", "note")
