"""Forms of measures that are rewritten before they are read: each has one meaning only.

"5-foot-10" is 5 ft 10 in, "1.5 [m]" is 1.5 m, "12,50 m" has a decimal comma, "2:30" is a clock's
reading where seconds or hours are asked. What could mean two things is left as it is, and is then
refused.
"""

import re

from waywiser.answers.units import UNIT_OF, unit_factor

_LETTERED = sorted((name for name in UNIT_OF if name[-1].isalnum()), key=len, reverse=True)
UNIT_NAMES = "|".join(re.escape(name) for name in _LETTERED)
"""Alternation of all spellings that end in a letter or a digit, the longest first."""

_TWO_QUOTES = re.compile(r"(?<=\d)''")
_FEET_INCHES = re.compile(
    r"(?<![\d.])(\d{1,3}) ?(?:'|ft\.?|feet|-foot-|-ft-) ?(\d{1,2}(?:\.\d{1,2})?)"
    r"(?!\d)(?! ?(?:\"|'|[a-z.,/]*\d|in\b|inch))"
)
_GLUED = re.compile(
    r"(?<=\d)(ft|m|h|km|min|'|feet|foot)(\d{1,3}(?:\.\d+)?)(?="
    r" ?(?:inches|inch|in|cm|mm|min|sec|s|m)\b)"
)
_UNIT_IN_BRACKETS = re.compile(rf"(?<=[\d ])[(\[] ?({UNIT_NAMES}|°|%) ?[)\]]")
_SWISS = re.compile(r"(?<![\d'])\d{1,3}(?:'\d{3})+(?![\d'])")
_EUROPEAN = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+),(\d+)(?![\d.,])")
_UNIT_BEHIND = rf" ?(?:(?:{UNIT_NAMES})(?![a-z0-9])|°|%)"
_DECIMAL_COMMA = re.compile(rf"(?<![\d.,])(\d+,\d{{1,2}}|0,\d+)(?={_UNIT_BEHIND})")

CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,3})?)")
"""m:ss, h:mm or h:mm:ss."""


def rewrite(low: str) -> str:
    """`low` (plain, case-folded) with its special forms written as numbers and units."""
    if "''" in low:
        low = _TWO_QUOTES.sub('"', low)

    if "(" in low or "[" in low:
        low = _UNIT_IN_BRACKETS.sub(r"\1", low)

    if "'" in low:
        low = _SWISS.sub(lambda m: m.group().replace("'", ""), low)

    if "," in low:
        low = _EUROPEAN.sub(lambda m: m[1].replace(".", "") + "." + m[2], low)
        low = _DECIMAL_COMMA.sub(lambda m: m.group().replace(",", "."), low)

    if "'" in low or "f" in low:
        low = _FEET_INCHES.sub(_feet_inches, low)

    return _GLUED.sub(r"\1 \2", low)


def _feet_inches(match: re.Match[str]) -> str:
    return f"{match[1]} ft {match[2]} in" if float(match[2]) < 12 else match.group()


def clock_value(match: re.Match[str], target: str) -> float | int | None:
    """The value of a clock's reading in the time unit `target`; None where it could mean two
    things.

    Two parts are minutes and seconds for a question in seconds, hours and minutes for one in hours.
    For one in minutes "2:30" may be either, hence neither.
    """
    size = unit_factor(target)
    if size is None or size[0] != "time":
        return None

    hours, middle, last = match.groups()
    final = float(last) if "." in last else int(last)

    if hours is not None:
        if int(middle) > 59:
            return None

        seconds = 3600 * int(hours) + 60 * int(middle) + final
    elif size[1] == 1.0:
        seconds = 60 * int(middle) + final
    elif size[1] == 3600.0:
        seconds = 3600 * int(middle) + 60 * final
    else:
        return None

    return seconds if size[1] == 1.0 else seconds / size[1]
