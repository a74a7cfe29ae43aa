"""统一社会信用代码: eighteen characters of which the last one checks the others (GB 32100-2015). Pure."""

from __future__ import annotations

import re
import unicodedata

from kernel.errors import InvalidError

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FORM = re.compile(rf"[{_SIGNS}]{{18}}")


def check_character(first: str) -> str:
    """The eighteenth character of seventeen."""
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return _SIGNS[-total % 31]


def check(value: str | None) -> str | None:
    """The code in capitals, ``None`` for nothing typed.

    :raises InvalidError: when its form or its check character is wrong.
    """
    code = unicodedata.normalize("NFKC", value or "").replace(" ", "").upper()
    if not code:
        return None
    if not _FORM.fullmatch(code):
        raise InvalidError("统一社会信用代码应为18位数字和大写字母（不含I、O、S、V、Z）。")
    if check_character(code[:17]) != code[17]:
        raise InvalidError("统一社会信用代码校验位不正确，请核对营业执照。")
    return code
