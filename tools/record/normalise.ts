/** Turns what differs between two runs of the same scenario into the same words. */
export type Normalise = (text: string) => string;

/** What a recording knows about itself and may not tell. */
export interface Known {
  /** The temporary folder of the recording. */
  root: string;
  /** Folder of the program under record. */
  tree: string;
  /** What `--version` prints. */
  version: string;
  tmux_socket: string;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Keys of JSON whose values are measured: times that passed, sizes of what holds times, processes. */
const MEASURED =
  /("(?:\w*pids?|\w*_ms|\w*age_seconds|\w*elapsed\w*|\w*bytes\w*|\w*offset\w*|inode|mtime|size|\w*uptime\w*|waited_seconds|pane_id|port|free_\w+|processes|cpu\w*|\w*_rss)":\s*)-?\d+(?:\.\d+)?/g;

const rules: readonly [RegExp, string][] = [
  [UUID, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?/g, "<time>"],
  [/\b\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:-\d+)?Z?/g, "<time>"],
  [/\b\d{8}T\d{6,9}Z?/g, "<time>"],
  [/\b[0-9a-f]{64}\b/g, "<sha256>"],
  [MEASURED, "$1<n>"],
  [/\b\d+(?:\.\d+)? ?(?:ms|min|s|sec|seconds|h)\b(?= ago| old|\))/g, "<duration>"],
  [/\bpid \d+/g, "pid <n>"],
  [/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>"],
];

/** A normaliser for one recording. Ids, times, processes, paths and versions become placeholders; counts stay. */
export function normaliser(known: Known): Normalise {
  const literal: [string, string][] = [
    [known.root, "<root>"],
    [known.tree, "<tree>"],
    [known.tmux_socket, "<tmux>"],
    [known.version, "<version>"],
  ];
  return (text) => {
    let said = text;
    for (const [from, to] of literal) said = said.replaceAll(from, to);
    return normalised(said);
  };
}

/** A text without what differs from run to run, whichever place it was made at. Doing it twice changes nothing. */
export function normalised(text: string): string {
  return rules.reduce((said, [from, to]) => said.replace(from, to), text);
}
