/* Backtalk's chat widget, see docs/widget.md. All text is set as text, so nothing written can become markup. */
(() => {
"use strict";

const SCRIPT = document.currentScript;
const SERVER = new URL("webhooks/web/", SCRIPT?.src || `${location.origin}/`).href;
const SLOW_MS = 4000; // then the patient reads that it takes long, and the emergency number
const TIMEOUT_MS = 12000;
const RETRY_MS = [700, 2000]; // a server that restarts is often back by then
const LONGEST = 2000; // the server looks for an emergency in more

// A page may override these or add a language: docs/widget.md, widget.es.js.

const TEXTS = {
  launcher: "Ask a question",
  title: "Back pain and headaches",
  subtitle: "Automated assistant, not a person",
  emergencyLine: "Emergency? Call {emergency}.",
  emergencyUnknown: "your local emergency number",
  greeting: "Hello. What would you like to know about back pain or headaches?",
  about: "I am a bot with general information. I cannot examine you, say what you have or see your records, " +
    "and nobody watches this chat.",
  privacy: "How your messages are used",
  conversation: "Conversation",
  input: "Type your question",
  send: "Send",
  tooLong: "Please shorten your message: {count} of 2,000 characters.",
  close: "Close chat",
  menu: "More options",
  print: "Print or save",
  restart: "Start over",
  restarted: "This is a new conversation.",
  erase: "Delete my chat",
  eraseAsk: "Delete this chat? Its messages are erased here and at the clinic.",
  eraseYes: "Delete",
  eraseNo: "Keep it",
  erased: "Your chat was deleted.",
  eraseFailed: "Your chat could not be deleted now.",
  you: "You",
  bot: "Assistant",
  writing: "Writing a reply",
  newReply: "New reply",
  slow: "This takes longer than usual. If it is urgent, call {emergency}.",
  failed: "No answer came. Your message is kept here. If it is urgent, call {emergency}. " +
    "You can also call {clinic} on {phone}.",
  offline: "You seem to be offline. Your message is kept here. If it is urgent, call {emergency}.",
  busy: "The assistant is busy. Your message is kept here. If it is urgent, call {emergency}.",
  refused: "This could not be sent.",
  historyFailed: "Your earlier messages could not be loaded. If it is urgent, call {emergency}.",
  popUps: "Please allow pop-up windows for this page, then try again.",
  retry: "Try again",
  sources: "Sources",
  checked: "checked {date}",
  newTab: "opens in a new tab",
  call: "Call {number}",
  callClinic: "Call the clinic: {number}",
  emergency: "Get help now",
  crisis: "Please talk to someone now",
  urgent: "Get medical help today",
  soon: "Have this seen soon",
  transcript: "General information from an automated assistant. It does not replace medical advice.",
};

const DARK = `--bg:#141b20;--soft:#222d34;--text:#e9eff2;--muted:#aebcc5;--line:#43525c;--edge:#8395a0;
  --red:#ffb0a4;--blue:#c3c4ff;--amber:#f5ca7a;--accent:var(--backtalk-accent-dark,#7fcbd8);
  --on:var(--backtalk-accent-text-dark,#05262d);color-scheme:dark`;
const CSS = `
:host{all:initial;
  --bg:#fff;--soft:#eef3f5;--text:#17242c;--muted:#4d5f6a;--line:#d5dee3;--edge:#74858f;
  --red:#a3201a;--blue:#3c3d9b;--amber:#794d00;--accent:var(--backtalk-accent,#0d5c68);
  --on:var(--backtalk-accent-text,#fff);color-scheme:light;--r:var(--backtalk-radius,14px);
  font:medium/1.5 var(--backtalk-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif);
  color:var(--text);position:fixed;z-index:var(--backtalk-layer,2147483000);
  inset-block-end:max(16px,env(safe-area-inset-bottom));inset-inline-end:16px}
:host([position=start]){inset-inline:16px auto}
:host([position=left]){left:16px;right:auto}
:host([position=right]){left:auto;right:16px}
:host([hidden]){display:none}
:host([theme=dark]){${DARK}}
@media (prefers-color-scheme:dark){:host(:not([theme=light])){${DARK}}}
@media (prefers-contrast:more){:host{--line:currentColor;--edge:currentColor;--muted:var(--text)}}
*{box-sizing:border-box}
button,textarea{font:inherit;color:inherit;margin:0}
button{cursor:pointer;border:1px solid transparent;background:none;border-radius:var(--r)}
a{color:var(--accent);text-underline-offset:.15em}
svg{inline-size:1.5em;block-size:1.5em;flex:none;fill:none;stroke:currentColor;stroke-width:2;
  stroke-linecap:round;stroke-linejoin:round;display:block}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[hidden]{display:none!important}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher{display:flex;align-items:center;gap:.6em;min-block-size:56px;padding:0 1.25em 0 1.1em;
  border-radius:28px;background:var(--accent);color:var(--on);font-weight:600;
  box-shadow:0 2px 6px #0003,0 8px 24px #0003}
.launcher:hover{filter:brightness(1.08)}
.launcher:focus-visible{outline-color:var(--text);box-shadow:0 0 0 2px var(--bg)}
.dot{inline-size:.7em;block-size:.7em;border-radius:50%;background:var(--red);border:2px solid var(--bg)}
.panel{position:relative;display:flex;flex-direction:column;overflow:hidden;background:var(--bg);
  inline-size:min(var(--backtalk-width,400px),100vw - 32px);
  block-size:min(var(--backtalk-height,680px),100dvh - 32px);
  border:1px solid var(--line);border-radius:calc(var(--r) + 4px);box-shadow:0 4px 12px #0002,0 16px 48px #0004;
  animation:rise .18s ease-out}
.panel:focus{outline:none}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
header{display:flex;align-items:center;gap:.25em;padding-block:.6em;padding-inline:1em .5em;
  background:var(--accent);color:var(--on)}
header div{flex:1;min-inline-size:0}
h2{font-size:1.0625em;line-height:1.25;margin:0;font-weight:650;overflow-wrap:anywhere}
header p{margin:.1em 0 0;font-size:.8125em;line-height:1.3}
.icon{display:grid;place-items:center;inline-size:44px;block-size:44px;flex:none;padding:0}
header .icon:hover{background:color-mix(in srgb,currentColor 14%,transparent)}
header :focus-visible{outline-color:currentColor;outline-offset:-3px}
.sos{margin:0;padding:.45em 1em;background:color-mix(in srgb,var(--red) 9%,var(--bg));color:var(--red);font-size:.9375em;font-weight:600;
  border-block-end:1px solid var(--line);display:flex;gap:.5em;align-items:center}
.sos svg{inline-size:1.2em;block-size:1.2em}
.sos a,.note a{color:inherit}
:is(.sos,.note,.about,details) a{display:inline-block;min-block-size:24px}
.menu{position:absolute;z-index:2;inset-block-start:58px;inset-inline-end:.5em;min-inline-size:14em;
  max-inline-size:calc(100% - 1em);padding:.35em;background:var(--bg);border:1px solid var(--edge);
  border-radius:var(--r);box-shadow:0 8px 24px #0004}
.menu>*{display:flex;align-items:center;inline-size:100%;min-block-size:44px;padding:.3em .8em;text-align:start;
  color:var(--text);text-decoration:none;border-radius:calc(var(--r) - 4px)}
.menu>:hover{background:var(--soft)}
.menu>:last-child{color:var(--red)}
.log{flex:1;min-block-size:0;overflow-y:auto;overscroll-behavior:contain;padding:1em;scroll-padding:1em;
  display:flex;flex-direction:column;gap:.75em;position:relative;overflow-wrap:anywhere}
.log:focus-visible{outline-offset:-3px}
.log>*{flex:none}
.msg{max-inline-size:92%;padding:.7em .95em;border:1px solid transparent;border-radius:var(--r);
  align-self:flex-start;background:var(--soft);border-end-start-radius:4px}
.you{align-self:flex-end;max-inline-size:86%;background:var(--accent);color:var(--on);white-space:pre-wrap;
  border-end-start-radius:var(--r);border-end-end-radius:4px}
.msg :is(p,ul){margin:0}
.msg :is(p,ul)+:is(p,ul){margin-block-start:.65em}
.msg ul{padding-inline-start:1.2em}
.msg li+li{margin-block-start:.25em}
.about{font-size:.875em;color:var(--muted);padding-inline:.2em;margin:0}
.card{--c:var(--red);max-inline-size:100%;align-self:stretch;padding:.85em 1em;border:2px solid var(--c);
  border-inline-start-width:8px;border-radius:var(--r);background:color-mix(in srgb,var(--c) 9%,var(--bg))}
.crisis{--c:var(--blue)}
.urgent,.soon{--c:var(--amber)}
.soon{border-width:1px;border-inline-start-width:6px}
.card h3{display:flex;gap:.45em;align-items:center;margin:0 0 .5em;font-size:1.125em;line-height:1.25;
  color:var(--c)}
.card a{color:var(--c);font-weight:600}
.calls{display:grid;gap:.5em;margin-block:0 .8em}
.card .call{display:flex;align-items:center;justify-content:center;gap:.5em;min-block-size:48px;
  padding:.4em .8em;border:2px solid var(--c);border-radius:var(--r);background:var(--c);color:var(--bg);
  font-weight:700;text-decoration:none;text-align:center}
.card .call~.call,.soon .call{background:none;color:var(--c)}
.offers{display:flex;flex-wrap:wrap;gap:.5em;align-self:stretch}
.offers button,.note button{min-block-size:44px;padding:.4em 1em;border-color:var(--accent);
  color:var(--accent);background:var(--bg);border-radius:22px;text-align:start;font-weight:550;line-height:1.3}
:is(.offers,.note) button:hover{background:var(--soft)}
.links{display:grid;justify-items:start;margin-block-start:.5em}
.links a{min-block-size:32px;font-weight:600;padding-block:.25em}
details{margin-block-start:.6em;font-size:.875em}
summary{cursor:pointer;min-block-size:28px;padding-block:.2em;color:var(--muted);inline-size:fit-content}
details ul{color:var(--muted)}
.note{align-self:stretch;padding:.7em .95em;border:1px solid var(--edge);border-radius:var(--r);
  border-inline-start:5px solid var(--edge);font-size:.9375em}
.note p{margin:0}
.note button{margin-block-start:.6em;margin-inline-end:.5em}
.typing{display:flex;gap:.35em;padding:1em}
.typing i{inline-size:.5em;block-size:.5em;border-radius:50%;background:var(--muted);
  animation:blink 1.2s infinite both}
.typing i+i{animation-delay:.2s}.typing i+i+i{animation-delay:.4s}
@keyframes blink{0%,70%,to{opacity:.35}35%{opacity:1}}
form{display:flex;align-items:flex-end;gap:.5em;padding:.65em .75em;border-block-start:1px solid var(--line);
  background:var(--bg);padding-block-end:max(.65em,env(safe-area-inset-bottom))}
textarea{flex:1;min-inline-size:0;min-block-size:44px;max-block-size:8em;resize:none;padding:9px .8em;
  font-size:max(1em,16px);line-height:1.5;color:var(--text);background:var(--bg);
  border:1px solid var(--edge);border-radius:calc(var(--r) - 2px)}
textarea::placeholder{color:var(--muted);opacity:1}
textarea:focus-visible{outline-offset:0}
.send{background:var(--accent);color:var(--on)}
.rtl .send svg{transform:scaleX(-1)}
.count{padding:0 1em .4em;margin:0;font-size:.875em;color:var(--red);font-weight:600}
@media (max-width:480px),(max-height:480px){
  .panel{position:fixed;inset-inline:0;inset-block-start:var(--top,0);inline-size:100%;
    block-size:var(--height,100dvh);border:0;border-radius:0}}
@media (max-height:400px){.panel{overflow-y:auto}.panel>*{flex:none}
  .log{flex:1 0 auto;min-block-size:9em;max-block-size:100vh}form{position:sticky;inset-block-end:0}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.launcher,.msg,.card,.panel,.icon,.menu,.send{border:1px solid CanvasText}
  .card{border-width:3px}.card .call,.send,.launcher{border:2px solid LinkText}.typing i{background:CanvasText}
  :focus-visible{outline-color:Highlight}}
@media print{:host{display:none}}`;

const ICONS = {
  chat: "M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12zM9 12h.01M13 12h.01M17 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M12 5h.01M12 12h.01M12 19h.01",
  send: "M4 12h15M13 6l6 6-6 6",
  phone: "M6 3h3l2 5-2.5 1.5a12 12 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3.3 3A17 17 0 0 1 3 6.3A3 3 0 0 1 6 3z",
  alert: "M12 3.5L2.5 20h19zM12 10v4.5M12 17.3h.01",
};
/** The levels of urgency, and whom their buttons call. */
const LEVELS = {
  emergency: ["emergency"],
  crisis: ["crisis", "emergency"],
  urgent: ["phone", "emergency"],
  soon: ["phone"],
};
const PAPER = `body{font:12pt/1.5 system-ui,sans-serif;max-width:42em;margin:2em auto;padding:0 1em;color:#000;
background:#fff}h1{font-size:1.3em}h2{font-size:1em;margin:1.2em 0 0;break-after:avoid}time{font-weight:400;
color:#555}p{white-space:pre-wrap;margin:.2em 0;overflow-wrap:anywhere}`;

/** An element such as "p.note", with properties, attributes where there is no such property, and children. */
function el(tag, set, ...children) {
  const [name, ...classes] = tag.split("."), node = document.createElement(name);
  node.classList.add(...classes);
  for (const key in set) {
    if (key in node) node[key] = set[key];
    else node.setAttribute(key, set[key]);
  }
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A link; plain text if the address is of another kind. */
function link(title, url, texts) {
  let safe = null;
  try { safe = new URL(url); } catch { /* not an address */ }
  if (!safe || !["https:", "tel:", "mailto:"].includes(safe.protocol)) return el("span", {}, title);
  if (safe.protocol !== "https:") return el("a", { href: safe.href }, title);
  return el("a", { href: safe.href, target: "_blank", rel: "noopener noreferrer" }, title,
    el("span.sr", {}, ` (${texts.newTab})`));
}

/** "Samaritans on 116 123" -> {shown: "116 123", dialled: "116123"}; null if there is no number. */
function phoneNumber(text) {
  const found = /\+?\d(?:[\d\s().-]*\d)?/.exec(text || "");
  return found && { shown: found[0], dialled: found[0].replace(/[^\d+]/g, "") };
}

/** Text in which **bold**, https addresses and the numbers given come alive. */
function inline(parent, text, { numbers, texts }) {
  const dialled = numbers.map((number) => number.shown.match(/\d+/g).join("[\\s().-]{0,2}"));
  const pattern = new RegExp(
    "\\*\\*(?=\\S)(.+?)\\*\\*|(https://[^\\s<>\"]*[^\\s<>\".,;:!?)])" +
    (dialled.length ? `|(?<![\\d.,-])(${dialled.join("|")})(?!\\d|[.,-]\\d)` : ""), "g");
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    parent.append(text.slice(end, found.index));
    end = found.index + found[0].length;
    const [all, bold, url, phone] = found;
    if (bold) inline(parent.appendChild(el("strong")), bold, { numbers, texts });
    else if (url) parent.append(link(url, url, texts));
    else if (phone) parent.append(el("a", { href: `tel:${phone.replace(/\D/g, "")}` }, all));
  }
  parent.append(text.slice(end));
}

function blocks(text, known) {
  const nodes = [];
  for (const line of String(text ?? "").split("\n")) {
    const item = /^\s*- (.*)/.exec(line);
    const last = nodes[nodes.length - 1];
    if (!line.trim()) nodes.push(null);
    else if (item) {
      const list = last?.localName === "ul" ? last : el("ul");
      if (list !== last) nodes.push(list);
      inline(list.appendChild(el("li", { dir: "auto" })), item[1], known);
    } else {
      const paragraph = last?.localName === "p" ? last : el("p", { dir: "auto" });
      if (paragraph === last) paragraph.append(el("br"));
      else nodes.push(paragraph);
      inline(paragraph, line, known);
    }
  }
  return nodes.filter(Boolean);
}

/** How urgent the message was. An answer about a dangerous topic is just an answer. */
function urgency(turn) {
  return (turn.red_flags?.length || !turn.topic) && turn.urgency in LEVELS ? turn.urgency : null;
}

/** An object in the browser's storage; in memory where that is refused. */
function shelf(storage, key) {
  let memory = {};
  const read = () => {
    try { return JSON.parse(window[storage].getItem(key)) || {}; } catch { return memory; }
  };
  const write = (change) => {
    memory = { ...read(), ...change };
    try { window[storage].setItem(key, JSON.stringify(memory)); } catch { /* in memory then */ }
  };
  return { key, read, write };
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

class Server {
  constructor(base) {
    this.base = base;
    this.kept = shelf("localStorage", `backtalk:${base}`); // {token, old, settings, open, changed}
  }

  /** Rejects if no answer comes in time. */
  async call(method, path, { token, body } = {}) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body),
        signal: abort.signal, credentials: "omit", cache: path === "settings" ? "default" : "no-store" });
      const data = await answer.json().catch((error) => {
        if (abort.signal.aborted) throw error;
      });
      return { ok: answer.ok, status: answer.status, data: data || {} };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The server's refusal if there is no session and it gives none. */
  async withoutSession() {
    if (this.kept.read().token) return null;
    const answer = await this.call("POST", "session");
    if (!answer.ok || !answer.data.token) return { ...answer, ok: false };
    this.kept.write({ token: answer.data.token });
    return null;
  }

  /** {replies}, {trouble: name of a text} if trying again may help, or {refused: why}. The id stays the same
   *  with every attempt, so that no message is answered twice. */
  async deliver(item) {
    let tries = 0, renewed = false;
    for (;;) {
      let answer = { status: 0 };
      try {
        answer = await this.withoutSession() || await this.call("POST", "messages", {
          token: this.kept.read().token,
          body: { [item.payload ? "payload" : "text"]: item.payload || item.text, message_id: item.id },
        });
      } catch (error) {
        if (!navigator.onLine) return { trouble: "offline" };
        if (error.name === "AbortError") return { trouble: "failed" };
      }
      const { ok, status, data } = answer;
      if (ok) return { replies: data.replies || [] };
      if (status === 401 && !renewed) {
        renewed = true;
        this.kept.write({ token: null });
      } else if (status === 400 && item.payload) {
        // Buttons belong to one conversation; in another one their words do.
        Object.assign(item, { payload: undefined, text: item.shown, id: newId() });
      } else if (status === 429) {
        return { trouble: "busy" };
      } else if (status >= 400 && status < 500 && status !== 408) {
        return { refused: data.error?.message };
      } else if (tries === RETRY_MS.length) {
        return { trouble: status === 503 ? "busy" : "failed" };
      } else {
        await wait(RETRY_MS[tries++]);
      }
    }
  }

  async history() {
    const { token } = this.kept.read();
    if (!token) return [];
    const renewed = await this.call("POST", "session", { token });
    if (renewed.data.token) this.kept.write({ token: renewed.data.token });
    const answer = await this.call("GET", "history", { token: renewed.data.token || token });
    if (answer.ok) return answer.data.turns || [];
    if (answer.status !== 401) throw new Error("no history");
    this.kept.write({ token: null });
    return [];
  }

  /** The clinic's facts if they are news. */
  async settings() {
    const answer = await this.call("GET", "settings").catch(() => ({}));
    if (!answer.ok || JSON.stringify(answer.data) === JSON.stringify(this.kept.read().settings)) return null;
    this.kept.write({ settings: answer.data });
    return answer.data;
  }

  /** Begin anew; the old key is kept, so that "delete" reaches that conversation too. */
  leave() {
    const { token, old = [] } = this.kept.read();
    this.kept.write({ token: null, old: token ? [...old, token] : old, changed: newId() });
  }

  async erase() {
    const { token, old = [] } = this.kept.read();
    for (const one of [...old, token].filter(Boolean)) {
      const answer = await this.call("DELETE", "session", { token: one });
      if (!answer.ok && answer.status !== 401) throw new Error("not erased");
    }
    this.kept.write({ token: null, old: [], changed: newId() });
  }
}

