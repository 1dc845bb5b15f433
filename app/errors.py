"""Errors: each carries a key and arguments and is put into the reader's language at the door."""

from dataclasses import dataclass
from typing import Any

from app.i18n import N_

# One sentence for each key. The two doors translate and show it; the API's `type` ends in the key.
MESSAGES: dict[str, str] = {
    "account.banned": N_("This account has been closed by the moderators."),
    "account.last_admin": N_("The portal needs an administrator. Please give somebody else the role before you delete your account."),
    "account.taken": N_("An account with this email address exists already."),
    "answer.being_written": N_("An answer is being written already."),
    "answer.called": N_("The city owes an answer on this proposal already."),
    "answer.closed": N_("This answer has been published or given up already."),
    "answer.impossible": N_("A proposal with the status “%(status)s” cannot be answered any more."),
    "answer.no_department": N_("You have not been given a department yet. Please ask an administrator."),
    "answer.none": N_("No answer has been asked for on this proposal."),
    "answer.other_state": N_("This step is not possible now: somebody else has taken one meanwhile, or it comes in another order."),
    "answer.own_words": N_("You have written at this answer yourself: another officer must approve it."),
    "answer.unfit": N_("The proposal has the status “%(from)s” now and cannot get “%(to)s” from there. Please choose another status."),
    "appeal.impossible": N_("There is no appeal against this kind of decision."),
    "appeal.link_invalid": N_("This link is not valid, or the time for an appeal is over."),
    "appeal.made": N_("You have appealed against this decision already."),
    "appeal.overtaken": N_("This decision does not hold any more: there has been another one since."),
    "appeal.too_late": N_("The time for an appeal against this decision is over: it was %(days)s days."),
    "application.decided": N_("This application has been decided or withdrawn already."),
    "application.impossible": N_("An approval is not possible for this account: it is closed, or works for the city."),
    "application.none": N_("No application of yours is waiting."),
    "application.not_in_force": N_("This is not an approval that is in force."),
    "application.pending": N_("An application of yours is waiting already. Withdraw it first if you want to send another."),
    "assessment.in_conflict": N_("%(name)s has declared a conflict of interest about this proposal."),
    "assessment.assigned": N_("%(name)s is an evaluator of this proposal already."),
    "assessment.closed": N_("This assessment is closed."),
    "assessment.declare_first": N_("Please say first whether you have a conflict of interest."),
    "assessment.declared": N_("You have said already whether you have a conflict of interest."),
    "assessment.given": N_("You have given your verdict. It can be revised once, when the text of the proposal has changed."),
    "assessment.not_listed": N_("A proposal with the status “%(status)s” cannot be assessed."),
    "assessment.not_open": N_("No assessment of this proposal is open."),
    "assessment.open": N_("An assessment of this proposal is open already."),
    "assessment.recused": N_("You have declared a conflict of interest and take no part in this assessment."),
    "assessment.revised": N_("You have revised your verdict already; both versions stay."),
    "body.too_large": N_("The request is larger than %(limit)s bytes."),
    "body.too_slow": N_("The request took longer than %(limit)s seconds to arrive."),
    "application.name_first": N_("Experts stand in the public directory under their name. Please give yours on the page of your account first; what you have written here stays."),
    "attachment.locked": N_("Photos and files can only be changed while the proposal is a draft, or after it has been returned to you."),
    "attachment.too_large": N_("A file may have at most %(most)s MB. Please choose a smaller one."),
    "attachment.too_many": N_("A proposal has at most %(most)s photos and files. Please remove one first."),
    "attachment.too_much": N_("All files of a proposal together may have at most %(most)s MB."),
    "campaign.fixed": N_("This campaign comes from the city's data or from an import and cannot be changed here."),
    "campaign.votes_cast": N_("Votes have been cast in this campaign: its rules of voting stay as they are. Its dates and words can still change."),
    "campaign.voting_over": N_("Voting in this campaign has ended and cannot be opened again: people who have left since could vote twice. Please set up a new campaign."),
    "campaign.submission_closed": N_("This campaign does not accept proposals now."),
    "claim.barred": N_("You made the decision that this is about. Another moderator, or an administrator, must decide."),
    "claim.not_yours": N_("This is not yours now: it has been decided, given back, or your time for it is over."),
    "claim.own_proposal": N_("This is about a proposal of yours: another moderator must decide."),
    "claim.reported": N_("You have reported this yourself: another moderator must decide."),
    "claim.taken": N_("%(name)s has taken this up. Please choose something else, or wait until it is free again."),
    "city.missing": N_("No city has been loaded yet."),
    "comment.closed": N_("A proposal with the status “%(status)s” takes no more comments."),
    "comment.decided": N_("There is nothing to decide about this comment now, or this decision does not fit it."),
    "comment.deleted": N_("This comment has been deleted."),
    "comment.not_public": N_("This comment cannot be read by everybody now."),
    "comment.repeated": N_("You have just written this very comment here."),
    "comment.too_late": N_("A comment can be edited for %(minutes)s minutes, and not once a moderator has hidden it."),
    "co_author.asked": N_("You have been asked to assess this proposal: you cannot be its co-author."),
    "co_author.decided": N_("You have decided on this proposal for the city: you cannot be its co-author."),
    "co_author.declined": N_("Whoever reads this address has declined to be a co-author. They cannot be asked again before %(day)s."),
    "co_author.full": N_("A proposal has no more than %(most)s co-authors, open invitations included."),
    "co_author.invalid": N_("This invitation has been used, withdrawn or replaced, or it has expired. Please ask the author for a new one."),
    "co_author.known": N_("This person is a co-author already."),
    "content.changed": N_("The text has been changed since you opened it. Please look at the newest version first."),
    "decision.impossible": N_("This decision is not possible for a proposal with the status “%(status)s”."),
    "decision.taken": N_("%(name)s has decided this already, %(moment)s: %(outcome)s%(reason)s.%(note)s"),
    "decision.unfit": N_("This decision does not fit what it is about (%(field)s)."),
    "edit.none": N_("No new text of this proposal is waiting."),
    "export.running": N_("Your data is being prepared already. Please look again in a moment."),
    "follow.impossible": N_("A proposal with the status “%(status)s” cannot be followed."),
    "form.invalid": N_("Some fields need your attention."),
    "internal": N_("Something went wrong on our side. Nothing was saved."),
    "invitation.invalid": N_("This invitation has been used, withdrawn or replaced, or it has expired. Please ask the moderators for a new one."),
    "invitation.other_person": N_("This invitation was sent to another address. Sign out, and sign in with the address that received it."),
    "invitation.own": N_("Nobody can invite themselves."),
    "json.duplicate_key": N_("The JSON gives a key twice in one object."),
    "json.malformed": N_("The request is not well-formed JSON (line %(line)s, column %(column)s)."),
    "json.not_a_number": N_("%(value)s is not a JSON number."),
    "json.not_utf8": N_("The request is not in UTF-8."),
    "json.number_too_large": N_("The JSON holds a number that is too large."),
    "json.too_many_keys": N_("The JSON has more than %(limit)s keys."),
    "json.too_deep": N_("The JSON is nested too deeply."),
    "merge.not_again": N_("This was suggested before and declined or taken back. It can be suggested again after %(days)s days."),
    "merge.own": N_("You have written one of these two proposals yourself: another moderator must suggest merging them."),
    "merge.impossible": N_("A proposal can only be merged into another one that is published and can still be supported."),
    "merge.nobody_to_ask": N_("The author whose consent it takes cannot be asked: their account is closed. Please write to the moderators."),
    "merge.waits": N_("A suggestion to merge this proposal is waiting for an answer already."),
    "merge.ended": N_("This suggestion has been answered or taken back already, or its time is over."),
    "method.not_allowed": N_("This address does not accept this kind of request."),
    "milestone.no_answer": N_("The city has not answered this proposal yet."),
    "milestone.unchanged": N_("Nothing would change. Please give another number or day, words or a link."),
    "not_found": N_("There is nothing here, or you may not see it."),
    "overloaded": N_("The portal is busy. Please try again in a moment."),
    "permission.denied": N_("You may not do this."),
    "person.banned": N_("This account is closed already."),
    "person.document_known": N_("This document confirms another account already, number %(number)s."),
    "person.has_department": N_("This person answers for that department already."),
    "person.no_officer": N_("Only department officers answer for a department. Please give the role first."),
    "person.has_role": N_("This person has that role already."),
    "person.not_banned": N_("This account is not closed."),
    "proposal.locked": N_("A proposal with the status “%(status)s” can no longer be edited."),
    "report.made": N_("You have reported this already. A moderator will look at it, and we will write to you."),
    "report.not_public": N_("Only what everybody can read can be reported."),
    "report.own": N_("This is your own; nobody reports themselves. You can change it or withdraw it."),
    "request.invalid": N_("The request could not be read."),
    "request.cross_site": N_("This request came from another site and was refused."),
    "sign_in.required": N_("Please sign in first."),
    "sign_in.token_invalid": N_("The access token is not valid."),
    "limit.requests": N_("Too many requests to sign in. Please try again in %(minutes)s minutes."),
    "limit.co_authors": N_("You have sent many invitations today. Please try again in %(minutes)s minutes."),
    "limit.codes": N_("Too many wrong codes for this address. The link in the newest email still works; codes do again in %(minutes)s minutes."),
    "limit.comments": N_("You have written many comments in a short time. Please try again in %(minutes)s minutes."),
    "limit.edits": N_("You have changed your texts many times in a short time. Please try again in %(minutes)s minutes."),
    "limit.uploads": N_("You have added many files today. Please try again in %(minutes)s minutes."),
    "limit.marks": N_("You have marked many comments in a short time. Please try again in %(minutes)s minutes."),
    "limit.merges": N_("You have made many suggestions to merge proposals today. Please try again in %(minutes)s minutes."),
    "limit.phone": N_("Too many codes for this number or account today. Please try again in %(minutes)s minutes."),
    "phone.taken": N_("This number confirms the account %(account)s already. Please sign in there; if you can no longer read that mailbox, ask the city's staff."),
    "limit.reports": N_("You have reported a lot today. Please try again in %(minutes)s minutes."),
    "limit.exports": N_("You have asked for your data several times today. Please try again tomorrow."),
    "limit.second_factor": N_("Too many wrong codes. Please try again in %(minutes)s minutes."),
    "second_factor.expired": N_("This page has been open too long. Please try again."),
    "second_factor.give_first": N_("Please confirm with your second factor first: sign out and sign in again."),
    "second_factor.known": N_("This passkey is known already."),
    "second_factor.needed": N_("Your role needs a second factor. Please set one up, or confirm with it."),
    "second_factor.needed_by_role": N_("Your role needs a second factor. Add another before you remove this one."),
    "second_factor.none": N_("Set up a second factor first."),
    "second_factor.wrong": N_("This code or passkey was not accepted. A code works once and only for a short time."),
    "sign_in.link_invalid": N_("This link has been used already or has expired. Please ask for a new one."),
    "sign_in.code_invalid": N_("This code is wrong or has expired. Please ask for a new one if it keeps failing."),
    "transition.impossible": N_("A proposal cannot go from “%(from)s” to “%(to)s”."),
    "identity.email_first": N_("Please confirm an email address first; then this identity can be connected to your account."),
    "identity.none": N_("There is nothing to connect. Please start again."),
    "identity.stays": N_("This identity confirms who you are and stays with your account; it goes when the account is deleted."),
    "identity.taken": N_("This identity belongs to another account."),
    "oidc.failed": N_("Signing in with %(provider)s did not succeed. Please try again, or sign in by email."),
    "oidc.unavailable": N_("%(provider)s cannot be reached now. Please try again later, or sign in by email."),
    "sign_in.proof_expired": N_("This page has been open too long or was sent twice. Please sign in again."),
    "vote.needs_verified": N_("This campaign counts the votes of verified people only. Please have your identity confirmed first."),
    "import.other_version": N_("Another version of %(source)s has been imported already."),
    "vote.changed": N_("Your vote has just changed somewhere else. Please look and choose again."),
    "vote.closed": N_("Voting in this campaign is not open now."),
    "vote.limit_reached": N_("You have used all %(limit)s votes of this campaign. Take one back to vote for another proposal."),
    "vote.not_open": N_("A proposal with the status “%(status)s” cannot be voted on."),
    "vote.opposition_not_allowed": N_("This campaign counts support only."),
}  # fmt: skip


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: its path, a key such as `missing`, and a sentence with arguments, untranslated."""

    field: str
    key: str
    message: str
    arguments: dict[str, Any]


class PortalError(Exception):
    """A refusal that a person or a program will read. `key` names its sentence in MESSAGES.

    `retry_after` says in how many seconds the same request may succeed, where that is known.
    """

    status = 400
    retry_after: int | None = None

    def __init__(self, key: str, **arguments: Any) -> None:
        super().__init__(key)
        self.key = key
        self.arguments = arguments

    @property
    def message(self) -> str:
        return MESSAGES[self.key]


class BadRequest(PortalError):
    status = 400


class NotSignedIn(PortalError):
    status = 401

    def __init__(self, key: str = "sign_in.required", **arguments: Any) -> None:
        super().__init__(key, **arguments)


class Forbidden(PortalError):
    status = 403

    def __init__(self, key: str = "permission.denied", **arguments: Any) -> None:
        super().__init__(key, **arguments)


class NotFound(PortalError):
    status = 404

    def __init__(self, key: str = "not_found", **arguments: Any) -> None:
        super().__init__(key, **arguments)


class MethodNotAllowed(PortalError):
    status = 405


class Conflict(PortalError):
    status = 409


class TooSlow(PortalError):
    status = 408


class TooLarge(PortalError):
    status = 413


class TooMany(PortalError):
    """A limit has been reached; `retry_after` says in how many seconds it ends."""

    status = 429

    def __init__(self, key: str, *, retry_after: int) -> None:
        super().__init__(key, minutes=-(-retry_after // 60))
        self.retry_after = retry_after


class Invalid(PortalError):
    """Input that breaks a rule; `errors` names each field."""

    status = 422

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("form.invalid")
        self.errors = errors


class Undeliverable(Exception):
    """An email or a text message that the other side will never take; not a refusal of anybody's request."""


class Unavailable(PortalError):
    status = 503
    retry_after = 5
