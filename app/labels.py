"""Labels: how the interface names statuses, roles, fields, decisions and steps, in the reader's language."""

from app.forms import Decision
from app.i18n import N_, translate
from app.models import (
    Account,
    AccountEventKind,
    AnswerState,
    AnswerStep,
    ApplicationStatus,
    Cause,
    CommentEvent,
    CommentEventKind,
    Event,
    EventKind,
    Outcome,
    QueueKind,
    QueueSignal,
    Recommendation,
    Role,
    Signal,
    Stance,
    Status,
)

# What people who have deleted their account are called.
FORMER_MEMBER = N_("Former member")
_STATUSES = {
    Status.DRAFT: N_("draft"),
    Status.SUBMITTED: N_("waiting for moderation"),
    Status.RETURNED: N_("returned to the author"),
    Status.REJECTED: N_("rejected"),
    Status.PUBLISHED: N_("published"),
    Status.UNDER_CONSIDERATION: N_("under consideration"),
    Status.ACCEPTED: N_("accepted"),
    Status.IN_PROGRESS: N_("in progress"),
    Status.COMPLETED: N_("completed"),
    Status.DECLINED: N_("declined"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.HIDDEN: N_("hidden"),
    Status.MERGED: N_("merged"),
}
_ROLES = {
    Role.CITIZEN: N_("citizen"),
    Role.EXPERT: N_("expert"),
    Role.MODERATOR: N_("moderator"),
    Role.OFFICER: N_("department officer"),
    Role.ADMIN: N_("administrator"),
}
_FIELDS = {
    "title": N_("Title"),
    "summary": N_("Summary"),
    "problem": N_("The problem"),
    "solution": N_("The solution"),
    "expected_impact": N_("Expected impact"),
    "resources_needed": N_("Resources needed"),
    "pillar": N_("Pillar"),
    "goals": N_("City goals"),
    "wards": N_("Wards and communes"),
    "tags": N_("Tags"),
    "campaign_id": N_("Campaign"),
    "language": N_("Language of the text"),
    "email": N_("Email address"),
    "code": N_("One-time code"),
    "name": N_("Name"),
    "consent": N_("Consent"),
    "question": N_("Question"),
    "submission_opens_at": N_("Proposals from"),
    "submission_closes_at": N_("Proposals until"),
    "voting_opens_at": N_("Votes from"),
    "voting_closes_at": N_("Votes until"),
    "votes_per_person": N_("Votes per person"),
    "votes_need": N_("Who votes"),
    "allows_opposition": N_("Counting"),
    "comments_premoderated": N_("Comments"),
    "trusted_skip": N_("Trusted authors"),
    "answer_threshold": N_("Supports that call for an answer"),
    "answer_on_recommendation": N_("Recommendations"),
    "answer_days": N_("Days within which the city answers"),
    "outcome": N_("Decision"),
    "department": N_("Department"),
    "milestones": N_("What will happen by when"),
    "publish_at": N_("To be published"),
    "progress": N_("Progress in percent"),
    "due_on": N_("By the day"),
    "link": N_("Link to what shows it"),
    "follow": N_("News by mail"),
    "version": N_("Version"),
    "items": N_("What is decided"),
    "canned": N_("Canned answer"),
    "file": N_("File"),
    "description": N_("What can be seen"),
    "texts": N_("Text"),
    "budget": N_("Budget"),
    "currency": N_("Currency"),
    "document": N_("Number of the document"),
    "role": N_("Role"),
    "reason_code": N_("Reason"),
    "note": N_("Note"),
    "into": N_("Number of the other proposal"),
    "status": N_("Status"),
    "decision": N_("Decision"),
    "field": N_("Field of expertise"),
    "affiliation": N_("Affiliation"),
    "country": N_("Country"),
    "biography": N_("About you"),
    "languages": N_("Languages you work in"),
    "links": N_("Links"),
    "orcid": N_("ORCID iD"),
    "verdict": N_("Decision"),
    "words": N_("Your words"),
    "evaluators": N_("Evaluators"),
    "has_conflict": N_("Conflict of interest"),
    "scores": N_("Scores"),
    "recommendation": N_("Recommendation"),
    "rubric": N_("Criteria of assessments"),
    "confirmation": N_("Confirmation"),
    "proposals": N_("Your published proposals"),
    "comments": N_("Your comments"),
    "text": N_("Your words"),
    "stance": N_("Your stance"),
    "voice": N_("For whom you speak"),
    "parent_id": N_("The comment replied to"),
}
_APPLICATIONS = {
    ApplicationStatus.PENDING: N_("waiting for a decision"),
    ApplicationStatus.APPROVED: N_("approved"),
    ApplicationStatus.REFUSED: N_("not approved"),
    ApplicationStatus.WITHDRAWN: N_("withdrawn"),
}
_DECISIONS = {
    Decision.PUBLISH: N_("Publish"),
    Decision.RETURN: N_("Return to the author"),
    Decision.REJECT: N_("Reject"),
    Decision.HIDE: N_("Hide"),
    Decision.RESTORE: N_("Show again"),
}
_OUTCOMES = {
    Outcome.PUBLISH: N_("published"),
    Outcome.RETURN: N_("returned to the author"),
    Outcome.REJECT: N_("rejected"),
    Outcome.HIDE: N_("hidden"),
    Outcome.RESTORE: N_("shown again"),
    Outcome.MERGE: N_("merged"),
    Outcome.ACCEPT: N_("edit accepted"),
    Outcome.KEEP: N_("left as it is"),
    Outcome.APPROVE: N_("approved"),
    Outcome.REFUSE: N_("not approved"),
    Outcome.END: N_("approval ended"),
    Outcome.DISMISS: N_("dismissed"),
    Outcome.UPHOLD: N_("upheld"),
    Outcome.BAN: N_("account closed"),
    Outcome.UNBAN: N_("account opened again"),
}
_DOINGS = {
    Outcome.PUBLISH: N_("Publish"),
    Outcome.RETURN: N_("Return to the author"),
    Outcome.REJECT: N_("Reject"),
    Outcome.HIDE: N_("Hide"),
    Outcome.RESTORE: N_("Show again"),
    Outcome.MERGE: N_("Merge"),
    Outcome.ACCEPT: N_("Accept the edit"),
    Outcome.KEEP: N_("Leave it as it is"),
    Outcome.APPROVE: N_("Approve"),
    Outcome.REFUSE: N_("Do not approve"),
    Outcome.END: N_("End the approval"),
    Outcome.DISMISS: N_("Dismiss"),
    Outcome.UPHOLD: N_("Uphold"),
    Outcome.BAN: N_("Close"),
    Outcome.UNBAN: N_("Open again"),
}
_KINDS = {
    QueueKind.PROPOSAL: N_("New proposal"),
    QueueKind.EDIT: N_("Edit of a proposal"),
    QueueKind.COMMENT: N_("Comment"),
    QueueKind.REPORT: N_("Report"),
    QueueKind.APPLICATION: N_("Expert application"),
    QueueKind.APPEAL: N_("Appeal"),
    QueueKind.ACCOUNT: N_("Account"),
}
# What a decision is about, to the person concerned.
_CONCERNS = {
    QueueKind.PROPOSAL: N_("Your proposal “%(title)s”"),
    QueueKind.EDIT: N_("The new text of your proposal “%(title)s”"),
    QueueKind.COMMENT: N_("Your comment on “%(title)s”"),
    QueueKind.APPLICATION: N_("Your application as an expert"),
    QueueKind.ACCOUNT: N_("Your account"),
}
_SIGNALS = {
    Signal.SIMILAR: N_("similar text"),
    Signal.LINKS: N_("links"),
    Signal.PHONE: N_("phone number"),
    Signal.EMAIL: N_("email address"),
    Signal.CITIZEN_NUMBER: N_("citizen number"),
    Signal.MANY: N_("many from one account"),
    Signal.CAPITALS: N_("all capitals"),
    Signal.FIRST: N_("first-time author"),
    Signal.REPORTED: N_("reported by readers"),
}
_STEPS = {
    Status.DRAFT: N_("Draft begun"),
    Status.SUBMITTED: N_("Submitted"),
    Status.RETURNED: N_("Returned to the author"),
    Status.REJECTED: N_("Rejected"),
    Status.PUBLISHED: N_("Published after moderation"),
    Status.UNDER_CONSIDERATION: N_("Taken under consideration"),
    Status.ACCEPTED: N_("Accepted"),
    Status.IN_PROGRESS: N_("Work has begun"),
    Status.COMPLETED: N_("Completed"),
    Status.DECLINED: N_("Declined"),
    Status.WITHDRAWN: N_("Withdrawn by the author"),
    Status.HIDDEN: N_("Hidden by a moderator"),
    Status.MERGED: N_("Merged into another proposal"),
}
_EVENTS = {
    EventKind.EDIT_SENT: N_("New text sent to the moderators"),
    EventKind.EDIT_RETURNED: N_("New text returned to the author"),
    EventKind.CO_AUTHOR_JOINED: N_("A co-author joined"),
    EventKind.CO_AUTHOR_LEFT: N_("A co-author left"),
    EventKind.CO_AUTHOR_REMOVED: N_("A co-author was removed"),
    EventKind.MERGE_SUGGESTED: N_("Merging into another proposal suggested"),
    EventKind.MERGE_DECLINED: N_("The suggestion to merge it declined"),
    EventKind.MERGE_TAKEN_BACK: N_("The suggestion to merge it taken back"),
    EventKind.MERGE_VOID: N_("The suggestion to merge it ended without an answer"),
    EventKind.ASSESSMENT_OPENED: N_("Experts asked for an assessment"),
    EventKind.EVALUATOR_ASSIGNED: N_("An evaluator assigned"),
    EventKind.EVALUATOR_DECLARED: N_("An evaluator declared no conflict of interest"),
    EventKind.EVALUATOR_RECUSED: N_("An evaluator withdrew: conflict of interest"),
    EventKind.VERDICT_GIVEN: N_("A verdict given"),
    EventKind.ASSESSMENT_CLOSED: N_("The assessment closed"),
    EventKind.VERDICT_REVISED: N_("An evaluator revised their verdict"),
}
_RECOMMENDATIONS = {
    Recommendation.RECOMMEND: N_("recommends it"),
    Recommendation.WITH_CHANGES: N_("recommends it with changes"),
    Recommendation.AGAINST: N_("does not recommend it"),
}
# What an evaluator chooses, as an answer to “What do you advise the city?”
_ADVICE = {
    Recommendation.RECOMMEND: N_("I recommend it"),
    Recommendation.WITH_CHANGES: N_("I recommend it with changes"),
    Recommendation.AGAINST: N_("I do not recommend it"),
}
_SCORES = {
    1: N_("very weak"),
    2: N_("weak"),
    3: N_("fair"),
    4: N_("good"),
    5: N_("very good"),
}
_ACCOUNT_EVENTS = {
    AccountEventKind.VERIFIED: N_("Identity confirmed at a desk"),
    AccountEventKind.BANNED: N_("Account closed"),
    AccountEventKind.UNBANNED: N_("Account opened again"),
    AccountEventKind.ROLE: N_("Role changed"),
    AccountEventKind.DEPARTMENT: N_("Department given"),
}
_CITY_STEPS = {
    EventKind.EDIT_SENT: N_("New text sent to the moderators"),
    EventKind.EDIT_RETURNED: N_("New text returned to the author"),
    EventKind.ANSWER_CALLED: N_("The city owes an answer"),
    EventKind.ANSWER_ASSIGNED: N_("To be answered by"),
    EventKind.MILESTONE_SET: N_("Milestone set"),
    EventKind.MILESTONE_CHANGED: N_("News of a milestone"),
    EventKind.MILESTONE_REACHED: N_("Milestone reached"),
}
_CAUSES = {
    Cause.SUPPORTS: N_("enough people support it"),
    Cause.RECOMMENDATION: N_("experts recommend it"),
    Cause.MODERATOR: N_("the moderators ask for it"),
}
_ANSWER_STATES = {
    AnswerState.DRAFT: N_("draft"),
    AnswerState.SUBMITTED: N_("waiting for approval"),
    AnswerState.APPROVED: N_("approved, to be published"),
    AnswerState.PUBLISHED: N_("published"),
    AnswerState.DISCARDED: N_("given up"),
}
_ANSWER_STEPS = {
    AnswerStep.DRAFTED: N_("Draft begun"),
    AnswerStep.EDITED: N_("Draft changed"),
    AnswerStep.SUBMITTED: N_("Handed over for approval"),
    AnswerStep.RETURNED: N_("Taken back to the draft"),
    AnswerStep.APPROVED: N_("Approved"),
    AnswerStep.PUBLISHED: N_("Published"),
    AnswerStep.HELD: N_("Could not be published: the proposal's status had changed"),
    AnswerStep.DISCARDED: N_("Given up"),
}


_STANCES = {
    Stance.FOR: N_("For"),
    Stance.AGAINST: N_("Against"),
    Stance.QUESTION: N_("Question"),
    Stance.NEUTRAL: N_("Neutral"),
}
_COMMENT_EVENTS = {
    CommentEventKind.WRITTEN: N_("Written"),
    CommentEventKind.EDITED: N_("Edited"),
    CommentEventKind.DELETED: N_("Deleted by its writer"),
    CommentEventKind.PUBLISHED: N_("Published by a moderator"),
    CommentEventKind.REJECTED: N_("Not published by a moderator"),
    CommentEventKind.KEPT: N_("Left as it is by a moderator"),
    CommentEventKind.HIDDEN: N_("Hidden by a moderator"),
    CommentEventKind.RESTORED: N_("Shown again by a moderator"),
    CommentEventKind.MARKED: N_("Found helpful"),
    CommentEventKind.UNMARKED: N_("Found helpful no more"),
}


def stance_label(stance: Stance) -> str:
    return translate(_STANCES[stance])


def comment_event_label(event: CommentEvent) -> str:
    return translate(_COMMENT_EVENTS[event.kind])


def recommendation_label(recommendation: Recommendation) -> str:
    """What an evaluator advises, as others tell it."""
    return translate(_RECOMMENDATIONS[recommendation])


def score_label(score: int) -> str:
    """What a score from 1 to 5 means, in words."""
    return translate(_SCORES[score])


def advice_label(recommendation: Recommendation) -> str:
    """What an evaluator advises, in their own words."""
    return translate(_ADVICE[recommendation])


def account_event_label(kind: AccountEventKind) -> str:
    return translate(_ACCOUNT_EVENTS[kind])


def status_label(status: Status | str) -> str:
    return translate(_STATUSES[Status(status)])


def application_label(status: ApplicationStatus) -> str:
    return translate(_APPLICATIONS[status])


def role_label(role: Role) -> str:
    return translate(_ROLES[role])


def member_name(account: Account) -> str:
    """The name a person is shown by; of those who gave none, or have deleted their account, only what they are."""
    if account.is_former_member:
        return translate(FORMER_MEMBER)
    return account.name or translate(N_("A resident"))


def field_label(field: str) -> str:
    """The name of a form's field; a path such as `tags.2` names its field."""
    return translate(_FIELDS.get(field.split(".", maxsplit=1)[0], N_("This field")))


def decision_label(decision: Decision) -> str:
    return translate(_DECISIONS[decision])


def outcome_label(outcome: Outcome) -> str:
    """What was decided."""
    return translate(_OUTCOMES[outcome])


def doing_label(outcome: Outcome) -> str:
    """What a moderator is about to decide, as on a button."""
    return translate(_DOINGS[outcome])


def kind_label(kind: QueueKind) -> str:
    return translate(_KINDS[kind])


def concern_label(kind: QueueKind, title: str) -> str:
    """What a decision is about, to the person concerned; `title` is the proposal's, where there is one."""
    return translate(_CONCERNS[kind], title=title)


def matter_label(kind: QueueKind, outcome: Outcome) -> str:
    """What a decision was about: a proposal that is hidden, shown again or merged is not a new one."""
    if kind is QueueKind.PROPOSAL and outcome in {Outcome.HIDE, Outcome.RESTORE, Outcome.MERGE}:
        return translate(N_("Proposal"))
    return kind_label(kind)


def signal_label(signal: Signal) -> str:
    return translate(_SIGNALS[signal])


def cause_label(cause: Cause) -> str:
    """Why the city owes an answer."""
    return translate(_CAUSES[cause])


def answer_state_label(state: AnswerState) -> str:
    return translate(_ANSWER_STATES[state])


def answer_step_label(step: AnswerStep) -> str:
    return translate(_ANSWER_STEPS[step])


def signal_words(signal: QueueSignal) -> str:
    """What a signal was seen by: fields with how often, hosts, how many. Empty where its name says all."""
    detail = signal.detail
    fields: dict[str, int] = detail.get("fields", {})
    parts = [field_label(name) + (f" ({count})" if count > 1 else "") for name, count in fields.items()]  # fmt: skip
    parts += detail.get("hosts", [])
    if signal.code is Signal.REPORTED:
        parts.append(str(detail.get("count", 0)))
    if signal.code is Signal.MANY:
        parts.append(translate(N_("%(count)s within a day"), count=detail.get("count", 0)))
    return ", ".join(parts)


def step_label(event: Event) -> str:
    """One line that says what an event was."""
    if event.kind is EventKind.EDITED:
        return translate(N_("Text edited: revision %(number)s"), number=event.revision)
    if event.kind in _EVENTS:
        return translate(_EVENTS[event.kind])
    if event.kind in _CITY_STEPS:
        return translate(_CITY_STEPS[event.kind])
    if event.to_status is Status.PUBLISHED and event.from_status is None:
        return translate(N_("Published elsewhere, and imported here"))
    if event.from_status is Status.HIDDEN:
        return translate(N_("Shown again"))
    return translate(_STEPS[event.to_status])
