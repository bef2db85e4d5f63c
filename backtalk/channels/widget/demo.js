/* The demonstration page: the clinic's own facts, the button that opens the chat, and the line to copy. */
"use strict";

const chat = () => document.querySelector("backtalk-chat");
document.querySelector("[data-open-chat]").addEventListener("click", () => chat()?.open());

const snippet = document.getElementById("snippet"), copied = document.getElementById("copied");
snippet.textContent = `<script src="${location.origin}/widget.js" async></script>`;
document.getElementById("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(snippet);
    copied.textContent = "Selected: copy it with your keyboard.";
  }
});

/** A clinic that has put its facts in clinic.yml sees them here. */
async function showFacts() {
  const answer = await fetch("/webhooks/web/settings");
  const facts = await answer.json();
  for (const node of document.querySelectorAll("[data-fact]")) {
    const fact = facts[node.dataset.fact];
    if (!fact || node.textContent === fact) continue;
    node.textContent = fact;
    if (node.href?.startsWith("tel:")) node.href = `tel:${fact.replace(/[^\d+]/g, "")}`;
  }
}
showFacts().catch(() => { /* the page's own words stay */ });
