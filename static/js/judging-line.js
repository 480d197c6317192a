// What a judge's device still owes the server: saves that wait, sent in order and each once, and saves that were not
// accepted because another device was faster. Both stand in localStorage: they outlive the page, and all tabs share them.
(() => {
  "use strict";
  const root = document.querySelector("[data-judging]");
  if (!root) return;
  const words = root.dataset;
  const person = words.person;
  const token = document.querySelector("input[name=csrf_token]")?.value;

  const kept = (name, empty) => {
    const key = `judging.${name}.${person}`;
    return {
      key,
      read() {
        try {
          return JSON.parse(localStorage.getItem(key)) || empty();
        } catch {
          return empty();
        }
      },
      write(value) {
        localStorage.setItem(key, JSON.stringify(value));
      },
    };
  };
  const queue = kept("queue", () => []);
  const refused = kept("refused", () => []); // {op, data}: told until the judge has chosen
  const known = kept("known", () => ({})); // what the server is known to have, newer than a page kept by the service worker

  const uuid = () =>
    (crypto.randomUUID
      ? crypto.randomUUID()
      : `${Date.now()}-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`
    ).slice(0, 36);
  const slot = (op) => `${op.assignment}/${op.kind}/${op.criterion || op.name || ""}`;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const listeners = [];
  let offline = navigator.onLine === false;
  let signedOut = false;
  let lastSaved = "";

  // A newer value of the same mark takes the place of one that was never sent. One that was sent stays before it, under
  // its own id: it may have arrived although its answer was lost.
  function put(op) {
    settle(op);
    const list = queue.read();
    const at = list.findIndex((other) => slot(other) === slot(op) && !other.tried);
    const own = { ...op, id: uuid(), tried: false };
    if (at >= 0) list[at] = { ...own, base: list[at].base };
    else list.push(own);
    queue.write(list);
    tell();
    pump();
  }

  function settle(op) {
    refused.write(refused.read().filter((held) => slot(held.op) !== slot(op)));
  }
  function drop(op) {
    queue.write(queue.read().filter((other) => other.id !== op.id));
  }

  function learn(assignment, name, value) {
    const all = known.read();
    all[assignment] = { ...all[assignment], [name]: value };
    known.write(all);
  }

  // -- sending --
  const PATHS = { mark: "marks", text: "texts", submit: "submission" };

  async function send(op) {
    const body =
      op.kind === "mark"
        ? { criterion: op.criterion, points_e2: op.points, base: op.base, client_id: op.id }
        : op.kind === "text"
          ? { name: op.name, text: op.text, base: op.base }
          : { versions: op.versions };
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 15000);
    try {
      return await fetch(`/judging/sheets/${op.assignment}/${PATHS[op.kind]}`, {
        method: "POST",
        signal: controller.signal,
        credentials: "same-origin",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": token || "",
        },
        body: JSON.stringify(body),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function drain() {
    for (let list = queue.read(); list.length; list = queue.read()) {
      const op = list[0];
      if (!op.tried) {
        op.tried = true;
        queue.write(list);
      }
      const answer = await send(op).catch(() => null);
      offline = !answer || answer.status >= 500 || answer.status === 429;
      if (offline) break;
      const data = await answer.json().catch(() => ({}));
      // an answer that is not ours (a sign-in page, the gate of a guest network) has saved nothing
      signedOut = answer.status === 401 || answer.status === 400 || (answer.ok && !data.at);
      if (signedOut) break;
      drop(op);
      if (answer.ok) accepted(op, data);
      else turnedDown(op, data);
      tell();
    }
    tell();
  }

  // One tab of the device sends at a time; the others hear of it through the storage.
  let tail = Promise.resolve();
  const alone = (work) =>
    navigator.locks ? navigator.locks.request(`judging-${person}`, work) : (tail = tail.then(work, work));
  let asked = false;
  function pump() {
    if (asked) return;
    asked = true;
    alone(() => {
      asked = false;
      return drain();
    });
  }

  function accepted(op, data) {
    lastSaved = data.at;
    if (op.kind === "mark") has(op.assignment, op.criterion, data.version, op.points);
    else if (op.kind === "text") {
      learn(op.assignment, op.name, { version: data.version, text: op.text });
      queue.write(
        queue.read().map((other) => (slot(other) === slot(op) ? { ...other, base: op.text } : other)),
      );
    } else {
      learn(op.assignment, "submitted", true);
      learn(op.assignment, "next", data.next);
    }
  }

  /** The server has these points under this version; what waits is put on top of it. */
  function has(assignment, criterion, version, points) {
    learn(assignment, `m${criterion}`, { version, points });
    queue.write(
      queue.read().map((other) => {
        if (other.assignment !== assignment) return other;
        if (other.kind === "mark" && other.criterion === criterion) return { ...other, base: version };
        return other.kind === "submit"
          ? { ...other, versions: { ...other.versions, [criterion]: version } }
          : other;
      }),
    );
  }

  function turnedDown(op, answer) {
    const data = { ...answer.details, ...answer };
    if (data.code !== "stale") {
      hold(op, data);
      return;
    }
    lastSaved = data.time || lastSaved;
    Object.entries(data.marks || {}).forEach(([criterion, [version, points]]) =>
      learn(op.assignment, `m${criterion}`, { version, points }),
    );
    if (op.kind === "text") {
      learn(op.assignment, op.name, { version: data.version, text: data.text });
      hold(op, data);
      return;
    }
    // a sheet handed in on top of an older mark: the question is about that mark
    const points = op.kind === "mark" ? op.points : op.points[data.criterion];
    if (points === data.points_e2) {
      // both devices gave the same: nothing to ask
      has(op.assignment, data.criterion, data.version, points);
      if (op.kind === "submit") put({ ...op, versions: { ...op.versions, [data.criterion]: data.version } });
      return;
    }
    const asked = {
      assignment: op.assignment,
      label: op.label,
      kind: "mark",
      criterion: data.criterion,
      points,
    };
    const before = refused.read().find((held) => slot(held.op) === slot(asked));
    hold({ ...asked, what: op.what || before?.op.what }, data);
  }

  /** The judge goes on typing while the question is open: the newest text is what is asked about. */
  function amend(held, change) {
    refused.write(
      refused
        .read()
        .map((other) =>
          slot(other.op) === slot(held.op) ? { ...other, op: { ...other.op, ...change } } : other,
        ),
    );
  }

  function hold(op, data) {
    settle(op);
    refused.write([...refused.read(), { op, data }]);
  }

  // -- telling --
  const indicator = document.getElementById("luu");
  const net = document.querySelector("[data-net]");
  const notices = document.querySelector("[data-turned-down]");
  const ICONS = {
    "": "bi-check-circle-fill",
    busy: "bi-arrow-repeat",
    pending: "bi-hourglass-split",
    failed: "bi-exclamation-octagon-fill",
  };

  function say(kind, text, icon = ICONS[kind]) {
    if (!indicator) return;
    indicator.className = `saved ${kind}`.trim();
    indicator.querySelector(".bi").className = `bi ${icon}`;
    indicator.querySelector("[data-text]").textContent = text;
  }
  const atFirst = indicator && [
    indicator.className.replace(/\bsaved\b/, "").trim(),
    indicator.querySelector("[data-text]").textContent,
    indicator.querySelector(".bi").className.replace(/^bi /, ""),
  ];

  function state() {
    const waiting = new Set(queue.read().map(slot)).size;
    const open = refused.read().length;
    if (signedOut && waiting) say("failed", words.signin);
    else if (open) say("failed", fill(words.unsaved, { n: open }));
    else if (waiting && offline) say("pending", `${words.pending} ${waiting}`);
    else if (waiting) say("busy", words.busy);
    else if (lastSaved) say("", `${words.saved} ${lastSaved}`);
    else if (atFirst) say(...atFirst);
    if (net) net.hidden = !offline;
  }

  /** Refusals that the page has no place for: another sheet's, and those that cannot be repeated. */
  function list() {
    if (!notices) return;
    const others = refused
      .read()
      .filter(
        ({ op, data }) => data.code !== "stale" || op.assignment !== words.assignment || words.open !== "1",
      );
    notices.replaceChildren(
      ...others.map(({ op, data }) => {
        const box = document.createElement("div");
        box.className = "notice warn mb-3";
        const icon = document.createElement("i");
        icon.className = "bi bi-exclamation-triangle";
        icon.setAttribute("aria-hidden", "true");
        const body = document.createElement("div");
        const text = document.createElement("p");
        text.textContent =
          `${fill(words.refused, { label: op.label || "", what: op.what || "" })} ${data.error || ""}`.trim();
        body.append(
          text,
          data.code === "stale" && op.assignment !== words.assignment ? opens(op) : dismisses(op),
        );
        box.append(icon, body);
        return box;
      }),
    );
  }

  function opens(op) {
    const link = document.createElement("a");
    link.href = `/judging/sheets/${op.assignment}`;
    link.textContent = fill(words.openSheet, { label: op.label || "" });
    return link;
  }

  function dismisses(op) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = words.understood;
    button.onclick = () => {
      settle(op);
      tell();
    };
    return button;
  }

  function tell() {
    state();
    list();
    listeners.forEach((listen) => listen());
  }

  // -- what another device did while this page stood open --
  async function look() {
    if (words.open !== "1" || !words.assignment || document.hidden || offline || queue.read().length) return;
    const answer = await fetch(`/judging/sheets/${words.assignment}/now`, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    }).catch(() => null);
    const data = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!data?.marks || queue.read().length) return;
    const before = known.read()[words.assignment] || {};
    Object.entries(data.marks).forEach(([criterion, [version, points]]) => {
      if (version > (before[`m${criterion}`]?.version || 0))
        learn(words.assignment, `m${criterion}`, { version, points });
    });
    learn(words.assignment, "submitted", data.submitted);
    tell();
  }
  if (navigator.onLine && words.assignment) learn(words.assignment, "submitted", undefined); // the page itself is newer
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  setInterval(look, 20000);

  addEventListener("online", () => {
    offline = false;
    pump();
  });
  addEventListener("offline", () => {
    offline = true;
    tell();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) tell();
  });
  addEventListener("storage", (event) => {
    if ([queue.key, refused.key, known.key].includes(event.key)) tell();
  });
  setInterval(() => {
    if (queue.read().length) pump();
  }, 5000);

  // what was learnt for another person of this device goes; what that person has not sent yet stays
  Object.keys(localStorage)
    .filter((key) => key.startsWith("judging.known.") && key !== known.key)
    .forEach((key) => localStorage.removeItem(key));

  if ("serviceWorker" in navigator && words.worker) {
    navigator.serviceWorker
      .register(words.worker, { scope: "/judging/" })
      .then(() => navigator.serviceWorker.ready)
      .then((registration) => {
        const sheets = [...document.querySelectorAll("[data-sheet]")].map((a) => a.href);
        if (sheets.length && navigator.onLine) registration.active.postMessage({ keep: sheets, person });
      })
      .catch(() => {});
  }

  window.judgingLine = {
    put,
    settle,
    amend,
    tell,
    pump,
    fill,
    say,
    offline: () => offline,
    onChange: (listen) => listeners.push(listen),
    waiting: (assignment) => queue.read().filter((op) => op.assignment === assignment),
    refused: (assignment) =>
      refused.read().filter(({ op, data }) => op.assignment === assignment && data.code === "stale"),
    known: (assignment) => known.read()[assignment] || {},
    forgetNext: (assignment) => learn(assignment, "next", undefined),
  };
  tell();
  pump();
})();
