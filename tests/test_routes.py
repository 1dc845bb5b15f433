"""Every route × every role, held against the one table in tests/routes.py."""

import re
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

import httpx
import pytest

from app import api, web
from app.models import (
    Account,
    Campaign,
    Email,
    MergeSuggestion,
    Milestone,
    Proposal,
    QueueItem,
    Role,
)
from app.settings import Environment
from tests.assessing import Assess
from tests.builders import Make
from tests.clients import Browser, Client
from tests.databases import Database, settings_for
from tests.routes import (
    API_ROUTES,
    EXPERTS,
    OTHER,
    OWN_EMAIL,
    ROLES,
    SUGGESTION,
    WAITING,
    WEB_ROUTES,
    Route,
)


def registered(routers: Any) -> set[tuple[str, str]]:
    return {(method, route.path) for router in routers for route in router.routes for method in route.methods}  # fmt: skip


def test_the_table_has_every_route_and_no_other() -> None:
    settings = settings_for("sqlite:///unused")
    assert {(route.method, route.path) for route in API_ROUTES} == registered(api.routers)
    assert {(route.method, route.path) for route in WEB_ROUTES} == registered(web.routers(settings))


def test_production_has_neither_mailbox_nor_style_guide() -> None:
    settings = settings_for("sqlite:///unused", environment=Environment.PRODUCTION, base_url="https://example.org")  # fmt: skip
    assert not [
        path
        for _, path in registered(web.routers(settings))
        if path.startswith(("/dev", "/styleguide"))
    ]


class Stage:
    """A proposal of someone else's for each request, and what the table's placeholders stand for."""

    def __init__(self, make: Make, db: Database, standing: Campaign) -> None:
        self.make, self.db, self.standing = make, db, standing
        self.author = make.account("Tác giả")
        self._another: Proposal | None = None

    @cached_property
    def other(self) -> Proposal:
        """A proposal that is public, for routes that are about none and for those about two."""
        return self.make.proposal(self.author, "published")

    def proposal(self, on: str) -> Proposal:
        """A proposal with this status, or one on which an answer is owed (`called`) or has been given (`answered`), or with a photo."""
        if on.startswith("pictured"):
            return self._pictured(hidden=on.endswith("hidden"))
        also_public = {"called", "answered", "suggested"}
        made = self.make.proposal(self.author, "published" if on in also_public else on)
        if on == "suggested":
            self.make.suggestion(self.make.desk(), made, self._of_another())
        if on == "called":
            self.make.called(made)
        if on == "answered":
            self.make.answered(made)
        return made

    def _of_another(self) -> Proposal:
        """A public proposal of somebody who plays no other part, into which others may be merged."""
        if self._another is None:
            self._another = self.make.proposal(self.make.account("Người khác"), "published")
        return self._another

    def _suggestion(self) -> int:
        """The number of the newest suggestion to merge."""
        found = self.db.all(MergeSuggestion)
        return found[-1].id if found else 0

    def _pictured(self, *, hidden: bool) -> Proposal:
        """A proposal with a photo that has been published, and perhaps hidden since."""
        made = self.make.proposal(self.author)
        self.make.photo(made)
        for step in ("submitted", "published", "hidden")[: 3 if hidden else 2]:
            made = self.make.move(made, step)
        return made

    def address(self, route: Route, proposal: Proposal) -> str:
        campaign = "campaign" in route.path
        values = {
            "proposal_id": proposal.id,
            "ref": proposal.ref,
            "campaign_id": self.standing.id,
            "slug": self.standing.slug if campaign else proposal.slug,
            "number": 1,
            "email_id": self.db.all(Email)[-1].id if "{email_id" in route.path else 0,
            "code": "nobody",
            "figure": "decisions",
            "name": "wards",
            "export_id": 1,
            "handle": "0" * 12,
            "suggestion_id": self._suggestion() if "{suggestion_id" in route.path else 0,
            **self._of_experts(route),
            **self._of_desk(route),
            "comment_id": self._comment(proposal) if "{comment_id" in route.path else 0,
            "assignment_id": self._asked() if "{assignment_id" in route.path else 0,
            **self._of_answers(route),
            **self._of_reports(route),
        }
        return re.sub(r"{(\w+)(:int)?}", lambda found: str(values[found[1]]), route.path)

    def _of_experts(self, route: Route) -> dict[str, int]:
        """An application for each request, in force where one is to be ended, and a person who has a profile."""
        if "{application_id" in route.path:
            make = self.make.approval if route.path.endswith("/end") else self.make.application
            return {"application_id": make(self.make.account("Người đăng ký")).id}
        if "{expert_id" in route.path or "{account_id" in route.path:
            number = self.make.expert("Chuyên gia").id
            return {"expert_id": number, "account_id": number}
        return {}

    def _comment(self, proposal: Proposal) -> int:
        """The number of a comment of somebody's under the proposal."""
        return self.make.comment(self.make.account("Người nói"), proposal).id

    def _experts(self) -> list[Account]:
        return [self.make.expert("Chuyên gia", affiliation=house) for house in ("Một", "Hai")]

    def _asked(self) -> int:
        """What somebody else has just been asked to judge."""
        assess, experts = Assess(self.make), self._experts()
        assess.ask(self.make.proposal(self.author, "published"), *experts)
        return assess.asked(experts[0]).id

    def _waiting(self) -> int:
        """The number in the queue of something that has just begun to wait."""
        self.make.proposal(self.author, "submitted")
        return self.db.all(QueueItem)[-1].id

    def _of_desk(self, route: Route) -> dict[str, int]:
        """Something that waits, and a canned answer, for each request."""
        return {
            "item_id": self._waiting() if "{item_id" in route.path else 0,
            "canned_id": self.make.canned().id if "{canned_id" in route.path else 0,
        }

    def _of_answers(self, route: Route) -> dict[str, int | str]:
        """An answer that waits for approval, and a milestone, for each request; a department's officer, a token."""
        found: dict[str, int | str] = {"token": "x"}
        if "{answer_id" in route.path:
            asked = self.proposal("called")
            found["answer_id"] = self.make.submitted(self.make.officer("Cán bộ"), asked).id
        if "{milestone_id" in route.path:
            self.proposal("answered")
            found["milestone_id"] = self.db.all(Milestone)[-1].id
        if "/officers/" in route.path or route.path.endswith("/department"):
            found["account_id"] = self.make.account("Cán bộ", Role.OFFICER).id
        return found

    def _of_reports(self, route: Route) -> dict[str, int]:
        """A case that waits, and an appeal that waits, for each request; and the decision that it is against."""
        make = self.make
        if "{case_id" in route.path:
            made = make.proposal(self.author, "published")
            return {"case_id": make.report(make.account("Người đọc"), made).id}
        if "{appeal_id" in route.path or "{ruling_id" in route.path:
            writer = make.account("Người viết")
            make.proposal(writer, "rejected")
            appeal = make.appeal(writer)
            return {"appeal_id": appeal.id, "ruling_id": appeal.ruling_id}
        return {}

    def values(self, route: Route) -> dict[Any, Any]:
        """What the table's placeholders in a body stand for, apart from who asks."""
        found: dict[Any, Any] = {}
        if OTHER in route.body.values():
            found[OTHER] = self.other.id
        if SUGGESTION in route.body.values():
            found[SUGGESTION] = self._suggestion()
        if WAITING in route.body.values():
            found[WAITING] = [self._waiting()]
        if EXPERTS in route.body.values():
            found[EXPERTS] = [one.id for one in self._experts()]
        return found


