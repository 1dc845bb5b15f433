"""Shades: counts as steps from light to dark of one colour, which everybody tells apart, and which the night turns round.

The colours themselves stand in static/portal.css (`shade-0` to `shade-4`); nothing has the shade 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass

STEPS = 4


@dataclass(frozen=True)
class Shades:
    """From which to which count each shade goes, the lightest first."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, counts: Iterable[int]) -> "Shades":
        """Ranges for these counts: one for each count while they are few, else each wider than the one before."""
        highest = max(counts, default=0)
        ends = sorted({max(step, round(highest ** (step / STEPS))) for step in range(1, STEPS + 1)})
        ends = [end for end in ends if end < highest] + ([highest] if highest > 0 else [])
        begins = [1, *(end + 1 for end in ends)]
        return cls(tuple(zip(begins, ends, strict=False)))

    def of_count(self, count: int) -> int:
        """The number of the shade of a count."""
        found = (number for number, (_, end) in enumerate(self.ranges, 1) if count <= end)
        return 0 if count <= 0 else next(found, len(self.ranges))
