import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

/** What this browser is told, and keeps. */
interface Settings {
  theme: Theme;
  /** Whether single keys do something. */
  keys: "on" | "off";
  /** Whether it tells of agents that stand still while the page is not looked at. */
  notices: "on" | "off";
}

const KEY = "conveyor.settings";
const DEFAULTS: Settings = { theme: "system", keys: "on", notices: "off" };
const listeners = new Set<() => void>();
let settings = read();

function read(): Settings {
  try {
    const { theme, keys, notices } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
    return {
      theme: theme === "light" || theme === "dark" ? theme : DEFAULTS.theme,
      keys: keys === "off" ? "off" : DEFAULTS.keys,
      notices: notices === "on" ? "on" : DEFAULTS.notices,
    };
  } catch {
    return DEFAULTS;
  }
}

/** Change what this browser keeps; a browser that keeps nothing forgets it with the tab. */
export function changeSettings(change: Partial<Settings>): void {
  settings = { ...settings, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // It holds for as long as the tab lives.
  }
  applyTheme();
  for (const tell of listeners) tell();
}

/** Show the page in the colours that were chosen. */
export function applyTheme(): void {
  const { theme } = settings;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export const currentSettings = (): Settings => settings;

/** What this browser keeps, as it changes. */
export function useSettings(): Settings {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentSettings);
}
