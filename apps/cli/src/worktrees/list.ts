import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { type Column, listing } from "../print/listing.ts";

type Row = Output<"worktrees.list">[number];

const COLUMNS: readonly Column<Row>[] = [
  { head: "id", of: ({ id }) => id },
  { head: "branch", of: ({ branch }) => branch, cut: "end" },
  { head: "state", of: ({ state }) => state },
  { head: "session", of: ({ session }) => session?.name },
  { head: "task", of: ({ task }) => task?.name },
  { head: "path", of: ({ path }) => path, cut: "start" },
];

/** `worktrees list` (spec 10 §10.6). */
export const list = presents("worktrees.list", {
  text: (rows, view) => listing(COLUMNS, rows, view),
  nothing: (program) => `no working trees; one is made by ${program} start-worker --name NAME --worktree`,
});
