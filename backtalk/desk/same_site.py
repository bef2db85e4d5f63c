"""Whether a form came from a page of this server."""

from __future__ import annotations

from urllib.parse import urlsplit


def sent_by_own_page(origin: str | None, fetch_site: str | None, host: str, public_url: str | None) -> bool:
    """Judge a POST by its `Origin` and `Sec-Fetch-Site`. Without an `Origin` it is refused.

    Every browser in use sends one with a form. `public_url` is for proxies that change the host.
    """
    if fetch_site not in (None, "same-origin"):
        return False
    if not origin or origin == "null":
        return False
    if public_url is not None and origin.lower() == public_url:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:  # such as "http://["
        return False
