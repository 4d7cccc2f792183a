/** What the system knows about one process. */
export interface ProcessEntry {
  pid: number;
  parent_pid: number;
  /** Ended, but its parent has not asked how: it only keeps its pid. */
  zombie: boolean;
  /** Halted by a signal, for instance put into the background with Ctrl-Z. */
  stopped: boolean;
  /** Number of the user it belongs to; null when the system does not tell. */
  user_id: number | null;
  /** UTC ISO-8601 with three fraction digits; null when the system does not tell. */
  started_at: string | null;
  /** Its process group. */
  group: number;
  /** The process group that the keys of its terminal go to; null without terminal. */
  foreground_group: number | null;
}

/** Where facts about processes come from: `/proc`, or the tools every Unix has. */
export interface ProcessTable {
  /** Null when there is no such process or it hides itself from us. */
  entry(pid: number): Promise<ProcessEntry | null>;
  /** Program and arguments; empty when there is no such process or they cannot be read. */
  argv(pid: number): Promise<string[]>;
  /** Parent of every process that can be seen. */
  parents(): Promise<Map<number, number>>;
  /** Absolute paths of the files and folders the process has open; empty when that cannot be read. */
  openFiles(pid: number): Promise<string[]>;
  /** Pids that have the file at this resolved absolute path open. */
  holdersOf(path: string): Promise<number[]>;
  /** Null when there is no such process or it cannot be read. */
  workingDirectory(pid: number): Promise<string | null>;
}
