// What every page shares. Each part adds comfort to something that works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Tables that become rows on phones lose their roles with `display: block`; give them back. */
  function roles(root) {
    for (const table of all("table.to-rows", root)) {
      table.setAttribute("role", "table");
      all("thead, tbody", table).forEach((e) => e.setAttribute("role", "rowgroup"));
      all("tr", table).forEach((e) => e.setAttribute("role", "row"));
      all("td", table).forEach((e) => e.setAttribute("role", "cell"));
      all("th", table).forEach((e) =>
        e.setAttribute("role", e.scope === "col" ? "columnheader" : "rowheader"),
      );
    }
  }

  /** Scroll boxes can be reached by keyboard only while they scroll. */
  function scrollBoxes(root) {
    for (const box of all(".tbl-wrap", root)) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  }

  /** A row of tabs that is wider than the screen shows the tab one is on. */
  function tabInSight(root) {
    for (const tab of all(".tabs [aria-current]", root)) {
      const row = tab.closest(".tabs");
      if (row.scrollWidth > row.clientWidth)
        row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    }
  }

  function show(root) {
    all("[data-theme-toggle][hidden], [data-copy][hidden], [data-print][hidden]", root).forEach((e) => {
      e.hidden = false;
    });
    roles(root);
    scrollBoxes(root);
    tabInSight(root);
  }

  document.addEventListener("click", async (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    for (const menu of all("details[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
    if (target.closest("[data-theme-toggle]")) window.switchTheme();
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[aria-disabled='true']")) event.preventDefault();
    const copy = target.closest("[data-copy]");
    if (copy) await copyText(copy);
  });

  async function copyText(button) {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    const text = "value" in source ? source.value : source.textContent;
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      if (!source.select) return;
      source.select();
      document.execCommand("copy");
    }
    const label = button.querySelector("[data-text]") || button;
    const before = label.textContent;
    label.textContent = button.dataset.done;
    setTimeout(() => {
      label.textContent = before;
    }, 2500);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Leaving a form with typed text: the browser asks. A form says so by data-unsaved.
  const touched = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-unsaved]");
    if (form) touched.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...touched].some((form) => form.isConnected && !form.dataset.saved)) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (question && !form.querySelector("input[name=confirmed]")) {
      if (!window.confirm(question)) {
        event.preventDefault();
        return;
      }
      const yes = document.createElement("input");
      yes.type = "hidden";
      yes.name = "confirmed";
      yes.value = "1";
      form.append(yes);
    }
    touched.delete(form);
    // A second tap on the same button must not send twice; the browser's own "back" brings the page with it enabled.
    if (form.method === "post" && !form.hasAttribute("data-many")) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      setTimeout(() => {
        delete form.dataset.sent;
      }, 4000);
    }
  });
  window.addEventListener("pageshow", () =>
    all("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
    }),
  );

  // A filter that is chosen takes effect at once; without this script its button does it.
  document.addEventListener("change", (event) => {
    const field = event.target.closest && event.target.closest("[data-submit-on-change]");
    if (field && field.form) field.form.requestSubmit();
  });

  // htmx 4: one token for every request of the page.
  document.addEventListener("htmx:config:request", (event) => {
    const token =
      document.querySelector("meta[name=csrf-token]") || document.querySelector("input[name=csrf_token]");
    if (token && event.detail.ctx)
      event.detail.ctx.request.headers["X-CSRFToken"] = token.content || token.value;
  });
  document.addEventListener("htmx:after:swap", () => show(document));

  /** Where sections scroll sideways, the current one is in sight. */
  function showCurrent() {
    for (const here of all(".main-nav [aria-current], .tabs [aria-current]")) {
      const box = here.closest("ul");
      if (box.scrollWidth > box.clientWidth)
        box.scrollLeft = here.offsetLeft - box.offsetLeft - (box.clientWidth - here.offsetWidth) / 2;
    }
  }

  show(document);
  showCurrent();
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