class Target:
    """What a route is asked for: the same by all roles until one of them has done something to it."""

    def __init__(self, stage: Stage, route: Route) -> None:
        self.stage, self.route = stage, route
        self._made: tuple[str, dict[Any, Any]] | None = None

    def send(self, asking: Account | None, request: Callable[[str, dict[str, Any] | None], httpx.Response]) -> httpx.Response:  # fmt: skip
        stage, route = self.stage, self.route
        if self._made is None:
            about = any(
                f"{{{name}" in route.path for name in ("proposal_id", "comment_id", "slug", "ref")
            )
            proposal = stage.proposal(route.on) if about else stage.other
            self._made = stage.address(route, proposal), stage.values(route)
        address, values = self._made
        values[OWN_EMAIL] = asking.email if asking else ""
        body = {k: values.get(v, v) if isinstance(v, Hashable) else v for k, v in route.body.items()}  # fmt: skip
        answer = request(address, body if route.method != "GET" else None)
        if route.method != "GET" and answer.status_code not in {401, 403}:
            self._made = None
        return answer


@pytest.fixture
def stage(make: Make, db: Database, standing: Campaign) -> Stage:
    return Stage(make, db, standing)


@pytest.fixture
def people(make: Make) -> dict[str, Account | None]:
    members: dict[str, Account | None] = {role: make.account(role, Role(role)) for role in ROLES[1:] if role != "officer"}  # fmt: skip
    members["officer"] = make.officer("officer")
    return {"anonymous": None} | members


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: route.name)
def test_an_api_route(route: Route, client: Client, stage: Stage, people: dict[str, Account | None]) -> None:  # fmt: skip
    target = Target(stage, route)

    def ask(role: str) -> httpx.Response:
        door = client.as_(people[role])
        return target.send(people[role], lambda path, body: door.request(route.method, path, json=body or None))  # fmt: skip

    answers = {role: ask(role) for role in ROLES}
    assert tuple(answer.status_code for answer in answers.values()) == route.answers
    for answer in answers.values():
        kind = "problem+json" if answer.status_code >= 400 else "json"
        assert answer.status_code == 204 or answer.headers["content-type"] == f"application/{kind}"


@pytest.mark.parametrize("route", WEB_ROUTES, ids=lambda route: route.name)
def test_a_page(route: Route, browser: Browser, stage: Stage, people: dict[str, Account | None]) -> None:  # fmt: skip
    target = Target(stage, route)

    def ask(role: str) -> httpx.Response:
        door = browser.as_(people[role])
        return target.send(people[role], lambda path, data: door.request(route.method, path, data=data))  # fmt: skip

    answers = {role: ask(role) for role in ROLES}
    assert tuple(answer.status_code for answer in answers.values()) == route.answers
    if route.method == "GET" and answers["anonymous"].status_code == 303:
        assert answers["anonymous"].headers["location"].startswith("/sign-in?next=%2F")
