"""The moderators' desk for experts: waiting applications, one application with its decision, invitations."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid
from app.forms import LARGEST_ID, EndingForm, InvitationForm, VerdictForm, read
from app.i18n import language
from app.models import Account, ExpertApplication, QueueKind
from app.permissions import may_decide_on_application, may_invite, require
from app.services import applications, cities, invitations
from app.web import desk, refusals
from app.web.cards import profile_url
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of

router = new_router()
DESK = "/moderation/experts"
ApplicationId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get(f"{DESK}/{{application_id:int}}")
def item(
    application_id: ApplicationId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    application = applications.get(session, actor, application_id)
    return _item(render, session, actor, application)


def _item(
    render: Render, session: Session, actor: Account, application: ExpertApplication, note: str = "", error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    fields = cities.catalogue(session).expertises
    return render(
        "moderation/expert.html",
        application=application,
        field=fields.get(application.field_code or ""),
        others=[
            one
            for one in applications.history(session, application.account)
            if one.id != application.id
        ],
        profile_url=profile_url(application.account),
        may_decide=may_decide_on_application(actor, application),
        note=note,
        **desk.panel(session, actor, QueueKind.APPLICATION, application.id, application.account),
        **refusals.shown(error),
    )


@router.post(f"{DESK}/{{application_id:int}}/decision")
def decide(
    application_id: ApplicationId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    application = applications.get(session, actor, application_id, lock=True)
    require(may_decide_on_application(actor, application), actor)
    values = {"verdict": text_of(posted, "verdict"), "note": text_of(posted, "note")}
    canned = number_of(text_of(posted, "canned"))
    try:
        applications.decide(
            session, settings, actor, application, read(VerdictForm, {**values, "canned": canned})
        )
    except Invalid as error:
        return _item(render, session, actor, application, values["note"], error)
    return see_other("/moderation", "application.decided")


@router.post(f"{DESK}/{{application_id:int}}/end")
def end(
    application_id: ApplicationId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    application = applications.get(session, actor, application_id)
    require(may_decide_on_application(actor, application), actor)
    note = text_of(posted, "note")
    try:
        applications.end(session, settings, actor, application, read(EndingForm, {"note": note}))
    except Invalid as error:
        return _item(render, session, actor, application, note, error)
    return see_other(f"{DESK}/{application_id}", "approval.ended")


def _invitations(
    render: Render, session: Session, actor: Account, values: dict[str, Any], error: Invalid | Conflict | None = None
) -> Response:  # fmt: skip
    shown = refusals.shown(error)
    if isinstance(error, Conflict):
        shown["errors"] = {"email": shown["refusal"]}
    return render(
        "moderation/invitations.html",
        invitations=invitations.open_ones(session, actor),
        fields=cities.catalogue(session).expertises,
        values=values,
        **shown,
    )


@router.get(f"{DESK}/invite")
def invitation_form(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_invite(actor), actor)
    values = {"email": "", "field": "", "words": "", "language": language.get()}
    return _invitations(render, session, actor, values)


@router.post(f"{DESK}/invite")
def invite(
    posted: Posted, session: SessionDep, settings: SettingsDep, actor: SignedIn, render: RenderDep
) -> Response:
    require(may_invite(actor), actor)
    values = {name: text_of(posted, name) for name in ("email", "field", "words", "language")}
    try:
        form = read(InvitationForm, {**values, "field": values["field"] or None})
        invitations.invite(session, settings, actor, form)
    except (Invalid, Conflict) as error:
        return _invitations(render, session, actor, values, error)
    return see_other(f"{DESK}/invite", "invitation.sent")


@router.post(f"{DESK}/invite/revoke")
def revoke(posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    invitations.revoke(session, actor, text_of(posted, "invitation"))
    return see_other(f"{DESK}/invite", "invitation.revoked")
