"""Assessments on pages: staff ask, experts declare and judge without scripts, everybody reads."""

import re
from datetime import timedelta
from xml.etree import ElementTree as Xml

import pytest

from app.database import now
from app.models import Account, Assessment, AssessmentRound, Campaign, Evaluator, Proposal
from app.services import rubrics
from tests.assessing import CRITERIA, Assess
from tests.builders import Make
from tests.clients import Browser
from tests.databases import Database
from tests.test_hostile_text import HOSTILE, Tags

DESK = "/moderation/assessments"
HOUSES = ("Viện Vịt", "Trường Ao", "Hội Cối xay")


@pytest.fixture
def experts(make: Make) -> list[Account]:
    """Three experts of different houses."""
    return [make.expert(f"Chuyên gia {n}", affiliation=house) for n, house in enumerate(HOUSES)]


@pytest.fixture
def proposal(make: Make, ha: Account) -> Proposal:
    return make.proposal(ha, "published")


def verdict(score: str = "4", **changes: str) -> dict[str, str]:
    """The form of a verdict, filled in."""
    values = {f"score-{code}": score for code in CRITERIA} | {f"words-{code}": f"Vì {code}." for code in CRITERIA}  # fmt: skip
    return values | {"recommendation": "recommend", "words": "Chung.", "revision": "1"} | changes


def test_a_round_through_the_pages(browser: Browser, db: Database, ha: Account, lan: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    desk = browser.as_(lan)
    page = desk.get(f"{DESK}/{proposal.id}").text
    assert [page.index(one.name) for one in experts] == sorted(page.index(one.name) for one in experts)  # fmt: skip
    assert "đúng lĩnh vực" in page
    path = f"/proposals/{proposal.id}/assessment"
    day = (now() + timedelta(days=9)).date().isoformat()
    opened = desk.submit(f"{path}/rounds", evaluators=[str(an.id), str(binh.id)], another=str(chi.id), due_on=day)  # fmt: skip
    assert (opened.status_code, opened.headers["location"]) == (303, f"{DESK}/{proposal.id}")
    assert db.count(Evaluator) == 3
    again = desk.submit(f"{path}/rounds", evaluators=[str(an.id), str(binh.id)])
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)
    assert desk.submit(f"{path}/evaluators", another=str(an.id)).status_code == 409

    def own(expert: Account) -> str:
        return f"/assessments/{assess.asked(expert).id}"

    assert own(an) in browser.as_(an).get("/assessments").text
    first = browser.as_(an).get(own(an)).text
    assert ("has_conflict" in first, "score-impact" in first) == (True, False)
    assert browser.as_(an).submit(f"{own(an)}/verdict", **verdict()).status_code == 409
    for wrong in ({}, {"has_conflict": "yes", "words": " "}, {"has_conflict": "x"}):
        refused = browser.as_(an).submit(f"{own(an)}/declaration", **wrong)
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    for expert in (an, binh):
        assert browser.as_(expert).submit(f"{own(expert)}/declaration", has_conflict="no").status_code == 303  # fmt: skip
    assert browser.as_(an).submit(f"{own(an)}/declaration", has_conflict="no").status_code == 409
    browser.as_(chi).submit(f"{own(chi)}/declaration", has_conflict="yes", words="Tôi <b>bán</b> vịt.")  # fmt: skip
    assert "score-impact" not in browser.as_(chi).get(own(chi)).text
    assert "score-impact" in browser.as_(an).get(own(an)).text

    short = browser.as_(an).submit(f"{own(an)}/verdict", **verdict(**{"score-cost": "", "words-equity": " "}))  # fmt: skip
    assert short.status_code == 422
    assert 'id="error-score-cost"' in short.text
    assert 'id="error-words-equity"' in short.text
    assert "Vì impact." in short.text
    given = browser.as_(an).submit(f"{own(an)}/verdict", **verdict())
    assert (given.status_code, given.headers["location"]) == (303, own(an))
    assert browser.as_(an).submit(f"{own(an)}/verdict", **verdict()).status_code == 409

    page = desk.get(f"{DESK}/{proposal.id}").text
    assert "Tôi &lt;b&gt;bán&lt;/b&gt; vịt." in page
    assert ("1/2 ý kiến" in page, "Vì impact." in page) == (True, False)
    assert f"{DESK}/{proposal.id}" in desk.get(DESK).text
    for reader in (None, ha, lan, binh):
        assert "Vì impact." not in browser.as_(reader).get(path).text
        assert "bán" not in browser.as_(reader).get(proposal.path).text
    assert "Vì impact." not in browser.as_(binh).get(own(binh)).text
    browser.as_(binh).submit(f"{own(binh)}/verdict", **verdict("2", recommendation="against"))
    assert "Vì impact." in browser.as_(binh).get(own(binh)).text

    page = browser.get(path).text
    assert (page.count("Vì impact."), an.name in page, chi.name in page) == (2, True, False)
    panel = browser.get(proposal.path).text
    assert 'id="assessed"' in panel
    assert re.search(r'<p class="tally"><b>3</b>', panel)
    assert desk.submit(f"{path}/close").status_code == 409


