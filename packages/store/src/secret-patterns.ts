/** One form of credential. What `value` names in the pattern is masked; without that group the whole match is. */
export interface SecretPattern {
  /** What it opens. */
  of: string;
  /** Has the flags `g` and, where letters may be written either way, `i`. */
  pattern: RegExp;
}

/**
 * The forms by which credentials are known. Those with a prefix follow the rule set of gitleaks (config/gitleaks.toml, MIT
 * licence, Copyright (c) 2019 Zachary Rice); lengths are given as a minimum here, because to hide too much costs little.
 * A new form is a new row; its beginning must also be in `MAYBE_SECRET` below, which a test checks. No row may repeat
 * without a bound what something else has to follow: such a pattern can be made to take hours.
 */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    of: "a private key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { of: "age", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/gi },
  { of: "a JSON web token", pattern: /\beyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{5,}/g },
  { of: "AWS, an access key", pattern: /\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  { of: "Google, an API key", pattern: /\bAIza[\w-]{30,}/g },
  { of: "Google, an OAuth token", pattern: /\bya29\.[\w-]{20,}/g },
  { of: "GitHub", pattern: /\bgh[pousr]_[A-Za-z0-9_]{16,}/g },
  { of: "GitHub, a fine-grained token", pattern: /\bgithub_pat_\w{16,}/g },
  { of: "GitLab", pattern: /\bgl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent|oas|sa)[-_][\w.-]{16,}/g },
  { of: "npm", pattern: /\bnpm_[A-Za-z0-9]{16,}/g },
  { of: "PyPI", pattern: /\bpypi-[\w-]{16,}/g },
  { of: "RubyGems", pattern: /\brubygems_[a-f0-9]{32,}/g },
  { of: "Slack", pattern: /\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}/gi },
  { of: "Slack, an app", pattern: /\bxapp-[\w-]{10,}/gi },
  { of: "Slack, a web hook", pattern: /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{20,}/g },
  { of: "Stripe", pattern: /\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{8,}/g },
  { of: "OpenAI, Anthropic and those alike", pattern: /\bsk[-_][A-Za-z0-9_-]{16,}/g },
  { of: "Hugging Face", pattern: /\b(?:hf_|api_org_)[A-Za-z0-9]{16,}/g },
  { of: "SendGrid", pattern: /\bSG\.[\w-]{16,64}\.[\w-]{16,}/g },
  { of: "Twilio", pattern: /\bSK[0-9a-f]{32}\b/g },
  { of: "DigitalOcean", pattern: /\bdo[opr]_v1_[a-f0-9]{32,}/g },
  { of: "Shopify", pattern: /\bshp(?:at|ca|pa|ss)_[a-f0-9]{32}/gi },
  { of: "HashiCorp Vault", pattern: /\bhv[sb]\.[\w-]{20,}/g },
  { of: "Terraform", pattern: /\b[a-z0-9]{14}\.atlasv1\.[\w-]{40,}/gi },
  { of: "Databricks", pattern: /\bdapi[a-f0-9]{32}/g },
  { of: "Doppler", pattern: /\bdp\.[a-z]{2,4}\.[A-Za-z0-9]{32,}/g },
  { of: "Linear", pattern: /\blin_(?:api|oauth)_[A-Za-z0-9]{16,}/g },
  { of: "Atlassian", pattern: /\bATATT3[\w=-]{20,}/g },
  { of: "Postman", pattern: /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}/gi },
  { of: "Pulumi", pattern: /\bpul-[a-f0-9]{40}/g },
  { of: "Sentry", pattern: /\bsntry[su]_[\w+/=-]{20,}/g },
  { of: "Grafana", pattern: /\bglc_[A-Za-z0-9+/]{32,}={0,2}/g },
  { of: "New Relic", pattern: /\bNRAK-[A-Z0-9]{27}/gi },
  { of: "1Password", pattern: /\bops_eyJ[A-Za-z0-9+/]{20,}={0,3}/g },
  { of: "Telegram", pattern: /\b\d{6,16}:AA[\w-]{30,}/g },
  {
    of: "a bearer",
    pattern: /\bBearer\s{1,5}(?<value>(?=\S{0,1000}\d)[A-Za-z0-9._~+/=-]{8,}|[A-Za-z0-9._~+/=-]{24,})/gi,
  },
  {
    of: "a header that authorises",
    pattern:
      /\bAuthorization[\\"']{0,4}\s{0,5}[:=]\s{0,5}[\\"']{0,4}(?:Basic|Digest|Token|ApiKey)\s{1,5}(?<value>[^\s\\"',;]{4,})/gi,
  },
  { of: "an address with a password", pattern: /:\/\/[^\s:/@?#]{0,200}:(?<value>[^\s/@]{1,500})@/g },
  {
    of: "user and password before a host",
    pattern: /(?<=\w)(?<!\b(?:mailto|acct|sip|sips|xmpp|npm)):(?<value>[^\s:/@]{3,200})@[a-z0-9]/gi,
  },
  {
    of: "a password that is assigned",
    pattern: /(?:password|passwd|passphrase)[\\"']{0,4}\s{0,5}=\s{0,5}[\\"']{0,4}(?<value>[^\s\\"',;&]+)/gi,
  },
  {
    of: "a secret that is assigned",
    pattern:
      /(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)[\\"']{0,4}\s{0,5}=\s{0,5}[\\"']{0,4}(?<value>[^\s\\"',;&]{6,})/gi,
  },
  {
    of: "a secret that is told",
    pattern:
      /(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)[\\"']{0,4}\s{0,5}:\s{0,5}[\\"']{0,4}(?<value>(?=[^\s\\"',;&]{0,200}[\d!$%^*#])[^\s\\"',;&]{6,})/gi,
  },
];

/** What every form above holds, so that the many texts that hold no secret cost one look. */
export const MAYBE_SECRET =
  /-----BEGIN|\b(?:age-secret|eyJ|A3T|AKIA|ASIA|ABIA|ACCA|AIza|ya29\.|gh[pousr]_|github_pat_|gl[a-z]{2,5}[-_]|npm_|pypi-|rubygems_|xox[a-z]|xapp-|[sr]k[-_]|hf_|api_org_|SG\.|SK[0-9a-f]{8}|do[opr]_v1_|shp(?:at|ca|pa|ss)_|hv[sb]\.|dapi[0-9a-f]|dp\.|lin_|ATATT3|PMAK-|pul-|sntry|glc_|NRAK-|ops_eyJ)|hooks\.slack|\.atlasv1\.|:AA|@|bearer|authorization|passw|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential/i;

/** Keys under which every text is a secret, whatever it looks like (spec 07 §7.7.2). */
export const SECRET_KEY =
  /(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|jwt|cookie)$/i;
