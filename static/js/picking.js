// Ticks of a list: all at once, and how many there are. Without it a link ticks the page and the server counts.
(() => {
  "use strict";
  const boxes = (form) => [...form.querySelectorAll("input[type=checkbox][name]")];

  function count(form) {
    const ticked = boxes(form).filter((box) => box.checked).length;
    for (const place of document.querySelectorAll("[data-picked]")) {
      if (!form.matches(place.dataset.picked)) continue;
      const said = ticked === 1 ? place.dataset.one : place.dataset.many.replace("{n}", ticked);
      if (place.textContent !== said) place.textContent = said;
    }
    for (const whole of document.querySelectorAll("[data-pick-all]")) {
      if (!form.matches(whole.dataset.pickAll)) continue;
      const box = whole.querySelector("input");
      box.checked = ticked > 0 && ticked === boxes(form).length;
      box.indeterminate = ticked > 0 && !box.checked;
    }
  }

  for (const whole of document.querySelectorAll("[data-pick-all]")) {
    const form = document.querySelector(whole.dataset.pickAll);
    whole.hidden = false;
    for (const link of form.querySelectorAll("[data-without-script]")) link.hidden = true;
    form.addEventListener("change", (event) => {
      if (whole.contains(event.target)) {
        for (const box of boxes(form)) box.checked = event.target.checked;
      }
      count(form);
    });
    // The browser's own "back" brings ticks along.
    window.addEventListener("pageshow", () => count(form));
  }
})();
