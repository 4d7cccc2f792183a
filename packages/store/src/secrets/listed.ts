// Made by tools/secrets/listed.ts (`pnpm run secrets`). Do not edit: forms of our own are in forms.ts.

/** A form of credential as plain data: nothing is compiled before a text is looked at. */
export interface ListedForm {
  /** The rule that it is from. */
  of: string;
  /** Every match holds one of these. */
  keywords: readonly string[];
  /** What `value` names in the pattern is masked; without that group the whole match is. */
  source: string;
  flags: string;
}

/**
 * What the rules of @secretlint/secretlint-rule-preset-recommend 13.0.7 look for
 * (MIT licence: see listed.LICENSE). To renew it, update that package and `pnpm run secrets`.
 */
export const LISTED_FORMS: readonly ListedForm[] = [
  {
    of: "aws",
    keywords: ["SECRET", "Secret", "secret"],
    source:
      "[\"']?(?:AWS|aws|Aws)?_?(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)[\"']?\\s*(?::|=>|=)\\s*[\"']?(?:[A-Za-z0-9/\\+=]{40})[\"']?\\b",
    flags: "g",
  },
  {
    of: "privatekey",
    keywords: ["-----END"],
    source:
      "-----BEGIN[ ]?(?:(?:RSA|DSA|EC|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----\\n?(?:[A-Za-z0-9+/=\\s\\\\]{100,10000})\\n?-----END[ ]?(?:(?:RSA|DSA|EC|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----",
    flags: "gm",
  },
  { of: "npm", keywords: ["npm_"], source: "(?<!\\p{L})npm_[A-Za-z0-9_]{36}(?![A-Za-z0-9_])", flags: "gu" },
  {
    of: "npm",
    keywords: [":x-oauth-basic@github"],
    source: "https?:\\/\\/(?:.{1,256}):x-oauth-basic@github.com\\/",
    flags: "g",
  },
  {
    of: "basicauth",
    keywords: ["ftp://", "ftps://", "http://", "https://"],
    source:
      "(?:(?:https?|ftp|ftps)):\\/\\/(?:[-a-zA-Z0-9_]{1,256}):(?<value>[-a-zA-Z0-9_]{1,256})@[-a-zA-Z0-9%._+~#=]{1,256}\\.[a-zA-Z0-9()]{1,6}\\b",
    flags: "g",
  },
  {
    of: "slack",
    keywords: ["xapp-", "xoxa-", "xoxb-", "xoxo-", "xoxp-", "xoxr-"],
    source: "\\b(?:xoxb|xoxp|xapp|xoxa|xoxo|xoxr)-(?:\\d-)?(?:[a-zA-Z0-9]{1,40}-)+[a-zA-Z0-9]{1,40}\\b",
    flags: "g",
  },
  {
    of: "slack",
    keywords: ["https://hooks.slack.com/services/t"],
    source: "https:\\/\\/hooks\\.slack\\.com\\/services\\/T[a-zA-Z0-9]{1,40}\\/B[a-zA-Z0-9]{1,40}\\/[a-zA-Z0-9]{1,40}",
    flags: "gi",
  },
  {
    of: "sendgrid",
    keywords: ["SG."],
    source: "(?<!\\p{L})SG\\.\\w{1,128}\\.\\w{1,128}(?:[-_]?)\\w{1,128}(?!\\w)",
    flags: "gu",
  },
  {
    of: "shopify",
    keywords: ["shpat_", "shpca_", "shppa_", "shpss_"],
    source: "(?<!\\p{L})(?:shppa|shpca|shpat|shpss)_[a-zA-Z0-9]{32,64}(?![a-zA-Z0-9])",
    flags: "gu",
  },
  {
    of: "stripe",
    keywords: ["rk_live_", "rk_test_", "sk_live_", "sk_test_"],
    source: "(?<!\\p{L})(?:sk_live|sk_test|rk_live|rk_test)_[a-zA-Z0-9]{24,99}(?![a-zA-Z0-9])",
    flags: "gu",
  },
  {
    of: "github",
    keywords: ["gho_", "ghp_", "ghr_", "ghs_", "ghu_"],
    source: "(?<!\\p{L})(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36}(?![A-Za-z0-9_])",
    flags: "gu",
  },
  {
    of: "github",
    keywords: ["github_pat_"],
    source: "(?<!\\p{L})(?:github_pat)_[A-Za-z0-9_]{82}(?![A-Za-z0-9_])",
    flags: "gu",
  },
  {
    of: "github",
    keywords: ["ghs_"],
    source:
      "(?<!\\p{L})(?:ghs)_[0-9]{1,20}_[A-Za-z0-9_-]{1,1000}\\.[A-Za-z0-9_-]{1,10000}\\.[A-Za-z0-9_-]{1,1000}(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  {
    of: "gitlab",
    keywords: ["glpat-"],
    source: "(?<!\\p{L})glpat-[A-Za-z0-9_-]{20,128}(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  {
    of: "grafana",
    keywords: ["glc_"],
    source: "(?<!\\p{L})glc_[A-Za-z0-9+/]{32,400}={0,2}(?![A-Za-z0-9+/=])",
    flags: "gu",
  },
  {
    of: "grafana",
    keywords: ["glsa_"],
    source: "(?<!\\p{L})glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}(?![A-Fa-f0-9])",
    flags: "gu",
  },
  {
    of: "openai",
    keywords: ["T3BlbkFJ"],
    source:
      "sk-(?:proj|svcacct|admin)-(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})T3BlbkFJ(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})\\b|sk-[a-zA-Z0-9]{20}T3BlbkFJ[a-zA-Z0-9]{20}",
    flags: "g",
  },
  {
    of: "anthropic",
    keywords: ["sk-ant-api0"],
    source: "(?<!\\p{L})sk-ant-api0\\d-[A-Za-z0-9_-]{90,128}AA(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  { of: "groq", keywords: ["gsk_"], source: "(?<!\\p{L})gsk_[a-zA-Z0-9]{52}(?![a-zA-Z0-9])", flags: "gu" },
  { of: "huggingface", keywords: ["hf_"], source: "(?<!\\p{L})hf_[a-zA-Z]{34}(?![a-zA-Z])", flags: "gu" },
  {
    of: "linear",
    keywords: ["lin_api_"],
    source: "(?<!\\p{L})lin_api_[a-zA-Z0-9_]{32,128}(?![a-zA-Z0-9_])",
    flags: "gu",
  },
  { of: "notion", keywords: ["ntn_"], source: "(?<!\\p{L})ntn_[0-9]{11}[A-Za-z0-9]{35}(?![A-Za-z0-9])", flags: "gu" },
  {
    of: "1password",
    keywords: ["ops_"],
    source: "(?<!\\p{L})ops_(?:ey[A-Za-z0-9+/=]{100,1280}fQ={0,2})(?![A-Za-z0-9+/=])",
    flags: "gu",
  },
  {
    of: "database-connection-string",
    keywords: ["mongodb+srv://", "mongodb://"],
    source:
      "mongodb(?:\\+srv)?:\\/\\/(?:(?:[^:\\/\\s]{1,100}):(?<value>[^@\\/\\s]{1,200})@)?(?:[^\\/\\s?]{1,100})(?:\\/(?:[^?\\s]{0,100}))?(?:\\?(?:[^\\s]{0,500}))?",
    flags: "gi",
  },
  {
    of: "database-connection-string",
    keywords: ["mysql://", "mysqlx://"],
    source:
      "(?:jdbc:)?mysql(?:x)?:\\/\\/(?:(?:[^:\\/\\s]{1,100}):(?<value>[^@\\/\\s]{1,200})@)?(?:[^\\/\\s?]{1,100})(?:\\/(?:[^?\\s]{0,100}))?(?:\\?(?:[^\\s]{0,500}))?",
    flags: "gi",
  },
  {
    of: "database-connection-string",
    keywords: ["postgres://", "postgresql://"],
    source:
      "postgres(?:ql)?:\\/\\/(?:(?:[^:\\/\\s]{1,100}):(?<value>[^@\\/\\s]{1,200})@)?(?:[^\\/\\s?]{1,100})(?:\\/(?:[^?\\s]{0,100}))?(?:\\?(?:[^\\s]{0,500}))?",
    flags: "gi",
  },
  {
    of: "hashicorp-vault",
    keywords: ["hvs."],
    source: "(?<!\\p{L})hvs\\.[A-Za-z0-9_-]{90,120}(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  {
    of: "hashicorp-vault",
    keywords: ["hvb."],
    source: "(?<!\\p{L})hvb\\.[A-Za-z0-9_-]{138,300}(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  {
    of: "hashicorp-vault",
    keywords: ["hvr."],
    source: "(?<!\\p{L})hvr\\.[A-Za-z0-9_-]{90,120}(?![A-Za-z0-9_-])",
    flags: "gu",
  },
  {
    of: "vercel",
    keywords: ["vca_", "vci_", "vck_", "vcp_", "vcr_"],
    source: "(?<!\\p{L})(?:vcp|vci|vca|vcr|vck)_[A-Za-z0-9]{20,60}(?![A-Za-z0-9])",
    flags: "gu",
  },
  {
    of: "databricks",
    keywords: ["dapi"],
    source: "(?<!\\p{L})dapi[A-Fa-f0-9]{32}(?:-[0-9])?(?![A-Fa-f0-9])",
    flags: "gu",
  },
  {
    of: "docker",
    keywords: ["dckr_pat_"],
    source: "(?<!\\p{L})dckr_pat_[a-zA-Z0-9_-]{27}(?![a-zA-Z0-9_-])",
    flags: "gu",
  },
  { of: "figma", keywords: ["figd_"], source: "(?<!\\p{L})figd_[A-Za-z0-9_-]{40,200}(?![A-Za-z0-9_-])", flags: "gu" },
  {
    of: "cloudflare",
    keywords: ["cfat_", "cfk_", "cfut_"],
    source: "(?<!\\p{L})(?:cfk|cfut|cfat)_[A-Za-z0-9]{40}[0-9a-f]{8}(?![A-Za-z0-9])",
    flags: "gu",
  },
  {
    of: "tailscale",
    keywords: ["tskey-"],
    source: "(?<!\\p{L})tskey-(?:[a-z]{2,20})-[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}(?![0-9A-Za-z_])",
    flags: "gu",
  },
];
