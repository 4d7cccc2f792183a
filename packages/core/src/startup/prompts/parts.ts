/** A heading with its points; points without text are left out. */
export function section(heading: string, points: readonly (string | null)[]): string {
  const told = points.filter((point) => point !== null).map((point) => `- ${point}`);
  return [`${heading}:`, ...told].join("\n");
}

/** Parts of a prompt, one blank line between two. */
export function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join("\n\n");
}
