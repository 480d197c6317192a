// A published table: narrow it while typing; without script the same form asks the server. A long table links each
// school once, in the table of schools; its rows get the same link here.
(() => {
  const rows = [...document.querySelectorAll(".rank-list tbody tr")];
  const schoolOf = (row) => row.cells[row.closest("table").dataset.school];
  const links = new Map(
    [...document.querySelectorAll(".count-list a")].map((a) => [a.textContent, a.getAttribute("href")]),
  );
  for (const row of rows) {
    const name = schoolOf(row).firstChild;
    if (!name || name.nodeType !== Node.TEXT_NODE || !links.has(name.data.trim())) continue;
    const link = document.createElement("a");
    link.href = links.get(name.data.trim());
    name.replaceWith(link);
    link.append(name);
  }

  const form = document.querySelector("[data-filter-rows]");
  if (!form) return;
  const plain = (text) =>
    text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐð]/g, "d")
      .toLowerCase();
  const words = (text) =>
    plain(text)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  // Team, product and school; parts of a number only whole; not rank, points or hour.
  const keys = rows.map((row) =>
    [row.querySelector("th"), schoolOf(row)].flatMap((cell) =>
      [...cell.childNodes].flatMap((n) => words(n.textContent)),
    ),
  );
  const numbers = rows.map((row) =>
    row.closest("table").matches(".is-ranked") ? [] : words(row.cells[0].textContent),
  );
  const count = document.querySelector("[data-filter-count]");
  form.q.addEventListener("input", () => {
    const asked = words(form.q.value);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !asked.every(
        (w, n) =>
          numbers[i].includes(w) || keys[i].some((k) => (n < asked.length - 1 ? k === w : k.startsWith(w))),
      );
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = asked.length ? count.dataset.filterCount.replace("{n}", shown) : "";
  });
})();
