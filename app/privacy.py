"""Privacy: the one list of what is stored about people, why, and for how long.

The page /privacy is made from it, and the sweep of the background loop carries out its rules, so that what is said is
what is done. A test fails for a table that stands neither here nor under WITHOUT_PERSONAL_DATA.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete
from sqlmodel import SQLModel

from app.database import table_of
from app.i18n import N_, format_period, translate
from app.models import (
    Account,
    AccountEvent,
    AnswerEvent,
    AnswerRequest,
    ApiToken,
    Appeal,
    Assessment,
    AssessmentRound,
    Attachment,
    Attempts,
    Authenticator,
    Campaign,
    CannedAnswer,
    City,
    CoAuthor,
    CoAuthorInvitation,
    Comment,
    CommentEvent,
    DataExport,
    Department,
    Email,
    Evaluator,
    Event,
    ExpertApplication,
    Expertise,
    Follow,
    Goal,
    HelpfulMark,
    Identity,
    Invitation,
    LoginSession,
    MergeSuggestion,
    Milestone,
    MilestoneUpdate,
    News,
    NewsMail,
    Notice,
    Officer,
    OfficialAnswer,
    Passkey,
    PendingEdit,
    PhoneCode,
    Pillar,
    Proposal,
    ProposalGoal,
    ProposalTag,
    ProposalWard,
    QueueEvent,
    QueueItem,
    QueueSignal,
    Reason,
    RecordMonth,
    RecoveryCode,
    Report,
    ReportCase,
    Revision,
    Ruling,
    SearchEntry,
    SearchWord,
    SetupEvent,
    SignInCode,
    SimilarityKey,
    StoredFile,
    SupportDay,
    Tag,
    Vote,
    Voter,
    Ward,
    WardBoundary,
)
from app.settings import Settings

# The day from which the newest wording holds; whoever gives consent, gives it to a version. Raise it with every change of the list.
PRIVACY_VERSION = "2026-11-28"

ATTEMPTS_KEPT = timedelta(hours=24)
EMAILS_KEPT = timedelta(days=30)
EXPORTS_KEPT = timedelta(hours=24)
PHONE_CODES_KEPT = timedelta(minutes=10)
INVITATIONS_KEPT = timedelta(days=14)

WITHOUT_PERSONAL_DATA: tuple[type[SQLModel], ...] = (AnswerRequest, Campaign, CannedAnswer, City, Department, Expertise, Goal, Pillar, Reason, RecordMonth, SupportDay, Tag, Ward, WardBoundary)  # fmt: skip

Period = Callable[[Settings], timedelta]


@dataclass(frozen=True)
class Rule:
    """Rows that go by themselves: when the moment in one of their columns lies so far back."""

    model: type[SQLModel]
    moment: str
    kept: timedelta = timedelta(0)

    def overdue(self, at: datetime) -> Delete:
        """The statement that deletes what should be gone at this moment."""
        table = table_of(self.model)
        return delete(table).where(table.c[self.moment] <= at - self.kept)


@dataclass(frozen=True)
class Entry:
    """One kind of personal data. `period`, where time alone ends it, is the number that `how_long` speaks of."""

    code: str
    name: str
    models: tuple[type[SQLModel], ...]
    what: str
    why: str
    how_long: str
    period: Period | None = None
    rules: tuple[Rule, ...] = ()

    def how_long_in_words(self, settings: Settings) -> str:
        """How long it is kept, in the reader's language."""
        if self.period is None:
            return translate(self.how_long)
        return translate(self.how_long, period=format_period(self.period(settings)))


