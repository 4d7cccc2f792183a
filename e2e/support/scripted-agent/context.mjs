/** The parts of a rollout that repeat the settings of a thread: model, folder, sandbox, approval (spec 02 §5.2). */

/** Access rules of a sandbox mode, in the shapes that the records repeat in several places. */
function access(sandbox, cwd) {
  if (sandbox === "danger-full-access") {
    return {
      profile: { type: "disabled" },
      active: {},
      policy: { type: "danger-full-access" },
      fileSystem: {},
      xml: '<permission_profile type="disabled"><file_system type="unrestricted" /></permission_profile>',
    };
  }
  const writable = sandbox === "workspace-write";
  const special = (kind, mode) => ({ path: { type: "special", value: { kind } }, access: mode });
  const guarded = [".git", ".agents", ".codex", ".aws"].map((name) => ({
    path: { type: "path", path: `${cwd}/${name}` },
    access: "read",
    missing_path_behavior: "skip",
  }));
  const entries = writable
    ? [
        special("root", "read"),
        { path: { type: "path", path: cwd }, access: "write" },
        special("slash_tmp", "write"),
        special("tmpdir", "write"),
        ...guarded,
      ]
    : [special("root", "read")];
  const policy = writable
    ? { type: "workspace-write", network_access: false, exclude_tmpdir_env_var: false, exclude_slash_tmp: false }
    : { type: "read-only" };
  const xmlEntry = (entry) =>
    entry.path.type === "special"
      ? `<entry access="${entry.access}"><special>:${entry.path.value.kind}</special></entry>`
      : `<entry access="${entry.access}"><path>${entry.path.path}</path></entry>`;
  return {
    profile: { type: "managed", file_system: { type: "restricted", entries }, network: "restricted" },
    active: { active_permission_profile: { id: writable ? ":workspace" : ":read-only" } },
    policy,
    fileSystem: writable ? { file_system_sandbox_policy: { kind: "restricted", entries } } : {},
    xml: `<permission_profile type="managed"><file_system type="restricted">${entries.map(xmlEntry).join("")}</file_system></permission_profile>`,
  };
}

const filesystem = ({ cwd, sandbox }) =>
  `<filesystem><workspace_roots><root>${cwd}</root></workspace_roots>${access(sandbox, cwd).xml}</filesystem>`;
const today = () => new Date().toISOString().slice(0, 10);
const collaboration = (model, mode) => ({
  mode,
  settings: { model, reasoning_effort: null, developer_instructions: null },
});

/** What the model is told about the machine at the start of a thread. */
export function environmentText(settings) {
  return (
    `<environment_context>\n  <cwd>${settings.cwd}</cwd>\n  <shell>bash</shell>\n  <current_date>${today()}</current_date>\n` +
    `  <timezone>Etc/UTC</timezone>\n  ${filesystem(settings)}\n</environment_context>`
  );
}

/** Payload of a full `world_state` record. */
export function worldState(settings, mode, approvedPrefixes) {
  const { cwd, model } = settings;
  return {
    full: true,
    state: {
      agents_md: {},
      apps_instructions: false,
      collaboration_mode: { mode, model, instructions: "0".repeat(40) },
      context_window_guidance: "",
      environments: {
        environments: { local: { cwd, status: "available", shell: "bash" } },
        current_date: today(),
        timezone: "Etc/UTC",
        filesystem: filesystem(settings),
      },
      environments_instructions: false,
      git_attribution: false,
      host_skills: { body: "" },
      managed_developer_instructions: {},
      model,
      model_catalog: "0".repeat(40),
      multi_agent_mode: {},
      permissions: { instructions: "0".repeat(40), approved_command_prefixes: approvedPrefixes },
      persistent_mode: {},
      plugins_instructions: false,
      realtime: { active: false },
      skills: { includeInstructions: true },
    },
  };
}

/** Payload of a `turn_context` record, without the ids of the turn. */
export function turnContext({ cwd, sandbox, model, approval_policy }, mode) {
  const rules = access(sandbox, cwd);
  return {
    disabled_plugin_ids: [],
    cwd,
    approval_policy,
    approvals_reviewer: "user",
    permission_profile: rules.profile,
    ...rules.active,
    model,
    collaboration_mode: collaboration(model, mode),
    multi_agent_version: "v1",
    realtime_active: false,
    summary: "none",
    sandbox_policy: rules.policy,
    ...rules.fileSystem,
  };
}

/** The settings inside a `thread_settings_applied` event. */
export function threadSettings({ cwd, sandbox, model, provider, approval_policy }, mode) {
  const rules = access(sandbox, cwd);
  return {
    model,
    model_provider_id: provider,
    approval_policy,
    approvals_reviewer: "user",
    requested_approvals_reviewer: "user",
    permission_profile: rules.profile,
    ...rules.active,
    cwd,
    runtime_workspace_roots: [cwd],
    collaboration_mode: collaboration(model, mode),
    disabled_plugin_ids: [],
  };
}
