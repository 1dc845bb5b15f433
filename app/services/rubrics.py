"""Rubrics: the criteria by which evaluators judge. A campaign may have its own; each round keeps those it began with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.i18n import LANGUAGES, N_, localised, translate_to
from app.models import AssessmentRound, Campaign

# Whoever sets no other criteria has these.
_USUAL = (
    ("impact", N_("Impact"), N_("What becomes better, for how many people, and for how long?")),
    ("feasibility", N_("Feasibility"), N_("Can it be done with what is known, allowed and at hand?")),
    ("cost", N_("Cost"), N_("Is what it needs in proportion to what it brings? 5 means: very good value.")),
    ("equity", N_("Equity"), N_("Does it reach those who have less, and burden nobody unfairly?")),
    ("originality", N_("Originality"), N_("Does it bring something that the city does not have yet?")),
)  # fmt: skip


@dataclass(frozen=True)
class Criterion:
    """One criterion, named in the reader's language."""

    code: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def name(self) -> str:
        return localised(dict(self.names))

    @property
    def description(self) -> str:
        return localised(dict(self.descriptions))


def usual() -> list[dict[str, Any]]:
    """The usual criteria, in every language of the interface, as a round or a campaign keeps them."""
    return [
        {
            "code": code,
            "names": {one: translate_to(one, name) for one in LANGUAGES},
            "descriptions": {one: translate_to(one, text) for one in LANGUAGES},
        }
        for code, name, text in _USUAL
    ]


def of(campaign: Campaign) -> list[dict[str, Any]]:
    """The criteria of a campaign's next round."""
    return campaign.rubric or usual()


def criteria(round_: AssessmentRound) -> list[Criterion]:
    """The criteria of a round."""
    return [Criterion(**row) for row in round_.rubric]