ENTRIES = (
    Entry(
        "account",
        N_("Your account"),
        (Account,),
        N_("Your account: your email address, the name you are shown by, your role, the language of emails to you, when it was made, and when you agreed to which version of this page."),
        N_("To know you when you come back, to write to you about your proposals, and to show who made a proposal."),
        N_("Until you delete your account."),
    ),
    Entry(
        "sign_in",
        N_("Signing in"),
        (SignInCode,),
        N_("The address to which a code and a link for signing in were sent. Code and link themselves are kept only as fingerprints from which they cannot be worked out."),
        N_("To see that the mailbox is yours."),
        N_("%(period)s, or until you have used it."),
        lambda settings: timedelta(minutes=settings.sign_in_code_minutes),
        (Rule(SignInCode, "expires_at"),),
    ),
    Entry(
        "sessions",
        N_("Open sessions"),
        (LoginSession,),
        N_("The browsers in which you are signed in: the names of browser and operating system, and since when."),
        N_("So that you stay signed in, and can find and end a session that is not yours."),
        N_("Until you sign out, and no longer than %(period)s."),
        lambda settings: timedelta(days=settings.session_days),
        (Rule(LoginSession, "expires_at"),),
    ),
    Entry(
        "identities",
        N_("Who you are"),
        (Identity,),
        N_("What shows who you are, if you connect it: a provider's mark for you, a phone number, a document shown to the city's staff. Each is kept as a fingerprint only, from which it cannot be worked out."),
        N_("So that in campaigns for verified people everyone counts once, and no identity confirms two accounts."),
        N_("Until you delete your account; one that only signs you in until you remove it."),
    ),
    Entry(
        "phone_codes",
        N_("Confirming a phone number"),
        (PhoneCode,),
        N_("The fingerprints of the number and of the code that was sent to it."),
        N_("To see that the phone is yours."),
        N_("%(period)s, or until you have used it."),
        lambda _settings: PHONE_CODES_KEPT,
        (Rule(PhoneCode, "expires_at"),),
    ),
    Entry(
        "account_events",
        N_("What staff did to your account"),
        (AccountEvent,),
        N_("When the city's staff confirmed who you are, closed or opened your account or gave you a role; who did it and why."),
        N_("So that it can be explained and put right."),
        N_("Until you delete your account."),
    ),
    Entry(
        "applications",
        N_("Expert profile"),
        (ExpertApplication,),
        N_("If you apply to be an expert: your field, affiliation, country, languages, links, ORCID iD and what you write about yourself, and how it was decided on. What is approved is public."),
        N_("So that the city and everybody can find people who know a field."),
        N_("Until you delete your account."),
    ),
    Entry(
        "invitations",
        N_("Invitations"),
        (Invitation,),
        N_("The address to which an invitation to be an expert was sent, and by whom."),
        N_("To see that only the person invited uses it."),
        N_("%(period)s, or until it has been used."),
        lambda _settings: INVITATIONS_KEPT,
        (Rule(Invitation, "expires_at"),),
    ),
    Entry(
        "second_factors",
        N_("Second factors"),
        (Authenticator, Passkey, RecoveryCode),
        N_("Your second factors, if you set any up: the encrypted key of an app, the public half of a passkey and the name you gave it, fingerprints of recovery codes."),
        N_("To protect your account even if somebody else reads your mail."),
        N_("Until you remove them or delete your account."),
    ),
    Entry(
        "tokens",
        N_("API tokens"),
        (ApiToken,),
        N_("Tokens of programs that act for you, as fingerprints, and since when."),
        N_("So that your own programs can read and write for you."),
        N_("Until you revoke them or delete your account."),
    ),
    Entry(
        "attempts",
        N_("Counted attempts"),
        (Attempts,),
        N_("How often something was tried, such as signing in or asking for your data. Email and network addresses are counted by a fingerprint, never kept themselves."),
        N_("To stop those who guess codes or flood the portal."),
        N_("No longer than %(period)s."),
        lambda _settings: ATTEMPTS_KEPT,
        (Rule(Attempts, "ends_at"),),
    ),
    Entry(
        "proposals",
        N_("Your proposals"),
        (Proposal, ProposalGoal, ProposalWard, ProposalTag, Revision, SimilarityKey, SearchEntry, SearchWord),
        N_("Your proposals, with each revision of their text."),
        N_("So that everybody can read and support what is published, and the city can answer it."),
        N_("What has never been published: until you delete your account. What is published belongs to the public record and stays; once you delete your account, without your name."),
    ),
    Entry(
        "attachments",
        N_("Photos and files of your proposals"),
        (Attachment, StoredFile),
        N_("The photos and PDFs that you add to your proposals, with your descriptions of them. Photos are drawn anew without what the camera noted, such as place, time and device; a PDF is passed on as it is, with the name it came with."),
        N_("So that everybody can see what a proposal is about."),
        N_("Until you remove them. When you delete your account, they go or stay with their proposal."),
    ),
    Entry(
        "co_authors",
        N_("Co-authors"),
        (CoAuthor,),
        N_("With whom you write: which proposals of others you agreed to be named on as a co-author, and since when. On what is published everybody reads it."),
        N_("To name all who have written a proposal, and to let them write at it."),
        N_("Until you delete your account; once you have left or been removed, nobody reads it any more, and it only keeps you from judging what you have written."),
    ),
    Entry(
        "co_author_invitations",
        N_("Invitations to write together"),
        (CoAuthorInvitation,),
        N_("The address to which an author's invitation to be a co-author was sent, by whom, and whether it was declined."),
        N_("To see that only the person invited uses it, and that whoever has declined is not asked again at once."),
        N_("%(period)s, or until it has been accepted or withdrawn."),
        lambda _settings: INVITATIONS_KEPT,
        (Rule(CoAuthorInvitation, "expires_at"),),
    ),
    Entry(
        "merge_suggestions",
        N_("Suggestions to merge proposals"),
        (MergeSuggestion,),
        N_("Which proposals you suggested to merge or were asked about, with your words and what became of it. The authors of both and staff can read it; that a proposal was merged, and by whose consent, everybody."),
        N_("So that no proposal is merged without the consent it takes, and everybody can see that there was one."),
        N_("As long as both proposals; once you delete your account, without you and your words. What waits then ends."),
    ),
    Entry(
        "events",
        N_("History of proposals"),
        (Event,),
        N_("The steps of each proposal: who took them and when, and what a moderator or the city said."),
        N_("So that every decision can be traced and explained."),
        N_("As long as the proposal; once you delete your account, without your name."),
    ),
    Entry(
        "pending_edits",
        N_("New texts that wait"),
        (PendingEdit,),
        N_("A new text of your published proposal, until a moderator has accepted it."),
        N_("So that what everybody has read does not change unseen."),
        N_("Until it is accepted, or you take it back."),
    ),
    Entry(
        "desk",
        N_("What waits for moderators, and their decisions"),
        (QueueItem, QueueSignal, QueueEvent, Ruling),
        N_("What of yours waits for a moderator, what was noticed about it (such as links in it), who took it up, and what was decided, with which words to you. The public moderation record shows kind, rule, outcome and date of each decision, and nobody's name."),
        N_("So that nothing is forgotten, nothing is decided twice, and decisions can be traced and appealed."),
        N_("What waits: until it is decided. Decisions stay; once you delete your account, without you and without the words to you."),
    ),
    Entry(
        "setup",
        N_("What staff set up"),
        (SetupEvent,),
        N_("If you are one of the staff: which campaigns, rules and canned answers you set up or changed, what they said before and after, and when. Only staff can read it."),
        N_("So that it can be traced who changed how the portal works."),
        N_("For good; once you delete your account, without your name."),
    ),
    Entry(
        "assessments",
        N_("Assessments by experts"),
        (AssessmentRound, Evaluator, Assessment),
        N_("If you are asked as an expert to judge a proposal: by whom and until when, whether you declared a conflict of interest and which, and your verdicts. Your verdicts are published with your name and field; a conflict of interest only staff can read."),
        N_("So that everybody can see who judged a proposal, how and why, and that nobody judged in a matter of their own."),
        N_("As long as the proposal. When you delete your account, published verdicts stay without your name; all else of it goes."),
    ),
    Entry(
        "officers",
        N_("Officers of departments"),
        (Officer,),
        N_("If you answer for one of the city's departments: which."),
        N_("So that each department answers what it is asked."),
        N_("As long as you have the role, and until you delete your account."),
    ),
    Entry(
        "answers",
        N_("The city's answers"),
        (OfficialAnswer, AnswerEvent, Milestone, MilestoneUpdate),
        N_("What a department has answered and promised, and how far it is; and for officers and staff alone: who wrote, approved and changed it, and when. Everybody reads the department's name only."),
        N_("So that everybody can see what the city says and does, and the city can trace who spoke for it."),
        N_("As long as the proposal; once you delete your account, without your name."),
    ),
    Entry(
        "follows",
        N_("What you follow"),
        (Follow, NewsMail),
        N_("Which proposals you follow, whether you want news by mail, and when the last was written. Nobody but you can see it."),
        N_("To write to you what becomes of them."),
        N_("Until you follow them no longer, or delete your account."),
    ),
    Entry(
        "news",
        N_("News on their way to you"),
        (News, Notice),
        N_("Which news of proposals wait for the next mail to you."),
        N_("To write one mail a day instead of many."),
        N_("Until that mail is written, or you end such mails."),
    ),
    Entry(
        "reports",
        N_("What you report"),
        (Report, ReportCase),
        N_("What you reported, for which reason and in which words, and when. Moderators see reason and words, but not who reported; the writer of the text sees neither."),
        N_("So that a moderator looks at what may break the policy, and you hear what became of it."),
        N_("Until you delete your account."),
    ),
    Entry(
        "appeals",
        N_("Your appeals"),
        (Appeal,),
        N_("The decision you appealed against, your words, and how it was decided."),
        N_("So that another moderator can look at the decision, and reverse it."),
        N_("Until you delete your account."),
    ),
    Entry(
        "votes",
        N_("Your votes"),
        (Vote, Voter),
        N_("What you supported or opposed, and when. Who voted for what is visible to the voter alone."),
        N_("So that everyone counts once, and can take a vote back."),
        N_("Until you take the vote back. When you delete your account, votes that could still be cast again are taken back; those that have been decided on stay counted, without a link to you."),
    ),
    Entry(
        "comments",
        N_("Your comments"),
        (Comment, CommentEvent),
        N_("Your comments under proposals, the texts before an edit, and what moderators decided about them. An erased text is gone for everybody, moderators too."),
        N_("So that people can talk about a proposal, and every decision about a comment can be explained."),
        N_("Until you delete the comment. When you delete your account, what was public stays without your name, or is erased if you want it so; the rest goes."),
    ),
    Entry(
        "helpful_marks",
        N_("What you found helpful"),
        (HelpfulMark,),
        N_("Which comments you marked as helpful. Others see only how many did."),
        N_("So that everyone counts once, and can take a mark back."),
        N_("Until you take the mark back, or the comment or your account is deleted."),
    ),
    Entry(
        "emails",
        N_("Emails to you"),
        (Email,),
        N_("Emails and text messages to you. Address or number, subject and text are erased as soon as a message has been sent; what stays is that one of its kind was sent, and when."),
        N_("To deliver each email once, and to see when delivery fails."),
        N_("No longer than %(period)s."),
        lambda _settings: EMAILS_KEPT,
        (Rule(Email, "created_at", EMAILS_KEPT),),
    ),
    Entry(
        "exports",
        N_("Copies of your data"),
        (DataExport,),
        N_("A copy of your data, if you asked for one. Only the browser that asked for it can download it."),
        N_("So that you can take your data with you."),
        N_("%(period)s, or until you sign out in that browser."),
        lambda _settings: EXPORTS_KEPT,
        (Rule(DataExport, "expires_at"),),
    ),
)  # fmt: skip


def rules() -> Iterator[Rule]:
    """Everything that time alone ends."""
    for entry in ENTRIES:
        yield from entry.rules
