"""Boundaries: the outlines of the city's wards, loaded by the operator beside the city pack, which need not have them."""

from sqlmodel import Session, delete, select

from app.boundary_file import Boundary, BoundaryError
from app.models import Ward, WardBoundary

MOST_NAMED = 5


def load(session: Session, found: list[Boundary]) -> list[str]:
    """Put these outlines in the place of all that there were; returns the codes of the wards that have none.

    Raises BoundaryError for one of a ward that the city does not have; nothing is written then.
    """
    known = set(session.exec(select(Ward.code)))
    unknown = [one.code for one in found if one.code not in known]
    if unknown:
        named = ", ".join(unknown[:MOST_NAMED])
        raise BoundaryError(f"the city has no ward {named}" + ("" if len(unknown) <= MOST_NAMED else f" and {len(unknown) - MOST_NAMED} others"))  # fmt: skip
    session.exec(delete(WardBoundary))
    rows = [
        WardBoundary(
            code=one.code, rings=[[list(point) for point in ring] for ring in one.rings], centre=list(one.centre)
        )
        for one in found
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return sorted(known - {one.code for one in found})


def centres(session: Session) -> dict[str, list[float]]:
    """The middles of the outlines there are, by the code of their ward."""
    query = select(WardBoundary.code, WardBoundary.centre)
    return {code: list(centre) for code, centre in session.exec(query)}


def every(session: Session) -> dict[str, WardBoundary]:
    """The outlines there are, by the code of their ward."""
    return {one.code: one for one in session.exec(select(WardBoundary))}
