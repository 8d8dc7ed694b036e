// Asks about cookies, remembers the answer in one cookie, and runs what was agreed to: nothing tagged runs before.
(() => {
  "use strict";
  const me = document.currentScript, page = document.documentElement, NAME = "kigen_consent";
  const at = path => new URL(path, me.src).href;
  let config, held, words, panel, group, reason, live, opener, timer, hasRun, fresh, running = Promise.resolve();

  const read = () => {
    try {
      const one = JSON.parse(decodeURIComponent(document.cookie.match(/(?:^|; )kigen_consent=([^;]*)/)[1]));
      return one.t > 0 && [one.y, one.q].every(Array.isArray) ? one : null;
    } catch { return null; }
  };
  const put = (name, value, rest) => { document.cookie = `${name}=${value};path=/;samesite=lax${rest}`; };
  const write = () => {
    if (held && !held.q.length && !held.y.length) delete held.i; // who refused is not to be told from others
    put(NAME, held ? encodeURIComponent(JSON.stringify(held)) : "",
      `;max-age=${held ? config.months * 2678400 : 0}${location.protocol === "https:" ? ";secure" : ""}`);
  };

  const isSignal = () => config.signal || navigator.globalPrivacyControl === true;
  const isOld = () => {
    const end = new Date(held.t), day = end.getDate();
    end.setMonth(end.getMonth() + config.months);
    if (end.getDate() < day) end.setDate(0);
    return Date.now() >= end || held.t > Date.now() + 864e5;
  };
  const why = () => { // for which reason is this person to be asked? "" for none
    if (isSignal() && !(held && held.y.length)) return "";
    if (!held) return "first";
    if (held.v < config.since || held.f !== config.tools) return "changed";
    return isOld() ? "old" : isSignal() && !held.g ? "conflict" : "";
  };
  const granted = () => held && !why() ? held.y : [];

  const address = text => {
    const one = new URL(text, document.baseURI);
    return /^https?:$/.test(one.protocol) ? one.href : "about:blank";
  };
  const runOne = tag => new Promise(done => {
    const { kigen, src, type } = tag.dataset;
    if (!granted().includes(kigen)) return done();
    if (tag.localName === "iframe") { tag.src = address(src); return done(); }
    // Markup that somebody smuggled in has no nonce of this page: it must not gain one here.
    if (me.nonce && tag.nonce !== me.nonce) return done();
    const made = document.createElement("script");
    for (const { name, value } of tag.attributes)
      if (!/^(type|nonce|data-(kigen|src|type))$/.test(name)) made.setAttribute(name, value);
    if (tag.nonce) made.nonce = tag.nonce;
    if (type) made.type = type;
    made.async = tag.hasAttribute("async");
    made.onload = made.onerror = done;
    if (src) made.src = address(src); else made.text = tag.text;
    hasRun = true;
    tag.replaceWith(made);
    if (!src || made.async) done();
  });
  const run = () => {
    document.dispatchEvent(new CustomEvent("kigen:consent", { detail: granted() }));
    const tags = "iframe[data-kigen][data-src]:not([src]),script[data-kigen][type='text/plain']";
    for (const tag of document.querySelectorAll(tags)) running = running.then(() => runOne(tag));
  };
  const stop = ended => {
    for (const { key, cookies } of config.purposes) {
      if (!ended.includes(key)) continue;
      for (const frame of document.querySelectorAll(`iframe[data-kigen="${key}"]`)) frame.removeAttribute("src");
      for (const pair of document.cookie.split("; ")) {
        const name = pair.split("=")[0];
        if (!cookies.some(one => one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one)) continue;
        put(name, "", ";max-age=0");
        for (let host = location.hostname; host.includes("."); host = host.slice(host.indexOf(".") + 1))
          put(name, "", `;max-age=0;domain=${host}`);
      }
    }
    if (hasRun) location.reload(); // a script that runs can be ended in no other way
  };

  // Who is signed in at a later page may be somebody else than who chose.
  const send = async (wait = 5e3) => {
    clearTimeout(timer);
    const one = held && held.q[0];
    if (!one) return;
    try {
      const { ok, status } = await fetch(at("cookies/choice"), {
        method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          visitor: held.i, stamp: one.t, ago: Math.max(0, Date.now() - one.t), version: one.v, language: one.l,
          purposes: one.p, signal: !!one.g, client: one.t === fresh ? me.dataset.client : null,
        }),
      });
      if (!ok && ![400, 409, 413, 415].includes(status)) throw status;
      held = read() || held; // another tab may have gone on meanwhile
      held.q = held.q.filter(other => other.t !== one.t);
      if (!ok && held.y.length) held = null; // what nobody can prove is asked again
      write();
      send();
    } catch { if (wait < 1e6) timer = setTimeout(send, wait, wait * 4); }
  };
  const choose = yes => {
    const before = held ? held.y : [], p = {};
    for (const { key } of config.purposes)
      p[key] = yes.includes(key) ? "given" : before.includes(key) ? "withdrawn" : "refused";
    const now = { t: fresh = Date.now(), v: config.version, g: +isSignal() };
    const i = held && held.i || Array.from(crypto.getRandomValues(new Uint8Array(16)), one => (256 + one).toString(16).slice(1)).join("");
    held = { i, ...now, f: config.tools, y: yes, q: [...(held ? held.q : []), { ...now, l: config.language, p }].slice(-5) };
    write();
    close(words.saved);
    send();
    stop(before.filter(key => !yes.includes(key)));
    run();
  };

  const el = (name, given, ...inside) => {
    const made = document.createElement(name);
    for (const key in given) if (key === "onclick") made.onclick = given[key]; else made.setAttribute(key, given[key]);
    made.append(...inside);
    return made;
  };
  const close = said => {
    panel.hidden = true;
    page.style.scrollPaddingBottom = "";
    live.textContent = said;
    if (opener) opener.focus();
    opener = null;
  };
  const open = (code, isOpened) => {
    if (!panel) build();
    reason.textContent = words[code] || "";
    reason.hidden = !words[code];
    for (const box of group.querySelectorAll("input")) box.checked = granted().includes(box.name);
    detail(isOpened);
    panel.hidden = false;
    page.style.scrollPaddingBottom = `${panel.offsetHeight}px`; // what has the focus is never behind the panel
    if (isOpened) panel.focus(); else setTimeout(() => { if (!panel.hidden) live.textContent = words.asked; }, 500);
  };
  const detail = isShown => {
    group.hidden = panel.querySelector(".save").hidden = !isShown;
    panel.querySelector(".choose").hidden = isShown;
  };
  const build = () => {
    const all = config.purposes.map(one => one.key), root = el("kigen-consent", { lang: config.language });
    const shadow = root.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    const button = (text, kind, onclick) => el("button", { type: "button", class: kind, onclick }, text);
    sheet.replaceSync(config.style);
    shadow.adoptedStyleSheets = [sheet];
    live = el("p", { role: "status", class: "live" });
    reason = el("p", { class: "reason" });
    group = el("div", { role: "group", "aria-label": words.purposes, id: "group" },
      el("p", {}, words.necessary),
      ...config.purposes.map(({ key, name, uses, by }) => el("label", {},
        el("input", { type: "checkbox", name: key }), el("span", {}, el("b", {}, name), el("small", {}, uses), el("small", {}, by)))));
    panel = el("section", { role: "dialog", "aria-labelledby": "title", "aria-describedby": "lead", tabindex: -1, hidden: "" },
      el("h2", { id: "title" }, words.title), reason,
      el("p", { id: "lead" }, words.lead),
      el("p", {}, el("a", { href: at(config.notice) }, words.notice), el("a", { href: at("tools?language=" + config.language) }, words.tools)),
      group,
      el("div", { class: "row" },
        button(words.refuse, "", () => choose([])),
        button(words.accept, "", () => choose(all)),
        button(words.choose, "choose", () => { detail(true); group.querySelector("input").focus(); }),
        button(words.save, "save", () => choose([...group.querySelectorAll(":checked")].map(one => one.name)))));
    panel.onkeydown = event => { if (event.key === "Escape") close(""); };
    shadow.append(live, panel);
    document.body.prepend(root);
  };

  const start = async () => {
    const language = me.dataset.language || page.lang || navigator.language;
    try { config = await (await fetch(at("cookies.json?language=" + encodeURIComponent(language)))).json(); } catch { return; }
    if (!config.purposes) return console.warn("kigen: " + config.why);
    words = config.words;
    held = read();
    document.addEventListener("click", event => {
      const one = event.target.closest && event.target.closest("[data-kigen-open]");
      if (!one) return;
      event.preventDefault();
      opener = one;
      open(why() || (isSignal() ? "signal" : ""), true);
    });
    addEventListener("online", () => send());
    if (why()) open(why());
    run();
    send();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
