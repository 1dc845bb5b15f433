"""The city pack: a second, tiny city loads, loads anew, and is refused where it is wrong."""

import shutil
from pathlib import Path

import pytest

from app.models import Campaign, City, Goal, Pillar, Reason, Ward
from app.services import cities
from tests.databases import TINYTOWN, Database


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINYTOWN, tmp_path / "pack"))


def change(pack: Path, old: str, new: str, name: str = "city.toml") -> None:
    text = (pack / name).read_text(encoding="utf-8")
    assert old in text
    (pack / name).write_text(text.replace(old, new), encoding="utf-8")


def load(db: Database, pack: Path) -> None:
    with db.session() as session:
        cities.load(session, pack)


def test_loading(migrated: Database, pack: Path) -> None:
    load(migrated, pack)
    assert [migrated.count(table) for table in (City, Pillar, Goal, Ward, Reason)] == [1, 2, 2, 3, 8]  # fmt: skip
    (campaign,) = migrated.all(Campaign)
    assert (campaign.is_standing, campaign.slug) == (True, "hom-thu-thi-tran")
    with migrated.session(writes=False) as session:
        city = cities.catalogue(session)
    assert (city.name, city.portal_name) == ("Thị trấn Tí Hon", "Mạng sáng kiến Tí Hon")
    assert list(city.wards) == ["east", "west", "mill"]
    assert list(city.expertises) == ["ducks", "mills"]
    assert (city.timezone, city.ref_prefix, city.demo) == ("Asia/Tokyo", "TT", False)


def test_loading_anew_renames_and_adds_and_keeps(migrated: Database, pack: Path) -> None:
    load(migrated, pack)
    change(pack, "East hamlet", "Far east hamlet", "wards.toml")
    change(pack, 'code = "west"', 'code = "new-west"', "wards.toml")
    load(migrated, pack)
    with migrated.session(writes=False) as session:
        city = cities.catalogue(session)
    assert city.revision == 2
    assert city.wards["east"].names["en"] == "Far east hamlet"
    assert city.wards.keys() == {"east", "west", "new-west", "mill"}
    assert migrated.count(Campaign) == 1


def test_fields_of_expertise_are_optional(migrated: Database, pack: Path) -> None:
    text = (pack / "city.toml").read_text(encoding="utf-8")
    (pack / "city.toml").write_text(text.split("[[expertises]]")[0], encoding="utf-8")
    load(migrated, pack)
    with migrated.session(writes=False) as session:
        assert cities.catalogue(session).expertises == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ref_prefix = "TT"', 'ref_prefix = "t t"'),
        ('ref_prefix = "TT"', ""),
        ('colour = "#227722"', 'colour = "green"'),
        ("horizon = 2033", 'horizon = "soon"'),
        ('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nmayor = "x"'),
        ('code = "tinytown"', 'code = "tinytown'),
        ('pillars = ["fields"]', 'pillars = ["ponds"]'),
        ("personal_number_pattern = '(?<", "personal_number_pattern = '([<"),
    ],
)
def test_a_wrong_pack_is_refused_whole(migrated: Database, pack: Path, old: str, new: str) -> None:
    change(pack, old, new)
    with pytest.raises(cities.PackError, match=str(pack)):
        load(migrated, pack)
    assert migrated.count(City) == migrated.count(Pillar) == 0


def test_a_folder_without_a_pack(migrated: Database, tmp_path: Path) -> None:
    with pytest.raises(cities.PackError, match=r"city\.toml is missing"):
        load(migrated, tmp_path)
