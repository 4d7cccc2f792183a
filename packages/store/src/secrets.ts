import { setOwn } from "./json.ts";

const MASK = "[masked]";
const SECRET_KEY = /(token|secret|password|api[_-]?key|authorization|jwt)$/i;
const SECRET_TEXT = [
  /\b(sk|ghp|gho|github_pat|xox[abp])[-_][A-Za-z0-9_-]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** What every pattern above begins with, so that the many texts that are no secret cost one look. */
const MAYBE_SECRET = /(?:sk|gh[po]|github_pat|xox[abp])[-_]|eyJ|-----BEGIN/;

/** Replace anything that looks like a credential, by key or by form, before it is stored for people to read (spec 07 §7.7.2). */
export function maskSecrets(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    if (value !== "" && SECRET_KEY.test(key)) return MASK;
    if (!MAYBE_SECRET.test(value)) return value;
    return SECRET_TEXT.reduce((text, pattern) => text.replace(pattern, MASK), value);
  }
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, key));
  if (value === null || typeof value !== "object") return value;
  const masked: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) setOwn(masked, name, maskSecrets(member, name));
  return masked;
}
