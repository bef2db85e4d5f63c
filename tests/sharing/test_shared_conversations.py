"""A process that stood still and lost its turn does not write into a conversation that has gone on."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from backtalk.database import bring_up_to_date, open_database
from backtalk.database_threads import DatabaseThreads
from backtalk.engine.shared_conversations import HistoryGrew, SharedConversations


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request, tmp_path):
    """Two processes' conversations in one database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'talk.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    engines = [open_database(url) for _ in range(2)]
    bring_up_to_date(engines[0])
    yield [SharedConversations(engine, DatabaseThreads("test"), Domain.empty()) for engine in engines]
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("begun", [False, True])
def test_what_was_read_before_another_wrote_is_not_appended(loop, two, begun):
    slow, quick = two

    async def talk(store, text):
        tracker = await store.get_or_create_tracker("web-1")
        tracker.update(UserUttered(text))
        return tracker

    async def play():
        if begun:
            await slow.save(await talk(slow, "before"))
        late = await talk(slow, "late")
        await quick.save(await talk(quick, "meanwhile"))
        with pytest.raises(HistoryGrew):
            await slow.save(late)
        await slow.save(await talk(slow, "again"))
        return [said["text"] for said in await quick.said("web-1", 10)]

    assert loop.run_until_complete(play()) == ["before"] * begun + ["meanwhile", "again"]


def test_a_turn_may_save_twice(loop, two):
    store, _ = two

    async def play():
        tracker = await store.get_or_create_tracker("web-1")
        for text in ("one", "two"):
            tracker.update(UserUttered(text))
            await store.save(tracker)
        return [said["text"] for said in await store.said("web-1", 10)]

    assert loop.run_until_complete(play()) == ["one", "two"]
