"""Countries and languages are named in the reader's language, all of ISO 3166-1 and nothing else."""

import pytest

from app import names
from app.i18n import LANGUAGES, language


@pytest.mark.parametrize("reader", LANGUAGES)
def test_all_countries_and_nothing_else(reader: str) -> None:
    language.set(reader)
    found = names.countries()
    assert len(found) == 249
    assert not found.keys() & {"EU", "UN", "XK", "ZZ", "XA"}
    assert all(found.values())
    assert len(set(found.values())) == 249


def test_names_and_order_are_the_readers() -> None:
    language.set("vi")
    assert (names.country_name("VN"), names.country_name("DE")) == ("Việt Nam", "Đức")
    vietnamese = list(names.countries())
    assert vietnamese.index("AT") < vietnamese.index("BR") < vietnamese.index("DE") < vietnamese.index("EE")  # fmt: skip
    assert names.language_name("vi") == "Tiếng Việt"
    language.set("en")
    assert (names.country_name("VN"), names.country_name("DE")) == ("Vietnam", "Germany")
    assert names.language_name("no") == "Norwegian"


def test_a_code_without_a_name_is_shown_itself() -> None:
    assert (names.country_name("QQ"), names.language_name("xx")) == ("QQ", "xx")
