"""Officers: people who answer for one of the city's departments. An administrator says for which; it goes with the role."""

from sqlmodel import Session, select

from app.database import insert_or_update, now, table_of
from app.errors import Conflict, Invalid
from app.forms import DepartmentForm, unknown
from app.models import Account, AccountEventKind, Officer
from app.permissions import Actor, is_officer, may_set_role, require
from app.services import cities, people
from app.settings import Settings


def department_of(session: Session, actor: Actor) -> str | None:
    """The code of the department that the actor answers for; None for everybody who is no officer of one."""
    if actor is None or not is_officer(actor):
        return None
    query = select(Officer.department_code).where(Officer.account_id == actor.id)
    return session.exec(query).first()


def appoint(
    session: Session, settings: Settings, actor: Account, account: Account, form: DepartmentForm
) -> None:
    """Make an officer, whose account the caller has locked, answer for a department.

    Raises Forbidden, Invalid for an unknown department, Conflict if the person has not the role, or answers for it already.
    """
    require(may_set_role(actor, account), actor)
    if form.department not in cities.catalogue(session).departments:
        raise Invalid([unknown("department")])
    if not is_officer(account):
        raise Conflict("person.no_officer")
    if department_of(session, account) == form.department:
        raise Conflict("person.has_department")
    row = {"account_id": account.id, "department_code": form.department, "created_at": now()}
    insert_or_update(session, table_of(Officer), row, {"department_code": form.department})
    people.record(session, settings, actor, account, AccountEventKind.DEPARTMENT, form.note)
