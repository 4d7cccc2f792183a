import type { KeyboardEvent } from "react";

const MOVES: Record<string, (index: number, last: number) => number> = {
  ArrowDown: (index, last) => Math.min(index + 1, last),
  ArrowUp: (index) => Math.max(index - 1, 0),
  Home: () => 0,
  End: (_index, last) => last,
};

/** Move the focus through the rows of a list that are buttons with the arrow keys, Home and End. */
export function onArrowKeys(event: KeyboardEvent<HTMLElement>): void {
  const move = MOVES[event.key];
  if (move === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(".row-button")];
  const index = buttons.indexOf(document.activeElement as HTMLElement);
  if (index === -1) return;
  event.preventDefault();
  buttons[move(index, buttons.length - 1)]?.focus();
}
