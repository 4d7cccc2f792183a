import { useEffect } from "react";
import { useFleet } from "../live/fleet.tsx";

const ICONS = { calm: "/favicon.svg", later: "/favicon-later.svg", now: "/favicon-now.svg" } as const;

/** Say in the tab where one is, how much waits, and in its icon whether an agent stands still. */
export function useTitle(view: string): void {
  const { needs } = useFleet();
  const count = needs.length;
  const mood = needs.some(({ now }) => now) ? "now" : count > 0 ? "later" : "calm";

  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${view} · Conveyor`;
  }, [count, view]);

  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute("href", ICONS[mood]);
  }, [mood]);
}
