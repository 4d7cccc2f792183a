import type { Printed } from "./printed.ts";

const PLACE = "<place>";
const OPEN = "([{";
const CLOSE = ")]}";

/**
 * The command lines that calls of `commandLine` in source code make, whatever is only known when they run left open. The
 * compiler holds them to commands and flags that exist; what it cannot see is whether a required one is missing.
 */
export function builtIn(source: string): Printed[] {
  return [...source.matchAll(/(?<!function )\bcommandLine\(/g)].flatMap(({ index, 0: { length } }) => {
    const [, words = "", flags = "{}"] = parts(inside(source, index + length - 1));
    const [command = "", ...positionals] = parts(inside(words, words.indexOf("[")));
    const options = flagsOf(flags);
    if (options === null) return [];
    return literals(command).map((own) => [...own.split(" "), ...positionals.map(() => PLACE), ...options]);
  });
}

/** What stands between the bracket at `start` and the one that closes it. */
function inside(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (OPEN.includes(text[at] as string)) depth += 1;
    if (CLOSE.includes(text[at] as string)) depth -= 1;
    if (depth === 0) return text.slice(start + 1, at);
  }
  return "";
}

/** A list cut at its commas, but not at those inside brackets or quotes. */
function parts(list: string): string[] {
  const found: string[] = [];
  let [part, depth, quote] = ["", 0, ""];
  for (const char of list) {
    if (quote !== "") quote = char === quote ? "" : quote;
    else if ("\"'`".includes(char)) quote = char;
    else if (OPEN.includes(char)) depth += 1;
    else if (CLOSE.includes(char)) depth -= 1;
    if (char === "," && depth === 0 && quote === "") [found[found.length], part] = [part, ""];
    else part += char;
  }
  return [...found, part].map((own) => own.trim()).filter((own) => own !== "");
}

/** Every text that an expression may be: a literal, a choice between several, one with a role in it. */
function literals(expression: string): string[] {
  const choices = expression.replace(/^[^?]*\?(?!\?)/, "");
  const texts = [...choices.matchAll(/["`]([a-z][^"`]*)["`]/g)].map(([, text = ""]) => text);
  return texts.flatMap((text) =>
    /\$\{[\w.]*role\}/.test(text)
      ? ["worker", "manager"].map((role) => text.replace(/\$\{[\w.]*role\}/, role))
      : [text],
  );
}

/** The flags of an object literal; null where some come from elsewhere, so that what is missing cannot be told. */
function flagsOf(expression: string): string[] | null {
  if (!expression.startsWith("{")) return null;
  const entries = parts(inside(expression, 0));
  if (entries.some((entry) => entry.startsWith("..."))) return null;
  return entries.flatMap((entry) => {
    const [, key = "", value = ""] = /^([\w]+|\[.+?\])(?::\s*([\s\S]+))?$/.exec(entry) ?? [];
    const [name = key] = key.startsWith("[") ? literals(key) : [];
    const flag = `--${name.replaceAll("_", "-")}`;
    if (value === "true") return [flag];
    const [, literal] = /^["']?([\w-]+)["']?$/.exec(/^["'\d]/.test(value) ? value : "") ?? [];
    return [`${flag}=${literal ?? PLACE}`];
  });
}