def test_who_may_not(browser: Browser, db: Database, ha: Account, lan: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, _ = experts
    path = f"/proposals/{proposal.id}/assessment"
    for who, status in ((None, 401), (ha, 403), (an, 403)):
        for action in ("rounds", "evaluators", "close"):
            answer = browser.as_(who).submit(f"{path}/{action}", evaluators=[str(an.id), str(binh.id)])  # fmt: skip
            assert answer.status_code == status
        assert browser.as_(who).get(f"{DESK}/{proposal.id}").status_code == (status if who else 303)
    assert db.count(AssessmentRound) == 0
    assess.ask(proposal, an, binh)
    own = f"/assessments/{assess.asked(an).id}"
    for who, status in ((None, 401), (ha, 404), (lan, 404), (binh, 404)):
        assert (
            browser.as_(who).submit(f"{own}/declaration", has_conflict="no").status_code == status
        )
        assert browser.as_(who).submit(f"{own}/verdict", **verdict()).status_code == status
        assert browser.as_(who).get(own).status_code == (status if who else 303)
    assert db.count(Assessment) == 0


def test_what_staff_type_wrong_is_said(browser: Browser, db: Database, lan: Account, experts: list[Account], proposal: Proposal) -> None:  # fmt: skip
    path = f"/proposals/{proposal.id}/assessment/rounds"
    two = [str(one.id) for one in experts[:2]]
    for fields in ({}, {"evaluators": two[:1]}, {"evaluators": two, "another": "x"}, {"evaluators": two, "due_on": "hôm nay"}, {"evaluators": two, "due_on": "2020-01-01"}):  # fmt: skip
        page = browser.as_(lan).submit(path, **fields)
        assert (page.status_code, 'role="alert"' in page.text) == (422, True)
        assert all(f'value="{number}" checked' in page.text for number in fields.get("evaluators", []))  # fmt: skip
    assert db.count(AssessmentRound) == 0


def test_dissent_and_both_versions_are_seen(browser: Browser, db: Database, make: Make, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    an, binh, chi = experts
    assess.ask(proposal, *experts)
    assess.judge(an, 5)
    assess.judge(binh, 4, "with_changes")
    assess.judge(chi, 1, "against")
    page = browser.get(f"/proposals/{proposal.id}/assessment").text
    assert page.count("ý kiến khác với đa số") == 1
    assert page.index("ý kiến khác với đa số") > page.index(chi.name)
    with db.session() as session:
        session.get_one(Proposal, proposal.id).revision = 2
    own = f"/assessments/{assess.asked(chi).id}"
    assert "score-impact" in browser.as_(chi).get(own).text
    stale = browser.as_(chi).submit(f"{own}/verdict", **verdict("3"))
    assert (stale.status_code, 'role="alert"' in stale.text) == (409, True)
    assert browser.as_(chi).submit(f"{own}/verdict", **verdict("3", revision="2", recommendation="with_changes")).status_code == 303  # fmt: skip
    assert browser.as_(chi).submit(f"{own}/verdict", **verdict("3", revision="2")).status_code == 409  # fmt: skip
    page = browser.get(f"/proposals/{proposal.id}/assessment").text
    # Now two of three want changes, and who wants none stands alone.
    assert ("<details>" in page, page.count("Vì impact.")) == (True, 4)
    assert page.index(an.name) < page.index("ý kiến khác với đa số") < page.index(binh.name)


def test_the_picture_and_its_table(browser: Browser, make: Make, ha: Account, experts: list[Account], assess: Assess) -> None:  # fmt: skip
    an, binh, _ = experts
    assert 'class="empty"' in browser.get("/assessments/map").text
    campaign = make.campaign()
    made = []
    for pillar, score in (("fields", 2), ("songs", 5)):
        proposal = make.proposal(ha, "published", pillar=pillar, title="<script>alert(1)</script>", campaign_id=campaign.id if score == 5 else None)  # fmt: skip
        assess.ask(proposal, an, binh)
        assess.judge(an, score)
        assess.judge(binh, score)
        made.append(proposal)
    make.vote(an, make.reload(made[0]))
    page = browser.get("/assessments/map").text
    rows = re.findall(r'<td class="figure">(\d+)</td><th scope="row">', page)
    assert rows == [str(made[1].id), str(made[0].id)]
    assert "<script>alert" not in page
    drawn = browser.get("/assessments/map.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    policy = drawn.headers["content-security-policy"]
    assert ("style-src 'unsafe-inline'" in policy, "script-src" in policy) == (True, False)
    texts = [text.strip() for text in Xml.fromstring(drawn.content).itertext()]
    assert {str(one.id) for one in made} <= set(texts)
    assert {"Đồng ruộng", "Bài hát"} <= set(texts)
    assert browser.get("/assessments/map.svg").content == drawn.content
    assert browser.get("/assessments/map.svg?narrow=1").content != drawn.content
    kept = browser.get("/assessments/map.svg", headers={"If-None-Match": drawn.headers["etag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    only = browser.get(f"/assessments/map?campaign={campaign.id}").text
    assert f"/assessments/map.svg?campaign={campaign.id}" in only
    assert re.findall(r'<td class="figure">(\d+)</td><th scope="row">', only) == [str(made[1].id)]
    for wrong in ("?campaign=999999", "?campaign=x", "?campaign=0", "?narrow=vielleicht"):
        for address in ("/assessments/map", "/assessments/map.svg"):
            assert browser.get(address + wrong).status_code == 404
    listed = browser.get("/proposals?sort=best_assessed").text
    assert listed.index(made[1].path) < listed.index(made[0].path)


def test_an_administrator_sets_the_criteria(browser: Browser, db: Database, make: Make, ha: Account, quan: Account, lan: Account, experts: list[Account], standing: Campaign, assess: Assess) -> None:  # fmt: skip
    path = f"/campaigns/{standing.id}/rules"
    fields = {
        "answer_days": "60",
        "rubric-0-code": "joy", "rubric-0-names-vi": "Niềm vui", "rubric-0-names-en": "Joy", "rubric-0-descriptions-vi": "Có vui không?",
        "rubric-2-code": "noise", "rubric-2-names-en": "Noise",
    }  # fmt: skip
    assert browser.as_(lan).submit(path, **fields).status_code == 403
    assert browser.as_(quan).submit(path, **fields).status_code == 303
    found = db.get(Campaign, standing.id).rubric
    assert [(one["code"], one["names"]) for one in found] == [("joy", {"vi": "Niềm vui", "en": "Joy"}), ("noise", {"en": "Noise"})]  # fmt: skip
    page = browser.as_(quan).get(path).text
    assert ('value="joy"' in page, "rubric-3-code" in page, "rubric-4-code" in page) == (True, True, False)  # fmt: skip
    for change, where in (({"rubric-2-code": "joy"}, "rubric-1-code"), ({"rubric-0-code": "Vui"}, "rubric-0-code"), ({"rubric-0-names-vi": "", "rubric-0-names-en": ""}, "rubric-0-names-vi")):  # fmt: skip
        refused = browser.as_(quan).submit(path, **fields | change)
        assert (refused.status_code, f'id="error-{where}"' in refused.text) == (422, True)
    proposal = make.proposal(ha, "published")
    assess.ask(proposal, *experts)
    assess.declare(experts[0])
    form = browser.as_(experts[0]).get(f"/assessments/{assess.asked(experts[0]).id}").text
    assert ("score-joy" in form, "score-impact" in form) == (True, False)
    # Without criteria of its own, the usual ones come back for the next round; this one keeps its own.
    assert browser.as_(quan).submit(path, answer_days="60").status_code == 303
    changed = db.get(Campaign, standing.id)
    assert (changed.rubric, [one["code"] for one in rubrics.of(changed)]) == (None, list(CRITERIA))
    assert [one["code"] for one in db.all(AssessmentRound)[0].rubric] == ["joy", "noise"]


def test_a_verdict_outlives_the_session(browser: Browser, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    """Whoever was signed out while writing signs in from there and goes on."""
    assess.ask(proposal, *experts)
    path = f"/assessments/{assess.asked(experts[0]).id}"
    page = browser.submit(f"{path}/verdict", **verdict("4", words="Lời dài."))
    assert page.status_code == 401
    assert f'value="{path}"' in page.text
    assert "L%E1%BB%9Di" in page.text


def test_what_experts_write_is_text(browser: Browser, lan: Account, experts: list[Account], proposal: Proposal, assess: Assess) -> None:  # fmt: skip
    """Verdicts and conflicts, on every page that shows them."""
    an, binh, chi = experts
    assess.ask(proposal, *experts)
    assess.declare(chi, " ".join(HOSTILE[:12]))
    for expert in (an, binh):
        own = f"/assessments/{assess.asked(expert).id}"
        browser.as_(expert).submit(f"{own}/declaration", has_conflict="no")
        words = {f"words-{code}": text for code, text in zip(CRITERIA, HOSTILE, strict=False)}
        answer = browser.as_(expert).submit(f"{own}/verdict", **verdict(**words, words="\n\n".join(HOSTILE)))  # fmt: skip
        assert answer.status_code == 303
    for page in (
        browser.get(f"/proposals/{proposal.id}/assessment"),
        browser.as_(an).get(f"/assessments/{assess.asked(an).id}"),
        browser.as_(lan).get(f"/moderation/assessments/{proposal.id}"),
    ):
        assert page.status_code == 200
        found = Tags(page.text).found
        assert not [tag for tag, _ in found if tag in {"iframe", "math", "base", "style", "object"}]
        scripts = [values.get("src") for tag, values in found if tag == "script"]
        assert all(address and address.startswith("/static/") for address in scripts)
        handlers = [name for _, values in found for name in values if name.startswith("on")]
        assert handlers == []
        assert "javascript:" not in [values.get("href", "")[:11].lower() for tag, values in found if tag == "a" and values.get("href")]  # fmt: skip
