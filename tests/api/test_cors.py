"""Scripts of other sites may use the API; the pages stay closed to them."""

from tests.clients import Client

ELSEWHERE = {"Origin": "https://newspaper.example"}


def test_open_data_can_be_read_from_any_site(client: Client) -> None:
    for path in ("/api/v1/proposals", "/api/v1/openapi.json", "/api/v1/proposals/999999"):
        headers = client.get(path, headers=ELSEWHERE).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
    assert "Link" in headers["access-control-expose-headers"]


def test_a_browser_may_ask_first(client: Client) -> None:
    asked = ELSEWHERE | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}  # fmt: skip
    answer = client.request("OPTIONS", "/api/v1/proposals/1/vote", headers=asked)
    assert answer.status_code == 200
    assert "PUT" in answer.headers["access-control-allow-methods"]


def test_pages_are_not_open(client: Client) -> None:
    assert "access-control-allow-origin" not in client.get("/proposals", headers=ELSEWHERE).headers
