"""What an organisation's particulars must look like. Plain arithmetic, no database."""

from __future__ import annotations

import re

#: Login names end in it (``name@slug``) and addresses hold it.
SLUG = re.compile(r"[a-z0-9](-?[a-z0-9]){1,39}")
#: Words that addresses of the onboarding pages use themselves.
RESERVED_SLUGS = frozenset({"import", "new", "platform"})

#: GB 32100-2015 annex: digits and capitals without I, O, S, V and Z.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

#: Digits, capitals and small letters of the full-width block, and the hyphen.
_NARROW = {
    wide: wide - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0xFF0D, 0xFF0D))
    for wide in range(first, last + 1)
}
_COLOUR = re.compile(r"#[0-9a-f]{6}")
#: WCAG 2.2, success criterion 1.4.3, ordinary text.
LEAST_CONTRAST = 4.5

#: Column → the longest value, in characters.
LONGEST: dict[str, int] = {
    "name": 80,
    "short_name": 30,
    "code": 20,
    "region": 40,
    "seal_text": 80,
    "address": 120,
    "phone": 40,
    "hours": 80,
}
MOST_MEMBERS = 100_000_000


def plain(value: object) -> str:
    """A typed or pasted value: full-width digits and letters made narrow, spaces of any width single and trimmed.

    Punctuation stays as it is: 工会（筹） is written with wide brackets.
    """
    return " ".join(("" if value is None else str(value)).translate(_NARROW).split())


def credit_code(value: str) -> str:
    """统一社会信用代码 in its stored form: narrow capitals without spaces; not yet checked."""
    return plain(value).replace(" ", "").replace("-", "").upper()


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a 统一社会信用代码 with the right check digit (GB 32100-2015)."""
    if not _CREDIT.fullmatch(code):
        return False
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(code[:17], _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31] == code[17]


def contrast_with_white(colour: str) -> float:
    """Contrast of white words on ``#rrggbb``, 1 to 21 (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def colour_problem(colour: str) -> str | None:
    """Why a portal colour cannot be used, or ``None``."""
    if not _COLOUR.fullmatch(colour):
        return "颜色请写成 #1a5fb4 的样子"
    found = contrast_with_white(colour)
    if found < LEAST_CONTRAST:
        return f"这种颜色上的白字看不清（对比度{found:.1f}:1，至少要{LEAST_CONTRAST}:1），请选深一些的颜色"
    return None
