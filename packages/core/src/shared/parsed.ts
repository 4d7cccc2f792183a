/** What a stored text means as JSON; undefined when it is none, which no gate takes for anything. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
