"""The city's colours as a stylesheet, made from its data."""

from starlette.responses import Response

from app.dependencies import SessionDep
from app.services import cities
from app.web.pages import new_router

router = new_router()
_YEAR = 365 * 24 * 3600


@router.get("/theme.css")
def theme(session: SessionDep) -> Response:
    """Custom properties for the city and its pillars, by light and by dark."""
    city = cities.find_catalogue(session)
    text = ""
    if city is not None:
        light = _rules(city, "light")
        dark = _rules(city, "dark")
        text = f"{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"
    # Each load of the pack gives it another address (pages.theme_address).
    headers = {"Cache-Control": f"public, max-age={_YEAR}"}
    return Response(text, media_type="text/css", headers=headers)


def _rules(city: cities.Catalogue, mode: str) -> str:
    names = {"brand": "--brand", "brand_deep": "--brand-deep", "brand_wash": "--brand-wash"}
    tokens = " ".join(f"{names[key]}: {value};" for key, value in city.colours[mode].items() if key in names)  # fmt: skip
    pillars = [
        f".pillar-{entry.code} {{ --pillar: {entry.colour_dark if mode == 'dark' else entry.colour}; }}\n"
        for entry in city.pillars.values()
    ]
    return f":root {{ {tokens} }}\n{''.join(pillars)}"
