// Files go in pieces with progress and go on where a lost line stopped. Without it the plain form sends the whole file.
(() => {
  "use strict";
  const PIECE = 256 * 1024;
  const wait = (ms) =>
    new Promise((done) => {
      setTimeout(done, ms);
    });

  /** The same file of the same form has the same id, also after the page was closed. */
  async function idOf(file, kind) {
    const text = `${kind}|${file.name}|${file.size}|${file.lastModified}|${location.pathname}`;
    const bytes = new TextEncoder().encode(text);
    let a = 2166136261;
    let b = 5381;
    for (const byte of bytes) {
      a = Math.imul(a ^ byte, 16777619) >>> 0;
      b = (Math.imul(b, 33) + byte) >>> 0;
    }
    return a.toString(16).padStart(8, "0") + b.toString(16).padStart(8, "0");
  }

  async function send(form, file) {
    const status = form.querySelector("[data-status]");
    const box = form.querySelector("[data-progress]");
    const bar = box.querySelector("progress");
    const kind = form.dataset.kind;
    const address = form.dataset.upload + (await idOf(file, kind));
    const token = form.querySelector("[name=csrf_token]").value;
    box.hidden = false;
    let at = null;
    for (;;) {
      try {
        if (at === null)
          at = (await (await fetch(address, { headers: { Accept: "application/json" } })).json()).received;
        const query = new URLSearchParams({ start: at, total: file.size, kind, name: file.name });
        const response = await fetch(`${address}?${query}`, {
          method: "POST",
          body: file.slice(at, at + PIECE),
          headers: {
            "Content-Type": "application/octet-stream",
            Accept: "application/json",
            "X-CSRFToken": token,
          },
        });
        const answer = await response.json();
        if (!response.ok) {
          status.textContent = answer.error;
          box.hidden = true;
          return;
        }
        at = answer.received;
        bar.value = Math.round((100 * at) / file.size);
        status.textContent = `${bar.value} %`;
        if (answer.file_id) {
          status.textContent = form.dataset.done;
          location.reload();
          return;
        }
      } catch {
        status.textContent = form.dataset.failed;
        at = null;
        await wait(3000);
      }
    }
  }

  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener(
      "submit",
      (event) => {
        const file = form.querySelector("input[type=file]").files[0];
        if (!file || !file.size) return;
        event.preventDefault();
        event.stopPropagation();
        send(form, file);
      },
      true,
    );
  }
})();
