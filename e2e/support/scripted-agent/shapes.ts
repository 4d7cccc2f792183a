/** A rollout record as far as its shape goes. */
export type ShapedRecord = { ordinal: number; type: string; payload: Record<string, unknown> };

/** Key paths of one kind of record: those that every sample has, and those that any sample has. */
export type Shape = { always: string[]; ever: string[] };

/** What was learned from sample rollouts. */
export type Shapes = { kinds: Record<string, Shape>; sequences: Record<string, string[]> };

/** Parts that hold free maps or a copy of the history; their keys say nothing about the format. */
const OPAQUE = /^payload\.(state|replacement_history|replacement_history_metadata|retained_context)(\.|\[)/;

/** Names a record by everything that decides its fields: type, event or item type, role, item kind. */
export function kindOf(record: ShapedRecord): string {
  const { payload } = record;
  const item = payload.item as { type?: string } | undefined;
  return [record.type, payload.type, payload.role, item?.type].filter((part) => typeof part === "string").join("/");
}

/** All key paths of a value; elements of a list share one path. */
export function keyPaths(value: unknown, prefix = ""): string[] {
  if (OPAQUE.test(`${prefix}.`)) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((element) => keyPaths(element, `${prefix}[]`)))];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...keyPaths(inner, path)];
  });
}

/** Learn the shapes of all kinds in the records. */
export function learnShapes(records: ShapedRecord[]): Record<string, Shape> {
  const samples = new Map<string, Set<string>[]>();
  for (const record of records) {
    const kind = kindOf(record);
    samples.set(kind, [...(samples.get(kind) ?? []), new Set(keyPaths(record))]);
  }
  const shapes = [...samples].map(([kind, sets]): [string, Shape] => {
    const ever = [...new Set(sets.flatMap((set) => [...set]))].sort();
    return [kind, { always: ever.filter((path) => sets.every((set) => set.has(path))), ever }];
  });
  return Object.fromEntries(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wrong with a record, in words; empty when it looks like the samples. */
export function shapeFaults(record: ShapedRecord, shapes: Shapes): string[] {
  const kind = kindOf(record);
  const shape = shapes.kinds[kind];
  if (shape === undefined) return [`${kind}: no sample has this kind`];
  const paths = new Set(keyPaths(record));
  const ever = new Set(shape.ever);
  return [
    ...shape.always.filter((path) => !paths.has(path)).map((path) => `${kind}: ${path} is missing`),
    ...[...paths].filter((path) => !ever.has(path)).map((path) => `${kind}: ${path} is in no sample`),
  ];
}
