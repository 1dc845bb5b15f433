"""What an expert is asked to judge: the list, the declaration, the form of a verdict, and what the others say."""

from typing import Annotated, Any

from fastapi import Path
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.errors import Conflict, Invalid, PortalError
from app.forms import (
    CONFLICT_LENGTH,
    CRITERION_LENGTH,
    LARGEST_ID,
    VERDICT_LENGTH,
    AssessmentForm,
    DeclarationForm,
    read,
)
from app.i18n import N_, translate
from app.labels import field_label
from app.models import HIGHEST_SCORE, LOWEST_SCORE, Account, Evaluator, Recommendation
from app.permissions import may_judge
from app.services import cities, rubrics, verdicts
from app.services.rubrics import Criterion
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, number_of, see_other, text_of

router = new_router()
AssignmentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
SCORES = range(LOWEST_SCORE, HIGHEST_SCORE + 1)
_WORDS = N_("Why this score")


@router.get("/assessments")
def mine(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    found = [(one, verdicts.state(one)) for one in verdicts.mine(session, actor)]
    waiting = (verdicts.State.ASKED, verdicts.State.WAITING)
    return render(
        "assessments/mine.html",
        waiting=[(one, state) for one, state in found if state in waiting],
        done=[(one, state) for one, state in found if state not in waiting],
    )


@router.get("/assessments/{assignment_id:int}")
def show(
    assignment_id: AssignmentId, session: SessionDep, actor: SignedIn, render: RenderDep
) -> Response:
    evaluator = verdicts.get(session, actor, assignment_id)
    return _page(render, session, actor, evaluator, _begun(evaluator))


@router.post("/assessments/{assignment_id:int}/declaration")
def declare(
    assignment_id: AssignmentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    evaluator = verdicts.get(session, actor, assignment_id, lock=True)
    choice = {"yes": True, "no": False}.get(text_of(posted, "has_conflict"))
    values = {"has_conflict": choice, "words": text_of(posted, "words")}
    try:
        given = {name: value for name, value in values.items() if value is not None}
        verdicts.declare(session, settings, actor, evaluator, read(DeclarationForm, given))
    except Invalid as error:
        return _page(render, session, actor, evaluator, values, error)
    notice = "assessment.recused" if choice else "assessment.ready"
    return see_other(f"/assessments/{assignment_id}", notice)


@router.post("/assessments/{assignment_id:int}/verdict")
def submit(
    assignment_id: AssignmentId,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    evaluator = verdicts.get(session, actor, assignment_id, lock=True)
    values = _typed(evaluator, posted)
    try:
        verdicts.submit(session, settings, actor, evaluator, _read(evaluator, values))
    except (Invalid, Conflict) as error:
        return _page(render, session, actor, evaluator, values, error)
    return see_other(f"/assessments/{assignment_id}", "assessment.given")


def render_kept(
    render: Render, session: Session, actor: Account, path: str, posted: FormData
) -> Response:
    """The form again after a new sign-in, with what had been written; whoever was not asked goes on."""
    try:
        evaluator = verdicts.get(session, actor, number_of(path.removeprefix("/assessments/")) or 0)
    except PortalError:
        return see_other("/", "sign_in.done")
    return _page(render, session, actor, evaluator, _typed(evaluator, posted))


def _page(
    render: Render, session: Session, actor: Account, evaluator: Evaluator, values: dict[str, Any], error: Conflict | Invalid | None = None
) -> Response:  # fmt: skip
    criteria = rubrics.criteria(evaluator.round)
    return render(
        "assessments/assignment.html",
        status=error.status if error else 200,
        evaluator=evaluator,
        round=evaluator.round,
        proposal=evaluator.round.proposal,
        state=verdicts.state(evaluator),
        criteria=criteria,
        others=verdicts.others(evaluator),
        fields=cities.catalogue(session).expertises,
        may_judge=may_judge(actor, evaluator),
        may_submit=verdicts.may_submit(actor, evaluator),
        values=values,
        scale=SCORES,
        advice=list(Recommendation),
        errors=_sentences(error),
        error_list=_lines(evaluator, criteria, error),
        refusal=refusals.sentence(error),
        limits={"conflict": CONFLICT_LENGTH, "criterion": CRITERION_LENGTH, "verdict": VERDICT_LENGTH},
    )  # fmt: skip


def _begun(evaluator: Evaluator) -> dict[str, Any]:
    """What the form begins with: nothing, or the verdict that is to be revised."""
    if not evaluator.verdicts:
        return {"scores": {}, "recommendation": "", "words": "", "has_conflict": None}
    former = evaluator.verdicts[-1]
    return {"scores": former.scores, "recommendation": former.recommendation.value, "words": former.words, "has_conflict": None}  # fmt: skip


def _typed(evaluator: Evaluator, posted: FormData) -> dict[str, Any]:
    """The posted verdict as it was typed."""
    codes = [criterion.code for criterion in rubrics.criteria(evaluator.round)]
    return {
        "revision": number_of(text_of(posted, "revision")),
        "scores": {
            code: {
                "score": number_of(text_of(posted, f"score-{code}")),
                "words": text_of(posted, f"words-{code}"),
            }
            for code in codes
        },
        "recommendation": text_of(posted, "recommendation"),
        "words": text_of(posted, "words"),
        "has_conflict": None,
    }


def _read(evaluator: Evaluator, values: dict[str, Any]) -> AssessmentForm:
    """The form in what was typed; a page that names no revision means the one it showed. Raises Invalid."""
    scores = {
        code: {name: value for name, value in given.items() if value is not None}
        for code, given in values["scores"].items()
    }
    revision = values["revision"] or evaluator.round.proposal.revision
    sent = {name: values[name] for name in ("recommendation", "words")}
    return read(AssessmentForm, {**sent, "revision": revision, "scores": scores})


def _sentences(error: PortalError | None) -> dict[str, str]:
    """A sentence for each bad field; those of a criterion by `score-` or `words-` and its code."""
    found = {}
    for one in error.errors if isinstance(error, Invalid) else []:
        parts = one.field.split(".")
        name = "-".join(reversed(parts[1:])) if len(parts) > 1 else parts[0]
        found[name] = translate(one.message, **one.arguments)
    return found


def _lines(
    evaluator: Evaluator, criteria: list[Criterion], error: PortalError | None
) -> list[tuple[str, str]]:
    """What stands above the form: each bad field's id, and what is wrong with it."""
    # The words of a declaration are called otherwise than those of a verdict.
    declares = verdicts.state(evaluator) is verdicts.State.ASKED
    names = {"words": translate("Which conflict")} if declares else {}
    names |= {f"score-{one.code}": one.name for one in criteria}
    names |= {f"words-{one.code}": f"{one.name}, {translate(_WORDS)}" for one in criteria}
    return [(f"field-{name}", f"{names.get(name) or field_label(name)}: {text}") for name, text in _sentences(error).items()]  # fmt: skip
