/** What a program may see and change. Everything else can be read and not written. */
export interface Confinement {
  /** Folders that it may write to; they must exist. */
  writable: readonly string[];
  /** Files and folders that it cannot read; one below a writable folder stays hidden. What does not exist is left out. */
  hidden: readonly string[];
  /** Whether it reaches the network. */
  network: boolean;
  /** The folder that it starts in. */
  cwd: string;
}

/** What stands at a path. */
export type PathKind = "folder" | "file" | "absent";