class BacktalkChat extends HTMLElement {
  static get observedAttributes() {
    return ["title", "greeting", "lang", "clinic", "phone", "emergency", "crisis", "privacy"];
  }

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.turns = [];
    this.queue = []; // sent by the patient, not answered yet
    this.small = matchMedia("(max-width: 480px), (max-height: 480px)");
  }

  connectedCallback() {
    this.listen();
    if (this.panel) return;
    const base = this.getAttribute("server");
    this.server = new Server(base ? new URL("webhooks/web/", base).href : SERVER);
    this.draft = shelf("sessionStorage", this.server.kept.key);
    this.queue = this.draft.read().queue || [];
    this.draw();
    if (this.server.kept.read().open) this.open({ focus: false });
  }

  disconnectedCallback() { this.gone.abort(); }

  listen() {
    this.gone = new AbortController();
    const on = (target, event, act) => target.addEventListener(event, act, { signal: this.gone.signal });
    on(window, "storage", (event) => event.key === this.server.kept.key && this.fromOtherTab());
    on(window, "online", () => this.pump());
    on(this.small, "change", () => this.fit());
    on(visualViewport, "resize", () => this.fit());
    on(visualViewport, "scroll", () => this.fit());
  }

  attributeChangedCallback(name, before, now) {
    if (name === "title" && now !== null) {
      this.heading = now;
      this.removeAttribute("title"); // it would be a tooltip over the whole chat
    }
    if (this.panel && before !== now) this.draw();
  }

  /** Pages may call open, close and draw too. */
  async open({ focus = true } = {}) {
    this.server.kept.write({ open: true });
    this.launcher.hidden = this.dot.hidden = true;
    this.panel.hidden = false;
    this.fit();
    this.typed();
    this.toEnd();
    // On a touch screen the keyboard would cover the greeting.
    if (focus) (matchMedia("(pointer: coarse)").matches ? this.panel : this.input).focus();
    if (this.started) return;
    this.started = true;
    const news = this.server.settings().then((settings) => settings && this.drawFacts());
    if (!this.fact("emergency")) await news;
    await this.refresh();
    if (!this.queue.length) return;
    await this.pump();
    if (!this.queue.length) await this.refresh(); // the server may have had them already
  }

  close() {
    this.server.kept.write({ open: false });
    this.showMenu(false);
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.launcher.focus();
  }

  draw() {
    const wasOpen = this.panel && !this.panel.hidden;
    this.texts = this.chosenTexts();
    this.build(!!wasOpen);
    this.drawFacts();
    this.fit();
    this.typed();
  }

  chosenTexts() {
    const lang = this.getAttribute("lang") || document.documentElement.lang, given = window.BacktalkTexts || {};
    const own = given[lang] || given[lang.split("-")[0]];
    return { lang: own ? lang : "en", ...TEXTS, ...given.en, ...own };
  }

  fact(name) { return this.getAttribute(name) || this.server.kept.read().settings?.[name] || ""; }

  /** A text with its facts, without the sentences whose facts are not known. */
  say(key, more) {
    const facts = { clinic: this.fact("clinic"), phone: this.fact("phone"), ...more,
      emergency: this.fact("emergency") || this.texts.emergencyUnknown };
    return this.texts[key].split(/(?<=[.!?])\s+/)
      .map((part) => part.replace(/\{(\w+)\}/g, (all, name) => facts[name] || all))
      .filter((part) => !/\{\w+\}/.test(part)).join(" ");
  }

  build(open) {
    const { texts } = this;
    const button = (name, label, onclick) =>
      el("button", { type: "button", className: "icon", "aria-label": label, onclick }, icon(name));
    const entry = (label, act) => el("button", { type: "button", onclick: () => {
      this.showMenu(false);
      this.more.focus();
      act();
    } }, label);
    this.dot = el("span.dot", { hidden: true }, el("span.sr", {}, texts.newReply));
    this.launcher = el("button", { type: "button", className: "launcher", part: "launcher", hidden: open,
      "aria-haspopup": "dialog", onclick: () => this.open() }, icon("chat"), texts.launcher, this.dot);
    this.more = button("menu", texts.menu, () => this.showMenu(this.menu.hidden));
    this.menu = el("div.menu", { id: "menu", hidden: true },
      entry(texts.print, () => this.print()), entry(texts.restart, () => this.restart()),
      entry(texts.erase, () => this.askErase()));
    this.sos = el("span");
    this.log = el("div.log", { role: "log", tabIndex: 0, "aria-label": texts.conversation });
    this.status = el("p.sr", { role: "status" });
    this.alarm = el("p.sr", { role: "alert" });
    this.count = el("p.count", { hidden: true, "aria-live": "polite" });
    const typed = this.input ? this.input.value : this.draft.read().text || "";
    this.input = el("textarea", { id: "input", rows: 1, maxLength: 10000, placeholder: texts.input,
      autocomplete: "off", enterKeyHint: "send", value: typed, oninput: () => this.typed(), onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      } });
    this.panel = el("section.panel", { part: "panel", role: "dialog", "aria-labelledby": "title",
      tabIndex: -1, lang: texts.lang, hidden: !open, onkeydown: (event) => this.keys(event) },
    el("header", {},
      el("div", {}, el("h2", { id: "title", dir: "auto" }, this.heading || texts.title),
        el("p", { dir: "auto" }, texts.subtitle)),
      this.more, button("close", texts.close, () => this.close())),
    this.menu, el("p.sos", {}, icon("phone"), this.sos), this.log,
    el("form", { onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      el("label.sr", { htmlFor: "input" }, texts.input), this.input,
      el("button", { type: "submit", className: "icon send", "aria-label": texts.send }, icon("send"))),
    this.count, this.status, this.alarm);
    this.more.setAttribute("aria-expanded", "false");
    this.more.setAttribute("aria-controls", "menu");
    this.shadowRoot.replaceChildren(this.launcher, this.panel);
  }

  drawFacts() {
    this.numbers = ["emergency", "crisis", "phone"].map((name) => phoneNumber(this.fact(name))).filter(Boolean);
    this.sos.textContent = "";
    inline(this.sos, this.say("emergencyLine"), this);
    this.drawLog();
  }

  /** The whole conversation; not read out, because it is not new. */
  drawLog() {
    const { texts, log } = this, settings = this.server.kept.read().settings || {};
    const own = this.getAttribute("greeting");
    const about = el("p.about", { dir: "auto" }, `${texts.about} `);
    if (this.fact("privacy")) about.append(link(texts.privacy, this.fact("privacy"), texts));
    log.setAttribute("aria-live", "off");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
    log.replaceChildren(about, this.bubble("bot", own || !settings.greeting ? texts.lang : "en",
      ...blocks(own || settings.greeting || texts.greeting, this)), ...this.turns.map((turn) => this.message(turn)));
    for (const item of this.queue) log.append(item.node = this.message({ from: "patient", text: item.shown }));
    if (this.queue.length) return;
    this.offer(this.turns.length ? this.turns[this.turns.length - 1].buttons : settings.greeting_offers);
  }

  bubble(from, lang, ...content) {
    const { texts } = this;
    return el(`div.msg.${from}`, { lang },
      el("span.sr", { lang: texts.lang }, `${texts[from]}: `), ...content);
  }

  message(turn) {
    const { texts } = this;
    if (turn.from === "patient") return this.bubble("you", "", el("span", { dir: "auto" }, turn.text ?? ""));
    const content = blocks(turn.text, this);
    if (turn.links?.length) content.push(el("div.links", {},
      ...turn.links.map((one) => link(one.title, one.url, texts))));
    if (turn.sources?.length) content.push(el("details", {},
      el("summary", { lang: texts.lang }, turn.reviewed
        ? `${texts.sources} (${this.say("checked", { date: this.month(turn.reviewed) })})` : texts.sources),
      el("ul", {}, ...turn.sources.map((one) =>
        el("li", { dir: "auto" }, link(one.year ? `${one.title} (${one.year})` : one.title, one.url, texts))))));
    const node = this.bubble("bot", "en", ...content), level = urgency(turn);
    if (!level) return node;
    node.classList.add("card", level);
    node.firstChild.after(el("h3", { lang: texts.lang }, icon(level === "crisis" ? "phone" : "alert"), el("span", {}, texts[level])),
      el("div.calls", { lang: texts.lang }, ...this.calls(level)));
    if (level !== "soon") node.setAttribute("aria-live", "off"); // the alarm says it
    return node;
  }

  calls(level) {
    return LEVELS[level].map((name) => [name, phoneNumber(this.fact(name))]).filter(([, number]) => number)
      .map(([name, number]) => el("a.call", { href: `tel:${number.dialled}` }, icon("phone"),
        el("span", {}, this.say(name === "phone" ? "callClinic" : "call", { number: number.shown }))));
  }

  month(text) {
    if (!/^\d{4}-\d\d/.test(text)) return text;
    return new Date(`${text.slice(0, 7)}-15T12:00Z`).toLocaleDateString(this.texts.lang, { month: "long", year: "numeric" });
  }

  offer(buttons) {
    this.log.querySelector(".offers")?.remove();
    if (!buttons?.length) return;
    this.log.append(el("div.offers", { lang: "en" }, ...buttons.map((one) =>
      el("button", { type: "button", dir: "auto", onclick: () => {
        this.input.focus({ preventScroll: true });
        this.send({ shown: one.title, payload: one.payload });
      } }, one.title))));
  }

  /** Something to know, with buttons [label, act]; none without a text. */
  note(text, ...buttons) {
    if (this.notice?.contains(this.shadowRoot.activeElement)) this.input.focus();
    this.notice?.remove();
    if (!text) return;
    const words = el("p", { dir: "auto" });
    inline(words, text, this);
    this.log.append(this.notice = el("div.note", { role: "group", "aria-label": text }, words,
      ...buttons.map(([label, onclick]) => el("button", { type: "button", onclick }, label))));
    this.toEnd();
  }

  writing(on) {
    this.dots?.remove();
    this.status.textContent = on ? this.texts.writing : "";
    if (!on) return;
    this.dots = el("div.msg.typing", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.log.append(this.dots);
    this.toEnd();
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; }

  /** On phones, fill just what the on-screen keyboard leaves free. */
  fit() {
    const view = visualViewport, small = this.small.matches, { panel } = this;
    panel.classList.toggle("rtl", getComputedStyle(this).direction === "rtl");
    panel.setAttribute("aria-modal", String(small));
    const follow = small && view.scale < 1.01;
    panel.style.setProperty("--height", follow ? `${view.height}px` : "");
    panel.style.setProperty("--top", follow ? `${view.offsetTop}px` : "");
  }

  keys(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.menu.hidden) this.close();
      else {
        this.showMenu(false);
        this.more.focus();
      }
    } else if (event.key === "Tab") {
      const stops = [...this.panel.querySelectorAll("button,a,textarea,summary,[tabindex='0']")]
        .filter((node) => node.getClientRects().length);
      const now = this.shadowRoot.activeElement, first = stops[0], last = stops[stops.length - 1];
      if (event.shiftKey ? now !== first && now !== this.panel : now !== last) return;
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  showMenu(on) {
    this.menu.hidden = !on;
    this.more.setAttribute("aria-expanded", String(on));
    if (on) this.menu.firstChild.focus();
  }

  typed() {
    const { input, count } = this, { length } = input.value;
    this.draft.write({ text: input.value });
    input.style.blockSize = "";
    if (input.scrollHeight > input.clientHeight) input.style.blockSize = `${input.scrollHeight + 2}px`;
    count.hidden = length <= LONGEST;
    count.textContent = count.hidden ? "" : this.say("tooLong", { count: length });
  }

  submit() {
    const text = this.input.value.trim();
    this.input.value = "";
    this.typed();
    if (text) this.send({ shown: text, text });
  }

  send(item) {
    item.id = newId();
    item.node = this.message({ from: "patient", text: item.shown });
    this.queue.push(item);
    this.keepQueue();
    this.offer();
    this.alarm.textContent = "";
    this.log.append(item.node);
    this.toEnd();
    this.pump();
  }

  keepQueue() { this.draft.write({ queue: this.queue.map(({ node, ...item }) => item) }); }

  /** Send what waits, in order; stop at the first that fails. */
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    let trouble;
    while (this.queue.length && !trouble) {
      const item = this.queue[0];
      this.note();
      this.writing(true);
      const slow = setTimeout(() => this.note(this.say("slow")), SLOW_MS);
      const outcome = await this.server.deliver(item);
      clearTimeout(slow);
      this.note();
      this.writing(false);
      ({ trouble } = outcome);
      if (this.queue[0] !== item) continue; // deleted or begun anew meanwhile
      if (!trouble) this.queue.shift();
      this.keepQueue();
      if (outcome.replies) this.receive(item, outcome.replies);
      else if (!trouble) this.giveBack(item, outcome.refused);
    }
    this.pumping = false;
    if (trouble && this.queue.length) this.note(this.say(trouble), [this.texts.retry, () => this.pump()]);
  }

  receive(item, replies) {
    const at = new Date().toISOString(), turns = replies.map((reply) => ({ ...reply, from: "bot", at }));
    const nodes = turns.map((turn) => this.message(turn));
    this.turns.push({ from: "patient", text: item.shown, at }, ...turns);
    this.server.kept.write({ changed: newId() });
    item.node.after(...nodes);
    if (!this.queue.length) this.offer(turns[turns.length - 1]?.buttons);
    const loud = turns.filter((turn) => urgency(turn) && turn.urgency !== "soon");
    this.alarm.textContent =
      loud.map((turn) => `${this.texts[turn.urgency]}. ${turn.text.replace(/\*\*/g, "")}`).join(" ");
    this.dot.hidden = !this.panel.hidden;
    // A long answer is read from its start.
    this.log.scrollTop = (loud.length ? nodes[turns.indexOf(loud[0])] : item.node).offsetTop - 12;
  }

  giveBack(item, why) {
    item.node.remove();
    this.input.value = [item.text, this.input.value].filter(Boolean).join("\n");
    this.typed();
    this.note(why || this.texts.refused);
  }

  async refresh() {
    try {
      this.turns = await this.server.history();
      this.note();
      this.drawLog();
      if (this.turns.length) this.toEnd();
    } catch {
      this.note(this.say("historyFailed"), [this.texts.retry, () => this.refresh()]);
    }
  }

  fromOtherTab() {
    const { token, changed } = this.server.kept.read();
    if (!this.started || this.pumping || changed === this.seen) return;
    this.seen = changed;
    if (token) this.refresh();
    else this.clear();
  }

  clear(text) {
    this.turns = [];
    this.queue = [];
    this.keepQueue();
    this.alarm.textContent = "";
    this.drawLog();
    this.note(text);
  }

  restart() {
    this.server.leave();
    this.clear(this.texts.restarted);
    this.input.focus();
  }

  askErase() {
    const { texts } = this;
    this.note(texts.eraseAsk, [texts.eraseYes, () => this.erase()], [texts.eraseNo, () => this.note()]);
    this.notice.lastChild.focus();
  }

  async erase() {
    try {
      await this.server.erase();
      this.clear(this.texts.erased);
    } catch {
      this.note(this.texts.eraseFailed, [this.texts.retry, () => this.erase()]);
    }
  }

  /** On a page of its own, without the clinic's page around it. */
  print() {
    const { texts } = this, paper = window.open("", "_blank", "width=720,height=900");
    if (!paper) return this.note(texts.popUps, [texts.retry, () => this.print()]);
    const page = paper.document, sheet = new paper.CSSStyleSheet(), bold = /\*\*/g;
    sheet.replaceSync(PAPER);
    page.adoptedStyleSheets = [sheet];
    page.documentElement.lang = texts.lang;
    page.title = this.heading || texts.title;
    page.body.replaceChildren(el("h1", {}, page.title), el("p", {}, this.fact("clinic"), " ", this.fact("phone")),
      el("p", {}, texts.transcript, " ", this.say("emergencyLine")));
    for (const turn of this.turns) page.body.append(
      el("h2", {}, turn.from === "bot" ? texts.bot : texts.you, " ",
        el("time", {}, turn.at ? new Date(turn.at).toLocaleString(texts.lang) : "")),
      el("p", { dir: "auto" }, [turn.text.replace(bold, ""), ...(turn.links || []), ...(turn.sources || [])]
        .map((one) => one.title ? [one.title, one.year, one.url].filter(Boolean).join(", ") : one).join("\n")));
    paper.print();
  }
}

if (!customElements.get("backtalk-chat")) customElements.define("backtalk-chat", BacktalkChat);

// A page without the element gets one, with the script's data- attributes.
function addToPage() {
  if (!SCRIPT || document.querySelector("backtalk-chat")) return;
  const chat = document.createElement("backtalk-chat");
  for (const [name, value] of Object.entries(SCRIPT.dataset)) chat.setAttribute(name, value);
  document.body.append(chat);
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addToPage);
else addToPage();
})();
