// Drag over free half-hours of one row to choose a longer time. Without this script each free cell is a link.
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
  window.addEventListener("pointerup", () => {
    if (!from) return;
    const chosen = range();
    const url = new URL(chosen[0].querySelector("a.free").href);
    if (chosen.length > 1) url.searchParams.set("minutes", String(chosen.length * 30));
    from = to = null;
    window.location.assign(url);
  });
  table.addEventListener("dragstart", (event) => event.preventDefault());
})();
