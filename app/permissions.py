"""Who may do what. `may_*` answers; `require` raises. The doors, the services and the templates all ask here."""

from app.errors import Forbidden, NotSignedIn
from app.lifecycle import Part
from app.models import (
    Account,
    Comment,
    CommentState,
    Evaluator,
    ExpertApplication,
    MergeSuggestion,
    MergeWay,
    Proposal,
    QueueItem,
    Role,
    Status,
    Voice,
)

Actor = Account | None


def require(allowed: bool, actor: Actor = None) -> None:
    """Raise NotSignedIn where an anonymous actor is refused, Forbidden where a member is."""
    if allowed:
        return
    if actor is None:
        raise NotSignedIn
    if actor.lacks_second_factor:
        raise Forbidden("second_factor.needed")
    raise Forbidden


def is_owner(actor: Actor, proposal: Proposal) -> bool:
    """Whether the proposal is the actor's: who began it hands it in, withdraws it, and says who writes at it."""
    return actor is not None and actor.id == proposal.author_id


def is_author(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor writes at it, as its author or as a co-author."""
    return actor is not None and actor.id in proposal.author_numbers


def has_written(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor writes at it or once did: nobody judges what is, or was, their own."""
    return actor is not None and actor.id in proposal.writer_numbers


def may_submit(actor: Actor) -> bool:
    return actor is not None


def may_moderate(actor: Actor) -> bool:
    """Whether the moderation desk is open to the actor."""
    return actor is not None and actor.is_staff and not actor.lacks_second_factor


def may_claim(actor: Actor, item: QueueItem) -> bool:
    """Nobody takes up what is their own, or is about a decision of theirs."""
    if actor is None or not may_moderate(actor):
        return False
    return actor.id not in {item.author_id, item.barred_id}


def may_see_people(actor: Actor) -> bool:
    """Whether the staff's pages about people are open to the actor."""
    return may_moderate(actor)


def may_verify(actor: Actor, account: Account) -> bool:
    """Nobody confirms who they are themselves."""
    return actor is not None and may_see_people(actor) and actor.id != account.id


def may_ban(actor: Actor, account: Account) -> bool:
    """Staff can be banned by an administrator only; nobody bans themselves."""
    if actor is None or actor.id == account.id or not may_see_people(actor):
        return False
    return actor.role is Role.ADMIN or not account.is_staff


def may_set_role(actor: Actor, account: Account) -> bool:
    """Administrators give roles, but not to themselves: one of them always stays."""
    if actor is None or actor.id == account.id or not may_see_people(actor):
        return False
    return actor.role is Role.ADMIN


def may_manage_campaigns(actor: Actor) -> bool:
    """Administrators set up campaigns."""
    return actor is not None and may_moderate(actor) and actor.role is Role.ADMIN


def may_see_proposal(actor: Actor, proposal: Proposal) -> bool:
    """The public sees what is public, authors their own, staff whatever has been submitted."""
    if proposal.is_public or is_author(actor, proposal):
        return True
    return may_moderate(actor) and proposal.submitted_at is not None


def may_see_whole_history(actor: Actor, proposal: Proposal) -> bool:
    """Whether earlier steps, reasons and revisions than the published ones may be seen."""
    return is_author(actor, proposal) or may_moderate(actor)


def may_edit_proposal(actor: Actor, proposal: Proposal) -> bool:
    return is_author(actor, proposal)


def may_hand_in(actor: Actor, proposal: Proposal) -> bool:
    """Submitting and withdrawing are the author's alone."""
    return is_owner(actor, proposal)


def may_choose_co_authors(actor: Actor, proposal: Proposal) -> bool:
    """The author invites co-authors, and may remove them."""
    return is_owner(actor, proposal)


def may_decide_on(actor: Actor, proposal: Proposal) -> bool:
    """Nobody decides on a proposal of their own, and a draft is its author's alone."""
    own = has_written(actor, proposal)
    return may_moderate(actor) and not own and proposal.status is not Status.DRAFT


def may_play(actor: Actor, part: Part, proposal: Proposal) -> bool:
    """Whether the actor has the part that a transition asks for."""
    if part is Part.AGREEMENT:
        return False
    if part is Part.AUTHOR:
        return is_owner(actor, proposal)
    return may_decide_on(actor, proposal)


def may_suggest_merging(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor may suggest that this proposal closes in favour of another: its author, or staff who have no part in it."""
    return is_owner(actor, proposal) or may_decide_on(actor, proposal)


def may_see_merge_suggestion(actor: Actor, suggestion: MergeSuggestion) -> bool:
    """What has been suggested about two proposals is for those who wrote them, and for staff."""
    pair = (suggestion.proposal, suggestion.into)
    return may_moderate(actor) or any(is_author(actor, one) for one in pair)


def may_answer_merge_suggestion(actor: Actor, suggestion: MergeSuggestion) -> bool:
    """Only who is asked agrees or declines: not a co-author, and nobody for the staff."""
    return actor is not None and actor.id == suggestion.asked_id


def may_take_back_merge_suggestion(actor: Actor, suggestion: MergeSuggestion) -> bool:
    """Whoever has made it; what one of the staff has suggested, any of them who has no part in either proposal."""
    if actor is not None and actor.id == suggestion.suggested_by:
        return True
    impartial = may_decide_on(actor, suggestion.proposal) and not has_written(
        actor, suggestion.into
    )
    return impartial and suggestion.way is MergeWay.BY_MODERATOR


def may_arrange_assessment(actor: Actor, proposal: Proposal) -> bool:
    """Who is asked to judge a proposal, and until when, is for staff; not for whoever wrote it."""
    return may_moderate(actor) and not has_written(actor, proposal)


def is_evaluator(actor: Actor, evaluator: Evaluator) -> bool:
    """Whether the actor is the one who was asked for this verdict."""
    return actor is not None and actor.id == evaluator.account_id


def may_judge(actor: Actor, evaluator: Evaluator) -> bool:
    """Only who is still an expert judges; what was given before stays."""
    return is_evaluator(actor, evaluator) and actor is not None and actor.is_expert


def may_vote(actor: Actor) -> bool:
    return actor is not None


def may_apply(actor: Actor) -> bool:
    """Staff and officers speak for the city; whoever does not may be one of its experts."""
    return actor is not None and actor.role in {Role.CITIZEN, Role.EXPERT}


def may_decide_on_application(actor: Actor, application: ExpertApplication) -> bool:
    """Nobody decides on an application of their own."""
    return may_moderate(actor) and actor is not None and actor.id != application.account_id


def may_report(actor: Actor) -> bool:
    return actor is not None


def may_invite(actor: Actor) -> bool:
    return may_moderate(actor)


def may_comment(actor: Actor) -> bool:
    return actor is not None


def speaks_for_city(actor: Actor) -> bool:
    """Whether what the actor writes is the city's own: an officer's or a moderator's."""
    return may_moderate(actor) or is_officer(actor)


def may_speak_as(actor: Actor, proposal: Proposal, voice: Voice) -> bool:
    """Officially for the proposal speaks its author, for the city its officers and staff."""
    if voice is Voice.AUTHOR:
        return is_author(actor, proposal)
    return speaks_for_city(actor) if voice is Voice.CITY else actor is not None


def is_writer(actor: Actor, comment: Comment) -> bool:
    return actor is not None and actor.id == comment.author_id


def may_see_comment(actor: Actor, comment: Comment) -> bool:
    """Of a proposal that the actor sees: whether it has ever been public, or is their own, or theirs to moderate."""
    return comment.published_at is not None or is_writer(actor, comment) or may_moderate(actor)


def may_read_comment(actor: Actor, comment: Comment) -> bool:
    """Whether the actor reads its text; of one that is deleted there is none."""
    if comment.state is CommentState.DELETED:
        return False
    if comment.state is CommentState.VISIBLE:
        return True
    return is_writer(actor, comment) or may_moderate(actor)


def may_see_comment_history(actor: Actor, comment: Comment) -> bool:
    return is_writer(actor, comment) or may_moderate(actor)


def may_change_comment(actor: Actor, comment: Comment) -> bool:
    """Whether it is the actor's to edit and delete."""
    return is_writer(actor, comment)


def may_mark_helpful(actor: Actor, comment: Comment) -> bool:
    """Nobody finds themselves helpful."""
    return actor is not None and not is_writer(actor, comment)


def may_decide_on_comment(actor: Actor, proposal: Proposal, comment: Comment) -> bool:
    """Nobody decides on a comment of their own, or on what is said of their own proposal."""
    return (
        may_moderate(actor) and not is_writer(actor, comment) and not has_written(actor, proposal)
    )


def is_officer(actor: Actor) -> bool:
    """Whether the actor answers for a department; which one, services/officers.py knows."""
    return actor is not None and actor.role is Role.OFFICER and not actor.lacks_second_factor


def may_open_answer_desk(actor: Actor) -> bool:
    """Whether drafts of the city's answers may be seen at all; officers see those of their own department."""
    return is_officer(actor) or may_moderate(actor)


def may_call_for_answer(actor: Actor, proposal: Proposal) -> bool:
    """Staff ask the city for an answer, but not about a proposal of their own."""
    return may_decide_on(actor, proposal) and proposal.is_public


def may_assign(actor: Actor, proposal: Proposal, present: str | None, own: str | None) -> bool:
    """Staff say who answers; officers (`own` is their department) take what is nobody's, and hand on what is theirs."""
    if is_officer(actor):
        return own is not None and present in {None, own} and not has_written(actor, proposal)
    return may_decide_on(actor, proposal)


def may_answer(actor: Actor, proposal: Proposal, department: str | None, own: str | None) -> bool:
    """Officers write the answers of their own department, but not on a proposal of their own."""
    of_it = is_officer(actor) and own is not None and own == department
    return of_it and not has_written(actor, proposal)


def may_send_back(actor: Actor, proposal: Proposal, department: str, own: str | None) -> bool:
    """The department's officers, or an administrator, take an answer back before it is published."""
    if may_answer(actor, proposal, department, own):
        return True
    return may_manage_campaigns(actor) and not has_written(actor, proposal)


def may_approve(
    actor: Actor, proposal: Proposal, department: str, own: str | None, *, has_written: bool
) -> bool:
    """Four eyes: whoever has written at an answer does not approve it."""
    return not has_written and may_send_back(actor, proposal, department, own)


def may_see_drafts(actor: Actor, department: str, own: str | None) -> bool:
    """The department's officers and staff see an answer before everybody does, and who made it."""
    return may_moderate(actor) or (is_officer(actor) and own == department)


def may_follow(actor: Actor) -> bool:
    return actor is not None
