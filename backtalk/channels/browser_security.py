"""What browsers are told: which sites may call, and what a page may load."""

from __future__ import annotations

from typing import Mapping
from urllib.parse import urlsplit

_PAGE = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)
_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Expose-Headers": "Retry-After",
    "Access-Control-Max-Age": "600",
}


def security_headers(content_type: str, *, https: bool) -> dict[str, str]:
    """Headers of every response; pages get a policy under which they may load their own files."""
    headers = dict(_ALWAYS)
    is_page = content_type.startswith("text/html")
    headers["Content-Security-Policy"] = _PAGE if is_page else _DATA
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def staff_page_headers(content_type: str) -> dict[str, str]:
    """Headers of the staff page, to be set before those of every response: they win over them.

    Its forms go to itself. Browsers send an `Origin` with a form only if the policy lets them say where
    they come from, and the staff page asks for one.
    """
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if content_type.startswith("text/html"):
        headers["Content-Security-Policy"] = _PAGE.replace("form-action 'none'", "form-action 'self'")
    return headers


class Origins:
    """The sites whose pages may use the web channel: its own, and those that the clinic named."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def allows(self, origin: str | None, host: str) -> bool:
        """Whether a request with this `Origin` may pass. Without one no page of another site sent it."""
        if origin is None or origin in self._allowed:
            return True
        try:
            return urlsplit(origin).netloc == host != ""
        except ValueError:  # such as "http://["
            return False

    def cors_headers(self, origin: str | None, host: str) -> Mapping[str, str]:
        """What lets the browser hand the response to the page; nothing for a site not allowed."""
        headers = {"Vary": "Origin"}
        if origin is not None and self.allows(origin, host):
            headers |= {"Access-Control-Allow-Origin": origin, **_CORS}
        return headers
