"""Dates as sources write them, to ISO 8601 that is exactly as precise.

Belongs here: the few forms that mean one date and nothing else.
Not here: dates inside running text.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_ISO = re.compile(r"([+-]?\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d\d?)[/.](\d\d?)", re.ASCII)
_DOTTED = re.compile(r"(\d\d?)\.\s?(\d\d?)\.\s?(\d{4})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_DAY_FIRST = re.compile(
    r"(?:(?:[A-Z][a-z]{2,8}),?\s+)?(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]+)\.?,?\s+(\d{4})(?:\s+(\d\d:\d\d(?::\d\d)?)\s*(Z|UTC|GMT|[+-]\d{4})?)?",
    re.ASCII,
)
_MONTH_FIRST = re.compile(r"([A-Za-z]+)\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})", re.ASCII)
_EPOCH_FROM, _EPOCH_TO = 10**8, 10**11


def iso_date(value: object) -> str | None:
    """The date in ISO 8601, no more precise than `value` is, or None where it is no date or could mean two.

    Takes ISO dates and times, `1956/02/25`, `25.2.1956` (with dots the day comes first), `25 February 1956`,
    `February 1956`, `February 25, 1956`, dates of mail headers, and seconds or milliseconds since 1970.
    `02/03/1956` means two dates, so it is none.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _from_number(value)
    text = str(value).strip()
    if match := _ISO.fullmatch(text):
        return text if _is_date(*match.groups()) else None
    if match := _TIME.fullmatch(text):
        return _with_time(match[1], match[2], match[3])
    if match := _YEAR_FIRST.fullmatch(text):
        return _from_numbers(*match.groups())
    if match := _DOTTED.fullmatch(text):
        return _from_numbers(*reversed(match.groups()))
    if match := _COMPACT.fullmatch(text):
        return "-".join(match.groups()) if _is_date(*match.groups()) else None
    if match := _DAY_FIRST.fullmatch(text):
        day = _from_words(match[3], match[2], match[1])
        return _with_time(day, match[4], match[5]) if day and match[4] else day
    if match := _MONTH_FIRST.fullmatch(text):
        return _from_words(match[3], match[1], match[2])
    return _from_number(int(text)) if text.isascii() and text.isdigit() and 9 <= len(text) <= 13 else None


def _is_date(year: str, month: str | None, day: str | None) -> bool:
    try:
        date(max(1, abs(int(year))), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def _with_time(day: str, time: str, zone: str | None) -> str | None:
    zone = (zone or "").upper()
    zone = "Z" if zone in ("UTC", "GMT") else zone
    if zone[:1] in ("+", "-"):
        zone = f"{zone[:3]}:{zone[-2:] if len(zone) > 3 else '00'}"
    text = f"{day}T{time.replace(',', '.')}{zone}"
    fraction = time.replace(",", ".").partition(".")[2]
    try:
        datetime.fromisoformat(text.replace(f".{fraction}", f".{fraction[:6].ljust(6, '0')}") if fraction else text)
    except ValueError:
        return None
    return text


def _from_numbers(year: str, month: str, day: str) -> str | None:
    month, day = month.rjust(2, "0"), day.rjust(2, "0")
    return f"{year}-{month}-{day}" if _is_date(year, month, day) else None


def _from_words(year: str, month: str, day: str | None) -> str | None:
    number = _MONTHS.get(month.lower())
    if not number or (day and not _is_date(year, f"{number:02}", day)):
        return None
    return f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")


def _from_number(value: float) -> str | None:
    if isinstance(value, int) and 1000 <= value <= 2100:
        return str(value)
    seconds = value / 1000 if value >= _EPOCH_TO else value
    if not _EPOCH_FROM <= seconds < 4 * 10**9:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return (
        moment.strftime("%Y-%m-%dT%H:%M:%S")
        + (f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else "")
        + "Z"
    )
