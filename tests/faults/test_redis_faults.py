"""Redis goes, hangs and comes back while several processes answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from in_time import NO_LIMIT, first_reply
from web_server import RED_FLAG, Server, until


@pytest.fixture(scope="module")
def server(serving, redis_of_module, postgres) -> Server:
    return serving(
        "--workers",
        "2",
        BACKTALK_DATABASE_URL=postgres.new_database(),
        BACKTALK_REDIS_URL=redis_of_module.url,
        BACKTALK_SECRET_KEY="k" * 32,
        **NO_LIMIT,
    )


def degraded(server: Server) -> list[str]:
    answer = server.client().http.get("/health/ready")
    assert answer.status_code == 200, answer.text
    return answer.json()["degraded"]


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_without_redis_every_message_is_answered_and_it_is_used_again_when_it_is_back(
    server, redis_of_module, how
):
    clients = [server.client().open() for _ in range(6)]
    getattr(redis_of_module, how)()
    try:
        with ThreadPoolExecutor(6) as pool:
            texts = [RED_FLAG, "what is sciatica"] * 3
            replies = list(pool.map(lambda one: first_reply(*one), zip(clients, texts, strict=True)))
        for said, reply in zip(texts, replies, strict=True):
            assert (
                reply.get("urgency") == "emergency"
                if said == RED_FLAG
                else reply["topic"] == "condition/sciatica"
            )
        until(lambda: degraded(server) == ["redis"], what="the notice")
        assert first_reply(clients[1], "say that simpler")["topic"] == "condition/sciatica"
    finally:
        redis_of_module.start() if how == "kill" else redis_of_module.thaw()
    until(lambda: degraded(server) == [], what="the end of the notice")
    assert first_reply(clients[1], "what is sciatica")["topic"] == "condition/sciatica"
    assert 'backtalk_errors_total{where="redis"}' in server.client().http.get("/metrics").text


def test_it_starts_without_redis(serving, postgres):
    server = serving(
        BACKTALK_DATABASE_URL=postgres.new_database(),
        BACKTALK_REDIS_URL="redis://127.0.0.1:1/0",
        BACKTALK_SECRET_KEY="k" * 32,
    )
    assert first_reply(server.client().open(), "what is sciatica")["topic"] == "condition/sciatica"
    assert degraded(server) == ["redis"]
