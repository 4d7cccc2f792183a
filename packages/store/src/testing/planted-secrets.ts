const letters = (count: number) => "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA".repeat(Math.ceil(count / 32)).slice(0, count);
const hex = (count: number) => "0123456789abcdef".repeat(Math.ceil(count / 16)).slice(0, count);
const upper = (count: number) => letters(count).toUpperCase();

/** A form, a text that holds one, and the part of it that nobody may see. None of them opens anything. */
export type PlantedSecret = [what: string, text: string, secret: string];

const whole = (what: string, secret: string): PlantedSecret => [what, secret, secret];

/** One of every form that the program knows, for tests that plant them into everything that takes text. */
export function plantedSecrets(): PlantedSecret[] {
  return [
    ["a private key", `-----BEGIN RSA PRIVATE KEY-----\n${letters(64)}\n-----END RSA PRIVATE KEY-----`, letters(64)],
    whole("age", `AGE-SECRET-KEY-1${upper(58)}`),
    whole("a JSON web token", `eyJ${letters(20)}.eyJ${letters(20)}.${letters(20)}`),
    whole("an AWS access key", `AKIA${upper(16)}`),
    whole("a Google API key", `AIza${letters(35)}`),
    whole("a Google OAuth token", `ya29.${letters(40)}`),
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => whole(`GitHub ${kind}`, `${kind}_${letters(36)}`)),
    whole("GitHub, fine-grained", `github_pat_${letters(22)}_${letters(59)}`),
    whole("GitLab", `glpat-${letters(20)}`),
    whole("npm", `npm_${letters(36)}`),
    whole("PyPI", `pypi-AgEIcHlwaS5vcmc${letters(60)}`),
    whole("RubyGems", `rubygems_${hex(48)}`),
    ...["xoxb", "xoxp", "xoxa"].map((kind) => whole(`Slack ${kind}`, `${kind}-1234567890-${letters(24)}`)),
    whole("a Slack app", `xapp-1-A0123-123456-${hex(32)}`),
    whole("a Slack web hook", `hooks.slack.com/services/T0123456/B0123456/${letters(24)}`),
    ...["sk_live", "rk_live", "sk_test"].map((kind) => whole(`Stripe ${kind}`, `${kind}_${letters(24)}`)),
    whole("OpenAI", `sk-proj-${letters(48)}`),
    whole("Anthropic", `sk-ant-api03-${letters(48)}`),
    whole("Hugging Face", `hf_${letters(34)}`),
    whole("SendGrid", `SG.${letters(22)}.${letters(43)}`),
    whole("Twilio", `SK${hex(32)}`),
    whole("DigitalOcean", `dop_v1_${hex(64)}`),
    whole("Shopify", `shpat_${hex(32)}`),
    whole("Vault", `hvs.${letters(90)}`),
    whole("Terraform", `${letters(14)}.atlasv1.${letters(64)}`),
    whole("Databricks", `dapi${hex(32)}`),
    whole("Doppler", `dp.pt.${letters(43)}`),
    whole("Linear", `lin_api_${letters(40)}`),
    whole("Atlassian", `ATATT3${letters(60)}`),
    whole("Postman", `PMAK-${hex(24)}-${hex(34)}`),
    whole("Pulumi", `pul-${hex(40)}`),
    whole("Sentry", `sntryu_${hex(64)}`),
    whole("Grafana", `glc_${letters(40)}`),
    whole("New Relic", `NRAK-${upper(27)}`),
    whole("1Password", `ops_eyJ${letters(60)}`),
    whole("Telegram", `123456789:AA${letters(33)}`),
    ["a bearer", `Authorization: Bearer ${letters(24)}`, letters(24)],
    ["a basic authorisation", "Authorization: Basic YWRhOmh1bnRlcjI=", "YWRhOmh1bnRlcjI="],
    ["an address with a password", "postgres://ada:hunter2-horse@db.example.com:5432/app", "hunter2-horse"],
    ["user and password before a host", "ada:hunter2-horse@db.example.com", "hunter2-horse"],
    ["a password that is assigned", "PGPASSWORD=hunter2-horse", "hunter2-horse"],
    ["a quoted password", 'password="hunter2-horse"', "hunter2-horse"],
    ["a secret that is assigned", "client_secret=hunter2-horse", "hunter2-horse"],
    ["a secret that is told", "api_key: hunter2-horse", "hunter2-horse"],
    ["a token in JSON", '{"access_token": "hunter2-horse"}', "hunter2-horse"],
  ];
}
