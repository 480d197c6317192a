// Dragging a match on the grid of the schedule: it fills the form of a move and asks for the consequences first.
(() => {
  "use strict";
  const grid = document.querySelector("[data-plan-grid]");
  const form = document.querySelector("[data-plan-form]");
  if (!grid || !form) return;
  let held = null;
  let over = null;

  const slotAt = (event) =>
    document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-slot-court]");

  function mark(cell) {
    if (over === cell) return;
    over?.classList.remove("is-over");
    over = cell;
    over?.classList.add("is-over");
  }

  function fill(code, cell) {
    form.elements.match.value = code;
    if (!cell) return;
    form.elements.court.value = cell.dataset.slotCourt;
    form.elements.start.value = cell.dataset.slotStart;
  }

  grid.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-move]");
    if (!handle || event.button !== 0) return;
    held = { code: handle.dataset.move, from: handle.closest("[data-slot-court]"), handle };
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("is-held");
  });
  grid.addEventListener("pointermove", (event) => {
    if (!held) return;
    event.preventDefault();
    if (event.clientY > innerHeight - 40) scrollBy(0, 24);
    else if (event.clientY < 40) scrollBy(0, -24);
    mark(slotAt(event));
  });
  const drop = (event) => {
    if (!held) return;
    const { code, from, handle } = held;
    const cell = event.type === "pointerup" ? slotAt(event) : null;
    handle.classList.remove("is-held");
    mark(null);
    held = null;
    if (!cell || cell === from) return;
    fill(code, cell);
    form.requestSubmit();
  };
  grid.addEventListener("pointerup", drop);
  grid.addEventListener("pointercancel", drop);
  // With the keyboard (or a plain click) the match is chosen in the form, where court and time are typed.
  grid.addEventListener("click", (event) => {
    const handle = event.target.closest("[data-move]");
    if (!handle) return;
    fill(handle.dataset.move, handle.closest("[data-slot-court]"));
    form.elements.court.focus();
    form.scrollIntoView({ block: "center" });
  });
})();
