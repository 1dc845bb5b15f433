"""Open data: the API's document, its readable pages, and the list of its problems."""

from fastapi import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.api_document import read_document
from app.errors import MESSAGES
from app.web.pages import RenderDep, new_router

router = new_router()


@router.get("/api/v1/openapi.json")
def openapi(request: Request) -> Response:
    """The API's contract, OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@router.get("/open-data")
@router.get("/api/v1/docs")
def docs(request: Request, render: RenderDep) -> Response:
    return render("open_data/docs.html", document=read_document(request.app.openapi()))


@router.get("/robots.txt")
def robots() -> Response:
    """What programs that collect pages may read: whatever is for everybody."""
    private = ("/account", "/mine", "/moderation", "/people", "/sign-in/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in private)]
    # Where one address begins like another, the longer rule holds (RFC 9309, 2.2.2).
    lines.append("Allow: /moderation-record")
    return PlainTextResponse("\n".join([*lines, ""]))


@router.get("/open-data/problems")
def problems(render: RenderDep) -> Response:
    return render("open_data/problems.html", problems=sorted(MESSAGES.items()))
