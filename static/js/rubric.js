// While a rubric is built: its total, and what a sheet with 80 % everywhere would come to.
(() => {
  'use strict';
  const form = document.querySelector('[data-rubric]');
  if (!form) return;
  const number = (input) => Number((input?.value || '').trim().replace(',', '.')) || 0;
  const text = (n) => n.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  function update() {
    let total = 0;
    let example = 0;
    form.querySelectorAll('[data-row]').forEach((row) => {
      if (!row.querySelector('input[name$="-name"]').value.trim()) return;
      const most = number(row.querySelector('input[name$="max_points"]'));
      const step = number(row.querySelector('input[name$="step"]')) || 1;
      const weight = number(row.querySelector('input[name$="weight"]')) || 1;
      total += most * weight;
      example += Math.round((most * 0.8) / step) * step * weight;
    });
    document.querySelector('[data-rubric-total]').textContent = text(total);
    document.querySelector('[data-rubric-example]').textContent = total ? `(80 % = ${text(example)})` : '';
  }
  form.addEventListener('input', update);
  update();
})();
