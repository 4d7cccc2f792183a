import { randomInt } from "node:crypto";
import { environmentText, threadSettings, turnContext, worldState } from "./context.mjs";
import { clientId, RESPONSE_USAGE, uuidv7 } from "./thread.mjs";

/** Size of the context window that the records report. */
const CONTEXT_WINDOW = 258_400;
/** The agent keeps at most this many characters of a command's output in a record (spec 02 §5.2). */
const OUTPUT_LIMIT = 65_536;

const seconds = (ms) => Math.floor(ms / 1000);

/**
 * Writes the records of one turn in the order and shape of release 0.169 (spec 02 §5). It decides nothing: what
 * happens in the turn is told by its caller, call by call.
 */
export class TurnRecords {
  id = uuidv7();
  started_ms = Date.now();
  #first_token_ms = null;

  constructor(thread, settings, { mode = "default" } = {}) {
    this.thread = thread;
    this.settings = settings;
    this.mode = mode;
  }

  get #ids() {
    return { turn_id: this.id, root_turn_id: this.id };
  }

  /** Open the turn for something a person said. */
  startWithInput(text) {
    const first = this.thread.turns === 0;
    this.thread.beginTurn();
    this.thread.ensureMeta();
    if (!first) this.#settingsApplied();
    this.thread.attribution = {
      turn_id: this.id,
      turn_trigger: "user",
      parent_turn_id: null,
      initiating_agent_path: null,
      root_turn_id: this.id,
    };
    this.#started({ turn_attribution: this.thread.attribution });
    if (first) this.#environment();
    this.#turnContext();
    if (first) this.#settingsApplied();
    this.userInput(text);
  }

  /** Something a person said: at the start of the turn, or steered into it while it runs. */
  userInput(text) {
    const id = `msg_${uuidv7()}`;
    this.thread.user_messages.push({ id, turn_id: this.id, text });
    this.thread.appendItem(
      this.#message(id, "user", [{ type: "input_text", text }], ["user.text"], [{ provenance: { type: "user" } }]),
      {
        retained_source: this.#retained(id, "user"),
        user_input_order: this.thread.nextOrder(),
        mcp_attribution: { status: "none" },
      },
    );
    this.#item({
      type: "UserMessage",
      id: uuidv7(),
      client_id: clientId(),
      content: [{ type: "text", text, text_elements: [] }],
    });
  }

  /** What the model answered. `phase` is only present on models that send it, as with the real program. */
  answer(text) {
    this.thread.sample();
    this.#first_token_ms ??= Date.now() - this.started_ms;
    const id = `msg_${uuidv7()}`;
    this.#item({ type: "AgentMessage", id, content: [{ type: "Text", text }] });
    this.thread.appendItem(
      {
        type: "message",
        id,
        role: "assistant",
        content: [{ type: "output_text", text }],
        internal_chat_message_metadata_passthrough: { turn_id: this.id, content_item_kinds: ["unknown"] },
      },
      { retained_source: this.#retained(id, "assistant"), user_input_order: this.thread.nextOrder() },
    );
    this.#usage();
    this.tokenCount();
  }

  /** The model calls a tool; returns the call's id. */
  call(name, args) {
    this.thread.sample();
    this.#first_token_ms ??= Date.now() - this.started_ms;
    const call_id = `call_${uuidv7()}`;
    this.thread.appendItem(
      {
        type: "function_call",
        id: `fc_${uuidv7()}`,
        name,
        arguments: JSON.stringify(args),
        call_id,
        internal_chat_message_metadata_passthrough: { turn_id: this.id },
      },
      { user_input_order: this.thread.nextOrder() },
    );
    this.#usage();
    return call_id;
  }

  /** What a tool gave back to the model. */
  callOutput(callId, output) {
    this.thread.appendItem(
      {
        type: "function_call_output",
        id: `fco_${uuidv7()}`,
        call_id: callId,
        output,
        internal_chat_message_metadata_passthrough: { turn_id: this.id, create_time: Date.now() / 1000 },
      },
      { fallback_token_limit_override: 3000 },
    );
    this.tokenCount();
  }

  /** A shell command has ended. */
  commandDone(callId, { cmd, output, exit_code, started_ms }) {
    const took = Date.now() - started_ms;
    this.#item(
      {
        type: "CommandExecution",
        id: callId,
        process_id: String(randomInt(10_000, 99_999)),
        command: ["/bin/bash", "-lc", cmd],
        cwd: `file://${this.settings.cwd}`,
        parsed_cmd: [{ type: "unknown", cmd }],
        source: "unified_exec_startup",
        status: exit_code === 0 ? "completed" : "failed",
        aggregated_output: truncateMiddle(output, OUTPUT_LIMIT),
        exit_code,
        duration: { secs: seconds(took), nanos: (took % 1000) * 1_000_000 },
      },
      started_ms,
    );
    const chunk = randomInt(0x100000, 0xffffff).toString(16);
    this.callOutput(
      callId,
      `Chunk ID: ${chunk}\nWall time: ${(took / 1000).toFixed(4)} seconds\nProcess exited with code ${exit_code}\n` +
        `Original token count: ${Math.ceil(output.length / 4)}\nOutput:\n${truncateMiddle(output, 12_000)}`,
    );
  }

  /** A person allowed every command that begins with these words. */
  prefixApproved(prefix) {
    this.thread.approved_prefixes.push(prefix);
    this.thread.appendItem(
      this.#message(
        `msg_${uuidv7()}`,
        "developer",
        [{ type: "input_text", text: `Approved command prefix saved:\n- ${JSON.stringify(prefix)}` }],
        ["permissions.approved_command_prefix_saved"],
        [{ provenance: { type: "harness", hook: false } }],
      ),
    );
    this.thread.append("world_state", {
      full: false,
      state: { permissions: { approved_command_prefixes: this.thread.approved_prefixes } },
    });
  }

  /** A person answered the model's question. */
  questionAnswered(callId, { id, question, option }) {
    this.thread.append("retained_context", {
      type: "verified_answer",
      turn_id: this.id,
      call_id: callId,
      questions: [{ question: `${question}\n${option.label}: ${option.description}`, answer: option.label }],
      acceptance_order: this.thread.nextOrder(),
    });
    this.callOutput(callId, JSON.stringify({ answers: { [id]: { answers: [option.label] } } }));
  }

  /** A plan was proposed. */
  planProposed(text) {
    this.#item({ type: "Plan", id: `${this.id}-plan`, text });
  }

  /** The history was replaced by a summary. */
  compacted(summary) {
    const started = Date.now();
    this.thread.sample();
    this.tokenCount();
    this.thread.appendItem(
      {
        type: "message",
        id: `msg_${uuidv7()}`,
        role: "assistant",
        content: [{ type: "output_text", text: summary }],
        internal_chat_message_metadata_passthrough: { turn_id: this.id, content_item_kinds: ["unknown"] },
      },
      { compaction_output: true },
    );
    const record = this.#usage();
    this.tokenCount();
    const previous = this.thread.window_id;
    this.thread.window_id = uuidv7();
    this.thread.window_number += 1;
    const kept = this.thread.user_messages;
    this.thread.append("compacted", {
      message: `The conversation so far was replaced by this summary:\n${summary}`,
      replacement_history: kept.map((m) => ({
        type: "message",
        id: m.id,
        role: "user",
        content: [{ type: "input_text", text: m.text }],
      })),
      replacement_history_metadata: kept.map((_, index) => ({
        history_sequence: index + 1,
        sampled_through_sequence: 0,
        client_authored: false,
      })),
      retained_context: {
        verified_answers: [],
        incomplete: false,
        user_messages: [],
        user_messages_incomplete: false,
        assistant_messages: [],
        assistant_messages_incomplete: false,
        next_order: this.thread.nextOrder(),
      },
      window_number: this.thread.window_number,
      first_window_id: this.thread.first_window_id,
      previous_window_id: previous,
      window_id: this.thread.window_id,
      compaction_response_id: record.response_id,
      latest_token_usage_record: record,
      resume_metadata: {
        dynamic_tools: { thread_id: this.thread.id, tools: [] },
        multi_agent_version: "v1",
        last_started_turn_id: this.id,
        ...(this.thread.attribution === null ? {} : { turn_attribution: this.thread.attribution }),
        previous_turn_settings: { model: this.settings.model, comp_hash: null, realtime_active: false },
      },
    });
    this.#worldState();
    this.#turnContext();
    this.#settingsApplied();
    this.tokenCount();
    this.#item({ type: "ContextCompaction", id: uuidv7() }, started);
  }

  /** Open a turn that no person started with a message: manual compaction. */
  startMaintenance() {
    this.thread.beginTurn();
    this.thread.ensureMeta();
    this.#started({});
  }

  /** The turn ended well; `lastMessage` is null after a compaction. */
  complete(lastMessage) {
    this.#ended("task_complete", {
      last_agent_message: lastMessage,
      ...this.#times(),
      ...(lastMessage === null ? {} : { time_to_first_token_ms: this.#first_token_ms ?? 0 }),
    });
  }

  /** The turn ended with an error; `code` is what the agent calls `codex_error_info`. */
  fail(code, message) {
    this.#ended("task_complete", {
      last_agent_message: null,
      error: { message, codex_error_info: code },
      ...this.#times(),
    });
  }

  /** A person interrupted the turn. An open tool call gets its answer first. */
  interrupt(openCallId) {
    if (openCallId === undefined) this.tokenCount();
    else {
      const took = ((Date.now() - this.started_ms) / 1000).toFixed(1);
      this.callOutput(openCallId, `Wall time: ${took} seconds\naborted by user`);
    }
    this.thread.appendItem(
      this.#message(
        `msg_${uuidv7()}`,
        "user",
        [
          {
            type: "input_text",
            text: "<turn_aborted>\nThe person at the terminal stopped this turn; a command may have run only in part.\n</turn_aborted>",
          },
        ],
        ["generic.turn_aborted"],
        [{ provenance: { type: "harness", hook: false } }],
      ),
    );
    this.#ended("turn_aborted", { reason: "interrupted", ...this.#times() });
  }

  /** Token totals and rate limits as they stand. */
  tokenCount() {
    const { thread } = this;
    this.thread.append("event_msg", {
      type: "token_count",
      info: thread.has_usage
        ? {
            total_token_usage: thread.usage,
            last_token_usage: RESPONSE_USAGE,
            last_usage_includes_reasoning: false,
            model_context_window: CONTEXT_WINDOW,
          }
        : null,
      rate_limits: {
        limit_id: "codex",
        limit_name: null,
        primary: null,
        secondary: null,
        credits: null,
        individual_limit: null,
        spend_control_reached: null,
        plan_type: null,
        rate_limit_reached_type: null,
      },
    });
  }

  #times() {
    const now = Date.now();
    return { started_at: seconds(this.started_ms), completed_at: seconds(now), duration_ms: now - this.started_ms };
  }

  #ended(type, fields) {
    this.thread.append("event_msg", { type, root_turn_id: this.id, turn_id: this.id, ...fields });
  }

  #started(attribution) {
    this.thread.append("event_msg", {
      type: "task_started",
      ...attribution,
      ...this.#ids,
      started_at: seconds(this.started_ms),
      model_context_window: CONTEXT_WINDOW,
      collaboration_mode_kind: this.mode,
    });
  }

  #item(item, startedMs = Date.now()) {
    this.thread.append("event_msg", {
      type: "item_completed",
      thread_id: this.thread.id,
      turn_id: this.id,
      item,
      started_at_ms: startedMs,
      completed_at_ms: Date.now(),
    });
  }

  #usage() {
    const response_id = this.thread.respond();
    const record = {
      thread_id: this.thread.id,
      turn_id: this.id,
      session_id: this.thread.id,
      root_turn_id: this.id,
      response_id,
      usage: RESPONSE_USAGE,
      turn_token_usage: this.thread.turn_usage,
      thread_token_usage: this.thread.usage,
    };
    this.thread.append("token_usage_record", record);
    return record;
  }

  #retained(messageId, role) {
    return {
      id: { message_id: messageId, turn_id: this.id, role },
      revision: `retained_${uuidv7()}`,
      complete: true,
    };
  }

  #message(id, role, content, kinds, metadata) {
    return {
      type: "message",
      id,
      role,
      content,
      internal_chat_message_metadata_passthrough: {
        turn_id: this.id,
        create_time: Date.now() / 1000,
        content_item_kinds: kinds,
        content_item_metadata: metadata,
      },
    };
  }

  #environment() {
    const harness = { provenance: { type: "harness", hook: false } };
    const write = (role, text, kind, metadata) =>
      this.thread.appendItem(
        this.#message(`msg_${uuidv7()}`, role, [{ type: "input_text", text }], [kind], [harness]),
        metadata,
      );
    const instructions = "[instructions of the scripted agent]";
    write("developer", instructions, "permissions.instructions", { mcp_attribution: { status: "none" } });
    write("user", environmentText(this.settings), "environments.environment_context");
    this.#worldState();
  }

  #worldState() {
    this.thread.append("world_state", worldState(this.settings, this.mode, this.thread.approved_prefixes));
  }

  #turnContext() {
    this.thread.append("turn_context", { ...this.#ids, ...turnContext(this.settings, this.mode) });
  }

  #settingsApplied() {
    this.thread.append("event_msg", {
      type: "thread_settings_applied",
      thread_id: this.thread.id,
      thread_settings: threadSettings(this.settings, this.mode),
    });
  }
}

/** Keep both ends of a long text around a marker that says how much is missing. */
export function truncateMiddle(text, limit) {
  if (text.length <= limit) return text;
  const marker = `\n... ${text.length - limit} characters left out ...\n`;
  const keep = limit - marker.length;
  return text.slice(0, Math.ceil(keep / 2)) + marker + text.slice(text.length - Math.floor(keep / 2));
}
