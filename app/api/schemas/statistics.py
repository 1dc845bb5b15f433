"""Figures over JSON."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, Field

from app.services.cities import Catalogue
from app.services.coverage import Coverage
from app.services.status_months import StatusMonth
from app.services.support_days import Day
from app.services.ward_counts import Count, WardCounts


class StatisticsOut(BaseModel):
    proposals: int = Field(description="Listed publicly now")
    by_status: dict[str, int]
    by_pillar: dict[str, int]
    votes: int
    voters: int
    campaigns: int
    experts: int


class CountOut(BaseModel):
    """Listed proposals, and the support that they have together."""

    proposals: int
    support_count: int

    @classmethod
    def of(cls, count: Count) -> "CountOut":
        return cls(proposals=count.proposals, support_count=count.support)


class WardCountOut(CountOut):
    ward: str = Field(description="The ward's official code")
    name: str = Field(description="In the language of the request")
    longitude: float | None = Field(description="Of its middle, in degrees")
    latitude: float | None


class WardCountPage(BaseModel):
    items: list[WardCountOut]
    whole_city: CountOut
    next_cursor: None = None

    @classmethod
    def of(cls, city: Catalogue, counts: WardCounts, centres: Mapping[str, list[float]]) -> "WardCountPage":  # fmt: skip
        items = []
        for code, ward in city.wards.items():
            count = counts.by_ward.get(code, Count())
            longitude, latitude = ward.centre or centres.get(code) or (None, None)
            items.append(WardCountOut(ward=code, name=ward.name, proposals=count.proposals, support_count=count.support, longitude=longitude, latitude=latitude))  # fmt: skip
        return cls(items=items, whole_city=CountOut.of(counts.whole_city))


class PairOut(BaseModel):
    pillar: str | None = Field(description="Its code; null for proposals without a pillar")
    goal: str | None = Field(description="Its code; null for proposals without a goal")
    proposals: int


class CoverageOut(BaseModel):
    proposals: int = Field(description="Each counted once; it may name several goals")
    items: list[PairOut] = Field(description="All pairs of the city's pillars and goals")

    @classmethod
    def of(cls, city: Catalogue, found: Coverage) -> "CoverageOut":
        pairs = {(pillar, goal): 0 for pillar in city.pillars for goal in city.goals} | dict(found.pairs)  # fmt: skip
        items = [PairOut(pillar=pillar, goal=goal, proposals=number) for (pillar, goal), number in pairs.items()]  # fmt: skip
        return cls(proposals=found.proposals, items=items)


class StatusMonthOut(BaseModel):
    month: str = Field(description="As 2026-11; the last one is counted until now")
    by_status: dict[str, int]

    @classmethod
    def of(cls, month: StatusMonth) -> "StatusMonthOut":
        counts = {status.value: number for status, number in month.counts.items()}
        return cls(month=f"{month.month:%Y-%m}", by_status=counts)


class StatusMonthPage(BaseModel):
    items: list[StatusMonthOut]
    next_cursor: None = None


class SupportDayOut(BaseModel):
    day: date
    change: int
    support_count: int = Field(description="At the end of the day")

    @classmethod
    def of(cls, day: Day) -> "SupportDayOut":
        return cls(day=day.day, change=day.change, support_count=day.total)


class SupportDayPage(BaseModel):
    items: list[SupportDayOut]
    next_cursor: None = None
