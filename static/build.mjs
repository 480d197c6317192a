// Builds static/vendor/ from the locked packages: `npm ci --ignore-scripts && node build.mjs [--all-icons]`.
//
// vendor/bootstrap.css   the parts named in bootstrap.scss
// vendor/fonts.css       Be Vietnam Pro (Vietnamese and Latin apart) and the digits of Inter, cut to what is written here
// vendor/icons.css       the icons that templates, scripts and Python name; --all-icons keeps every one
// vendor/htmx.js
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import subsetFont from "subset-font";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const PACKAGES = join(HERE, "node_modules");
const OUT = join(HERE, "vendor");
const WORK = join(HERE, ".vendor-new");

const VIETNAMESE = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";
const ASCII = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));
// NBSP and signs of number, quotation and list; combining marks for text that arrives decomposed
const SIGNS = "\u00a0©«»°±·×÷–—‘’“”„…•→←↑↓−≤≥≠′″€½²³µ₫\u0300\u0301\u0303\u0309\u0323";
const WRITTEN = ASCII + VIETNAMESE + VIETNAMESE.toUpperCase() + SIGNS;

const RANGES = {
  latin: "U+0000-00FF, U+2000-206F, U+2190-2193, U+20AC, U+2212, U+2260, U+2264-2265",
  vietnamese:
    "U+0102-0103, U+0110-0111, U+0128-0129, U+0168-0169, U+01A0-01A1, U+01AF-01B0, U+0300-0301, U+0303, U+0309, U+0323, U+1EA0-1EF9, U+20AB",
};
const WEIGHTS = [400, 500, 600, 700];

/** Hints are left out: they are more than half of a file and no current screen needs them. */
const cut = (font, text) => subsetFont(font, text, { targetFormat: "woff2", noHinting: true });

let written = 0;

async function put(name, content) {
  await writeFile(join(WORK, name), content);
  written += content.length;
}

async function buildBootstrap() {
  const { css } = sass.compile(join(HERE, "bootstrap.scss"), {
    style: "compressed",
    loadPaths: [PACKAGES],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  // Bootstrap writes its small pictures as data: addresses, which our policy refuses; css/forms.css brings files.
  const clean = css.replace(/:\s*url\((["']?)data:[^)]*?\1\)(?=[;,}])/g, ":none");
  if (clean.includes("data:")) throw new Error("bootstrap.css still holds a data: address");
  await put("bootstrap.css", clean);
}

async function face({ family, file, source, text, weight, range, adjust }) {
  const font = await cut(await readFile(join(PACKAGES, source)), text);
  const name = `fonts/${file}.${createHash("sha256").update(font).digest("hex").slice(0, 8)}.woff2`;
  await put(name, font);
  const more = adjust ? `size-adjust:${adjust};` : "";
  return `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:swap;${more}src:url("${name}") format("woff2");unicode-range:${range}}\n`;
}

async function buildFonts() {
  let css = "";
  for (const weight of WEIGHTS) {
    for (const [part, range] of Object.entries(RANGES)) {
      css += await face({
        family: "Be Vietnam Pro",
        weight,
        range,
        text: WRITTEN,
        file: `be-vietnam-pro-${part}-${weight}`,
        source: `@fontsource/be-vietnam-pro/files/be-vietnam-pro-${part}-${weight}-normal.woff2`,
      });
    }
  }
  // Be Vietnam Pro has no tabular figures: the digits of tables come from Inter, drawn at the same height.
  for (const weight of [400, 600, 700]) {
    css += await face({
      family: "So bang",
      weight,
      range: "U+0030-0039",
      adjust: "101.7%",
      text: "0123456789",
      file: `so-bang-${weight}`,
      source: `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`,
    });
  }
  await put("fonts.css", css);
}

async function* filesUnder(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (/\.(html|js|py|css)$/.test(entry.name)) yield path;
  }
}

/** Names of icons that stand anywhere in our sources, as `bi-name` or as a quoted word. */
async function iconsInUse(known) {
  const found = new Set();
  for (const folder of ["templates", "incubator", "static/js", "static/css"]) {
    for await (const path of filesUnder(join(ROOT, folder))) {
      const text = await readFile(path, "utf8");
      for (const match of text.matchAll(/\bbi-([a-z0-9-]+)|["'`]([a-z0-9-]+)["'`]/g)) {
        const name = match[1] ?? match[2];
        if (name in known) found.add(name);
      }
    }
  }
  return [...found].sort();
}

async function buildIcons(all) {
  const folder = join(PACKAGES, "bootstrap-icons/font");
  const known = JSON.parse(await readFile(join(folder, "bootstrap-icons.json"), "utf8"));
  const names = all ? Object.keys(known) : await iconsInUse(known);
  const font = await cut(
    await readFile(join(folder, "fonts/bootstrap-icons.woff2")),
    String.fromCodePoint(...names.map((name) => known[name])),
  );
  const file = `fonts/icons.${createHash("sha256").update(font).digest("hex").slice(0, 8)}.woff2`;
  await put(file, font);
  const rules = names.map((name) => `.bi-${name}::before{content:"\\${known[name].toString(16)}"}`);
  await put(
    "icons.css",
    `@font-face{font-family:"bootstrap-icons";font-display:block;src:url("${file}") format("woff2")}\n` +
      `.bi::before{display:inline-block;font:400 1em/1 "bootstrap-icons";font-style:normal;text-transform:none;` +
      `vertical-align:-.125em;-webkit-font-smoothing:antialiased;-moz-osx-font-smoothing:grayscale}\n${rules.join("\n")}\n`,
  );
}

await rm(WORK, { recursive: true, force: true });
await mkdir(join(WORK, "fonts"), { recursive: true });
await buildBootstrap();
await buildFonts();
await buildIcons(process.argv.includes("--all-icons"));
await put("htmx.js", await readFile(join(PACKAGES, "htmx.org/dist/htmx.min.js")));
await rm(OUT, { recursive: true, force: true });
await rename(WORK, OUT);
console.log(`static/vendor: ${Math.round(written / 1024)} KB`);
