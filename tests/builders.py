"""Builders: what a test needs to exist beforehand, made through the services wherever there is one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, col

from app import jobs
from app.database import now
from app.forms import (
    AnswerForm,
    AppealForm,
    ApplicationForm,
    BanForm,
    CannedForm,
    CoAuthorForm,
    CommentDecision,
    CommentDecisionForm,
    CommentForm,
    Decision,
    DecisionForm,
    EditDecisionForm,
    MergeSuggestionForm,
    NewProposal,
    ReportForm,
    StatusForm,
    Verdict,
    VerdictForm,
    VersionForm,
    VoteForm,
)
from app.models import (
    Account,
    AnswerRequest,
    Appeal,
    Attachment,
    Campaign,
    CannedAnswer,
    Comment,
    Email,
    ExpertApplication,
    MergeSuggestion,
    Officer,
    OfficialAnswer,
    Proposal,
    Reportable,
    ReportCase,
    Role,
    Status,
)
from app.models import VoteValue as Value
from app.services import (
    accounts,
    answer_calls,
    answers,
    appeals,
    applications,
    attachments,
    canned,
    co_authors,
    comment_moderation,
    comments,
    decisions,
    edits,
    helpful,
    merge_suggestions,
    moderation,
    people,
    proposals,
    reports,
    votes,
)
from app.services.uploads import Upload
from tests.databases import Database
from tests.files import picture

S = Status
# The status from which each one is reached, back to the draft that all begin with.
_BEFORE = {
    S.SUBMITTED: S.DRAFT,
    S.RETURNED: S.SUBMITTED,
    S.REJECTED: S.SUBMITTED,
    S.PUBLISHED: S.SUBMITTED,
    S.UNDER_CONSIDERATION: S.PUBLISHED,
    S.ACCEPTED: S.UNDER_CONSIDERATION,
    S.IN_PROGRESS: S.ACCEPTED,
    S.COMPLETED: S.IN_PROGRESS,
    S.DECLINED: S.PUBLISHED,
    S.WITHDRAWN: S.PUBLISHED,
    S.HIDDEN: S.PUBLISHED,
    S.MERGED: S.PUBLISHED,
}
_DECISIONS = {
    S.PUBLISHED: Decision.PUBLISH,
    S.RETURNED: Decision.RETURN,
    S.REJECTED: Decision.REJECT,
    S.HIDDEN: Decision.HIDE,
}
_numbers = count(1)


def content(**changes: Any) -> dict[str, Any]:
    """The content of a proposal that lacks nothing, as the API takes it."""
    values = {
        "title": f"Một cái ao số {next(_numbers)}",
        "summary": "Đào một cái ao cho vịt.",
        "problem": "Vịt không có **ao**.",
        "solution": "Đào ao.",
        "expected_impact": "Vịt vui.",
        "resources_needed": "Một cái xẻng.",
        "pillar": "fields",
        "goals": ["joy-2033"],
        "wards": ["east"],
        "tags": ["ponds"],
    }
    return values | changes


def profile(**changes: Any) -> dict[str, Any]:
    """What somebody says of themselves in an application that lacks nothing."""
    values = {
        "field": "ducks",
        "affiliation": "Viện Vịt",
        "country": "VN",
        "biography": "Tôi hiểu **vịt**.",
        "languages": ["vi", "en"],
        "links": ["https://vit.example.org/toi"],
        "orcid": "0000-0002-1825-0097",
    }
    return values | changes


def official(**changes: Any) -> dict[str, Any]:
    """An official answer that lacks nothing, as the API takes it."""
    values = {
        "status": "under_consideration",
        "words": "Sẽ **xem xét** cái ao.",
        "milestones": [{"title": "Đo ao", "due_on": str(now().date() + timedelta(days=30))}],
    }
    return values | changes


class Make:
    """Makes accounts, campaigns, proposals and votes in one database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._desk: Account | None = None

    def account(self, name: str, role: Role = Role.CITIZEN, **values: Any) -> Account:
        email = values.pop("email", None) or f"person{next(_numbers)}@example.org"
        with self.db.session() as session:
            account = accounts.create(session, self.db.settings, email, name, role=role, **values)
            accounts.agree(session, account)
            return account

    def desk(self) -> Account:
        """A moderator who plays no other part."""
        if self._desk is None:
            self._desk = self.account("Bàn duyệt", Role.MODERATOR)
        return self._desk

    def campaign(self, **values: Any) -> Campaign:
        """A campaign that is open for everything unless the values say otherwise."""
        texts = {
            "title": {"vi": "Đợt thử", "en": "A trial"},
            "question": {"vi": "Gì?", "en": "What?"},
        }
        campaign = Campaign(**({"slug": "dot-thu", **texts} | values))
        with self.db.session() as session:
            session.add(campaign)
        return campaign

    def closed_campaign(self, **values: Any) -> Campaign:
        """A campaign whose phases ended yesterday."""
        yesterday = now() - timedelta(days=1)
        return self.campaign(submission_closes_at=yesterday, voting_closes_at=yesterday, **values)

    def proposal(self, author: Account, status: str = "draft", **changes: Any) -> Proposal:
        """A proposal that has gone the usual way to a status; `before` names another way to it."""
        before = changes.pop("before", None)
        form = NewProposal(**content(**changes))
        desk, target = self.desk(), Status(status)
        other = self._another() if target is S.MERGED else None
        with self.db.session() as session:
            made = proposals.create(session, author, form)
            for step in _way(target, before):
                self._move(session, author, desk, made, step, other)
        return self.reload(made)

    def _another(self) -> Proposal:
        return self.proposal(self.account("Người khác"), "published")

    def photo(self, proposal: Proposal, description: str = "Một con vịt.") -> Attachment:
        """A photo that the author adds to a draft, of a width of its own: of colours that are near, the same bytes may be made."""
        sent = Upload(picture(width=41 + next(_numbers) % 199), "vit.png", description)
        with self.db.session() as session:
            author = self._author(session, proposal)
            return attachments.add(session, self.db.settings, author, proposal.id, sent)

    def reload(self, proposal: Proposal) -> Proposal:
        with self.db.session(writes=False) as session:
            return proposals.get_visible(session, self._author(session, proposal), proposal.id)

    def move(self, proposal: Proposal, status: str) -> Proposal:
        """Bring a proposal one step on, by whoever may."""
        desk = self.desk()
        other = self._another() if status == "merged" else None
        with self.db.session() as session:
            author = self._author(session, proposal)
            own = proposals.get_visible(session, author, proposal.id)
            self._move(session, author, desk, own, Status(status), other)
        return self.reload(proposal)

    def invited(self, proposal: Proposal, email: str) -> str:
        """The token that the author of a proposal has had mailed to an address."""
        with self.db.session() as session:
            author = self._author(session, proposal)
            co_authors.invite(session, self.db.settings, author, proposal.id, CoAuthorForm(email=email))  # fmt: skip
        (text,) = [
            mail.text for mail in self.db.all(Email, Email.name == "co_author_invitation")[-1:]
        ]
        return re.findall(r"/co-author-invitation\?token=(\S+)", text)[0]

    def co_author(self, person: Account, proposal: Proposal) -> Proposal:
        """The proposal, with somebody as a co-author who was invited and has agreed."""
        token = self.invited(proposal, str(person.email))
        with self.db.session() as session:
            account = session.get_one(Account, person.id)
            co_authors.accept(session, self.db.settings, account, token)
        return self.reload(proposal)

    def suggestion(self, actor: Account, proposal: Proposal, into: Proposal, note: str = "") -> MergeSuggestion:  # fmt: skip
        """What somebody suggests: that a proposal closes in favour of another."""
        form = MergeSuggestionForm(into=into.id, note=note)
        with self.db.session() as session:
            made = merge_suggestions.suggest(session, self.db.settings, actor, proposal.id, form)
        return self.db.get(MergeSuggestion, made.id)

    def merged(self, proposal: Proposal, into: Proposal) -> Proposal:
        """A proposal that closes in favour of another: a moderator has suggested it, and its author agrees."""
        made = self.suggestion(self.desk(), proposal, into)
        with self.db.session() as session:
            author = self._author(session, proposal)
            merge_suggestions.accept(session, self.db.settings, author, proposal.id, made.id)
        return self.reload(proposal)

    def vote(self, voter: Account, proposal: Proposal, value: str = "support") -> None:
        with self.db.session() as session:
            own = proposals.get_visible(session, voter, proposal.id)
            votes.cast(session, voter, own, VoteForm(value=Value(value)).value)

    def comment(self, writer: Account, proposal: Proposal, **values: Any) -> Comment:
        """A comment, or with `parent_id` a reply; every one has words of its own unless they are given."""
        form = CommentForm(**{"text": f"Ý kiến số {next(_numbers)}."} | values)
        with self.db.session() as session:
            own = proposals.get_visible(session, writer, proposal.id)
            made = comments.write(session, self.db.settings, writer, own, form)
        return self.db.get(Comment, made.id)

    def rule_on(self, comment: Comment, decision: str, note: str = "Vì thế.") -> Comment:
        """A moderator's decision on a comment."""
        form = CommentDecisionForm(
            decision=CommentDecision(decision), reason_code="off-topic", note=note
        )
        desk = self.desk()
        with self.db.session() as session:
            found, proposal = comments.find(session, desk, comment.id)
            comment_moderation.decide(session, self.db.settings, desk, proposal, found, form)
        return self.db.get(Comment, comment.id)

    def find_helpful(self, reader: Account, comment: Comment) -> None:
        with self.db.session() as session:
            found, proposal = comments.find(session, reader, comment.id)
            helpful.mark(session, self.db.settings, reader, proposal, found)

    def application(self, person: Account, **changes: Any) -> ExpertApplication:
        """The person's application, waiting for a decision."""
        with self.db.session() as session:
            applications.apply(session, person, ApplicationForm(**profile(**changes)))
        mine = ExpertApplication.account_id == person.id
        return self.db.all(ExpertApplication, mine)[-1]

    def approval(self, person: Account, **changes: Any) -> ExpertApplication:
        """The person's application, approved: they are an expert now."""
        return self.verdict(self.application(person, **changes), Verdict.APPROVE)

    def expert(self, name: str, **changes: Any) -> Account:
        """An expert with an approved profile."""
        return self.db.get(Account, self.approval(self.account(name), **changes).account_id)

    def verdict(
        self, application: ExpertApplication, verdict: Verdict, note: str = "Vì thế."
    ) -> ExpertApplication:
        """A moderator's decision on an application."""
        desk, form = self.desk(), VerdictForm(verdict=verdict, note=note)
        with self.db.session() as session:
            found = applications.get(session, desk, application.id, lock=True)
            applications.decide(session, self.db.settings, desk, found, form)
        return self.db.get(ExpertApplication, application.id)

    def accepted(self, proposal: Proposal) -> Proposal:
        """A published proposal whose new text a moderator accepts."""
        desk, form = self.desk(), EditDecisionForm(outcome="accept")
        with self.db.session() as session:
            own = proposals.get_visible(session, desk, proposal.id, lock=True)
            edits.decide(session, self.db.settings, desk, own, form)
        return self.reload(proposal)

    def canned(self, title: str = "Thiếu", **texts: str) -> CannedAnswer:
        """Words that moderators have at hand."""
        form = CannedForm(title=title, texts={"vi": "Xin bổ sung.", "en": "Please add."} | texts, reason_code="incomplete")  # fmt: skip
        desk = self.desk()
        with self.db.session() as session:
            return canned.keep(session, desk, form)

    def report(self, reader: Account, text: Proposal | Comment, words: str = "") -> ReportCase:
        """A reader's report of a proposal or a comment, as part of the case about it."""
        target = Reportable.COMMENT if isinstance(text, Comment) else Reportable.PROPOSAL
        form = ReportForm(reason_code="off-topic", words=words)
        with self.db.session() as session:
            reports.send(session, self.db.settings, reader, target, text.id, form)
        about = (ReportCase.target == target, ReportCase.target_id == text.id)
        return self.db.all(ReportCase, *about)[-1]

    def tell_reporters(self) -> None:
        """What the background loop does until everybody who reported has been told."""
        while self.db.count(ReportCase, col(ReportCase.told_up_to).is_not(None)):
            jobs.tell_reporters(self.db.engine, self.db.settings)

    def appeal(self, person: Account, words: str = "Đúng chủ đề mà.") -> Appeal:
        """The person's appeal against the newest decision about them that allows one."""
        with self.db.session() as session:
            found = decisions.listed(session, person).items
            decided = next(one for one in found if one.open_until(self.db.settings))
            return appeals.make(session, self.db.settings, decided, AppealForm(words=words))

    def ban(self, person: Account) -> Account:
        """A moderator closes the person's account."""
        desk, form = self.desk(), BanForm(reason_code="off-topic", note="Vì thế.")
        with self.db.session() as session:
            account = people.get(session, desk, person.id, lock=True)
            people.ban(session, self.db.settings, desk, account, form)
        return self.db.get(Account, person.id)

    def restore(self, proposal: Proposal) -> Proposal:
        desk = self.desk()
        with self.db.session() as session:
            own = proposals.get_visible(session, desk, proposal.id)
            form = DecisionForm(decision=Decision.RESTORE)
            moderation.decide(session, self.db.settings, desk, own, form)
        return self.reload(proposal)

    def officer(self, name: str, department: str = "mayor") -> Account:
        """Somebody who answers for a department."""
        account = self.account(name, Role.OFFICER)
        with self.db.session() as session:
            session.add(Officer(account_id=account.id, department_code=department))
        return account

    def called(
        self, proposal: Proposal, department: str | None = "mayor", days: int = 60
    ) -> AnswerRequest:
        """A moderator's request for an answer, due in so many days, or so many days ago."""
        desk = self.desk()
        with self.db.session() as session:
            own = proposals.get_visible(session, desk, proposal.id, lock=True)
            made = answer_calls.call_by_hand(session, desk, own, department)
            made.due_at = now() + timedelta(days=days)
        return made

    def draft(self, officer: Account, proposal: Proposal, **changes: Any) -> OfficialAnswer:
        """An officer's draft on a proposal about which the officer's department has been asked."""
        with self.db.session() as session:
            own = proposals.get_visible(session, officer, proposal.id, lock=True)
            return answers.draft(session, officer, own, AnswerForm(**official(**changes)))

    def submitted(self, officer: Account, proposal: Proposal, **changes: Any) -> OfficialAnswer:
        """The same, handed over for approval."""
        made = self.draft(officer, proposal, **changes)
        with self.db.session() as session:
            own = answers.get(session, officer, made.id, lock=True)
            answers.submit(session, officer, own, VersionForm(version=1))
        return made

    def approved(self, first: Account, second: Account, proposal: Proposal, **changes: Any) -> OfficialAnswer:  # fmt: skip
        """The same, approved by another: published, unless the changes set a time."""
        made = self.submitted(first, proposal, **changes)
        with self.db.session() as session:
            own = answers.get(session, second, made.id, lock=True)
            answers.approve(session, second, own, VersionForm(version=1))
        return self.db.get(OfficialAnswer, made.id)

    def answered(self, proposal: Proposal, **changes: Any) -> OfficialAnswer:
        """An official answer that has been asked for, written, approved and published by people who play no other part."""
        self.called(proposal)
        officers = [self.officer("Cán bộ"), self.officer("Cán bộ")]
        return self.approved(*officers, proposal, **changes)

    @staticmethod
    def _author(session: Session, proposal: Proposal) -> Account:
        author = session.get(Account, proposal.author_id)
        assert author is not None
        return author

    def _move(
        self, session: Session, author: Account, desk: Account, proposal: Proposal, step: Status, other: Proposal | None
    ) -> None:  # fmt: skip
        settings = self.db.settings
        if step is S.SUBMITTED:
            proposals.submit(session, author, proposal)
        elif step is S.WITHDRAWN:
            proposals.withdraw(session, author, proposal)
        elif step in _DECISIONS:
            form = DecisionForm(decision=_DECISIONS[step], reason_code="incomplete", note="Vì thế.")
            moderation.decide(session, settings, desk, proposal, form)
        elif step is S.MERGED:
            assert other is not None
            form = MergeSuggestionForm(into=other.id)
            made = merge_suggestions.suggest(session, settings, desk, proposal.id, form)
            merge_suggestions.accept(session, settings, author, proposal.id, made.id)
        else:
            moderation.set_status(session, desk, proposal, StatusForm(status=step.value))
        session.flush()


def _way(target: Status, before: str | None) -> Iterator[Status]:
    """The steps from a draft to a status."""
    if target is S.DRAFT:
        return
    yield from _way(Status(before) if before else _BEFORE[target], None)
    yield target
