"""The fields of a form that a browser sent."""

from __future__ import annotations

import unicodedata
from typing import Mapping
from urllib.parse import parse_qsl

_MOST_FIELDS = 40
_KIND = "application/x-www-form-urlencoded"


def read_form(body: bytes, content_type: str | None) -> Mapping[str, str]:
    """Field by field, as text without control characters. {} if it is no form."""
    if (content_type or "").partition(";")[0].strip().lower() != _KIND:
        return {}
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return {}
    return {name: _clean(value) for name, value in pairs}


def _clean(value: str) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in plain if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))
