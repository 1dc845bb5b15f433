"""Citations: permanent addresses by reference, files for programs that keep bibliographies, a square code of the address."""

import io
import json
from typing import Annotated

import segno
from fastapi import Depends, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep
from app.errors import NotFound
from app.models import Account, Proposal
from app.permissions import may_see_whole_history
from app.services import citations, proposals, revisions
from app.services.citations import PERMANENT, Citation
from app.settings import Settings
from app.web.charts import picture
from app.web.pages import new_router
from app.web.proposals import ProposalId
from app.web.revisions import REVISION, Number

router = new_router()
CSL = "application/vnd.citationstyles.csl+json"


@router.get(f"{PERMANENT}/{{ref}}")
def permanent(ref: str, session: SessionDep, actor: BrowserActor) -> Response:
    """Leads to where the proposal with this reference stands now."""
    return RedirectResponse(_find(session, actor, ref).path, 302)


@router.get(f"{PERMANENT}/{{ref}}/{{number:int}}")
def permanent_version(
    ref: str, number: Number, session: SessionDep, actor: BrowserActor
) -> Response:
    """Leads to the words of one version."""
    proposal = _find(session, actor, ref)
    whole = may_see_whole_history(actor, proposal)
    if number not in revisions.numbers(session, proposal, whole=whole):
        raise NotFound
    return RedirectResponse(f"/proposals/{proposal.id}/revisions/{number}#text", 302)


def _find(session: Session, actor: Account | None, ref: str) -> Proposal:
    """The proposal with this reference. Raises NotFound for none and for one the actor may not see, alike."""
    number = proposals.find_number(session, ref)
    if number is None:
        raise NotFound
    return proposals.get_visible(session, actor, number)


def _cited(
    session: Session, settings: Settings, actor: Account | None, proposal_id: int, number: int | None
) -> Citation:  # fmt: skip
    """The citation that is asked for. Raises NotFound where there is nothing that everybody can read."""
    proposal = proposals.get_visible(session, actor, proposal_id)
    found = citations.of(session, settings.base_url, proposal, number)
    if found is None:
        raise NotFound
    return found


def get_citation(
    proposal_id: ProposalId, session: SessionDep, settings: SettingsDep, actor: BrowserActor
) -> Citation:
    """How a proposal is cited as it stands now."""
    return _cited(session, settings, actor, proposal_id, None)


def get_version(
    proposal_id: ProposalId,
    number: Number,
    session: SessionDep,
    settings: SettingsDep,
    actor: BrowserActor,
) -> Citation:
    """How one version of a proposal is cited."""
    return _cited(session, settings, actor, proposal_id, number)


Cited = Annotated[Citation, Depends(get_citation)]
CitedVersion = Annotated[Citation, Depends(get_version)]


@router.get("/proposals/{proposal_id:int}/cite.bib")
def bibtex(citation: Cited) -> Response:
    return _bibtex(citation)


@router.get(f"{REVISION}/cite.bib")
def bibtex_of_version(citation: CitedVersion) -> Response:
    return _bibtex(citation)


@router.get("/proposals/{proposal_id:int}/cite.json")
def csl(citation: Cited) -> Response:
    return _csl(citation)


@router.get(f"{REVISION}/cite.json")
def csl_of_version(citation: CitedVersion) -> Response:
    return _csl(citation)


def _bibtex(citation: Citation) -> Response:
    """The citation as a BibTeX file."""
    kind = "application/x-bibtex; charset=utf-8"
    return _file(citation, "bib", kind, citations.as_bibtex(citation))


def _csl(citation: Citation) -> Response:
    """The citation as a file of CSL-JSON, which holds a list."""
    text = json.dumps([citations.as_csl(citation)], ensure_ascii=False, indent=2)
    return _file(citation, "json", CSL, text)


def _file(citation: Citation, ending: str, kind: str, text: str) -> Response:
    name = f"{citation.ref}-v{citation.version}.{ending}"
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@router.get("/proposals/{proposal_id:int}/qr.svg")
def square_code(request: Request, citation: Cited) -> Response:
    """The permanent address as a QR code, for paper."""
    svg = io.BytesIO()
    segno.make(citation.address, error="m").save(svg, kind="svg", border=2, light="white", omitsize=True)  # fmt: skip
    return picture(request, svg.getvalue())
