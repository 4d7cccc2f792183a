import { useEffect, useRef } from "react";
import { currentSettings } from "./settings.ts";

/** Keys by name: one alone, or the second of two after G as `g h`. */
export type Keys = Readonly<Record<string, () => void>>;

/** So long the second of two keys is waited for, in milliseconds. */
const PAIR_MS = 1500;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

/** Do something when a single key is pressed: not while somebody types, in a dialog, or when single keys are turned off. */
export function usePressed(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;

  useEffect(() => {
    let prefix_at = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (currentSettings().keys === "off" || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const key = event.key.toLowerCase();
      const isSecond = performance.now() - prefix_at < PAIR_MS;
      prefix_at = key === "g" ? performance.now() : Number.NEGATIVE_INFINITY;
      const act = latest.current[isSecond ? `g ${key}` : key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Move the focus among what can be opened in a list that is marked with `data-cursor`. */
export function moveCursor(step: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-cursor]")];
  const index = items.indexOf(document.activeElement as HTMLElement);
  const next = index === -1 ? (step === 1 ? 0 : items.length - 1) : index + step;
  items[next]?.focus();
}
