"""A pain diary to print: one page for two weeks, on A4 or Letter. Works without JavaScript."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Callable, Coroutine

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import html as html_response

from backtalk.clinic import Clinic

PATH = "/diary"
DAYS = 14
_CSS = Path(__file__).with_name("diary") / "diary.css"
_CACHED = {"Cache-Control": "public, max-age=300"}
_COLUMNS = (
    ("Day", "day"), ("Pain 0 to 10", "pain"), ("Where it hurt", ""), ("What you were doing", ""),
    ("Sleep (hours)", "sleep"), ("Medicine taken", ""), ("Stress, meals, other triggers", ""),
)  # fmt: skip
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pain diary - {name}</title>
<link rel="stylesheet" href="/diary.css">
</head>
<body>
<main>
<h1>Pain diary</h1>
<p class="screen">Print this page, on A4 or Letter paper. Nothing that you write on it reaches us.</p>
<p>Fill in one line a day, good days too. 0 is no pain and 10 is the worst pain you can think of. \
Take the page to your visit, with a list of your medicines and your questions.</p>
<p class="facts"><span>Name:</span><span>Weeks from:</span></p>
<div class="sheet">
<table>
<caption hidden>One line for each day</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<p class="net"><strong>Call {emergency} now</strong> for new weakness, numbness between your legs, \
new trouble with pee or poo, fever with a stiff neck, or a sudden very bad headache. \
Do not wait to fill in this page.</p>
<p>{name}, {phone}. This page gives general information and is no medical advice.</p>
</main>
</body>
</html>
"""


def diary_page(clinic: Clinic) -> str:
    """The page as HTML, with the clinic's name and numbers."""
    head = "".join(f'<th scope="col"{_class(kind)}>{title}</th>' for title, kind in _COLUMNS)
    cells = "<td></td>" * (len(_COLUMNS) - 1)
    rows = "\n".join(f'<tr><th scope="row">{day}</th>{cells}</tr>' for day in range(1, DAYS + 1))
    return _PAGE.format(
        name=html.escape(clinic.name),
        phone=html.escape(clinic.phone),
        emergency=html.escape(clinic.emergency),
        head=head,
        rows=rows,
    )


def diary_files(clinic: Clinic) -> Blueprint:
    """Routes for the page and its style sheet."""
    blueprint = Blueprint("diary")
    page, css = diary_page(clinic), _CSS.read_bytes()
    blueprint.add_route(
        _serving(lambda: html_response(page, headers=_CACHED)), PATH, methods=["GET", "HEAD"], name="page"
    )
    blueprint.add_route(
        _serving(lambda: raw(css, content_type="text/css; charset=utf-8", headers=_CACHED)),
        f"{PATH}.css",
        methods=["GET", "HEAD"],
        name="css",
    )
    return blueprint


def _serving(respond: Callable[[], HTTPResponse]) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def serve(request: Request) -> HTTPResponse:
        return respond()

    return serve


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
