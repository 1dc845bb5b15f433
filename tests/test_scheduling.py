"""Which tests go to the same worker."""

import re
from pathlib import Path

import pytest

from tests.scheduling import RACE, group

TESTS = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tests/test_race.py::test_codes_asked_for_at_once_are_one[sqlite]", RACE),
        ("tests/browser/test_desk.py::test_two_moderators[sqlite-390-vi-nojs]", "browser sqlite"),
        ("tests/browser/test_desk.py::test_two[postgresql-1280-en-js]", "browser postgresql"),
        ("tests/test_mail.py::test_nothing_is_sent_twice[postgresql]", "tests/test_mail.py"),
        ("tests/test_names.py::test_names[a::b]", "tests/test_names.py::test_names[a::b]"),
    ],
)
def test_groups(name: str, expected: str) -> None:
    assert group(name) == expected


def test_whoever_starts_servers_is_in_the_group_for_it() -> None:
    says = re.compile(r"^from tests\.servers import .*\bserv(ing|er)\b", re.MULTILINE)
    starting = [path for path in TESTS.rglob("test_*.py") if says.search(path.read_text(encoding="utf-8"))]  # fmt: skip
    assert len(starting) > 4
    assert {group(f"{path}::test_x") for path in starting} == {RACE}
