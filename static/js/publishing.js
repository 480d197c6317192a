// Narrow a published table while typing; without script the same form asks the server.
(() => {
  const form = document.querySelector('[data-filter-rows]');
  if (!form) return;
  const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[đĐð]/g, 'd').toLowerCase();
  const rows = [...document.querySelectorAll(form.dataset.filterRows)].filter((r) => r.closest('.rank-list'));
  const keys = rows.map((r) => plain(r.textContent).split(/[^a-z0-9]+/));
  const count = document.querySelector('[data-filter-count]');
  form.q.addEventListener('input', () => {
    const words = plain(form.q.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !words.every((w, n) => keys[i].some((k) => (n < words.length - 1 ? k === w : k.startsWith(w))));
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = words.length ? count.dataset.filterCount.replace('{n}', shown) : '';
  });
})();
