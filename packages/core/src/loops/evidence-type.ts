/** Whether a text can name a type of evidence: printable ASCII, so that no look-alike of a known type stands for it. Pure. */
export function isEvidenceType(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}
