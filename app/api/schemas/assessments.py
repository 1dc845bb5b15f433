"""Assessments as the API returns them: to everybody, to the staff who arrange them, to the experts who are asked."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.api.schemas.moderation import PersonOut
from app.i18n import translate
from app.labels import FORMER_MEMBER, member_name
from app.models import Assessment, AssessmentRound, Evaluator, Proposal, Recommendation
from app.services import assessments, rubrics, verdicts
from app.services.assessment_results import FEWEST, Line, Result, Voice
from app.services.evaluators import Suggestion
from app.services.rubrics import Criterion
from app.services.verdicts import State


class CriterionOut(BaseModel):
    """What evaluators judge by, from 1 to 5."""

    code: str
    name: str
    description: str

    @classmethod
    def of(cls, criterion: Criterion) -> "CriterionOut":
        return cls(code=criterion.code, name=criterion.name, description=criterion.description)


class LineOut(CriterionOut):
    """How the evaluators judge by one criterion, by the newest version of each verdict."""

    median: float
    lowest: int
    highest: int

    @classmethod
    def summing_up(cls, line: Line) -> "LineOut":
        values = CriterionOut.of(line.criterion).model_dump()
        return cls(**values, median=line.median, lowest=line.lowest, highest=line.highest)


class CriterionScore(BaseModel):
    criterion: str = Field(description="Code of the criterion")
    score: int
    words: str


class VerdictOut(BaseModel):
    """One version of a verdict."""

    version: int = Field(description="1, or 2 where it has been revised")
    revision: int = Field(description="The revision of the proposal that it is about")
    scores: list[CriterionScore]
    recommendation: Recommendation
    words: str
    submitted_at: datetime

    @classmethod
    def of(cls, verdict: Assessment) -> "VerdictOut":
        plain = ("version", "revision", "recommendation", "words", "submitted_at")
        scores = [CriterionScore(criterion=code, **given) for code, given in verdict.scores.items()]
        return cls(**{name: getattr(verdict, name) for name in plain}, scores=scores)


class VoiceOut(BaseModel):
    """An evaluator with the verdict they gave; where there are two versions, the second counts."""

    evaluator: str = Field(
        description="Name; those who have deleted their account are former members"
    )
    account_id: int | None = Field(description="Number of the expert, null for a former member")
    field: str | None = Field(description="Code of /expertises, as it was when they were asked")
    dissents: bool = Field(description="Whether they advise something else than most")
    versions: list[VerdictOut]

    @classmethod
    def of(cls, voice: Voice, *, dissents: bool = False) -> "VoiceOut":
        account = voice.account
        return cls(
            evaluator=member_name(account) if account else translate(FORMER_MEMBER),
            account_id=account.id if account else None,
            field=voice.evaluator.field_code,
            dissents=dissents,
            versions=[VerdictOut.of(one) for one in voice.versions],
        )  # fmt: skip


class RecommendationCount(BaseModel):
    recommendation: Recommendation
    count: int


class RoundResultOut(BaseModel):
    """What a closed round has brought."""

    opened_at: datetime
    due_at: datetime
    closed_at: datetime
    score: float | None = Field(
        description="Mean of the medians, from 1 to 5; null without a verdict"
    )
    is_recommended: bool = Field(
        description="Whether most of two or more recommend it, with or without changes"
    )
    is_thin: bool = Field(description="Whether fewer than two verdicts were given")
    criteria: list[LineOut]
    recommendations: list[RecommendationCount]
    verdicts: list[VoiceOut]

    @classmethod
    def of(cls, result: Result) -> "RoundResultOut":
        plain = ("opened_at", "due_at", "closed_at")
        return cls(
            **{name: getattr(result.round, name) for name in plain},
            **_sums(result),
            criteria=[LineOut.summing_up(line) for line in result.lines],
            verdicts=[VoiceOut.of(one, dissents=result.dissents(one)) for one in result.voices],
        )


def _sums(result: Result) -> dict[str, object]:
    plain = ("score", "is_recommended", "is_thin")
    counts = result.counts.items()
    return {
        **{name: getattr(result, name) for name in plain},
        "recommendations": [RecommendationCount(recommendation=one, count=n) for one, n in counts],
    }


class AssessmentOut(BaseModel):
    """What experts say of a proposal, beside what citizens do: neither counts into the other."""

    proposal_id: int
    support_count: int
    oppose_count: int
    score: float | None = Field(description="Of the newest round with a verdict")
    rounds: list[RoundResultOut] = Field(description="Closed ones, the newest first")

    @classmethod
    def of(cls, proposal: Proposal, results: list[Result]) -> "AssessmentOut":
        return cls(
            proposal_id=proposal.id,
            support_count=proposal.support_count,
            oppose_count=proposal.oppose_count,
            score=proposal.assessment_score,
            rounds=[RoundResultOut.of(one) for one in results],
        )


class ProposalShort(BaseModel):
    """Which proposal it is about."""

    id: int
    ref: str
    title: str
    url: str = Field(description="The page for people")

    @classmethod
    def of(cls, proposal: Proposal, base_url: str) -> "ProposalShort":
        url = base_url + proposal.path
        return cls(id=proposal.id, ref=proposal.ref or "", title=proposal.title, url=url)


class AssessedItem(BaseModel):
    """A proposal that has been assessed, with both figures side by side."""

    proposal: ProposalShort
    pillar: str | None = Field(description="Code of /pillars")
    campaign_id: int
    support_count: int
    oppose_count: int
    score: float
    is_recommended: bool
    is_thin: bool
    verdicts: int = Field(description="How many evaluators have given one")
    recommendations: list[RecommendationCount]
    closed_at: datetime

    @classmethod
    def of(cls, proposal: Proposal, result: Result, base_url: str) -> "AssessedItem":
        plain = ("campaign_id", "support_count", "oppose_count")
        return cls.model_validate(
            {
                **{name: getattr(proposal, name) for name in plain},
                **_sums(result),
                "proposal": ProposalShort.of(proposal, base_url),
                "pillar": proposal.pillar_code,
                "verdicts": len(result.voices),
                "closed_at": result.round.closed_at,
            }
        )


class AssessedPage(BaseModel):
    items: list[AssessedItem]
    next_cursor: str | None


class SuggestionOut(BaseModel):
    """An expert who could be asked, and why."""

    expert: PersonOut
    field: str | None = Field(description="Code of /expertises")
    affiliation: str
    languages: list[str] = Field(description="ISO 639-1")
    field_fits: bool
    language_fits: bool
    waiting: int = Field(description="Verdicts that they still have to give")

    @classmethod
    def of(cls, suggestion: Suggestion) -> "SuggestionOut":
        profile = suggestion.profile
        plain = ("field_fits", "language_fits", "waiting")
        return cls(
            **{name: getattr(suggestion, name) for name in plain},
            expert=PersonOut.of(suggestion.account),
            field=profile.field_code,
            affiliation=profile.affiliation,
            languages=profile.languages,
        )


class SuggestionPage(BaseModel):
    items: list[SuggestionOut]
    next_cursor: None = None


class EvaluatorOut(BaseModel):
    """An evaluator as staff see them: how far they are, and no word of their verdict."""

    id: int
    expert: PersonOut | None = Field(description="null for a former member")
    field: str | None
    state: State
    assigned_at: datetime
    declared_at: datetime | None
    conflict_words: str

    @classmethod
    def of(cls, evaluator: Evaluator) -> "EvaluatorOut":
        plain = ("id", "assigned_at", "declared_at", "conflict_words")
        return cls(
            **{name: getattr(evaluator, name) for name in plain},
            expert=PersonOut.of(evaluator.account) if evaluator.account else None,
            field=evaluator.field_code,
            state=verdicts.state(evaluator),
        )


class RoundOut(BaseModel):
    """A round of assessment as staff see it."""

    id: int
    proposal_id: int
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    is_overdue: bool
    lacks_evaluators: bool = Field(
        description="Whether so many have withdrawn that more must be asked"
    )
    criteria: list[CriterionOut]
    evaluators: list[EvaluatorOut]

    @classmethod
    def of(cls, round_: AssessmentRound) -> "RoundOut":
        plain = ("id", "proposal_id", "opened_at", "due_at", "closed_at")
        return cls(
            **{name: getattr(round_, name) for name in plain},
            is_overdue=assessments.is_overdue(round_),
            lacks_evaluators=round_.is_open and len(assessments.taking_part(round_)) < FEWEST,
            criteria=[CriterionOut.of(one) for one in rubrics.criteria(round_)],
            evaluators=[EvaluatorOut.of(one) for one in round_.evaluators],
        )


class RoundPage(BaseModel):
    items: list[RoundOut]
    next_cursor: None = None


class AssignmentItem(BaseModel):
    """What one has been asked to judge."""

    id: int
    proposal: ProposalShort
    due_at: datetime
    closed_at: datetime | None
    state: State

    @classmethod
    def values(cls, evaluator: Evaluator, base_url: str) -> dict[str, object]:
        round_ = evaluator.round
        return {
            "id": evaluator.id,
            "proposal": ProposalShort.of(round_.proposal, base_url),
            "due_at": round_.due_at,
            "closed_at": round_.closed_at,
            "state": verdicts.state(evaluator),
        }

    @classmethod
    def of(cls, evaluator: Evaluator, base_url: str) -> "AssignmentItem":
        return cls.model_validate(cls.values(evaluator, base_url))


class AssignmentPage(BaseModel):
    items: list[AssignmentItem]
    next_cursor: None = None


class AssignmentDetail(AssignmentItem):
    """What one has been asked to judge, with as much as one may see of it now."""

    revision: int = Field(description="The proposal's revision now: what a verdict must be about")
    criteria: list[CriterionOut] = Field(description="Empty before one has declared")
    may_submit: bool = Field(description="Whether a verdict, or a revised one, can be given now")
    verdicts: list[VerdictOut] = Field(description="One's own")
    others: list[VoiceOut] = Field(description="Once one's own is in or the round is closed")

    @classmethod
    def whole(cls, evaluator: Evaluator, base_url: str, *, may_submit: bool) -> "AssignmentDetail":
        round_ = evaluator.round
        knows = evaluator.has_conflict is False
        return cls.model_validate(
            {
                **cls.values(evaluator, base_url),
                "revision": round_.proposal.revision,
                "criteria": [CriterionOut.of(one) for one in rubrics.criteria(round_) if knows],
                "may_submit": may_submit,
                "verdicts": [VerdictOut.of(one) for one in evaluator.verdicts],
                "others": [VoiceOut.of(one) for one in verdicts.others(evaluator)],
            }
        )
