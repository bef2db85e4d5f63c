"""Serves the files of the chat widget and its demo page, read once at start."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Coroutine

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

FOLDER = Path(__file__).with_name("widget")
PAGE = "demo.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
}
_SMALLEST_ZIPPED = 500
_ANY_SITE = {
    # A clinic's page on another site loads these with a script tag, as a module too.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True)
class _File:
    body: bytes
    zipped: bytes | None
    content_type: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> _File:
        body = path.read_bytes()
        zipped = gzip.compress(body, 9, mtime=0) if len(body) >= _SMALLEST_ZIPPED else None
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return cls(body, zipped if zipped and len(zipped) < len(body) else None, _TYPES[path.suffix], etag)

    def response(self, request: Request) -> HTTPResponse:
        headers = {"ETag": self.etag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
        headers |= _ANY_SITE
        if request.headers.get("if-none-match") == self.etag:
            # With its type: a browser takes the security policy of this response for the page it has kept.
            return raw(b"", status=304, content_type=self.content_type, headers=headers)
        if self.zipped and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return raw(self.zipped, content_type=self.content_type, headers=headers)
        return raw(self.body, content_type=self.content_type, headers=headers)


def widget_files(folder: Path = FOLDER) -> Blueprint:
    """A route for each file of `folder` whose kind is known, and `/` for the demo page."""
    blueprint = Blueprint("widget_files")
    found = {path.name: _File.read(path) for path in sorted(folder.glob("*.*")) if path.suffix in _TYPES}
    paths = {f"/{name}": file for name, file in found.items()}
    if PAGE in found:
        paths["/"] = found[PAGE]
    for number, (path, file) in enumerate(paths.items()):
        blueprint.add_route(_serving(file), path, methods=["GET", "HEAD"], name=f"file{number}")
    if "/favicon.ico" not in paths:
        # Browsers ask for it on their own and would show an error.
        blueprint.add_route(_nothing, "/favicon.ico", methods=["GET", "HEAD"], name="favicon")
    return blueprint


def _serving(file: _File) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def serve(request: Request) -> HTTPResponse:
        return file.response(request)

    return serve


async def _nothing(request: Request) -> HTTPResponse:
    return empty()
