"""Near-duplicates: who is found, by what, and that finding reads no more among many than among few."""

import unicodedata

import pytest
from sqlalchemy import insert

from app import jobs
from app.database import table_of
from app.models import Account, Proposal, SimilarityKey
from app.services import premoderation, proposals, similar
from app.services.similar import Match
from app.text import fold
from tests.builders import Make
from tests.databases import Database

TEXT = {
    "title": "Trồng cây dọc đường Láng",
    "summary": "Trồng hai trăm cây sấu dọc đường Láng để người đi bộ có bóng mát giữa trưa hè.",
    "problem": "Đường Láng dài bốn cây số gần như không có bóng cây, mùa hè mặt đường nóng tới năm mươi độ và không ai muốn đi bộ tới bến xe buýt.",
}
OTHER = {
    "title": "Thư viện ban đêm",
    "summary": "Mở cửa thư viện phường tới mười giờ tối cho người đi làm ca.",
    "problem": "Người làm ca chiều tan sở lúc tám giờ, khi ấy mọi thư viện đã đóng cửa từ lâu và ở nhà thì không có chỗ ngồi học yên tĩnh.",
}
SLIGHTLY = TEXT | {"summary": TEXT["summary"].replace("hai trăm", "ba trăm"), "title": "Trồng cây sấu ở đường Láng"}  # fmt: skip


def found(db: Database, texts: dict[str, str], own: int | None = None) -> list[Match]:
    with db.session(writes=False) as session:
        return similar.find(session, similar.text_of(texts), own)


def numbers(db: Database, texts: dict[str, str], own: int | None = None) -> list[int]:
    return [match.proposal_id for match in found(db, texts, own)]


@pytest.mark.parametrize(
    ("status", "is_found"),
    [("draft", False), ("submitted", True), ("returned", False), ("rejected", False), ("published", True), ("under_consideration", True), ("declined", True), ("hidden", False), ("withdrawn", False), ("merged", False)],
)  # fmt: skip
def test_what_is_public_or_waits_is_found(db: Database, make: Make, ha: Account, status: str, is_found: bool) -> None:  # fmt: skip
    made = make.proposal(ha, status, **TEXT)
    make.proposal(ha, "published", **OTHER)
    assert numbers(db, SLIGHTLY) == ([made.id] if is_found else [])
    assert numbers(db, TEXT, made.id) == []


@pytest.mark.parametrize("typed", [
    lambda text: unicodedata.normalize("NFD", text), str.upper, fold, lambda text: f"\n{text.replace(' ', '  ')} !!",
    lambda text: text.replace(",", " -"),
])  # fmt: skip
def test_it_does_not_matter_how_it_is_typed(db: Database, make: Make, ha: Account, typed) -> None:  # fmt: skip
    made = make.proposal(ha, "submitted", **TEXT)
    assert found(db, {name: typed(text) for name, text in TEXT.items()}) == [Match(made.id, 1.0)]


def test_the_most_alike_come_first_and_no_more_than_three(db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = [make.proposal(ha, "published", **(TEXT | {"title": f"Trồng cây {'rất nhiều ' * i}"})) for i in range(5)]  # fmt: skip
    assert numbers(db, TEXT | {"title": "Trồng cây"}) == [one.id for one in made[:3]]


def test_an_edit_is_followed(db: Database, make: Make, ha: Account) -> None:
    waiting, returned = make.proposal(ha, "submitted", **TEXT), make.proposal(ha, "returned", **TEXT)  # fmt: skip
    for made in (waiting, returned):
        with db.session() as session:
            own = proposals.get_visible(session, ha, made.id, lock=True)
            premoderation.edit(session, db.settings, ha, own, OTHER)
    assert (numbers(db, TEXT), numbers(db, OTHER)) == ([], [waiting.id])
    make.move(returned, "submitted")
    assert numbers(db, OTHER) == [waiting.id, returned.id]


def test_what_is_hidden_and_shown_again_is_found_again(db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "hidden", **TEXT)
    make.restore(made)
    assert numbers(db, TEXT) == [made.id]


def test_what_has_no_keys_yet_gets_them_once(db: Database, make: Make, ha: Account) -> None:
    kept, _draft = make.proposal(ha, "published", **TEXT), make.proposal(ha, "draft", **TEXT)
    make.proposal(ha, "published", title="???", summary="!!", problem="…")
    whole = [(row.key, row.proposal_id) for row in db.all(SimilarityKey)]
    with db.engine.begin() as connection:
        connection.execute(table_of(SimilarityKey).delete())
    assert numbers(db, TEXT) == []
    for _ in range(2):
        jobs.index_texts(db.engine, db.settings)
        assert [(row.key, row.proposal_id) for row in db.all(SimilarityKey)] == whole
    assert numbers(db, TEXT) == [kept.id]
    with db.session(writes=False) as session:
        assert similar.missing(session, 10) == []


def test_keys_go_with_their_proposal(db: Database, make: Make, ha: Account) -> None:
    made = make.proposal(ha, "submitted", **TEXT)
    with db.session() as session:
        session.delete(proposals.get_visible(session, ha, made.id, lock=True))
    assert db.count(SimilarityKey) == db.count(Proposal) == 0


def test_a_text_that_hundreds_have_sent_costs_no_more(db: Database, make: Make, ha: Account) -> None:  # fmt: skip
    made = make.proposal(ha, "published", **TEXT)
    with db.queries() as statements:
        found(db, TEXT)
    few = len(statements)
    with db.engine.begin() as connection:
        row = dict(connection.execute(table_of(Proposal).select()).mappings().one())
        copies = [row | {"id": made.id + i, "ref": None} for i in range(1, 400)]
        connection.execute(insert(table_of(Proposal)), copies)
        keys = [
            dict(one) for one in connection.execute(table_of(SimilarityKey).select()).mappings()
        ]
        connection.execute(insert(table_of(SimilarityKey)), [key | {"proposal_id": copy["id"]} for key in keys for copy in copies])  # fmt: skip
    with db.queries() as statements:
        assert len(found(db, TEXT)) == similar.MOST_SHOWN
    assert len(statements) == few == 2
