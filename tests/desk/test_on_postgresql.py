"""The desk on the database of a clinic with several processes."""

from front_desk import COOKIE, Book, Staff, users, visible
from web_server import Server


def test_from_claim_to_logging_out_with_two_servers_on_one_postgresql(trained, tmp_path, postgres_url):
    key = "k" * 32
    settings = {
        "BACKTALK_DESK_USERS": users(),
        "BACKTALK_DATABASE_URL": postgres_url,
        "BACKTALK_SECRET_KEY": key,
    }
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first = Server(tmp_path / "one", **settings).start()
    second = Server(tmp_path / "two", **settings).start()
    try:
        book = Book(first, url=postgres_url, key=key.encode())
        reference = book.store(name="Zoë \U0001f600 O'Brien")
        ann = Staff(first.url)
        ann.log_in()
        assert ann.act(reference, "claim").status_code == 303
        elsewhere = Staff(second.url)
        elsewhere.http.cookies.set(COOKIE, ann.http.cookies[COOKIE], path="/desk")
        assert elsewhere.act(reference, "contacted").status_code == 303
        assert elsewhere.act(reference, "note", note="Rings back").status_code == 303
        text = visible(ann.get(f"/desk/requests/{reference}"))
        assert "Zoë \U0001f600 O'Brien" in text
        assert "ann wrote a note Rings back" in text
        ann.post("/desk/logout")
        assert elsewhere.get("/desk").status_code == 303
        assert elsewhere.post("/desk/logout", "/desk/login").status_code == 303
    finally:
        first.kill()
        second.kill()
