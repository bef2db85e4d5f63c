// Says when new requests have come. The page does everything without it.
"use strict";
(() => {
  const EVERY = 30_000;
  const news = document.getElementById("news");
  let known = Number(news.dataset.new);

  async function look() {
    if (document.hidden) return;
    let waiting;
    try {
      const answer = await fetch("/desk/waiting", { redirect: "error", cache: "no-store" });
      if (!answer.ok) return;
      waiting = await answer.json();
    } catch {
      return; // no network, or logged out: the next click says so
    }
    if (waiting.new > known) show();
    known = waiting.new;
  }

  function show() {
    if (news.firstChild) return;
    const link = document.createElement("a");
    link.href = "/desk";
    link.textContent = "Show them";
    news.append("New requests have come. ", link);
    document.title = `New: ${document.title}`;
  }

  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY);
})();
