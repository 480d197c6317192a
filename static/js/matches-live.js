// Hall screens and live pages: ask again with the version we have, put in what is new, tick the clocks in between.
(() => {
  "use strict";
  const box = document.querySelector("[data-live]");
  if (!box) return;
  const body = box.querySelector("[data-live-body]");
  const lost = box.querySelector("[data-lost-line]");
  const TURN = 12000;
  const every = Number(box.dataset.every) || 3000;
  let etag = "";
  let offset = Number(box.dataset.now || Date.now()) - Date.now();
  let since = null;

  const clockText = (ms) => {
    const s = Math.ceil(Math.max(0, ms) / 1000);
    return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  };

  function tick() {
    for (const clock of box.querySelectorAll("[data-clock]")) {
      const gone =
        clock.dataset.running === "1" ? Math.max(0, Date.now() + offset - Number(clock.dataset.since)) : 0;
      const left = Math.max(0, Number(clock.dataset.left) - gone);
      const text = "plain" in clock.dataset ? String(Math.ceil(left / 1000)) : clockText(left);
      if (clock.textContent !== text) clock.textContent = text;
    }
  }

  // What does not fit on one screen takes turns, the same page on every screen of the hall.
  function turn() {
    const parts = [...box.querySelectorAll("[data-page]")];
    const pages = Math.max(0, ...parts.map((part) => Number(part.dataset.page))) + 1;
    const page = Math.floor((Date.now() + offset) / TURN) % pages;
    for (const part of parts) part.hidden = Number(part.dataset.page) !== page;
  }

  function connected(ok) {
    if (ok) {
      since = null;
      lost.hidden = true;
      return;
    }
    if (!since) since = new Date();
    lost.hidden = false;
    lost.textContent = `${box.dataset.lost} ${since.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" })}`;
  }

  async function look() {
    try {
      const answer = await fetch(box.dataset.live, {
        headers: etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(8000),
      });
      const now = Number(answer.headers.get("X-Now"));
      if (now) offset = now - Date.now();
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") || "";
        const fresh = await answer.text();
        if (fresh !== look.last) {
          body.innerHTML = fresh;
          look.last = fresh;
          tick();
          turn();
        }
      }
      connected(answer.status === 200 || answer.status === 304);
    } catch {
      connected(false);
    }
    setTimeout(look, every * (0.9 + Math.random() * 0.2));
  }

  setInterval(tick, 200);
  setInterval(turn, 500);
  tick();
  turn();
  setTimeout(look, Math.random() * every);
})();
