/** Where a forked or rewound file takes over from another one (spec 02 §5.2). */
export interface HistoryBase {
  thread_id: string | null;
  end_ordinal_exclusive: number | null;
  end_byte_offset: number | null;
}

/** What a record file says about itself (spec 01 §5.1, 02 §5.2). */
export interface RecordMeta {
  path: string;
  /** The thread that the file belongs to. */
  thread_id: string;
  cwd: string | null;
  /** When the thread began, as the agent wrote it. */
  timestamp: string | null;
  history_mode: "legacy" | "paginated";
  history_base: HistoryBase | null;
}
