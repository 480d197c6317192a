// Drag over free half-hours of one row, or stretch with Shift and an arrow, to choose a longer time. The table is one
// stop of the Tab key, arrows move inside. Without this script each free cell is a link and a stop.
(() => {
  const table = document.querySelector("[data-grid]");
  if (!table) return;
  let from = null,
    to = null;
  const cellOf = (target) =>
    target.closest && target.closest("td") && target.closest("td").querySelector("a.free")
      ? target.closest("td")
      : null;
  const range = () => {
    const cells = [...from.parentElement.children];
    const [a, b] = [cells.indexOf(from), cells.indexOf(to)].sort((x, y) => x - y);
    const part = cells.slice(a, b + 1);
    return part.every((cell) => cell.querySelector("a.free")) ? part : [from];
  };
  const paint = () => {
    table.querySelectorAll(".is-drag").forEach((cell) => cell.classList.remove("is-drag"));
    if (from) range().forEach((cell) => cell.classList.add("is-drag"));
  };
  table.addEventListener("pointerdown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.button !== 0 || event.pointerType === "touch") return;
    from = to = cell;
    event.preventDefault();
    paint();
  });
  table.addEventListener("pointermove", (event) => {
    if (!from) return;
    const cell = cellOf(document.elementFromPoint(event.clientX, event.clientY) || event.target);
    if (cell && cell.parentElement === from.parentElement && cell !== to) {
      to = cell;
      paint();
    }
  });
  const take = () => {
    const chosen = range();
    const url = new URL(chosen[0].querySelector("a.free").href);
    if (chosen.length > 1) url.searchParams.set("minutes", String(chosen.length * 30));
    from = to = null;
    window.location.assign(url);
  };
  window.addEventListener("pointerup", () => {
    if (from) take();
  });
  table.addEventListener("dragstart", (event) => event.preventDefault());

  const linksOf = (row) => [...row.querySelectorAll("a")];
  const rows = [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
  const middle = (link) => {
    const box = link.getBoundingClientRect();
    return (box.left + box.right) / 2;
  };
  const nearest = (row, x) =>
    row && linksOf(row).reduce((a, b) => (Math.abs(middle(b) - x) < Math.abs(middle(a) - x) ? b : a));
  const stop = (link) => {
    table.querySelectorAll("tbody a").forEach((other) => (other.tabIndex = other === link ? 0 : -1));
  };
  const next = (link, key) => {
    const row = link.closest("tr");
    const links = linksOf(row);
    const at = links.indexOf(link);
    if (key === "ArrowRight") return links[at + 1];
    if (key === "ArrowLeft") return links[at - 1];
    if (key === "Home") return links[0];
    if (key === "End") return links[links.length - 1];
    if (key === "ArrowDown") return nearest(rows[rows.indexOf(row) + 1], middle(link));
    return key === "ArrowUp" ? nearest(rows[rows.indexOf(row) - 1], middle(link)) : undefined;
  };
  const stretches = (event) => event.shiftKey && (event.key === "ArrowRight" || event.key === "ArrowLeft");
  table.addEventListener("keydown", (event) => {
    const link = event.target.closest("tbody a");
    if (!link || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && from && from !== to) {
      event.preventDefault();
      take();
      return;
    }
    const other = next(link, event.key);
    if (event.key === "Escape" || (other && !stretches(event))) {
      from = to = null;
      paint();
    }
    if (!other) return;
    event.preventDefault();
    if (stretches(event) && cellOf(link) && cellOf(other)) {
      from = from || cellOf(link);
      to = cellOf(other);
      paint();
    }
    stop(other);
    other.focus();
  });
  table.addEventListener("focusin", (event) => {
    if (event.target.matches("tbody a")) stop(event.target);
  });
  stop(table.querySelector("a.free") || table.querySelector("tbody a"));
})();
