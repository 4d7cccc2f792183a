import { presents } from "../presentation.ts";

/** What reads and checks the files is loaded when it is asked for: it needs the schemas. */
const verbs = () => import("./files/verbs.ts");

/** `config list`: every setting with its value. */
export const list = presents("config.list", {
  local: async (input, context) => (await verbs()).list(input, context),
});

/** `config get`: the value alone. */
export const get = presents("config.get", {
  local: async (input, context) => (await verbs()).get(input, context),
});

/** `config explain`: what each place says. */
export const explain = presents("config.explain", {
  local: async (input, context) => (await verbs()).explain(input, context),
});

/** `config set`. */
export const set = presents("config.set", {
  local: async (input, context) => (await verbs()).set(input, context),
});

/** `config unset`. */
export const unset = presents("config.unset", {
  local: async (input, context) => (await verbs()).unset(input, context),
});

/** `config path`. */
export const path = presents("config.path", {
  local: async (input, context) => (await verbs()).path(input, context),
});

/** `config trust`. */
export const trust = presents("config.trust", {
  local: async (input, context) => (await verbs()).trust(input, context),
});

/** `config schema`. */
export const schema = presents("config.schema", {
  local: async (input, context) => (await verbs()).schema(input, context),
});
