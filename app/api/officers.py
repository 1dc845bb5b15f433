"""Officers over JSON: an administrator says for which department one answers."""

from app.api.routing import new_router
from app.api.schemas import OfficerOut
from app.dependencies import SessionDep, SettingsDep, TokenActor
from app.forms import DepartmentForm, Number
from app.services import officers, people

router = new_router("People")


@router.put("/officers/{account_id}")
def appoint(
    account_id: Number,
    body: DepartmentForm,
    session: SessionDep,
    settings: SettingsDep,
    actor: TokenActor,
) -> OfficerOut:
    """Make an officer answer for a department, with the reason; the person is told."""
    account = people.get(session, actor, account_id, lock=True)
    officers.appoint(session, settings, actor, account, body)
    return OfficerOut(account_id=account.id, department=body.department)
