"""Ages tell only what has gone by in full, in the reader's language."""

from datetime import timedelta

import pytest

from app.database import now
from app.i18n import format_age, language


@pytest.mark.parametrize(
    ("hours", "vi", "en"),
    [(2, "2 giờ trước", "2 hours ago"), (23, "23 giờ trước", "23 hours ago"), (6 * 24 + 5, "6 ngày trước", "6 days ago"), (7 * 24 + 5, "1 tuần trước", "1 week ago")],
)  # fmt: skip
def test_only_what_has_gone_by(hours: int, vi: str, en: str) -> None:
    moment = now()
    for reader, words in (("vi", vi), ("en", en)):
        language.set(reader)
        assert format_age(moment - timedelta(hours=hours), moment) == words
