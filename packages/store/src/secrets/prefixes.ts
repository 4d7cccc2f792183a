import { lazyForm, type SecretForm } from "./forms.ts";

/** What follows a prefix, as the inside of a character class. */
const HEX = "a-f0-9";
const LETTERS = "A-Za-z0-9";
const WORD = "A-Za-z0-9_";
const WORDS = "A-Za-z0-9_-";
const DOTTED = "A-Za-z0-9_.-";
const BASE64 = "A-Za-z0-9+/=_-";
const CAPITALS = "A-Z0-9";

type Row = [of: string, prefixes: string, follows: string, least: number, letters?: "any case"];

/**
 * Tokens that are known by how they begin: who gives them out, their beginnings, what follows, and how much of it at least.
 * Shorter than a whole token on purpose: one that was cut off is still hidden. A new form is a new row.
 */
const ROWS: readonly Row[] = [
  ["age", "age-secret-key-1", LETTERS, 20, "any case"],
  ["Adobe", "p8e-", LETTERS, 32],
  ["Alibaba", "LTAI", LETTERS, 20],
  ["Artifactory", "AKCp cmVmd", LETTERS, 56],
  ["Atlassian", "ATATT3 ATCTT3 ATBB", BASE64, 20],
  ["Buildkite", "bkua_", LETTERS, 32],
  ["CircleCI", "CCIPAT_", WORD, 32],
  ["Clojars", "CLOJARS_", LETTERS, 40],
  ["Cloudflare, an origin key", "v1.0-", `${HEX}-`, 60],
  ["Contentful", "CFPAT-", WORDS, 32],
  ["Databricks", "dapi", HEX, 32],
  ["DigitalOcean", "dop_v1_ doo_v1_ dor_v1_", HEX, 32],
  ["Docker", "dckr_pat_ dckr_oat_", WORDS, 20],
  ["Doppler", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", DOTTED, 32],
  ["Duffel", "duffel_live_ duffel_test_", WORDS, 30],
  ["Dynatrace", "dt0c01.", DOTTED, 40],
  ["EasyPost", "EZAK EZTK", LETTERS, 40],
  ["Fly.io", "fm1_ fm1a_ fm1r_ fm2_ fo1_", BASE64, 32],
  ["Flutterwave", "FLWSECK- FLWSECK_TEST- FLWSECK_LIVE-", WORDS, 12],
  ["Frame.io", "fio-u-", BASE64, 40],
  ["GitHub", "ghp_ gho_ ghu_ ghr_ github_pat_", WORD, 16],
  ["GitHub, an installation", "ghs_", DOTTED, 16],
  [
    "GitLab",
    "glpat- glptt- gldt- glrt- glcbt- glsoat- glft- glimt- glagent- gloas- glsa- glpat_ glptt_ gldt_ glrt_ glcbt_ glsoat_ glft_ glimt_ glagent_ gloas_ glsa_",
    DOTTED,
    16,
  ],
  ["Google, an API key", "AIza", WORDS, 30],
  ["Google, an OAuth client", "GOCSPX-", WORDS, 20],
  ["Google, an OAuth token", "ya29.", WORDS, 20],
  ["Grafana", "glc_", "A-Za-z0-9+/=", 32],
  ["HashiCorp Vault", "hvs. hvb. hvr.", WORDS, 20],
  ["Heroku", "HRKU-", WORDS, 32],
  ["Hugging Face", "hf_ api_org_", LETTERS, 16],
  ["Infracost", "ico-", LETTERS, 32],
  ["LangSmith", "lsv2_pt_ lsv2_sk_", `${HEX}_`, 32],
  ["Linear", "lin_api_ lin_oauth_", LETTERS, 16],
  ["Mapbox", "pk.eyJ sk.eyJ", DOTTED, 60],
  ["Neon", "napi_", LETTERS, 40],
  ["Netlify", "nfp_", LETTERS, 36],
  ["New Relic", "nrak- nrii- nrjs-", WORDS, 19, "any case"],
  ["npm", "npm_", LETTERS, 16],
  ["NuGet", "oy2", "a-z0-9", 43],
  ["Octopus", "API-", CAPITALS, 26],
  ["1Password", "ops_eyJ", BASE64, 20],
  ["OpenAI, Anthropic and those alike", "sk- sk_", WORDS, 16],
  ["OpenShift", "sha256~", WORDS, 43],
  ["Perplexity", "pplx-", LETTERS, 40],
  ["Pinecone", "pcsk_", WORD, 40],
  ["PlanetScale", "pscale_tkn_ pscale_oauth_ pscale_pw_", DOTTED, 32],
  ["Prefect", "pnu_", LETTERS, 36],
  ["Pulumi", "pul-", HEX, 40],
  ["PyPI", "pypi-", WORDS, 16],
  ["ReadMe", "rdme_", LETTERS, 60],
  ["Replicate", "r8_", LETTERS, 36],
  ["RubyGems", "rubygems_", HEX, 32],
  ["Scalingo", "tk-us-", WORDS, 40],
  ["Sendinblue", "xkeysib- xsmtpsib-", `${LETTERS}-`, 60],
  ["Sentry", "sntrys_ sntryu_", BASE64, 20],
  ["Shippo", "shippo_live_ shippo_test_", HEX, 32],
  ["Shopify", "shpat_ shpca_ shppa_ shpss_", HEX, 32, "any case"],
  ["Slack", "xoxa- xoxb- xoxc- xoxd- xoxe- xoxe.xoxb- xoxe.xoxp- xoxo- xoxp- xoxr- xoxs- xapp-", WORDS, 10, "any case"],
  ["Sourcegraph", "sgp_", `${LETTERS}_-`, 32],
  ["Square", "sq0atp- sq0csp- sq0idp-", WORDS, 20],
  ["Stripe", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_", LETTERS, 8],
  ["Supabase", "sbp_", HEX, 40],
  ["Tailscale", "tskey-", `${LETTERS}-`, 20],
  ["Twilio", "SK", HEX, 32],
  ["Typeform", "tfp_", BASE64, 40],
  ["xAI", "xai-", WORD, 60],
  ["Yandex", "AQVN", WORDS, 35],
];

/** The rows above as forms. A prefix stands where a word, or a part of one after `_`, begins. */
export function prefixForms(): SecretForm[] {
  return ROWS.map(([of, prefixes, follows, least, letters]) => {
    const keywords = prefixes.split(" ");
    const beginnings = keywords.map((prefix) => prefix.replaceAll(".", "\\.")).join("|");
    const source = `(?<![A-Za-z0-9])(?:${beginnings})[${follows}]{${least},}`;
    return lazyForm(of, keywords, source, letters === undefined ? "g" : "gi");
  });
}
