"""The one table of every route of both doors and what it answers to each role, on another person's proposal."""

from dataclasses import dataclass, field
from typing import Any

API, JSON = "/api/v1", dict[str, Any]
OTHER = object()  # stands for the number of another published proposal
WAITING = object()  # stands for the number of something that waits, in a list
OWN_EMAIL = object()  # stands for the address of whoever asks
ROLES = ("anonymous", "citizen", "expert", "officer", "moderator", "admin")
ALL_200 = (200,) * 6
TITLE = {"title": "Một cái ao"}
WHOLE = TITLE | dict.fromkeys(("summary", "problem", "solution", "expected_impact", "resources_needed"), "x")  # fmt: skip


CAMPAIGN = {"title_vi": "Đợt mới", "question_vi": "Gì?", "votes_need": "email"}


@dataclass(frozen=True)
class Route:
    """A route, the status of the proposal it is tried on, what is sent, and the answers in the order of ROLES."""

    method: str
    path: str
    answers: tuple[int, int, int, int, int, int]
    on: str = "published"
    body: JSON = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path} ({self.on})"


CANNED = {"title": "Thiếu", "texts": {"vi": "Xin bổ sung."}}
P = f"{API}/proposals"
QUEUE = f"{API}/moderation/queue"
N = f"{P}/{{proposal_id}}"
API_ROUTES = [
    Route("GET", P, ALL_200),
    Route("POST", P, (401, 201, 201, 201, 201, 201), body=WHOLE | {"pillar": "songs"}),
    Route("GET", N, ALL_200),
    Route("GET", N, (404, 404, 404, 404, 404, 404), on="draft"),
    Route("GET", N, (404, 404, 404, 404, 200, 200), on="submitted"),
    Route("GET", N, (404, 404, 404, 404, 200, 200), on="hidden"),
    Route("PATCH", N, (401, 403, 403, 403, 403, 403), body=TITLE),
    Route("PATCH", N, (401, 404, 404, 404, 403, 403), on="submitted", body=TITLE),
    Route("DELETE", f"{N}/pending-edit", (401, 403, 403, 403, 403, 403)),
    Route("POST", f"{N}/submit", (401, 404, 404, 404, 404, 404), on="draft"),
    Route("POST", f"{N}/submit", (401, 404, 404, 404, 403, 403), on="returned"),
    Route("POST", f"{N}/withdraw", (401, 403, 403, 403, 403, 403)),
    Route("PUT", f"{N}/vote", (401, 200, 200, 200, 200, 200), body={"value": "support"}),
    Route("PUT", f"{N}/vote", (401, 404, 404, 404, 409, 409), on="submitted", body={"value": "support"}),
    Route("DELETE", f"{N}/vote", (401, 204, 204, 204, 204, 204)),
    Route("GET", QUEUE, (401, 403, 403, 403, 200, 200)),
    Route("POST", f"{QUEUE}/next", (401, 403, 403, 403, 200, 200), body={"kind": "proposal"}),
    Route("GET", f"{QUEUE}/{{item_id}}", (401, 403, 403, 403, 200, 200)),
    Route("PUT", f"{QUEUE}/{{item_id}}/claim", (401, 403, 403, 403, 200, 200)),
    Route("DELETE", f"{QUEUE}/{{item_id}}/claim", (401, 403, 403, 403, 409, 409)),
    Route("POST", f"{QUEUE}/{{item_id}}/decision", (401, 403, 403, 403, 200, 200), body={"outcome": "publish"}),
    Route("POST", f"{API}/moderation/decisions", (401, 403, 403, 403, 200, 200), body={"items": WAITING, "outcome": "publish"}),
    Route("GET", f"{API}/moderation/canned-answers", (401, 403, 403, 403, 200, 200)),
    Route("POST", f"{API}/moderation/canned-answers", (401, 403, 403, 403, 201, 201), body=CANNED),
    Route("PUT", f"{API}/moderation/canned-answers/{{canned_id}}", (401, 403, 403, 403, 200, 200), body=CANNED),
    Route("DELETE", f"{API}/moderation/canned-answers/{{canned_id}}", (401, 403, 403, 403, 204, 204)),
    Route("POST", f"{N}/decision", (401, 404, 404, 404, 200, 200), on="submitted", body={"decision": "publish"}),
    Route("POST", f"{N}/decision", (401, 403, 403, 403, 200, 200), body={"decision": "hide", "reason_code": "off-topic"}),
    Route("POST", f"{N}/decision", (401, 404, 404, 404, 200, 200), on="hidden", body={"decision": "restore"}),
    Route("POST", f"{N}/decision", (401, 404, 404, 404, 404, 404), on="draft", body={"decision": "publish"}),
    Route("POST", f"{N}/status", (401, 403, 403, 403, 200, 200), body={"status": "under_consideration"}),
    Route("POST", f"{N}/merge", (401, 403, 403, 403, 200, 200), body={"into": OTHER}),
    Route("GET", f"{API}/moderation/record", ALL_200),
    Route("GET", f"{API}/moderation/record/monthly", ALL_200),
    Route("GET", f"{API}/moderation/dashboard", (401, 403, 403, 403, 200, 200)),
    Route("GET", f"{API}/campaigns", ALL_200),
    Route("GET", f"{API}/campaigns/{{campaign_id}}", ALL_200),
    Route("GET", f"{API}/campaigns/{{campaign_id}}/rules", ALL_200),
    Route("PUT", f"{API}/campaigns/{{campaign_id}}/rules", (401, 403, 403, 403, 403, 200), body={"answer_days": 30}),
    Route("GET", f"{API}/pillars", ALL_200),
    Route("GET", f"{API}/goals", ALL_200),
    Route("GET", f"{API}/wards", ALL_200),
    Route("GET", f"{API}/reasons", ALL_200),
    Route("GET", f"{API}/statistics", ALL_200),
    Route("GET", f"{API}/expertises", ALL_200),
    Route("GET", f"{API}/experts", ALL_200),
    Route("GET", f"{API}/experts/{{expert_id}}", ALL_200),
]  # fmt: skip

