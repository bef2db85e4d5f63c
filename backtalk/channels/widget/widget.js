/* Backtalk's chat widget: docs/widget.md. Words are only ever set as text, so none can become markup. */
(() => {
"use strict";

const SCRIPT = document.currentScript;
const SERVER = new URL("webhooks/web/", SCRIPT?.src || `${location.origin}/`).href;
const SLOW_MS = 4000; // then the patient is told, and whom to call
const TIMEOUT_MS = 12000;
const RETRY_MS = [700, 2000];
const LONGEST = 2000;

// A page may override these or add a language: docs/widget.md, widget.es.js.

const TEXTS = {
  launcher: "Ask a question",
  title: "Back pain and headaches",
  subtitle: "Automated assistant, not a person",
  emergencyLine: "Emergency? Call {emergency}.",
  emergencyUnknown: "your local emergency number",
  greeting: "Hello. What would you like to know about back pain or headaches?",
  about: "I am a bot with general information. I cannot examine you, say what you have or see your records. " +
    "Nobody watches this chat.",
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
  --on:var(--backtalk-accent-text-dark,#05262d);--head:color-mix(in srgb,var(--accent) 22%,var(--bg));
  --headtext:var(--text);color-scheme:dark`;
const CSS = `
.root{all:initial;
  --bg:#fff;--soft:#eef3f5;--text:#17242c;--muted:#4d5f6a;--line:#d5dee3;--edge:#74858f;
  --red:#a3201a;--blue:#3c3d9b;--amber:#8a4b00;--accent:var(--backtalk-accent,#0d5c68);
  --on:var(--backtalk-accent-text,#fff);--head:var(--accent);--headtext:var(--on);color-scheme:light;
  --r:var(--backtalk-radius,14px);position:fixed;z-index:var(--backtalk-layer,2147483000);
  inset-block-end:max(16px,env(safe-area-inset-bottom));inset-inline-end:16px;color:var(--text);
  font:medium/1.5 var(--backtalk-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif)}
:host([position=start]) .root{inset-inline:16px auto}
:host([theme=dark]) .root{${DARK}}
@media (prefers-color-scheme:dark){:host(:not([theme=light])) .root{${DARK}}}
@media (prefers-contrast:more){.root{--line:currentColor;--edge:currentColor;--muted:var(--text)}}
*{box-sizing:border-box}
p,ul,h2,h3{margin:0}
button,textarea{font:inherit;color:inherit;margin:0}
button{cursor:pointer;border:1px solid transparent;background:none;border-radius:var(--r)}
a{color:var(--accent);text-underline-offset:.15em}
a[href^=tel]{white-space:nowrap}
svg{inline-size:1.5em;block-size:1.5em;flex:none;fill:none;stroke:currentColor;stroke-width:2;
  stroke-linecap:round;stroke-linejoin:round}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
:host([hidden]),[hidden]{display:none!important}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher{display:flex;align-items:center;gap:.6em;min-block-size:56px;padding-inline:1.1em 1.25em;
  border-radius:28px;background:var(--accent);color:var(--on);font-weight:600;box-shadow:0 4px 20px #0005}
.dot{inline-size:.8em;block-size:.8em;border-radius:50%;background:var(--red)}
.panel{display:flex;flex-direction:column;overflow:hidden;background:var(--bg);position:relative;
  inline-size:min(var(--backtalk-width,400px),100vw - 32px);
  block-size:min(var(--backtalk-height,680px),100dvh - 32px);
  border:1px solid var(--line);border-radius:calc(var(--r) + 4px);box-shadow:0 8px 40px #0005;
  animation:rise .2s}
.panel:focus{outline:none}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
.head{display:flex;align-items:center;padding-block:.6em;padding-inline:1em .5em;background:var(--head);
  color:var(--headtext)}
.head div{flex:1;min-inline-size:0}
.head :focus-visible{outline-color:currentColor;outline-offset:-3px}
h2{font-size:1.0625em;line-height:1.25;overflow-wrap:anywhere}
.head p{font-size:.8125em;line-height:1.4}
.icon{display:grid;place-items:center;inline-size:44px;block-size:44px;flex:none;padding:0}
.sos{padding:.45em 1em;background:color-mix(in srgb,var(--red) 9%,var(--bg));color:var(--red);
  font-size:.9375em;font-weight:600;border-block-end:1px solid var(--line);display:flex;gap:.5em;align-items:center}
.sos svg{inline-size:1.2em;block-size:1.2em}
.sos a,.note a{color:inherit}
:is(.sos,.note,.about) a{display:inline-block;min-block-size:24px}
.menu{position:absolute;z-index:2;inset-block-start:58px;inset-inline-end:.5em;min-inline-size:14em;
  padding:.35em;background:var(--bg);border:1px solid var(--edge);border-radius:var(--r);box-shadow:0 8px 24px #0005}
.menu button{display:block;inline-size:100%;min-block-size:44px;padding-inline:.8em;text-align:start}
.menu :last-child{color:var(--red)}
:is(.menu,.offers,.note) button:hover{background:var(--soft)}
.log{flex:1;min-block-size:0;overflow-y:auto;overscroll-behavior:contain;padding:1em;
  display:flex;flex-direction:column;gap:.75em;position:relative;overflow-wrap:anywhere}
.log:focus-visible{outline-offset:-3px}
.log>*{flex:none}
.msg{max-inline-size:92%;padding:.7em .95em;border:1px solid transparent;border-radius:var(--r);
  align-self:flex-start;background:var(--soft);border-end-start-radius:4px}
.you{align-self:flex-end;background:var(--head);color:var(--headtext);white-space:pre-wrap;
  border-end-start-radius:var(--r);border-end-end-radius:4px}
.msg :is(p,ul)+:is(p,ul){margin-block-start:.65em}
ul{padding-inline-start:1.2em}
li+li{margin-block-start:.3em}
.about{font-size:.875em;color:var(--muted)}
.card{--c:var(--red);max-inline-size:100%;align-self:stretch;border:2px solid var(--c);
  border-inline-start-width:8px;border-radius:var(--r);background:color-mix(in srgb,var(--c) 9%,var(--bg))}
.crisis{--c:var(--blue)}
.urgent,.soon{--c:var(--amber)}
.soon{border-width:1px;border-inline-start-width:6px}
h3{display:flex;gap:.45em;align-items:center;font-size:1.125em;line-height:1.25;color:var(--c)}
.card a{color:var(--c);font-weight:600}
.calls{display:grid;gap:.5em;margin-block:.6em .8em}
.card .call{display:flex;align-items:center;justify-content:center;gap:.5em;min-block-size:48px;
  padding:.4em .8em;border:2px solid var(--c);border-radius:var(--r);background:var(--c);color:var(--bg);
  white-space:normal;text-decoration:none}
.card .call~.call,.soon .call{background:none;color:var(--c)}
.offers{display:flex;flex-wrap:wrap;gap:.5em}
.offers button,.note button{min-block-size:44px;padding:.4em 1em;border-color:var(--accent);color:var(--accent);
  border-radius:22px;text-align:start;font-weight:550;line-height:1.3}
.links{display:grid;justify-items:start;margin-block-start:.5em}
.links a{padding-block:.3em}
details{margin-block-start:.6em;font-size:.875em;color:var(--muted)}
summary{cursor:pointer;padding-block:.2em;inline-size:fit-content}
details li{line-height:1.75}
.note{padding:.7em .95em;border:1px solid var(--edge);border-inline-start-width:5px;border-radius:var(--r);
  font-size:.9375em}
.note button{margin-block-start:.6em;margin-inline-end:.5em}
.typing{display:flex;gap:.35em;padding:1em}
i{inline-size:.5em;block-size:.5em;border-radius:50%;background:var(--muted);animation:blink 1.2s infinite both}
i+i{animation-delay:.2s}i+i+i{animation-delay:.4s}
@keyframes blink{0%,70%,to{opacity:.35}35%{opacity:1}}
form{display:flex;align-items:flex-end;gap:.5em;border-block-start:1px solid var(--line);background:var(--bg);
  padding:.65em .75em max(.65em,env(safe-area-inset-bottom))}
textarea{flex:1;min-inline-size:0;min-block-size:44px;max-block-size:8em;resize:none;padding:9px .8em;
  font-size:max(1em,16px);color:var(--text);background:var(--bg);border:1px solid var(--edge);
  border-radius:calc(var(--r) - 2px)}
textarea::placeholder{color:var(--muted);opacity:1}
textarea:focus-visible{outline-offset:0}
.send{background:var(--accent);color:var(--on)}
.send:dir(rtl) svg{transform:scaleX(-1)}
.count{padding:0 1em .4em;font-size:.875em;color:var(--red)}
@media (max-width:480px),(max-height:480px){.panel{position:fixed;inset-inline:0;inset-block-start:var(--top,0);
  inline-size:100%;block-size:var(--height,100dvh);border:0;border-radius:0}}
@media (max-height:400px){.panel{overflow-y:auto}.panel>*{flex:none}.log{min-block-size:9em}
  form{position:sticky;inset-block-end:0}}
@media (prefers-reduced-motion:reduce){*{animation:none!important}}
@media (forced-colors:active){.launcher,.msg,.panel,.icon{border:1px solid}.card{border:3px solid}
  i{background:CanvasText}}
@media print{:host{display:none}}`;

const ICONS = {
  chat: "M21 12a8 8 0 0 1-8 8H4l2-3A8 8 0 1 1 21 12zM10 12h6",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M12 5v.3M12 12v.3M12 19v.3",
  send: "M4 12h15M13 6l6 6-6 6",
  phone: "M6 3h3l2 5-2 2a12 12 0 0 0 5 5l2-2 5 2v3a3 3 0 0 1-3 3A17 17 0 0 1 3 6a3 3 0 0 1 3-3z",
  alert: "M12 3L2 20h20zM12 10v4M12 17v.3",
};
/** The levels of urgency, and whom their buttons call. */
const LEVELS = {
  emergency: ["emergency"],
  crisis: ["crisis", "emergency"],
  urgent: ["phone", "emergency"],
  soon: ["phone"],
};
const PAPER = `body{font:12pt/1.5 system-ui,sans-serif;max-width:42em;margin:2em auto;padding:0 1em}
h2{font-size:1em;break-after:avoid}p{white-space:pre-wrap;overflow-wrap:anywhere}`;

/** An element such as "p.note", with properties (or attributes) and children. */
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
  const kind = /^(https:\/\/|tel:|mailto:)/.exec(url);
  if (kind?.[1] !== "https://") return kind ? el("a", { href: url }, title) : el("span", {}, title);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, title,
    el("span.sr", {}, ` (${texts.newTab})`));
}

const dialled = (number) => `tel:${number.replace(/[^\d+]/g, "")}`;

/** Text in which **bold**, https addresses and the numbers given come alive. */
function inline(parent, text, { numbers, texts }) {
  const known = numbers.map((number) => number.match(/\d+/g).join("[\\s().-]{0,2}")).join("|") || "$.";
  const pattern = new RegExp("\\*\\*(?=\\S)(.+?)\\*\\*|(https://[^\\s<>\"]*[^\\s<>\".,;:!?)])" +
    `|(?<![\\d.,-])(${known})(?!\\d|[.,-]\\d)`, "g");
  let end = 0;
  for (const { 0: all, 1: bold, 2: url, index } of text.matchAll(pattern)) {
    parent.append(text.slice(end, index));
    end = index + all.length;
    if (bold) inline(parent.appendChild(el("strong")), bold, { numbers, texts });
    else parent.append(url ? link(url, url, texts) : el("a", { href: dialled(all) }, all));
  }
  parent.append(text.slice(end));
  return parent;
}

/** Paragraphs and lists. */
function blocks(text, known) {
  const nodes = [];
  for (const line of text.split("\n")) {
    const [, item] = /^\s*- (.*)/.exec(line) || [], tag = item ? "ul" : "p";
    let block = nodes[nodes.length - 1];
    if (!line.trim()) nodes.push(null);
    else {
      if (block?.localName !== tag) nodes.push(block = el(tag, { dir: "auto" }));
      else if (!item) block.append(el("br"));
      inline(item ? block.appendChild(el("li", { dir: "auto" })) : block, item || line, known);
    }
  }
  return nodes.filter(Boolean);
}

/** How urgent the message was. An answer about emergencies is just an answer. */
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

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join("");
const asText = (turn) => ({ ...turn, text: String(turn.text ?? "") });

class Server {
  constructor(base) {
    this.base = base;
    this.kept = shelf("localStorage", `backtalk:${base}`); // {token, old, settings, open, changed}
  }

  /** Rejects if no answer comes in time. */
  async call(method, path, token, body) {
    const abort = new AbortController(), headers = { Accept: "application/json" };
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body),
        signal: abort.signal, credentials: "omit", cache: token ? "no-store" : "default" });
      return { ok: answer.ok, status: answer.status, data: await answer.json().catch(() => 0) || {} };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Begin or renew the session. */
  async session() {
    const answer = await this.call("POST", "session", this.kept.read().token);
    if (answer.data.token) this.kept.write({ token: answer.data.token });
    return answer;
  }

  /** {replies}, {trouble: name of a text} if trying again may help, or {refused: why}. All attempts bear the
   *  same id, so that no message is answered twice. */
  async deliver(item) {
    let tries = 0, renewed = false;
    for (;;) {
      let answer = { status: 0, data: {} };
      try {
        if (!this.kept.read().token) answer = await this.session();
        const { token } = this.kept.read();
        if (token) answer = await this.call("POST", "messages", token,
          { [item.payload ? "payload" : "text"]: item.payload || item.text, message_id: item.id });
      } catch (error) {
        if (!navigator.onLine) return { trouble: "offline" };
        if (error.name === "AbortError") return { trouble: "failed" };
      }
      const { status, data } = answer;
      if (data.replies?.length) return { replies: data.replies.map(asText) };
      if (status === 401 && !renewed) {
        renewed = true;
        this.kept.write({ token: null });
      } else if (status === 400 && item.payload) {
        // Buttons belong to one session; in another one their words do.
        Object.assign(item, { payload: "", text: item.shown, id: newId() });
      } else if (status === 429) {
        return { trouble: "busy" };
      } else if (status >= 400 && status < 500) {
        return { refused: data.error?.message };
      } else if (tries === RETRY_MS.length) {
        return { trouble: status === 503 ? "busy" : "failed" };
      } else {
        await new Promise((done) => setTimeout(done, RETRY_MS[tries++]));
      }
    }
  }

  async history() {
    if (!this.kept.read().token) return [];
    await this.session();
    const { status, data } = await this.call("GET", "history", this.kept.read().token);
    if (status === 401) this.kept.write({ token: null });
    else if (!data.turns) throw new Error("no history");
    return (data.turns || []).map(asText);
  }

  /** The clinic's facts; true if they are news. */
  async settings() {
    const { ok, data } = await this.call("GET", "settings").catch(() => ({})), { settings } = this.kept.read();
    if (ok) this.kept.write({ settings: data });
    return ok && JSON.stringify(data) !== JSON.stringify(settings);
  }

  /** The old token is kept, so that "delete" reaches that conversation too. */
  leave() {
    const { token, old = [] } = this.kept.read();
    this.kept.write({ token: null, old: [...old, token].filter(Boolean), changed: newId() });
  }

  async erase() {
    this.leave();
    for (const token of this.kept.read().old) {
      const { ok, status } = await this.call("DELETE", "session", token);
      if (!ok && status !== 401) throw new Error("not erased");
    }
    this.kept.write({ old: [] });
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
    this.small = matchMedia("(max-width: 480px), (max-height: 480px)");
  }

  connectedCallback() {
    this.gone = new AbortController();
    const on = (target, event, act) => target.addEventListener(event, act, { signal: this.gone.signal });
    on(window, "storage", (event) => event.key === this.server.kept.key && this.fromOtherTab());
    on(window, "online", () => this.pump());
    on(this.small, "change", () => this.fit());
    on(visualViewport, "resize", () => this.fit());
    on(visualViewport, "scroll", () => this.fit());
    if (this.panel) return;
    const base = this.getAttribute("server");
    this.server = new Server(base ? new URL("webhooks/web/", base).href : SERVER);
    this.draft = shelf("sessionStorage", this.server.kept.key); // {text, queue}
    this.queue = this.draft.read().queue || []; // sent by the patient, not answered yet
    this.draw();
    const { open, changed } = this.server.kept.read();
    this.seen = changed;
    if (open) this.open({ focus: false });
  }

  disconnectedCallback() { this.gone.abort(); }

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
    if (focus) this.home();
    if (this.started) return;
    this.started = true;
    const news = this.server.settings().then((changed) => changed && this.drawFacts());
    if (!this.fact("emergency")) await news;
    this.refresh();
  }

  close() {
    this.server.kept.write({ open: false });
    this.showMenu(false);
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.launcher.focus();
  }

  /** Focus the input, except on touch screens, where that would raise a keyboard. */
  home() { (matchMedia("(pointer: coarse)").matches ? this.panel : this.input).focus({ preventScroll: true }); }

  draw() {
    const lang = this.getAttribute("lang") || document.documentElement.lang, given = window.BacktalkTexts || {};
    const own = given[lang] || given[lang.split("-")[0]];
    this.texts = { lang: own ? lang : "en", ...TEXTS, ...given.en, ...own };
    this.build(this.panel && !this.panel.hidden);
    this.drawFacts();
    this.fit();
    this.typed();
  }

  fact(name) { return this.getAttribute(name) || this.server.kept.read().settings?.[name] || ""; }

  /** The number in "Samaritans on 116 123". */
  number(name) { return /\+?\d(?:[\d\s().-]*\d)?/.exec(this.fact(name))?.[0]; }

  /** The only numbers that may become links, wherever they stand. */
  get numbers() { return ["emergency", "crisis", "phone"].map((name) => this.number(name)).filter(Boolean); }

  /** A text with its facts, less the sentences whose facts are not known. */
  say(key, more) {
    const facts = { clinic: this.fact("clinic"), phone: this.fact("phone"), ...more,
      emergency: this.fact("emergency") || this.texts.emergencyUnknown };
    return this.texts[key].split(/(?<=[.!?])\s+/)
      .map((part) => part.replace(/\{(\w+)\}/g, (all, name) => facts[name] || all))
      .filter((part) => !/\{\w+\}/.test(part)).join(" ");
  }

  build(isOpen) {
    const { texts } = this;
    const button = (label, onclick, ...content) => el("button", { type: "button", onclick }, ...content, label);
    const round = (name, label, onclick) =>
      el("button.icon", { type: onclick ? "button" : "submit", "aria-label": label, onclick }, icon(name));
    const entry = (label, act) => button(label, () => {
      this.showMenu(false);
      this.more.focus();
      act();
    });
    this.dot = el("span.dot", { hidden: true }, el("span.sr", {}, texts.newReply));
    this.launcher = button(texts.launcher, () => this.open(), icon("chat"));
    this.launcher.append(this.dot);
    this.launcher.className = this.launcher.part = "launcher";
    this.launcher.hidden = !!isOpen;
    this.more = round("menu", texts.menu, () => this.showMenu(this.menu.hidden));
    this.menu = el("div.menu", {}, entry(texts.print, () => this.print()),
      entry(texts.restart, () => this.restart()), entry(texts.erase, () => this.askErase()));
    this.sos = el("span", { dir: "auto" });
    this.log = el("div.log", { role: "log", tabIndex: 0, "aria-label": texts.conversation });
    this.status = el("p.sr", { role: "status" });
    this.alarm = el("p.sr", { role: "alert" });
    this.count = el("p.count", { role: "status" });
    this.input = el("textarea", { rows: 1, maxLength: 10000, placeholder: texts.input, "aria-label": texts.input,
      enterKeyHint: "send", value: this.draft.read().text || "", oninput: () => this.typed(), onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.submit();
      } });
    const send = round("send", texts.send);
    send.classList.add("send");
    this.panel = el("section.panel", { part: "panel", role: "dialog", "aria-labelledby": "title", tabIndex: -1,
      lang: texts.lang, hidden: !isOpen, onkeydown: (event) => this.keys(event) },
    el("div.head", {}, el("div", {}, el("h2", { id: "title", dir: "auto" }, this.heading || texts.title),
      el("p", { dir: "auto" }, texts.subtitle)), this.more, round("close", texts.close, () => this.close())),
    this.menu, el("p.sos", {}, icon("phone"), this.sos), this.log,
    el("form", { onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.input, send),
    this.count, this.status, this.alarm);
    this.showMenu(false);
    this.shadowRoot.replaceChildren(el("div.root", {}, this.launcher, this.panel));
  }

  drawFacts() {
    this.sos.textContent = "";
    inline(this.sos, this.say("emergencyLine"), this);
    this.drawLog();
  }

  /** The whole conversation; not read out, because it is not new. */
  drawLog() {
    const { texts, log, turns, queue } = this, settings = this.server.kept.read().settings || {};
    const own = this.getAttribute("greeting");
    const about = el("p.about", { dir: "auto" }, `${texts.about} `);
    if (this.fact("privacy")) about.append(link(texts.privacy, this.fact("privacy"), texts));
    log.setAttribute("aria-live", "off");
    setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
    log.replaceChildren(about, this.bubble("bot", own || !settings.greeting ? texts.lang : "en",
      ...blocks(own || settings.greeting || texts.greeting, this)), ...turns.map((turn) => this.message(turn)));
    for (const item of queue) log.append(item.node = this.message({ from: "patient", text: item.shown }));
    if (!queue.length) this.offer(turns.length ? turns[turns.length - 1].buttons : settings.greeting_offers);
  }

  bubble(from, lang, ...content) {
    const { texts } = this;
    return el(`div.msg.${from}`, { lang }, el("span.sr", { lang: texts.lang }, `${texts[from]}: `), ...content);
  }

  message(turn) {
    const { texts } = this, { text, links, sources, reviewed } = turn, level = urgency(turn);
    if (turn.from === "patient") return this.bubble("you", "", el("span", { dir: "auto" }, text));
    const node = this.bubble("bot", "en", ...blocks(text, this));
    const more = (links || []).filter((one) => !text.includes(one.url));
    if (more.length) node.append(el("div.links", {}, ...more.map((one) => link(one.title, one.url, texts))));
    if (sources?.length) node.append(el("details", {},
      el("summary", { lang: texts.lang }, texts.sources,
        reviewed ? ` (${this.say("checked", { date: this.month(reviewed) })})` : ""),
      el("ul", {}, ...sources.map((one) => el("li", { dir: "auto" },
        link(one.year ? `${one.title} (${one.year})` : one.title, one.url, texts))))));
    if (!level) return node;
    node.classList.add("card", level);
    if (level !== "soon") node.setAttribute("aria-live", "off"); // the alarm says it
    node.firstChild.after(
      el("h3", { lang: texts.lang }, icon(level === "crisis" ? "phone" : "alert"), texts[level]),
      el("div.calls", { lang: texts.lang }, ...LEVELS[level].filter((name) => this.number(name)).map((name) =>
        el("a.call", { href: dialled(this.number(name)) }, icon("phone"), this.say(name === "phone" ? "callClinic" : "call", 
          { number: this.number(name) })))));
    return node;
  }

  month(text) {
    return /^\d{4}-\d\d/.test(text) ? new Date(`${text.slice(0, 7)}-15`)
      .toLocaleDateString(this.texts.lang, { month: "long", year: "numeric" }) : text;
  }

  offer(buttons) {
    this.log.querySelector(".offers")?.remove();
    if (buttons?.length) this.log.append(el("div.offers", { lang: "en" }, ...buttons.map(({ title, payload }) =>
      el("button", { type: "button", dir: "auto", onclick: () => {
        this.home();
        this.send({ shown: title, payload });
      } }, title))));
  }

  /** A notice with buttons [label, act]; none without a text. */
  note(text, ...buttons) {
    if (this.notice?.contains(this.shadowRoot.activeElement)) this.home();
    this.notice?.remove();
    if (!text) return;
    this.notice = el("div.note", { role: "group", "aria-label": text },
      inline(el("p", { dir: "auto" }), text, this),
      ...buttons.map(([label, onclick]) => el("button", { type: "button", onclick }, label)));
    this.log.append(this.notice);
    this.toEnd();
  }

  writing(on) {
    this.dots?.remove();
    this.status.textContent = on ? this.texts.writing : "";
    this.dots = el("div.msg.typing", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    if (!on) return;
    this.log.append(this.dots);
    this.toEnd();
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; }

  /** On phones, fill what the keyboard leaves free. */
  fit() {
    const view = visualViewport, { panel, small } = this, follow = small.matches && view.scale < 1.01;
    panel.setAttribute("aria-modal", small.matches);
    panel.style.setProperty("--height", follow ? `${view.height}px` : "");
    panel.style.setProperty("--top", follow ? `${view.offsetTop}px` : "");
  }

  keys(event) {
    const { menu, panel, more } = this, { activeElement } = this.shadowRoot;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (menu.hidden) return this.close();
      this.showMenu(false);
      more.focus();
    } else if (event.key === "Tab") {
      const stops = [...(menu.hidden ? panel : menu).querySelectorAll("button,a,textarea,summary,[tabindex='0']")]
        .filter((node) => node.getClientRects().length);
      const first = stops[0], last = stops[stops.length - 1];
      if (event.shiftKey ? activeElement !== first && activeElement !== panel : activeElement !== last) return;
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  showMenu(on) {
    this.menu.hidden = !on;
    this.more.setAttribute("aria-expanded", on);
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
      const outcome = await this.server.deliver(item).catch(() => ({ trouble: "failed" }));
      clearTimeout(slow);
      this.note();
      this.writing(false);
      if (this.queue[0] !== item) continue; // deleted or begun anew meanwhile
      ({ trouble } = outcome);
      if (!trouble) this.queue.shift();
      this.keepQueue();
      if (outcome.replies) this.receive(item, outcome.replies);
      else if (!trouble) this.giveBack(item, outcome.refused);
    }
    this.pumping = false;
    if (trouble) this.note(this.say(trouble), [this.texts.retry, () => this.pump()]);
    else if (this.behind) this.refresh();
  }

  receive(item, replies) {
    const at = new Date().toISOString(), turns = replies.map((reply) => ({ ...reply, from: "bot", at }));
    const nodes = turns.map((turn) => this.message(turn));
    const loud = turns.findIndex((turn) => urgency(turn) && turn.urgency !== "soon");
    this.turns.push({ from: "patient", text: item.shown, at }, ...turns);
    this.server.kept.write({ changed: newId() });
    item.node.after(...nodes);
    if (!this.queue.length) this.offer(turns[turns.length - 1].buttons);
    if (loud >= 0) this.alarm.textContent = nodes[loud].textContent;
    this.dot.hidden = !this.panel.hidden;
    this.log.scrollTop = (nodes[loud] || item.node).offsetTop - 12; // a long answer is read from its start
  }

  giveBack(item, why) {
    item.node.remove();
    this.input.value = [item.text, this.input.value].filter(Boolean).join("\n");
    this.typed();
    this.note(why || this.texts.refused);
  }

  async refresh() {
    const { length } = this.turns;
    try {
      const turns = await this.server.history();
      this.behind = this.pumping || this.turns.length !== length; // a message came between: later then
      if (this.behind) return;
      this.turns = turns;
      this.note();
      this.drawLog();
      if (turns.length) this.toEnd();
      this.behind = this.queue.length > 0; // the server may have had these already
      if (this.behind) this.pump();
    } catch {
      this.behind = true;
      this.note(this.say("historyFailed"), [this.texts.retry, () => this.refresh()]);
    }
  }

  fromOtherTab() {
    const { token, changed } = this.server.kept.read();
    if (!this.started || changed === this.seen) return;
    this.seen = changed;
    if (token) this.refresh();
    else this.clear();
  }

  clear(text) {
    this.turns = [];
    this.queue = [];
    this.keepQueue();
    this.alarm.textContent = "";
    this.note();
    this.drawLog();
    this.note(text);
  }

  restart() {
    this.server.leave();
    this.clear(this.texts.restarted);
    this.home();
  }

  askErase() {
    const { texts } = this;
    this.note(texts.eraseAsk, [texts.eraseYes, () => this.erase()], [texts.eraseNo, () => this.note()]);
    this.notice.lastChild.focus();
  }

  async erase() {
    const { texts } = this;
    this.note();
    try {
      await this.server.erase();
      this.clear(texts.erased);
    } catch {
      this.note(texts.eraseFailed, [texts.retry, () => this.erase()]);
    }
  }

  print() {
    const { texts } = this, paper = window.open("", "_blank", "width=720,height=900");
    if (!paper) return this.note(texts.popUps, [texts.retry, () => this.print()]);
    const page = paper.document, sheet = new paper.CSSStyleSheet();
    sheet.replaceSync(PAPER);
    page.adoptedStyleSheets = [sheet];
    page.documentElement.lang = texts.lang;
    page.title = this.heading || texts.title;
    page.body.replaceChildren(el("h1", {}, page.title), el("p", {}, this.fact("clinic"), " ", this.fact("phone")),
      el("p", {}, texts.transcript, " ", this.say("emergencyLine")));
    for (const { from, at, text, links = [], sources = [] } of this.turns) page.body.append(
      el("h2", {}, from === "bot" ? texts.bot : texts.you, at ? `, ${new Date(at).toLocaleString(texts.lang)}` : ""),
      el("p", { dir: "auto" }, text.replace(/\*\*/g, "")),
      ...[...links, ...sources].map((one) => el("p", { dir: "auto" },
        [one.title, one.year, one.url].filter(Boolean).join(", "))));
    paper.print();
  }
}

if (!customElements.get("backtalk-chat")) customElements.define("backtalk-chat", BacktalkChat);

// A page without the element gets one, with the script's data- attributes.
function addToPage() {
  if (!SCRIPT || document.querySelector("backtalk-chat")) return;
  document.body.append(el("backtalk-chat", SCRIPT.dataset));
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addToPage);
else addToPage();
})();
