"""Days: what is due is due by the end of a day in the city, whatever the hour elsewhere."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.database import now
from app.forms import YEARS

# What a browser's field for a moment takes and gives.
FIELD = "%Y-%m-%dT%H:%M"


def today(zone: str) -> date:
    """The day that it is in the city."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    """The day of a moment in the city."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The last second of a day in the city."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def latest(hour: int, zone: str) -> datetime:
    """When the clocks of the city showed this full hour for the last time."""
    local = now().astimezone(ZoneInfo(zone))
    found = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if found > local:
        found = datetime.combine(date.fromordinal(local.toordinal() - 1), time(hour), ZoneInfo(zone))  # fmt: skip
    return found.astimezone(UTC)


def read_moment(text: str, zone: str) -> datetime | str | None:
    """What was typed as a moment of the city; something else is left for the form to refuse."""
    try:
        found = datetime.strptime(text, FIELD).replace(tzinfo=ZoneInfo(zone)) if text else None
    except ValueError:
        return text
    return found if found is None or found.year in YEARS else text


def show_moment(moment: datetime | None, zone: str) -> str:
    """A moment as a browser's field for it takes it."""
    return moment.astimezone(ZoneInfo(zone)).strftime(FIELD) if moment else ""


def days_between(due: datetime, zone: str) -> int:
    """How many days a moment lies back in the city; 0 for today, less for days to come."""
    return (today(zone) - day_of(due, zone)).days
