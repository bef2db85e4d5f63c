"""Keyed hashes: equal for equal texts, telling nothing to whoever does not have the key."""

from __future__ import annotations

import hashlib
import hmac


def keyed_hash(key: bytes, purpose: str, *texts: str) -> str:
    """HMAC-SHA-256 of `texts` in 64 hexadecimal digits. Different purposes give different hashes."""
    said = "".join(f"{len(text)}:{text}" for text in (purpose, *texts))
    return hmac.new(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def conversation_hash(key: bytes, conversation: str) -> str:
    """A conversation's id as booking requests keep it."""
    return keyed_hash(key, "conversation", conversation)
