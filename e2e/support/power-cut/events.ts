/** What a program did to its files, in the order in which it was seen. Paths are absolute. */
export type DiskEvent =
  | { kind: "make_folder"; path: string }
  | { kind: "create"; path: string }
  | { kind: "remove"; path: string }
  | { kind: "write"; path: string; at: number; bytes: Buffer }
  | { kind: "truncate"; path: string; size: number }
  /** The disk was waited for: everything that had ended before this began, of one file or of the names in one folder. */
  | { kind: "sync"; path: string; began: number };

/** An event and its place in the trace: where the call that made it ended. */
export type Traced<Event extends DiskEvent = DiskEvent> = Event & { ended: number };

/** A line of text that a process had printed. */
export interface Printed {
  text: string;
  ended: number;
}
