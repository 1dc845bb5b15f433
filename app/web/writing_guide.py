"""The guide beside the form: what a good answer has in each field, and what the city would write there."""

from dataclasses import dataclass

from app.i18n import N_, translate
from app.services.cities import Catalogue

# What a proposal must have before it can be handed in, in the order of the form.
NEEDED = ("title", "summary", "problem", "solution", "expected_impact", "resources_needed", "pillar")  # fmt: skip
_ADVICE = {
    "title": (
        N_("What is to be done, and where, in one line."),
        N_("No slogan and no capitals: the title is what people search for and share."),
    ),
    "summary": (
        N_("Who should do what, and who is better off."),
        N_("Somebody who reads nothing else must understand the idea."),
    ),
    "problem": (
        N_("Say who has the problem, how many they are, and how often."),
        N_("Say how you know: what you saw, counted or read, with a link."),
        N_("Do not name or blame private people."),
    ),
    "solution": (
        N_("Steps in their order, each with who would do it."),
        N_("What should be tried first, small and cheap?"),
        N_("Where has it worked already, and what was different there?"),
    ),
    "expected_impact": (
        N_("Something that can be counted before and after."),
        N_("By when, and who may be worse off?"),
    ),
    "resources_needed": (
        N_("A rough figure is better than none; say how you arrive at it."),
        N_("What you could give yourselves: time, knowledge, a room."),
        N_("Say plainly what you do not know."),
    ),
}


@dataclass(frozen=True)
class Advice:
    """What a good answer has in one field; `example` is the city's, if it has one."""

    points: list[str]
    example: str


def advice(city: Catalogue) -> dict[str, Advice]:
    """The guide of each field of text, in the reader's language."""
    return {
        field: Advice([translate(point) for point in points], city.example(field))
        for field, points in _ADVICE.items()
    }
