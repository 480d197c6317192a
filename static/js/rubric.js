// While a rubric is built: rows are added, moved and dropped, and the total and an example sheet follow.
(() => {
  "use strict";
  const form = document.querySelector("[data-rubric]");
  if (!form) return;
  const rows = () => [...form.querySelectorAll("[data-row]")];
  const input = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const number = (field) => Number((field?.value || "").trim().replace(",", ".")) || 0;
  const text = (n) => n.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });

  // Names, ids and labels carry the place of the row: the form is read by them.
  function renumber() {
    rows().forEach((row, index) => {
      row.querySelector("[data-number]").textContent = String(index + 1);
      row.querySelectorAll("[name], [id], [for], [aria-describedby]").forEach((e) => {
        for (const key of ["name", "id", "for", "aria-describedby"]) {
          const value = e.getAttribute(key);
          if (value) e.setAttribute(key, value.replaceAll(/criteria-\d+-/g, `criteria-${index}-`));
        }
      });
      row.querySelector("[data-up]").disabled = index === 0;
      row.querySelector("[data-down]").disabled = index === rows().length - 1;
    });
  }

  function worth(row) {
    const most = number(input(row, "max_points"));
    const step = number(input(row, "step")) || 1;
    const weight = number(input(row, "weight")) || 1;
    const points = Math.min(most, Math.round((most * 0.8) / step) * step);
    const english = document.documentElement.lang === "en" ? input(row, "name_en").value.trim() : "";
    return { name: english || input(row, "name").value.trim(), most: most * weight, weight, points };
  }

  function example(named) {
    const body = document.querySelector("[data-example-rows]");
    body.replaceChildren(
      ...named.map((w) => {
        const line = document.createElement("tr");
        for (const [tag, value] of [
          ["th", w.name],
          ["td", text(w.points)],
          ["td", text(w.weight)],
          ["td", text(w.points * w.weight)],
        ]) {
          const cell = document.createElement(tag);
          cell.textContent = value;
          if (tag === "th") cell.scope = "row";
          else cell.className = "n";
          line.append(cell);
        }
        return line;
      }),
    );
    const total = named.reduce((sum, w) => sum + w.most, 0);
    const got = named.reduce((sum, w) => sum + w.points * w.weight, 0);
    document.querySelector("[data-example-total]").textContent = `${text(got)} / ${text(total)}`;
    document.querySelector("[data-example]").hidden = !named.length;
    return total;
  }

  function update() {
    const all = rows().map(worth);
    const total = example(all.filter((w) => w.name && w.most));
    document.querySelector("[data-rubric-total]").textContent = text(total);
    rows().forEach((row, i) => {
      const share = row.querySelector("[data-share]");
      share.textContent = all[i].name && total ? `${Math.round((all[i].most / total) * 100)} %` : "";
    });
  }

  function spare() {
    const row = rows().at(-1).cloneNode(true);
    row.querySelectorAll("input").forEach((e) => {
      e.value = "";
      e.removeAttribute("aria-invalid");
      e.classList.remove("is-invalid");
    });
    row.querySelectorAll(".invalid-feedback").forEach((e) => e.remove());
    row.querySelectorAll("select").forEach((e) => {
      e.selectedIndex = 0;
    });
    row.querySelectorAll("details").forEach((e) => {
      e.open = false;
    });
    row.querySelector("[data-spare-note]")?.remove();
    return row;
  }

  form.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.target.closest("[data-add-row] button")) {
      const made = spare();
      rows().at(-1).after(made);
      renumber();
      input(made, "name").focus();
    } else if (row && event.target.closest("[data-up]")) {
      row.previousElementSibling?.matches("[data-row]") && row.previousElementSibling.before(row);
      renumber();
      row.querySelector("[data-up]").focus();
    } else if (row && event.target.closest("[data-down]")) {
      row.nextElementSibling?.matches("[data-row]") && row.nextElementSibling.after(row);
      renumber();
      row.querySelector("[data-down]").focus();
    } else if (row && event.target.closest("[data-drop]")) {
      const next = row.nextElementSibling?.matches("[data-row]")
        ? row.nextElementSibling
        : row.previousElementSibling;
      if (rows().length === 1)
        row.querySelectorAll("input").forEach((e) => {
          e.value = "";
        });
      else row.remove();
      renumber();
      if (next?.matches("[data-row]")) input(next, "name").focus();
    } else return;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.querySelectorAll("[data-row-tools], [data-add-row]").forEach((e) => {
    e.hidden = false;
  });
  form.addEventListener("input", update);
  renumber();
  update();
})();