CANNED_FORM = {"title": "Thiếu", "text_vi": "Xin bổ sung."}
PROFILE = {"field": "ducks", "affiliation": "Viện Vịt", "country": "VN", "biography": "Vịt."}
DESK = "/moderation/experts"
ITEM = f"{DESK}/{{application_id:int}}"
W = "/proposals/{proposal_id:int}"
WEB_ROUTES = [
    Route("GET", "/", ALL_200),
    Route("GET", "/about", ALL_200),
    Route("GET", "/policy", ALL_200),
    Route("GET", "/privacy", ALL_200),
    Route("GET", "/theme.css", ALL_200),
    Route("GET", "/open-data", ALL_200),
    Route("GET", "/open-data/problems", ALL_200),
    Route("GET", "/robots.txt", ALL_200),
    Route("GET", "/api/v1/docs", ALL_200),
    Route("GET", "/api/v1/openapi.json", ALL_200),
    Route("GET", "/campaigns", ALL_200),
    Route("GET", "/campaigns/new", (303, 403, 403, 403, 403, 200)),
    Route("POST", "/campaigns/new", (401, 403, 403, 403, 403, 303), body=CAMPAIGN),
    # The standing campaign is the city's data.
    Route("GET", "/campaigns/{campaign_id:int}/edit", (303, 403, 403, 403, 403, 409)),
    Route("POST", "/campaigns/{campaign_id:int}/edit", (401, 403, 403, 403, 403, 409), body=CAMPAIGN),
    Route("GET", "/campaigns/{campaign_id:int}/rules", (303, 403, 403, 403, 403, 200)),
    Route("POST", "/campaigns/{campaign_id:int}/rules", (401, 403, 403, 403, 403, 303), body={"answer_days": "30"}),
    Route("GET", "/campaigns/{campaign_id:int}", (301,) * 6),
    Route("GET", "/campaigns/{campaign_id:int}-{slug}", ALL_200),
    Route("GET", "/proposals", ALL_200),
    Route("GET", W, (301,) * 6),
    Route("GET", f"{W}-{{slug}}", ALL_200),
    Route("GET", f"{W}-{{slug}}", (404, 404, 404, 404, 404, 404), on="draft"),
    Route("GET", f"{W}-{{slug}}", (404, 404, 404, 404, 200, 200), on="submitted"),
    Route("GET", f"{W}/revisions/{{number:int}}", ALL_200),
    Route("GET", f"{W}/revisions/{{number:int}}", (404, 404, 404, 404, 200, 200), on="hidden"),
    Route("GET", "/proposals/new", (303, 200, 200, 200, 200, 200)),
    Route("POST", "/proposals/new", (401, 303, 303, 303, 303, 303), body=TITLE | {"action": "save"}),
    Route("GET", f"{W}/edit", (303, 403, 403, 403, 403, 403)),
    Route("GET", f"{W}/edit", (303, 404, 404, 404, 404, 404), on="draft"),
    Route("POST", f"{W}/edit", (401, 403, 403, 403, 403, 403), body=TITLE | {"action": "save"}),
    Route("POST", f"{W}/edit", (401, 404, 404, 404, 403, 403), on="submitted", body=TITLE),
    Route("POST", f"{W}/edit/take-back", (401, 403, 403, 403, 403, 403)),
    Route("POST", f"{W}/submit", (401, 404, 404, 404, 404, 404), on="draft"),
    Route("POST", f"{W}/withdraw", (401, 403, 403, 403, 403, 403)),
    Route("POST", f"{W}/vote", (401, 303, 303, 303, 303, 303), body={"value": "support"}),
    Route("POST", f"{W}/vote", (401, 404, 404, 404, 409, 409), on="submitted", body={"value": "support"}),
    Route("GET", "/mine", (303, 200, 200, 200, 200, 200)),
    Route("GET", "/moderation-record", ALL_200),
    Route("GET", "/moderation-record.csv", ALL_200),
    Route("GET", "/moderation-record.atom", ALL_200),
    Route("GET", "/moderation-record/{figure}.svg", ALL_200),
    Route("GET", "/moderation/dashboard", (303, 403, 403, 403, 200, 200)),
    Route("GET", "/moderation", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/moderation/next", (401, 403, 403, 403, 303, 303)),
    Route("GET", "/moderation/queue/{item_id:int}", (303, 403, 403, 403, 303, 303)),
    Route("POST", "/moderation/queue/{item_id:int}/claim", (401, 403, 403, 403, 303, 303)),
    Route("POST", "/moderation/queue/{item_id:int}/release", (401, 403, 403, 403, 409, 409)),
    Route("POST", "/moderation/decisions", (401, 403, 403, 403, 303, 303), body={"items": WAITING, "kind": "proposal", "outcome": "publish"}),
    Route("GET", "/moderation/canned", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/moderation/canned", (401, 403, 403, 403, 303, 303), body=CANNED_FORM),
    Route("GET", "/moderation/canned/{canned_id:int}", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/moderation/canned/{canned_id:int}", (401, 403, 403, 403, 303, 303), body=CANNED_FORM),
    Route("POST", "/moderation/canned/{canned_id:int}/discard", (401, 403, 403, 403, 303, 303)),
    Route("GET", "/moderation/edits/{proposal_id:int}", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/moderation/edits/{proposal_id:int}/decision", (401, 403, 403, 403, 404, 404), body={"outcome": "accept"}),
    Route("GET", "/moderation/{proposal_id:int}", (303, 403, 403, 403, 200, 200), on="submitted"),
    Route("POST", f"{W}/decision", (401, 404, 404, 404, 303, 303), on="submitted", body={"decision": "publish"}),
    Route("POST", f"{W}/decision", (401, 403, 403, 403, 303, 303), body={"decision": "hide", "reason_code": "off-topic"}),
    Route("POST", f"{W}/status", (401, 403, 403, 403, 303, 303), body={"status": "under_consideration"}),
    Route("POST", f"{W}/merge", (401, 403, 403, 403, 303, 303), body={"into": OTHER}),
    Route("GET", "/sign-in", (200, 303, 303, 303, 303, 303)),
    Route("POST", "/sign-in", ALL_200, body={"email": "x@example.org"}),
    Route("POST", "/sign-in/code", (400,) * 6, body={"email": "x@example.org", "code": "000000"}),
    Route("GET", "/sign-in/link", (400,) * 6),
    Route("POST", "/sign-in/link", (400,) * 6, body={"token": "x"}),
    Route("POST", "/welcome", (400,) * 6, body={"sealed": "x", "consent": "yes"}),
    Route("GET", "/sign-in/second-factor", (303,) * 6),
    Route("POST", "/sign-in/second-factor", (401, 400, 400, 400, 400, 400), body={"code": "000000"}),
    Route("GET", "/account/second-factor", (303, 200, 200, 200, 200, 200)),
    Route("POST", "/account/second-factor/authenticator", (401, 400, 400, 400, 400, 400), body={"code": "000000"}),
    Route("POST", "/account/second-factor/passkey", (401, 400, 400, 400, 400, 400), body={"name": "Khóa"}),
    Route("POST", "/account/second-factor/recovery", (401, 409, 409, 409, 409, 409)),
    Route("POST", "/account/second-factor/remove", (401, 404, 404, 404, 404, 404)),
    Route("GET", "/account", (303, 200, 200, 200, 200, 200)),
    Route("POST", "/account", (401, 303, 303, 303, 303, 303), body={"name": "Hà", "language": "en"}),
    Route("POST", "/account/sessions/end", (401, 303, 303, 303, 303, 303)),
    Route("POST", "/account/tokens/revoke", (401, 404, 404, 404, 404, 404), body={"token": "x"}),
    Route("GET", "/account/identity", (303, 200, 200, 200, 200, 200)),
    Route("POST", "/account/identity/phone", (401, 422, 422, 422, 422, 422), body={"phone": "1"}),
    Route("POST", "/account/identity/phone/code", (401, 400, 400, 400, 400, 400), body={"code": "000000"}),
    Route("POST", "/account/identity/remove", (401, 404, 404, 404, 404, 404), body={"identity": "1"}),
    Route("GET", "/sign-in/with/{code}", (404,) * 6),
    Route("GET", "/sign-in/with/{code}/callback", (404,) * 6),
    Route("GET", "/sign-in/identity", (400,) * 6),
    Route("POST", "/sign-in/identity", (400,) * 6),
    Route("GET", "/people", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/people", (401, 403, 403, 403, 404, 404), body={"email": "x@example.org"}),
    Route("GET", "/people/{account_id:int}", (303, 403, 403, 403, 200, 200)),
    Route("POST", "/people/{account_id:int}/verify", (401, 403, 403, 403, 303, 409), body={"document": "001 098 000001", "note": "Thẻ"}),
    Route("POST", "/people/{account_id:int}/ban", (401, 403, 403, 403, 303, 303), body={"note": "Vì thế"}),
    Route("POST", "/people/{account_id:int}/unban", (401, 403, 403, 403, 409, 409), body={"note": "Vì thế"}),
    Route("POST", "/people/{account_id:int}/role", (401, 403, 403, 403, 403, 303), body={"role": "officer", "note": "Vì thế"}),
    Route("GET", "/experts", ALL_200),
    Route("GET", "/experts/{account_id:int}", ALL_200),
    Route("GET", "/experts/apply", (303, 200, 200, 403, 403, 403)),
    Route("POST", "/experts/apply", (401, 303, 303, 403, 403, 403), body=PROFILE),
    Route("POST", "/experts/apply/withdraw", (401, 409, 409, 409, 409, 409)),
    Route("GET", "/experts/invitation", (400,) * 6),
    Route("POST", "/experts/invitation", (401, 400, 400, 400, 400, 400), body=PROFILE | {"token": "x"}),
    Route("GET", ITEM, (303, 403, 403, 403, 200, 200)),
    Route("POST", f"{ITEM}/decision", (401, 403, 403, 403, 303, 303), body={"verdict": "approve"}),
    Route("POST", f"{ITEM}/end", (401, 403, 403, 403, 303, 303), body={"note": "Vì."}),
    Route("GET", f"{DESK}/invite", (303, 403, 403, 403, 200, 200)),
    Route("POST", f"{DESK}/invite", (401, 403, 403, 403, 303, 303), body={"email": "x@example.org", "language": "vi"}),
    Route("POST", f"{DESK}/invite/revoke", (401, 403, 403, 403, 404, 404), body={"invitation": "x"}),
    Route("GET", "/account/votes", (303, 200, 200, 200, 200, 200)),
    Route("POST", "/account/export", (401, 303, 303, 303, 303, 303)),
    Route("GET", "/account/export/{export_id:int}", (303, 404, 404, 404, 404, 404)),
    Route("GET", "/account/delete", (303, 200, 200, 200, 200, 200)),
    # The only administrator must stay.
    Route("POST", "/account/delete", (401, 200, 200, 200, 200, 409), body={"confirmation": OWN_EMAIL, "proposals": "keep"}),
    Route("POST", "/sign-out", (303,) * 6),
    Route("GET", "/dev/mailbox", ALL_200),
    Route("GET", "/dev/mailbox/{email_id:int}", ALL_200),
]  # fmt: skip
