"""Assessing: rounds of assessment and what experts say in them, made through the services."""

from typing import Any

from app.forms import AssessmentForm, DeclarationForm, RoundForm
from app.models import Account, AssessmentRound, Evaluator, Proposal
from app.services import assessments, proposals, verdicts
from tests.builders import Make

CRITERIA = ("impact", "feasibility", "cost", "equity", "originality")


def judgement(scores: list[int] | int = 4, advice: str = "recommend", revision: int = 1) -> dict[str, Any]:  # fmt: skip
    """A verdict by the usual criteria, as the API takes it."""
    given = scores if isinstance(scores, list) else [scores] * len(CRITERIA)
    return {
        "revision": revision,
        "scores": {
            code: {"score": score, "words": f"Vì {code}."}
            for code, score in zip(CRITERIA, given, strict=True)
        },
        "recommendation": advice,
        "words": "Nói **chung**.",
    }


class Assess:
    """Asks experts in one database, and judges for them."""

    def __init__(self, make: Make) -> None:
        self.make, self.db = make, make.db

    def ask(self, proposal: Proposal, *experts: Account) -> AssessmentRound:
        """An open assessment of the proposal by these experts."""
        desk = self.make.desk()
        form = RoundForm(evaluators=[expert.id for expert in experts])
        with self.db.session() as session:
            found = proposals.get_visible(session, desk, proposal.id, lock=True)
            return assessments.open_round(session, self.db.settings, desk, found, form)

    def asked(self, expert: Account) -> Evaluator:
        """What the expert has been asked for last."""
        return self.db.all(Evaluator, Evaluator.account_id == expert.id)[-1]

    def declare(self, expert: Account, conflict: str = "") -> None:
        """What the expert declares about what they have been asked for last."""
        number = self.asked(expert).id
        form = DeclarationForm(has_conflict=bool(conflict), words=conflict)
        with self.db.session() as session:
            found = verdicts.get(session, expert, number, lock=True)
            verdicts.declare(session, self.db.settings, expert, found, form)

    def judge(
        self, expert: Account, scores: list[int] | int = 4, advice: str = "recommend"
    ) -> None:
        """The expert's verdict on what they have been asked for last, after declaring no conflict."""
        number = self.asked(expert).id
        if self.asked(expert).declared_at is None:
            self.declare(expert)
        with self.db.session() as session:
            found = verdicts.get(session, expert, number, lock=True)
            form = AssessmentForm(**judgement(scores, advice, found.round.proposal.revision))
            verdicts.submit(session, self.db.settings, expert, found, form)
