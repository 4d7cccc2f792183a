/**
 * Whether a path fits a pattern: `*` and `?` within a name, `**` over any number of folders, and a pattern that names a
 * folder covers all that is in it. Takes steps in proportion to the lengths multiplied, whatever the pattern. Pure.
 */
export function fitsGlob(path: string, pattern: string): boolean {
  const names = path.split("/");
  const parts = pattern
    .replace(/^\.\//, "")
    .replace(/\/+$/, "")
    .split("/")
    .filter((part) => part !== "");
  if (parts.length === 0) return true;
  // reach[n]: whether the parts so far can stand for the first n names.
  let reach = [true, ...names.map(() => false)];
  for (const part of parts) {
    const next = names.map(() => false);
    next.unshift(part === "**" && reach[0] === true);
    for (const [index, name] of names.entries()) {
      if (part === "**") next[index + 1] = reach[index + 1] === true || next[index] === true;
      else next[index + 1] = reach[index] === true && fitsName(name, part);
    }
    reach = next;
  }
  return reach.slice(1).some((isReached) => isReached);
}

/** Whether a path fits one of the patterns. Pure. */
export function fitsAnyGlob(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fitsGlob(path, pattern));
}

/** `*` and `?` in one name; the last star is tried further on when what follows does not fit. */
function fitsName(name: string, part: string): boolean {
  let at = 0;
  let inPart = 0;
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    const sign = part[inPart];
    if (sign === "*") {
      star = inPart;
      afterStar = at;
      inPart += 1;
    } else if (sign !== undefined && (sign === "?" || sign === name[at])) {
      at += 1;
      inPart += 1;
    } else if (star >= 0) {
      afterStar += 1;
      at = afterStar;
      inPart = star + 1;
    } else return false;
  }
  while (part[inPart] === "*") inPart += 1;
  return inPart === part.length;
}
