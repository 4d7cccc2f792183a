import { must, type Recorder } from "../recorder.ts";

/** Tasks, sessions without terminals, and bindings. Leaves the task `auth` bound to `ada` and `bob`. */
export async function setup(recorder: Recorder): Promise<void> {
  recorder.section("02-setup");
  const call = recorder.call.bind(recorder);
  const { place } = recorder;
  await must(recorder, "tasks --create auth --goal 'refactor auth' --summary 'the whole of it'");
  await call("tasks --create auth --goal 'again'");
  await call("tasks --create 'no good name' --goal g");
  await call("tasks --create lexer");
  await must(recorder, "tasks --create lexer --goal 'cut it into pieces'");
  for (const line of ["tasks", "tasks --active", "tasks --limit 1", "tasks --after nothing", "tasks --limit 0"])
    await call(line);

  await must(recorder, `register-worker --name ada --codex-session ${place.rollout()}`);
  await call(`register-worker --name ada --codex-session ${place.rollout()}`);
  await call("register-worker --name eve");
  await call("register-worker --name eve --codex-session missing.jsonl");
  await call("register-worker --name eve --pid 999999999");
  await call("register-worker --name 'no name' --codex-session missing.jsonl");
  const thread = "--codex-app-thread-id thr-1 --codex-app-thread-title 'the manager'";
  await must(recorder, `register-manager --name bob --codex-session ${place.rollout()} ${thread}`);
  await call(`register-worker --name bob --codex-session ${place.rollout()}`);
  await must(recorder, `register-worker --name spare --codex-session ${place.rollout()} --cwd /tmp`);
  for (const flags of [
    "",
    "--role worker",
    "--state all",
    "--state gone",
    "--include-legacy",
    "--name ada --name bob",
  ]) {
    await call(`sessions ${flags}`);
  }
  for (const flags of ["--redact-identity-token", "--limit 1", "--role boss", "--after nothing"])
    await call(`sessions ${flags}`);
  for (const query of ["", "auth", "auth --all", "ada --limit 1", "nothing"]) await call(`discover ${query}`);
  await call("search lexer");

  await call("bind --task nothing --worker ada --manager bob");
  await call("bind --task auth --worker bob --manager ada");
  await call("bind --task auth --worker nobody --manager bob");
  await must(recorder, "bind --task auth --worker ada --manager bob");
  await call("bind --task auth --worker ada --manager bob");
  await call("bind --task lexer --worker ada --manager bob");
  await call("discover");
  await call("unbind --task lexer");
  await must(recorder, "unbind --task auth");
  await call("unbind --task auth");
  await must(recorder, "bind --task auth --worker ada --manager bob");
  await must(recorder, "deregister spare");
  await call("deregister spare");
  await call("deregister nobody");
  await call("deregister ada");
  await call("sessions --state all");
  for (const flags of ["", "--live --all", "--full --repair"]) await call(`db-doctor ${flags}`);
}
