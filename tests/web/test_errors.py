"""Error pages say what happened and what to do next, in both languages."""

import pytest
from starlette.requests import Request

from app import errors
from app.i18n import language
from app.web.errors import error_page
from tests.clients import Browser

NEXT = {
    403: ("for others to do", "việc của người khác"),
    404: ("list of proposals", "đều có trong danh sách"),
    409: ("load the page anew", "tải lại trang"),
    429: ("Wait as long as is said here", "Hãy chờ hết thời gian"),
    500: ("not your fault", "không phải lỗi của bạn"),
    503: ("in a minute", "sau một phút"),
}


@pytest.mark.parametrize("status", NEXT)
@pytest.mark.parametrize(("lang", "place"), [("en", 0), ("vi", 1)])
def test_an_error_says_what_to_do(browser: Browser, status: int, lang: str, place: int) -> None:
    error = errors.PortalError("internal")
    error.status = status
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "app": browser.app}  # fmt: skip
    language.set(lang)
    page = bytes(error_page(Request(scope), error).body).decode()
    assert NEXT[status][place] in page
    assert f'<html lang="{lang}"' in page
    assert 'href="/proposals"' in page
    assert 'href="/"' in page


def test_without_a_database_there_is_a_page_still(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("app.web.errors.session_scope", lambda *_, **__: 1 / 0)
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "app": browser.app}  # fmt: skip
    page = bytes(error_page(Request(scope), errors.Unavailable("overloaded")).body).decode()
    assert "sau một phút" in page
    assert 'href="/"' in page
