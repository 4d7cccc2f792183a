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
  /("(?:\w*pids?|\w*_ms|\w*age_seconds|\w*elapsed\w*|\w*bytes\w*|\w*offset\w*|inode|mtime|size|\w*uptime\w*|waited_seconds|pane_id|port|free_\w+|processes|cpu\w*|\w*_rss|started_at|completed_at|create_time|p\d\d|stale(?:ness)?_seconds|oldest_\w*seconds)":\s*)-?\d+(?:\.\d+)?/g;
/** Whether somebody was heard of lately depends on how fast the scenario goes. */
const HEARD_OF = /("alive":\s*)(?:true|false)(?=(?:(?!"alive")[\s\S])*?"liveness":\s*"heartbeat")/g;

/** How a text says how long something took or how old it is. */
const LENGTH = String.raw`\d+(?:\.\d+)? ?(?:ms|min|s|sec|seconds|h)`;

const rules: readonly [RegExp, string][] = [
  [UUID, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?/g, "<time>"],
  [/\b\d{4}-\d\d-\d\dT\d\d-?\d\d-?\d\d(?:-\d+)?Z?/g, "<time>"],
  [/\b\d{8}T\d{6,9}Z?/g, "<time>"],
  [/\b\d\d:\d\d(?::\d\d(?:\.\d{3})?)?\b/g, "<clock>"],
  [/\b[0-9a-f]{64}\b/g, "<sha256>"],
  [MEASURED, "$1<n>"],
  [HEARD_OF, "$1<heard of>"],
  [/\b(?:alive|not running)(?=\tpull_required)/g, "<heard of>"],
  [new RegExp(String.raw`(?<![\w-])${LENGTH}(?= ago| old|\)|,? (?:of its|\d+ consumed)|[\t\n,])`, "g"), "<duration>"],
  [
    new RegExp(String.raw`(?<=\b(?:p\d\d|oldest for|in|report:|screen:|[Ww]orked for <?)\s?)${LENGTH}\b`, "g"),
    "<duration>",
  ],
  [/\b(\w*(?:bytes|age_seconds)=|age seconds: |up to byte )\d+/g, "$1<n>"],
  [/--pid (?:\d+|<n>|<pid>)/g, "--pid <n>"],
  [/(?<!--)\bpid \d+|\b(?<=vm:|process )\d+/g, "<pid>"],
  [/(?<=\/login#)[\w-]+/g, "<token>"],
  // How often rollouts are read, and so how much of it is told, depends on how fast agents answer.
  [/\b\d+(?= (?:older |newer )?events\b)|(?<=content of )\d+(?= rows)|(?<=ledger is )\d+/g, "<n>"],
  [/(\btelemetry: )\d+ rows, \d+ bytes/g, "$1<n>"],
  [/("?\b(?:total|workerctl|info|codex_events_ingested|telemetry|would_prune_count)"?: )\d+/g, "$1<n>"],
  // A lease is stale after three minutes, which a slow recording takes.
  [
    /\{\s*"age_seconds": <n>,\s*"last_heartbeat_at": "<time>",\s*"lease": "stale",\s*"name": "[^"]*",\s*"role": "\w+"\s*\}(?:,\s*)?/g,
    "",
  ],
  [/\[\s+\]/g, "[]"],
  // So many entries come before, and how many does depend on it.
  [/("(?:\w+_)?seq":\s*)\d+/g, "$1<n>"],
  [/^(?:(?:manager|worker) [\w-]+: heartbeat stale|ledger and machine agree)\n/gm, ""],
  [/^.*(?:\bd9\tactive|"dispatcher_id":"d9".*"state":"active").*\n/gm, ""],
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
  const said = rules.reduce((words, [from, to]) => words.replace(from, to), text);
  const lines = said.split("\n");
  // What is followed is told at least once; how often a change is seen on its way depends on the moment.
  if (/^\$ .* --(?:watch|follow)\b/.test(said)) return [...new Set(lines)].join("\n");
  // Inboxes with as many waiting stand in the order of their ids, which are random.
  return /^\$ \w+ dispatch status\b/.test(said) ? lines.sort().join("\n") : said;
}
