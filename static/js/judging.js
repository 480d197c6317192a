// The judge's sheet: each mark is saved at once; what cannot be sent waits in this device and is sent once.
// Without this script the page is a plain form that saves all marks together.
(() => {
  'use strict';
  const root = document.querySelector('[data-judging]');
  if (!root) return;
  const words = root.dataset;
  const KEY = `judging.queue.${words.person}`;
  const token = document.querySelector('input[name=csrf_token]')?.value;
  const form = document.getElementById('phieu');
  const mine = words.assignment;
  const crits = form ? [...form.querySelectorAll('[data-crit]')] : [];
  const crit = (op) => (op.assignment === mine && op.criterion ? crits.find((c) => c.dataset.crit === String(op.criterion)) : null);
  const setVersion = (box, version) => { box.dataset.version = version; box.querySelector('input[type=hidden]').value = version; };

  // -- the queue: one entry per mark, text or submission, kept until the server has it --
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const write = (queue) => localStorage.setItem(KEY, JSON.stringify(queue));
  const uuid = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`).slice(0, 36);
  const slot = (op) => `${op.assignment}/${op.kind}/${op.criterion || op.name || ''}`;

  function put(op) {
    const queue = read();
    const at = queue.findIndex((other) => slot(other) === slot(op) && !other.sent);
    op.id = uuid();
    if (at >= 0) { op.base = queue[at].base; queue[at] = op; } else queue.push(op);
    write(queue);
    show();
    pump();
  }

  const indicator = document.getElementById('luu');
  const net = document.querySelector('[data-net]');
  const ICONS = { '': 'bi-check-circle-fill', busy: 'bi-arrow-repeat', pending: 'bi-hourglass-split', failed: 'bi-exclamation-octagon-fill' };
  let offline = false;
  let lastSaved = '';

  function say(kind, text) {
    if (!indicator) return;
    indicator.className = `saved ${kind}`.trim();
    indicator.querySelector('.bi').className = `bi ${ICONS[kind]}`;
    indicator.querySelector('[data-text]').textContent = text;
  }

  function show() {
    const waiting = read().length;
    if (net) net.hidden = !offline;
    if (waiting && offline) say('pending', `${words.pending} ${waiting}`);
    else if (waiting) say('busy', words.busy);
    else if (lastSaved) say('', `${words.saved} ${lastSaved}`);
  }

  const PATHS = { mark: 'marks', text: 'texts', submit: 'submission' };
  let running = false;

  async function send(op) {
    const body = op.kind === 'mark' ? { criterion: op.criterion, points_e2: op.points, base: op.base, client_id: op.id }
      : op.kind === 'text' ? { name: op.name, text: op.text, base: op.base } : { versions: op.versions };
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 15000);
    try {
      return await fetch(`/judging/sheets/${op.assignment}/${PATHS[op.kind]}`, {
        method: 'POST', signal: controller.signal, credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token || '' },
        body: JSON.stringify(body),
      });
    } finally { clearTimeout(timer); }
  }

  async function pump() {
    if (running) return;
    running = true;
    try {
      for (let queue = read(); queue.length; queue = read()) {
        const op = queue[0];
        if (!op.sent) { op.sent = true; write(queue); }
        let answer;
        try { answer = await send(op); } catch { offline = true; unsent(op); break; }
        if (answer.status >= 500 || answer.status === 429) { offline = true; unsent(op); break; }
        offline = false;
        const data = await answer.json().catch(() => ({}));
        if (answer.status === 401 || answer.status === 400) { unsent(op); say('failed', words.signin); return; }
        drop(op);
        if (answer.ok) done(op, data); else refused(op, data);
      }
    } finally { running = false; }
    if (!indicator?.classList.contains('failed') || !read().length) show();
  }

  function unsent(op) {
    write(read().map((other) => (other.id === op.id ? { ...other, sent: false } : other)));
  }

  function drop(op) { write(read().filter((other) => other.id !== op.id)); }

  function done(op, data) {
    lastSaved = data.at || lastSaved;
    if (op.kind === 'mark') {
      const queue = read();
      queue.forEach((other) => {
        if (other.kind === 'mark' && other.assignment === op.assignment && other.criterion === op.criterion) other.base = data.version;
        if (other.kind === 'submit' && other.assignment === op.assignment) other.versions[op.criterion] = data.version;
      });
      write(queue);
      const box = crit(op);
      if (box) setVersion(box, data.version);
    } else if (op.kind === 'text' && op.assignment === mine) {
      const base = form?.querySelector(`[data-base="${op.name}"]`);
      if (base) base.value = op.text;
    } else if (op.kind === 'submit' && op.assignment === mine && data.next) {
      location.assign(data.next);
    }
    show();
  }

  function refused(op, data) {
    const box = crit(op);
    // the header stays short: a clash is told in its own box, other refusals in words
    say('failed', data.code === 'stale' && box ? words.failed : data.error || words.failed);
    if (data.code !== 'stale' || !box) return;
    const stale = data.details || data;
    const pane = box.querySelector('[data-clash-box]');
    pane.querySelector('[data-clash-text]').textContent = `${words.clash}: ${plain(stale.points_e2)}.`;
    const keep = pane.querySelector('[data-keep-mine]');
    const take = pane.querySelector('[data-take-theirs]');
    keep.textContent = `${words.mine}: ${plain(op.points)}`;
    take.textContent = `${words.theirs}: ${plain(stale.points_e2)}`;
    keep.onclick = () => { pane.hidden = true; setVersion(box, stale.version); put({ ...op, base: stale.version, sent: false }); };
    take.onclick = () => { pane.hidden = true; setVersion(box, stale.version); choose(box, stale.points_e2); lastSaved = lastSaved || '✓'; show(); };
    box.open = true;
    pane.hidden = false;
    pane.scrollIntoView({ block: 'center' });
  }

  addEventListener('online', () => { offline = false; pump(); });
  addEventListener('offline', () => { offline = true; show(); });
  addEventListener('storage', (event) => { if (event.key === KEY) show(); });
  setInterval(() => { if (read().length) pump(); }, 5000);
  offline = navigator.onLine === false;

  if ('serviceWorker' in navigator && words.worker) {
    navigator.serviceWorker.register(words.worker, { scope: '/judging/' }).then(() => navigator.serviceWorker.ready).then((registration) => {
      const sheets = [...document.querySelectorAll('[data-sheet]')].map((a) => a.href);
      if (sheets.length && navigator.onLine) registration.active.postMessage({ keep: sheets, person: words.person });
    }).catch(() => {});
  }

  if (!form || words.open !== '1') { show(); pump(); return; }

  // -- the sheet --
  const points = (box) => { const on = box.querySelector('input[data-points]:checked'); return on ? Number(on.dataset.points) : null; };
  function plain(e2) {
    if (e2 === null || e2 === undefined) return '–';
    return (e2 / 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  }

  function choose(box, e2) {
    const radio = box.querySelector(`input[data-points="${e2}"]`);
    if (radio) radio.checked = true;
    level(box);
    totals();
  }

  function level(box) {
    // only the marks of the chosen level are shown; without a choice none is, the levels come first
    const levels = [...box.querySelectorAll('input[data-level]')];
    if (!levels.length) return;
    const on = levels.find((l) => l.checked);
    box.querySelectorAll('[data-marks]').forEach((set) => { set.hidden = !on || set.dataset.marks !== on.dataset.level; });
  }

  function totals() {
    let sum = 0;
    let count = 0;
    crits.forEach((box) => {
      const got = points(box);
      if (got === null) return;
      count += 1;
      sum += got * Number(box.dataset.weight);
      box.querySelector('[data-got]').textContent = plain(got);
      box.querySelector('.got').classList.remove('none');
    });
    document.querySelector('[data-total]').textContent = plain(Math.round(sum / 100));
    document.querySelector('[data-count]').textContent = count;
    const next = crits.find((box) => points(box) === null);
    const go = document.querySelector('[data-go-text]');
    if (go) go.textContent = next ? `${words.nextCriterion}: ${next.dataset.name}` : submitText;
    return next;
  }

  const submitText = document.querySelector('[data-go-text]')?.textContent.trim() || '';
  crits.forEach((box) => {
    level(box);
    box.addEventListener('change', (event) => {
      if (event.target.dataset.level) { level(box); return; }
      if (!event.target.dataset.points) return;
      const e2 = Number(event.target.dataset.points);
      totals();
      put({ kind: 'mark', assignment: mine, criterion: Number(box.dataset.crit), points: e2, base: Number(box.dataset.version) });
    });
    box.addEventListener('toggle', () => { if (box.open) crits.forEach((other) => { if (other !== box) other.open = false; }); });
  });

  let typing;
  form.querySelectorAll('[data-text]').forEach((area) => area.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => text(area), 900);
  }));
  function text(area) {
    const base = form.querySelector(`[data-base="${area.dataset.text}"]`).value;
    if (area.value.trim() !== base) put({ kind: 'text', assignment: mine, name: area.dataset.text, text: area.value.trim(), base });
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.querySelectorAll('[data-text]').forEach(text);
    if (event.submitter?.value !== 'submit') { pump(); return; }
    const next = totals();
    if (next) {
      crits.forEach((box) => { box.open = box === next; });
      next.querySelector('summary').focus();
      next.scrollIntoView({ block: 'start' });
      return;
    }
    const versions = {};
    crits.forEach((box) => { versions[box.dataset.crit] = Number(box.dataset.version); });
    put({ kind: 'submit', assignment: mine, versions });
    if (offline) {
      say('pending', words.queued);
      const following = document.querySelector('.my-entries a[aria-current]')?.closest('li')?.nextElementSibling?.querySelector('a');
      if (following && navigator.serviceWorker?.controller) location.assign(following.href);
    }
  });

  // marks that wait on this device are shown as they were given, not as the server last knew them
  read().filter((op) => op.kind === 'mark' && op.assignment === mine).forEach((op) => { const box = crit(op); if (box) choose(box, op.points); });
  totals();
  show();
  pump();
})();
