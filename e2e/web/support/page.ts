import type { Browser } from "./browser.ts";

/** Wait until the page says this of its connection. */
export const phase = ({ page }: Browser, word: string) =>
  page
    .getByRole("status")
    .filter({ hasText: new RegExp(`^${word}$`) })
    .waitFor();

export const panel = ({ page }: Browser, title: string) => page.getByRole("region", { name: title, exact: true });

/** The row of a panel that holds this text. */
export const row = (one: Browser, title: string, text: string) =>
  panel(one, title).getByRole("listitem").filter({ hasText: text });

/** Runs in the page: texts whose contrast with what is behind them is below 4.5 (WCAG AA). */
export const LOW_CONTRAST = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const backdrop = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ""))
    .map((e) => {
      const [a, b] = [luminance(rgba(getComputedStyle(e).color)), luminance(backdrop(e))];
      return { text: e.textContent.slice(0, 40), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
    })
    .filter(({ ratio }) => ratio < 4.5);
})()`;

/** Runs in the page: what somebody who does not see it, or has no mouse, would stumble over. */
export const UNREACHABLE = `(() => {
  const problems = [];
  const nameOf = (e) => (e.getAttribute("aria-label") ?? e.textContent ?? "").trim();
  for (const e of document.querySelectorAll("button, a[href], input, select")) {
    if (nameOf(e) === "") problems.push("no name: " + e.outerHTML.slice(0, 80));
    if (e.tabIndex < 0) problems.push("not reachable: " + nameOf(e));
  }
  for (const e of document.querySelectorAll("[aria-controls], [aria-labelledby]")) {
    for (const attribute of ["aria-controls", "aria-labelledby"]) {
      const id = e.getAttribute(attribute);
      if (id !== null && document.getElementById(id) === null) problems.push(attribute + " leads nowhere: " + nameOf(e));
    }
  }
  for (const e of document.querySelectorAll("section, nav")) {
    if (!e.hasAttribute("aria-label") && !e.hasAttribute("aria-labelledby")) problems.push("unnamed " + e.localName);
  }
  for (const e of document.querySelectorAll("button button, button a, ul > :not(li), ol > :not(li)")) {
    problems.push("wrongly nested: " + e.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) problems.push("an id occurs twice");
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((e) => Number(e.localName[1]));
  levels.forEach((level, i) => level > (levels[i - 1] ?? 0) + 1 && problems.push("a heading level is left out"));
  return problems;
})()`;
