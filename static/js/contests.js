// The registration page: rows save themselves, rows and members can be added. Without it the plain form does the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const rows = form.querySelector("[data-rows]");
  const indicator = document.getElementById("saved");
  const icons = {
    draft: "pencil",
    accepted: "check-circle-fill",
    error: "x-octagon-fill",
    returned: "arrow-counterclockwise",
  };
  const signs = {
    "": "check-circle-fill",
    busy: "arrow-repeat",
    failed: "exclamation-octagon-fill",
    none: "dash-circle",
  };
  const keys = new Map(); // a new row's own mark: a save that is sent again makes no second team
  const waiting = new Map();
  const running = new Set();
  let next = Math.max(-1, ...[...form.querySelectorAll("[data-row]")].map(numberOf)) + 1;

  function numberOf(row) {
    const field = row.querySelector("[data-entry]");
    return Number(field.name.split("-")[1]);
  }

  function say(kind, text) {
    indicator.className = `saved ${kind}`.trim();
    indicator.querySelector("i").className = `bi bi-${signs[kind]}`;
    indicator.querySelector("[data-text]").textContent = text;
  }

  function fill(place, text) {
    place.hidden = !text;
    place.querySelector("[data-text]").textContent = text || "";
  }

  /** Sentences at their fields, the row's state and its small line. */
  function show(row, answer) {
    const prefix = `rows-${numberOf(row)}-`;
    for (const box of row.querySelectorAll("[data-field]")) {
      const input = box.querySelector("input");
      let name = input.name.slice(prefix.length);
      if (name === "coach_phone") name = "coach_contact";
      const text = (answer.errors[name] || []).join(" ");
      fill(box.querySelector("[data-error]"), text);
      input.classList.toggle("is-invalid", Boolean(text));
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    for (const place of row.querySelectorAll("[data-row-error]"))
      fill(place, (answer.errors[place.dataset.rowError] || []).join(" "));
    for (const line of row.querySelectorAll("[data-line]")) line.remove();
    fill(row.querySelector("[data-refused]"), "");
    const state = row.querySelector("[data-state]");
    const mark = document.createElement("span");
    mark.className = `state st-${answer.state.kind}`;
    const icon = document.createElement("i");
    icon.className = `bi bi-${icons[answer.state.kind]}`;
    icon.setAttribute("aria-hidden", "true");
    mark.append(icon, answer.state.word);
    state.replaceChildren(mark);
    row.classList.toggle("has-error", answer.state.kind === "error");
    row.querySelector("[data-sub]").textContent = answer.sub;
    forgetCounts();
  }

  /** How many teams are ready was counted when the page was made: a row saved since says so itself. */
  function forgetCounts() {
    for (const counts of document.querySelectorAll("[data-counts]")) counts.replaceChildren();
    const send = document.querySelector("[data-submit]");
    if (send) send.textContent = send.dataset.any;
  }

  async function save(row) {
    if (running.has(row)) {
      later(row);
      return;
    }
    running.add(row);
    say("busy", form.dataset.busy);
    const body = new FormData();
    for (const field of row.querySelectorAll("input[name], select[name]"))
      body.append(field.name, field.value);
    if (!row.querySelector("[data-entry]").value) body.append(`rows-${numberOf(row)}-key`, keyOf(row));
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrf_token]").value },
      });
      const answer = await response.json();
      if (!response.ok) {
        fill(row.querySelector("[data-refused]"), answer.error);
        say("failed", answer.error);
        if (response.status >= 500) later(row, 8000);
      } else if (answer.entry_id) {
        row.querySelector("[data-entry]").value = answer.entry_id;
        row.querySelector("[data-version]").value = answer.version;
        show(row, answer);
        say("", `${form.dataset.done} ${answer.saved}`);
        if (!waiting.size) form.dataset.saved = "1";
      } else {
        say("none", form.dataset.nothing);
      }
    } catch {
      say("failed", form.dataset.failed);
      later(row, 8000);
    } finally {
      running.delete(row);
    }
  }

  function keyOf(row) {
    if (!keys.has(row)) {
      const bytes = crypto.getRandomValues(new Uint8Array(12));
      keys.set(row, [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(""));
    }
    return keys.get(row);
  }

  // The whole form carries the marks too, for a row whose save is still on its way.
  form.addEventListener("formdata", (event) => {
    for (const [row, key] of keys) {
      if (row.isConnected && !row.querySelector("[data-entry]").value)
        event.formData.append(`rows-${numberOf(row)}-key`, key);
    }
  });

  // The line is back: what waits is saved at once.
  window.addEventListener("online", () => {
    for (const row of [...waiting.keys()]) later(row, 0);
  });

  function later(row, delay = 1200) {
    clearTimeout(waiting.get(row));
    waiting.set(
      row,
      setTimeout(() => {
        waiting.delete(row);
        save(row);
      }, delay),
    );
  }

  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    delete form.dataset.saved;
    if (event.target.name.endsWith("-team_name"))
      row.querySelector("[data-name]").textContent = event.target.value;
    later(row);
  });

  // A plain submit must not race with a save that is under way: wait for it, then send.
  form.addEventListener("submit", (event) => {
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
    if (!running.size) return;
    event.preventDefault();
    const button = event.submitter;
    const timer = setInterval(() => {
      if (running.size) return;
      clearInterval(timer);
      delete form.dataset.sent;
      form.requestSubmit(button);
    }, 100);
  });

  function renumber(root, from, to) {
    for (const element of root.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const name of ["name", "id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(from, to));
      }
    }
  }

  document.querySelector("[data-add-row]")?.addEventListener("click", (event) => {
    event.preventDefault();
    const row = document.getElementById("new-row").content.querySelector("[data-row]").cloneNode(true);
    renumber(row, "rows-9999-", `rows-${next++}-`);
    row.querySelector("[data-no]").textContent = rows.children.length + 1;
    row.open = true;
    rows.append(row);
    document.querySelector(".actionbar").hidden = false;
    wake(row);
    row.querySelector("input:not([type=hidden])").focus();
  });

  function wake(root) {
    for (const button of root.querySelectorAll("[data-remove-member], [data-add-member]"))
      button.hidden = false;
  }

  form.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-member]");
    if (remove) {
      const member = remove.closest("[data-member]");
      const row = member.closest("[data-row]");
      for (const input of member.querySelectorAll("input")) input.value = "";
      delete form.dataset.saved;
      later(row, 200);
      member.querySelector("input").focus();
      return;
    }
    const add = event.target.closest("[data-add-member]");
    if (!add) return;
    const box = add.closest("[data-row]").querySelector("[data-members]");
    const members = box.querySelectorAll("[data-member]");
    if (members.length >= Number(box.dataset.most)) {
      members[members.length - 1].querySelector("input").focus();
      return;
    }
    const last = members[members.length - 1];
    const copy = last.cloneNode(true);
    const index = members.length;
    renumber(copy, `-members-${index - 1}-`, `-members-${index}-`);
    const legend = copy.querySelector("legend");
    legend.textContent = legend.textContent.replace(/\d+.*/, String(index + 1));
    const spoken = copy.querySelector("[data-remove-member] .visually-hidden");
    spoken.textContent = spoken.textContent.replace(/\d+/, String(index + 1));
    for (const input of copy.querySelectorAll("input")) {
      input.value = "";
      input.classList.remove("is-invalid");
    }
    for (const error of copy.querySelectorAll("[data-error]")) fill(error, "");
    for (const line of copy.querySelectorAll("[data-line]")) line.remove();
    box.append(copy);
    copy.querySelector("input").focus();
  });

  // A link of the summary opens the row that holds its field.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.notice a[href^="#rows-"]');
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.closest("details").open = true;
    field.focus();
  });

  wake(form);
})();
