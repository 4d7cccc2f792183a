/** Marks the prompt of one start, so that its rollout can be told from others of the same folder (spec 01 §5.3, step 4). */
export function startMarker(token: string): string {
  return `[conveyor start ${token}]`;
}

/** The prompt with the marker of its start on a line of its own at the end. */
export function markedPrompt(prompt: string, token: string): string {
  return `${prompt}\n\n${startMarker(token)}`;
}

/** Whether a text carries the marker of this start. */
export function carriesMarker(text: string, token: string): boolean {
  return text.includes(startMarker(token));
}
