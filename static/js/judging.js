// The judge's sheet: each mark is saved at once; where another device was faster, both values are shown and the judge chooses.
// Without this script the page is a plain form that saves all marks together.
(() => {
  "use strict";
  const root = document.querySelector("[data-judging]");
  const form = document.getElementById("phieu");
  const line = window.judgingLine;
  if (!root || !form || !line || root.dataset.open !== "1") return;
  const words = root.dataset;
  const mine = words.assignment;
  const crits = [...form.querySelectorAll("[data-crit]")];
  const areas = [...form.querySelectorAll("[data-text]")];

  // -- marks --
  const points = (box) => {
    const on = box.querySelector("input[data-points]:checked");
    return on ? Number(on.dataset.points) : null;
  };
  const theirs = new Map(crits.map((box) => [box, points(box)])); // what the server has

  function plain(e2) {
    if (e2 === null || e2 === undefined) return "–";
    return (e2 / 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  }

  function choose(box, e2) {
    box.querySelectorAll("input[data-points]").forEach((radio) => {
      radio.checked = Number(radio.dataset.points) === e2;
    });
    const from = box.querySelector("input[data-points]:checked")?.closest("[data-marks]").dataset.marks;
    box.querySelectorAll("input[data-level]").forEach((radio) => {
      radio.checked = radio.dataset.level === from;
    });
    level(box);
  }

  function level(box) {
    // only the marks of the chosen level are shown; without a choice none is, the levels come first
    const levels = [...box.querySelectorAll("input[data-level]")];
    if (!levels.length) return;
    const on = levels.find((l) => l.checked);
    box.querySelectorAll("[data-marks]").forEach((set) => {
      set.hidden = !on || set.dataset.marks !== on.dataset.level;
    });
  }

  function totals() {
    let sum = 0;
    let count = 0;
    crits.forEach((box) => {
      const got = points(box);
      box.querySelector("[data-got]").textContent = plain(got);
      box.querySelector(".got").classList.toggle("none", got === null);
      if (got === null) return;
      count += 1;
      sum += got * Number(box.dataset.weight);
    });
    document.querySelector("[data-total]").textContent = plain(Math.round(sum / 100));
    document.querySelector("[data-count]").textContent = count;
    const next = crits.find((box) => points(box) === null);
    const go = document.querySelector("[data-go-text]");
    if (go) go.textContent = next ? `${words.nextCriterion}: ${next.dataset.name}` : submitText;
    return next;
  }

  function mark(box, e2) {
    put({
      kind: "mark",
      criterion: Number(box.dataset.crit),
      points: e2,
      base: Number(box.dataset.version),
      what: `${box.dataset.name}: ${plain(e2)}`,
    });
  }
  const put = (op) => line.put({ ...op, assignment: mine, label: words.label });

  // -- both values, and a choice --
  function ask(pane, text, choices) {
    pane.querySelector("[data-clash-text]").textContent = text;
    pane.querySelector("[data-clash-choices]").replaceChildren(
      ...choices.map(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-quiet btn-sm";
        button.textContent = label;
        button.onclick = act;
        return button;
      }),
    );
    pane.hidden = false;
  }

  const questions = () => [...form.querySelectorAll(".clash")].filter((pane) => !pane.hidden);

  function lead(pane) {
    const box = pane.closest("details");
    if (box) {
      box.open = true;
      only(box);
    }
    pane.scrollIntoView({ block: "center" });
  }

  /** Of the criteria one stands open. */
  function only(box) {
    if (crits.includes(box))
      crits.forEach((other) => {
        if (other !== box) other.open = false;
      });
  }

  function askMark(box, held) {
    const pane = box.querySelector("[data-clash-box]");
    if (!held) {
      pane.hidden = true;
      return;
    }
    ask(
      pane,
      line.fill(words.clash, {
        theirs: plain(theirs.get(box)),
        mine: plain(held.op.points),
        time: held.data.time || "",
      }),
      [
        [`${words.mine}: ${plain(held.op.points)}`, () => mark(box, held.op.points)],
        [
          `${words.theirs}: ${plain(theirs.get(box))}`,
          () => {
            line.settle(held.op);
            line.tell();
          },
        ],
      ],
    );
  }

  const baseOf = (area) => form.querySelector(`[data-base="${area.dataset.text}"]`);

  function askText(area, held) {
    const pane = form.querySelector(`[data-clash-of="${area.dataset.text}"]`);
    if (!held) {
      pane.hidden = true;
      return;
    }
    const other = baseOf(area).value;
    const use = (text) => () => {
      line.settle(held.op);
      area.value = text();
      save(area);
      line.tell();
    };
    ask(pane, line.fill(words.textClash, { theirs: other }), [
      [words.textMine, use(() => area.value)],
      [words.textTheirs, use(() => other)],
      [words.textBoth, use(() => `${other}\n${area.value}`.trim())],
    ]);
  }

  // -- what the device and the server know, shown --
  let submitting = false;
  function refresh() {
    const waiting = line.waiting(mine);
    const held = line.refused(mine);
    const known = line.known(mine);
    const before = questions().length;
    crits.forEach((box) => {
      const learnt = known[`m${box.dataset.crit}`];
      if (learnt && learnt.version > Number(box.dataset.version)) {
        box.dataset.version = learnt.version;
        box.querySelector("input[type=hidden]").value = learnt.version;
        theirs.set(box, learnt.points);
      }
      const same = (op) => op.kind === "mark" && String(op.criterion) === box.dataset.crit;
      const question = held.find(({ op }) => same(op));
      const own = waiting.filter(same).at(-1) || question?.op;
      const value = own ? own.points : theirs.get(box);
      if (value !== points(box)) choose(box, value);
      askMark(box, question);
    });
    areas.forEach((area) => showText(area, waiting, held, known));
    totals();
    if (typeof known.submitted === "boolean") {
      document.querySelector("[data-go]").hidden = known.submitted;
      document.querySelector("[data-done]").hidden = !known.submitted;
    }
    if (questions().length > before) lead(questions()[0]);
    if (submitting && known.next) {
      line.forgetNext(mine);
      location.assign(known.next);
    }
  }

  function showText(area, waiting, held, known) {
    const base = baseOf(area);
    const clean = area.value.trim() === base.value;
    const learnt = known[area.dataset.text];
    if (learnt && learnt.version > Number(words.version)) base.value = learnt.text;
    const same = (op) => op.kind === "text" && op.name === area.dataset.text;
    const question = held.find(({ op }) => same(op));
    const own = waiting.filter(same).at(-1) || question?.op;
    if (clean) area.value = own ? own.text : base.value; // what is being typed is never replaced
    askText(area, question);
  }

  const submitText = document.querySelector("[data-go-text]")?.textContent.trim() || "";
  crits.forEach((box) => {
    level(box);
    box.addEventListener("change", (event) => {
      if (event.target.dataset.level) {
        level(box);
        return;
      }
      if (event.target.dataset.points) mark(box, Number(event.target.dataset.points));
    });
    box.addEventListener("toggle", () => {
      if (box.open) only(box);
    });
  });

  // -- texts --
  let typing;
  areas.forEach((area) =>
    area.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => areas.forEach(save), 900);
    }),
  );
  function save(area) {
    const text = area.value.trim();
    const asked = line.refused(mine).find(({ op }) => op.name === area.dataset.text);
    if (asked) {
      line.amend(asked, { text });
      return;
    } // a question that is open is answered first
    const last = line
      .waiting(mine)
      .filter((op) => op.name === area.dataset.text)
      .at(-1);
    if (text === (last ? last.text : baseOf(area).value)) return;
    const label = form.querySelector(`label[for="${area.id}"]`).textContent;
    put({
      kind: "text",
      name: area.dataset.text,
      text,
      base: baseOf(area).value,
      what: `${label}: “${text}”`,
    });
  }
  addEventListener("pagehide", () => areas.forEach(save));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    areas.forEach(save);
    if (event.submitter?.value !== "submit") {
      line.pump();
      return;
    }
    const [open] = questions();
    if (open) {
      lead(open);
      open.querySelector("button").focus();
      return;
    }
    const next = totals();
    if (next) {
      crits.forEach((box) => {
        box.open = box === next;
      });
      next.querySelector("summary").focus();
      next.scrollIntoView({ block: "start" });
      return;
    }
    line.forgetNext(mine);
    submitting = true;
    const versions = {};
    const given = {};
    crits.forEach((box) => {
      versions[box.dataset.crit] = Number(box.dataset.version);
      given[box.dataset.crit] = points(box);
    });
    put({ kind: "submit", versions, points: given });
    if (line.offline()) {
      line.say("pending", words.queued);
      const following = document
        .querySelector(".my-entries a[aria-current]")
        ?.closest("li")
        ?.nextElementSibling?.querySelector("a");
      if (following && navigator.serviceWorker?.controller) location.assign(following.href);
    }
  });

  line.onChange(refresh);
  refresh();
})();
