import { presents } from "../presentation.ts";
import { taskRows } from "./list.ts";

/** `tasks --follow`: a line per task that changed (spec 01 §6.7). */
export const onChange = presents("tasks.onChange", { text: (task, view) => taskRows([task], view) });
