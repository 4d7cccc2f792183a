/** One form of credential. */
export interface SecretForm {
  /** What it opens. */
  of: string;
  /** Every match holds one of these; small letters where the pattern has the flag `i`. */
  keywords: readonly string[];
  /** What `value` names is masked; without that group the whole match is. Has the flag `g`. */
  readonly pattern: RegExp;
}

/** A form whose pattern is made when the first text holds one of its keywords: most never are. */
export function lazyForm(of: string, keywords: readonly string[], source: string, flags: string): SecretForm {
  let made: RegExp | undefined;
  return {
    of,
    keywords,
    get pattern() {
      made ??= new RegExp(source, flags);
      return made;
    },
  };
}

/**
 * Forms beside the well-kept list (`listed.ts`): those that no vendor owns, and those that are known by more than a prefix.
 * To hide too much costs little, so lengths are a minimum here. A new form is a new row; the test of the masker plants one
 * of each. No row may repeat without a bound what something else has to follow: such a pattern can be made to take hours.
 */
export const OWN_FORMS: readonly SecretForm[] = [
  {
    of: "a private key",
    keywords: ["-----BEGIN"],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    of: "a JSON web token",
    keywords: ["eyJ"],
    pattern: /\beyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{5,}/g,
  },
  {
    of: "AWS, an access key",
    keywords: ["A3T", "AKIA", "ASIA", "ABIA", "ACCA"],
    pattern: /\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  },
  {
    of: "Slack, a web hook",
    keywords: ["hooks.slack.com/"],
    pattern: /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{20,}/g,
  },
  {
    of: "Discord, a web hook",
    keywords: ["/api/webhooks/"],
    pattern: /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{10,25}\/[\w-]{20,}/g,
  },
  { of: "SendGrid", keywords: ["SG."], pattern: /\bSG\.[\w-]{16,64}\.[\w-]{16,}/g },
  { of: "Terraform", keywords: [".atlasv1."], pattern: /\b[a-z0-9]{14}\.atlasv1\.[\w-]{40,}/gi },
  { of: "Postman", keywords: ["pmak-"], pattern: /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}/gi },
  { of: "Telegram", keywords: [":AA"], pattern: /\b\d{6,16}:AA[\w-]{30,}/g },
  { of: "Mailchimp", keywords: ["-us"], pattern: /\b[0-9a-f]{32}-us\d{1,2}\b/g },
  { of: "Azure, a client secret", keywords: ["Q~"], pattern: /\b[\w~.]{3}\dQ~[\w~.-]{31,34}/g },
  { of: "Azure, an account key", keywords: ["accountkey="], pattern: /\bAccountKey=(?<value>[\w+/=]{40,})/gi },
  {
    of: "1Password, a secret key",
    keywords: ["A3-"],
    pattern: /\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b/g,
  },
  {
    of: "a bearer",
    keywords: ["bearer"],
    pattern: /\bBearer\s{1,5}(?<value>(?=\S{0,1000}\d)[A-Za-z0-9._~+/=-]{8,}|[A-Za-z0-9._~+/=-]{24,})/gi,
  },
  {
    of: "a header that authorises",
    keywords: ["authorization"],
    pattern:
      /\bAuthorization[\\"']{0,4}\s{0,5}[:=]\s{0,5}[\\"']{0,4}(?:Basic|Digest|Token|ApiKey)\s{1,5}(?<value>[^\s\\"',;]{4,})/gi,
  },
  {
    of: "an address with a password",
    keywords: ["://"],
    pattern: /:\/\/[^\s:/@?#]{0,200}:(?<value>[^\s/@]{1,500})@/g,
  },
  {
    of: "user and password before a host",
    keywords: ["@"],
    pattern: /(?<=\w)(?<!\b(?:mailto|acct|sip|sips|xmpp|npm)):(?<value>[^\s:/@]{3,200})@[a-z0-9]/gi,
  },
  {
    of: "a password that is assigned",
    keywords: ["passw", "passphrase"],
    pattern: /(?:password|passwd|passphrase)[\\"']{0,4}\s{0,5}=\s{0,5}[\\"']{0,4}(?<value>[^\s\\"',;&]+)/gi,
  },
  {
    of: "a secret that is assigned",
    keywords: ["secret", "token", "key", "credential"],
    pattern:
      /(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)[\\"']{0,4}\s{0,5}=\s{0,5}[\\"']{0,4}(?<value>[^\s\\"',;&]{6,})/gi,
  },
  {
    of: "a secret that is told",
    keywords: ["passw", "passphrase", "secret", "token", "key", "credential"],
    pattern:
      /(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)[\\"']{0,4}\s{0,5}:\s{0,5}[\\"']{0,4}(?<value>(?=[^\s\\"',;&]{0,200}[\d!$%^*#])[^\s\\"',;&]{6,})/gi,
  },
];

/** Keys under which every text is a secret, whatever it looks like (spec 07 §7.7.2). */
export const SECRET_KEY =
  /(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|jwt|cookie)$/i;
