// The referee's phone. Every tap becomes an event with an id of its own, is kept on the device, and sent until the
// server has said that it is safe. Nothing typed is lost by a lost line, a closed page or a second sending.
(() => {
  "use strict";
  const page = document.body;
  const taps = document.querySelector("[data-taps]");
  if (!page.dataset.match) return;
  const game = JSON.parse(page.dataset.game);
  const words = JSON.parse(page.dataset.words);
  const KEY = `match-events-${page.dataset.match}`;
  const MINE = `match-mine-${page.dataset.match}`;
  let server = JSON.parse(page.dataset.start);
  let offset = Number(page.dataset.now) - Date.now();
  let clocks = []; // the last looks at the server's clock
  let queue = JSON.parse(localStorage.getItem(KEY) || "[]");
  const mine = new Set(JSON.parse(localStorage.getItem(MINE) || "[]")); // taps of this phone, to be taken back before others'
  let etag = "";
  let sending = false;

  const find = (selector) => document.querySelector(selector);
  const keep = () => localStorage.setItem(KEY, JSON.stringify(queue));
  const newId = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(
          "",
        );
  const clockText = (ms) => {
    const s = Math.ceil(Math.max(0, ms) / 1000);
    return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  };

  /** What `now` in an answer says of this phone's clock. The quickest of the last looks is the truest: a slow line adds to it. */
  function fit(now, asked) {
    if (!now) return;
    const answered = Date.now();
    clocks = [
      ...clocks.slice(-11),
      { took: answered - asked, offset: Math.round(now - (asked + answered) / 2) },
    ];
    offset = clocks.reduce((best, one) => (one.took <= best.took ? one : best)).offset;
  }

  /** An answer that was overtaken by a newer one says nothing new. */
  function learn(got) {
    if (got.version >= server.version) server = got;
  }

  function add(event) {
    const fresh = { id: newId(), at: Date.now(), ...event };
    queue.push(fresh);
    keep();
    mine.add(fresh.id);
    localStorage.setItem(MINE, JSON.stringify([...mine].slice(-200)));
    show();
    if (navigator.vibrate) navigator.vibrate(15);
    send();
  }

  /** What counts as far as this phone knows: the server's counts and what is still waiting here. */
  function counted() {
    const undone = new Set(queue.filter((e) => e.kind === "undo").map((e) => e.undoes));
    const score = [...server.score];
    const counts = server.counts.map((c) => ({ ...c }));
    const last = server.last.filter((e) => !undone.has(e.id));
    const apply = (e, sign) => {
      const action = game.actions[e.code];
      if (!action || e.side === null || e.side === undefined) return;
      score[e.side] += sign * action.points;
      score[1 - e.side] += sign * action.gives;
      counts[e.side][e.code] = (counts[e.side][e.code] || 0) + sign;
    };
    for (const e of server.last) if (undone.has(e.id)) apply(e, -1);
    for (const e of queue) {
      if (e.kind !== "tap" || undone.has(e.id)) continue;
      apply(e, 1);
      last.unshift(e);
    }
    const only = page.dataset.only; // a referee of one side takes back only what was recorded for it
    const may = only ? last.filter((e) => String(e.side) === only) : last;
    const tapped = [...mine]; // in the order of the fingers, whenever the line brought them
    const own = page.dataset.head
      ? []
      : may.filter((e) => mine.has(e.id)).sort((a, b) => tapped.indexOf(b.id) - tapped.indexOf(a.id));
    return { score, counts, last: own.length ? own : may };
  }

  function show() {
    const now = counted();
    now.score.forEach((points, side) => {
      const at = find(`[data-points="${side}"]`);
      if (at) at.textContent = points;
    });
    for (const at of document.querySelectorAll("[data-count]")) {
      const [side, code] = at.dataset.count.split(":");
      const n = now.counts[side][code] || 0;
      at.textContent = n || (at.parentElement.tagName === "SMALL" ? 0 : "");
    }
    const undo = find("[data-undo]");
    if (undo) {
      const e = now.last[0];
      undo.dataset.id = e ? e.id : "";
      undo.toggleAttribute("aria-disabled", !e);
      if (!e) undo.setAttribute("aria-disabled", "true");
      find("[data-undo-text]").textContent = e
        ? `${words.undo} ${e.side === 0 ? words.red : words.blue} ${short(e.code)}`
        : words.none;
    }
    const review = find("[data-review]");
    if (review) review.hidden = server.state !== "review";
    const reopen = find("[data-reopen]");
    if (reopen) reopen.hidden = !server.end;
    const label = find("[data-label]");
    if (label) label.textContent = server.label;
    const saved = find("[data-saved]");
    saved.className = queue.length ? "saved pending" : "saved";
    saved.querySelector("i").className = `bi bi-${queue.length ? "hourglass-split" : "check-circle-fill"}`;
    const time = new Date().toLocaleTimeString("vi-VN", {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "Asia/Ho_Chi_Minh",
    });
    const text = queue.length ? `${words.pending} ${queue.length}` : `${words.sent} ${time}`;
    const line = find("[data-saved-text]");
    if (line.textContent !== text) line.textContent = text;
    tick();
  }

  function tick() {
    const clock = server.clock;
    const gone = clock.running ? Math.max(0, Date.now() + offset - clock.since) : 0;
    const time = find("[data-time]");
    if (time) time.textContent = clockText(clock.left - gone);
    const box = find("[data-shot-box]");
    if (box) {
      box.hidden = !clock.shot;
      find("[data-shot]").textContent = Math.ceil(Math.max(0, clock.shot - gone) / 1000);
    }
    for (const side of [0, 1]) {
      const at = find(`[data-ball="${side}"]`);
      if (at) at.textContent = clock.possession === side ? ` · ${words.ball}` : "";
    }
  }

  function short(code) {
    const action = game.actions[code];
    if (!action) return game.special || "";
    return action.points > 0 ? `+${action.points}` : action.label;
  }

  function note(text) {
    const line = find("[data-note]");
    if (!line) return;
    line.hidden = !text;
    line.textContent = text;
    if (text && navigator.vibrate) navigator.vibrate([60, 40, 60]);
  }

  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    const batch = queue.slice(0, 100);
    const asked = Date.now();
    try {
      const answer = await fetch(page.dataset.events, {
        method: "POST",
        signal: AbortSignal.timeout(8000),
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": page.dataset.csrf,
          Accept: "application/json",
        },
        body: JSON.stringify({ now: asked, offset: clocks.length ? offset : null, events: batch }),
      });
      if (answer.ok) {
        const got = await answer.json();
        const known = new Set([...got.saved, ...Object.keys(got.held), ...Object.keys(got.refused)]);
        queue = queue.filter((e) => !known.has(e.id));
        keep();
        const changed = got.state !== server.state && ["proposed", "confirmed"].includes(got.state);
        learn(got);
        fit(got.now, asked);
        etag = "";
        note(
          [...Object.values(got.refused), ...Object.values(got.held), ...Object.values(got.notes)].join(" "),
        );
        if (changed) location.reload();
      } else if (answer.status === 401 || answer.status === 400) {
        note(words.signin);
      } else if (answer.status < 500) {
        const got = await answer.json().catch(() => ({}));
        note(got.error || got.message || String(answer.status));
      }
    } catch {
      /* the line is lost: the queue stays and is sent again */
    }
    sending = false;
    show();
  }

  async function look() {
    if (queue.length) {
      await send();
      return;
    }
    const asked = Date.now();
    try {
      const answer = await fetch(page.dataset.state, {
        headers: { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) },
        cache: "no-store",
        signal: AbortSignal.timeout(8000),
      });
      fit(Number(answer.headers.get("X-Now")), asked);
      if (answer.status !== 200) return;
      const before = server.state;
      etag = answer.headers.get("ETag") || "";
      learn(await answer.json());
      const early = ["scheduled", "called"],
        late = ["proposed", "confirmed", "cancelled"];
      if (before !== server.state && (early.includes(before) || late.includes(server.state))) {
        location.reload();
        return;
      }
      show();
    } catch {
      /* shown by the queue, if there is one */
    }
  }

  document.addEventListener("click", (event) => {
    const target =
      event.target instanceof Element
        ? event.target.closest("[data-tap], [data-clock-do], [data-undo], [data-special]")
        : null;
    if (!target) return;
    event.preventDefault();
    if (target.dataset.tap) {
      const [side, code] = target.dataset.tap.split(":");
      add({ kind: "tap", side: Number(side), code });
    } else if (target.dataset.clockDo) {
      const [kind, value] = target.dataset.clockDo.split(":");
      if (kind === "start") add({ kind, code: value });
      else if (kind === "adjust") add({ kind, value: Number(value) });
      else if (kind === "reopen") {
        if (!server.end) return;
        add({ kind: "undo", undoes: server.end.id });
        add({ kind: "pause", at: server.end.at - offset });
      } else if (kind === "possession") add({ kind, side: Number(value) });
      else add({ kind });
    } else if (target.dataset.special !== undefined) {
      const clock = server.clock;
      const played = clock.running ? Date.now() + offset - clock.since : 0;
      add({
        kind: "special",
        side: Number(target.dataset.special),
        value: Math.max(1, Math.round((total(clock) - clock.left + played) / 100)),
      });
    } else if (target.dataset.id) {
      add({ kind: "undo", undoes: target.dataset.id });
    }
  });

  const total = (clock) => (game.lengths[clock.phase] || 0) * 1000;

  addEventListener("online", send);
  setInterval(look, 1500);
  setInterval(tick, 200);
  if (taps || queue.length) show();
  look();
})();
