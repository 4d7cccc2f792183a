import { createHash } from "node:crypto";

/** One of the pictures of the page: what it is called, and its bytes. */
export interface PagePicture {
  title: string;
  path: string;
  png: Buffer;
}

export interface DifferencePage {
  title: string;
  /** What is told beside the pictures, as name and value. */
  facts: readonly (readonly [name: string, value: string])[];
  reference: PagePicture;
  candidate: PagePicture;
  difference: PagePicture | null;
}

const SLIDER = `const slider=document.getElementById("slider"),top_=document.getElementById("top");
const show=()=>{top_.style.clipPath="inset(0 "+(100-slider.value)+"% 0 0)"};
slider.addEventListener("input",show);show();`;

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:1.5rem auto;max-width:1400px;padding:0 1rem}
h1{font-size:1.3rem}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.15rem 1rem .15rem 0;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}figure{margin:0 0 1.5rem}figcaption{font-weight:600}img{max-width:100%;display:block;background:repeating-conic-gradient(#8883 0 25%,#0000 0 50%) 0/16px 16px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:1rem}.stack{position:relative;display:inline-block}
.stack img+img{position:absolute;inset:0;width:100%;height:100%}input{width:100%;max-width:700px}`;

/**
 * A page that shows two pictures side by side and one over the other with a slider. It holds everything that it shows, asks
 * nobody for anything, and runs no script but its own: whatever a name or path contains is text.
 */
export function differencePage({ title, facts, reference, candidate, difference }: DifferencePage): string {
  const policy = `default-src 'none'; img-src data:; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SLIDER)}'`;
  const rows = facts.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<table>${rows.join("\n")}</table>
<h2><label for="slider">Reference over candidate</label></h2>
<input id="slider" type="range" min="0" max="100" value="50">
<div class="stack">${imageOf(candidate)}${imageOf(reference).replace("<img ", '<img id="top" ')}</div>
<h2>Side by side</h2>
<div class="pair">${[reference, candidate].map(figure).join("")}</div>
${difference === null ? "" : `<h2>What changed</h2>\n${figure(difference)}`}
<script>${SLIDER}</script></body></html>
`;
}

function figure(picture: PagePicture): string {
  return `<figure><figcaption>${escaped(picture.title)}: ${escaped(picture.path)}</figcaption>${imageOf(picture)}</figure>`;
}

function imageOf({ title, png }: PagePicture): string {
  return `<img alt="${escaped(title)}" src="data:image/png;base64,${png.toString("base64")}">`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}
