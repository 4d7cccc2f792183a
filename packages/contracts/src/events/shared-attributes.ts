import type * as zod from "zod";

export type SharedAttributes = ReturnType<typeof sharedAttributes>;

/** Attributes that several events have, and that mean the same in all of them. */
export function sharedAttributes(z: typeof zod) {
  const anything = z.record(z.string(), z.unknown());
  return {
    error: z.string().describe("what went wrong, in one line"),
    error_or_null: z.string().nullable().describe("what went wrong, in one line"),
    error_type: z.string().describe("the class of the error, or its code"),
    error_code: z.string().describe("the code of the error"),
    reason: z.string().describe("why"),
    dry_run: z.boolean().describe("whether only a look was taken and nothing done"),
    success: z.boolean().describe("whether it worked"),
    name: z.string().describe("name of the session or worker"),
    role: z.string().describe("`worker` or `manager`"),
    session: z.string().describe("name of the session"),
    worker: z.string().describe("name of the worker's session"),
    manager: z.string().describe("name of the manager's session"),
    task: z.string().describe("name of the task"),
    task_id: z.string().describe("id of the task"),
    session_id: z.string().describe("id of the session"),
    binding_id: z.string().describe("id of the binding"),
    run_id: z.string().describe("id of the run"),
    command_id: z.string().describe("id of the command"),
    command_type: z.string().describe("type of the command"),
    pid: z.int().nullable().describe("process id of the agent, when it is known"),
    target: z.string().describe("the terminal: its pane, else its tmux session"),
    tmux_session: z.string().nullable().describe("name of the tmux session"),
    tmux_pane_id: z.string().nullable().describe("id of the tmux pane"),
    text_length: z.int().describe("characters typed"),
    followup_length: z.int().describe("characters typed after the key"),
    key: z.string().describe("the key that was pressed"),
    byte_count: z.int().describe("size in bytes"),
    line_count: z.int().describe("size in lines"),
    history_lines: z.int().describe("lines of the terminal that were asked for"),
    source_session: z.string().describe("name of the session it comes from"),
    target_session: z.string().describe("name of the session it goes to"),
    delivery_mode: z.string().describe("`push`: typed into the terminal; `pull_required`: waits in the inbox"),
    side_effect_started: z.boolean().describe("whether typing had begun"),
    side_effect_completed: z.boolean().describe("whether everything was typed"),
    worker_id: z.string().nullable().describe("the folder-based worker it was for; those of today have none"),
    manager_id: z.string().nullable().describe("the manager of an earlier ledger it was for; those of today have none"),
    source: z.string().optional().describe("the command that wrote it, when it is not the usual one"),
    anything,
    list: z.array(z.unknown()),
  };
}
