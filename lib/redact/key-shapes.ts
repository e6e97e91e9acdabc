/** A shape of key, and where it is public: `gitleaks` is that scanner's rule of the name, else the issuer's own pages. */
type KeyShape = readonly [source: string, shape: RegExp]

/**
 * Keys whose length or check part leaves no doubt. All shapes begin with a literal, have classes of bounded length and
 * nothing nested: no backtracking, and no match is longer than `LONGEST_MATCH`.
 */
const EXACT: readonly KeyShape[] = [
  ['gitleaks aws-access-token', /(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}/],
  ['gitleaks aws-amazon-bedrock-api-key-long-lived', /ABSK[A-Za-z0-9+/]{100,260}={0,2}/],
  ['gitleaks alibaba-access-key-id', /LTAI[A-Za-z0-9]{20}/],
  ['cloud.tencent.com, API keys', /AKID[A-Za-z0-9]{32}/],
  ['gitleaks azure-ad-client-secret', /[\w~.-]{3}\dQ~[\w~.-]{31,34}/],
  ['gitleaks gcp-api-key', /AIza[\w-]{35}/],
  ['developers.google.com, OAuth client secrets', /GOCSPX-[\w-]{28}/],
  ['developers.google.com, OAuth access tokens', /ya29\.[\w-]{30,1024}/],
  ['gitleaks github-pat and its four relatives', /gh[opsur]_[A-Za-z0-9]{36,251}/],
  ['gitleaks github-fine-grained-pat', /github_pat_\w{36,82}/],
  ['gitleaks gitlab-pat and its relatives', /gl(?:pat|ptt|rt|dt|cbt|ft|soat|imt|agent)-[\w.-]{20,64}/],
  ['gitleaks bitbucket app passwords', /ATBB[A-Za-z0-9]{32}/],
  ['gitleaks atlassian-api-token', /ATATT3[\w=-]{180,256}/],
  ['gitleaks slack-bot-token and its relatives', /xox[abeoprs](?:\.xox[bp])?-[\w-]{10,250}/],
  ['gitleaks slack-app-token', /xapp-\d-[A-Z0-9]{8,14}-\d{8,16}-[a-z0-9]{32,80}/],
  ['gitleaks slack-webhook-url', /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{40,80}/],
  ['discord.com, webhooks', /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80}/],
  ['discord.com, bot tokens', /[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}/],
  ['core.telegram.org, bots', /\d{8,10}:AA[\w-]{33}/],
  ['gitleaks stripe-access-token', /[prs]k_(?:live|test|prod)_[A-Za-z0-9]{10,247}/],
  ['gitleaks square-access-token', /(?:EAAA[\w-]{60}|sq0(?:atp|csp)-[\w-]{22,60})/],
  ['gitleaks shopify-access-token and its relatives', /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/],
  ['gitleaks sendgrid-api-token', /SG\.[\w-]{16,32}\.[\w-]{16,64}/],
  ['gitleaks twilio-api-key', /SK[0-9a-f]{32}/],
  ['gitleaks mailgun-private-api-token', /key-[0-9a-f]{32}/],
  ['gitleaks mailchimp-api-key', /[0-9a-f]{32}-us\d{1,2}/],
  ['gitleaks sendinblue-api-token', /xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}/],
  ['gitleaks digitalocean-pat and its relatives', /do[opr]_v1_[0-9a-f]{64}/],
  ['gitleaks databricks-api-token', /dapi[0-9a-f]{32}(?:-\d)?/],
  ['gitleaks grafana-service-account-token', /glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}/],
  ['gitleaks grafana-cloud-api-token', /glc_[A-Za-z0-9+/]{32,400}={0,2}/],
  ['gitleaks sentry-user-token, sentry-org-token', /sntry(?:u_[0-9a-f]{64}|s_eyJ[A-Za-z0-9+/=_]{40,400})/],
  ['gitleaks new-relic-user-api-key and its relatives', /NR(?:AK|II|JS|RA)-[A-Za-z0-9-]{19,40}/],
  ['gitleaks vault-service-token', /hv[sbr]\.[\w-]{24,300}/],
  ['gitleaks hashicorp-tf-api-token', /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}/],
  ['gitleaks doppler-api-token', /dp\.(?:pt|st|sa|ct|scim|audit)\.[A-Za-z0-9.]{40,60}/],
  ['gitleaks pulumi-api-token', /pul-[0-9a-f]{40}/],
  ['gitleaks heroku-api-key-v2', /HRKU-[\w-]{36,60}/],
  ['gitleaks flyio-access-token', /(?:fo1_[\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,800}={0,3})/],
  ['supabase.com, API keys', /(?:sbp_[0-9a-f]{40}|sb_secret_[\w-]{31,60})/],
  ['gitleaks planetscale-api-token', /pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}/],
  ['gitleaks airtable-personnal-access-token', /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/],
  ['gitleaks linear-api-key', /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/],
  ['gitleaks notion-api-token', /(?:ntn_|secret_)[A-Za-z0-9]{40,50}/],
  ['figma.com, personal access tokens', /fig[dour]_[\w-]{40,60}/],
  ['gitleaks postman-api-token', /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/],
  ['gitleaks npm-access-token', /npm_[A-Za-z0-9]{36}/],
  ['gitleaks pypi-upload-token', /pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}/],
  ['gitleaks rubygems-api-token', /rubygems_[0-9a-f]{48}/],
  ['docs.docker.com, personal access tokens', /dckr_(?:pat|oat)_[\w-]{27,40}/],
  ['gitleaks facebook-page-access-token', /EAA[MC][A-Za-z0-9]{100,300}/],
  ['gitleaks dropbox-short-lived-api-token', /sl\.[\w-]{130,160}/],
  ['gitleaks age-secret-key', /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/],
  ['gitleaks 1password-service-account-token', /ops_eyJ[A-Za-z0-9+/]{200,1500}={0,3}/],
  ['gitleaks huggingface-access-token', /(?:hf_|api_org_)[A-Za-z0-9]{34,40}/],
  ['gitleaks perplexity-api-key', /pplx-[A-Za-z0-9]{40,64}/],
  ['console.groq.com, keys', /gsk_[A-Za-z0-9]{40,64}/],
  ['replicate.com, API tokens', /r8_[A-Za-z0-9]{37,40}/],
  ['elevenlabs.io, API keys', /sk_[0-9a-f]{48}/],
  ['docs.tavily.com, API keys', /tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}/],
  ['docs.firecrawl.dev, API keys', /fc-[0-9a-f]{32}/],
  ['docs.smith.langchain.com, API keys', /lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/],
  ['docs.pinecone.io, API keys', /pcsk_[\w]{50,80}/],
  ['jina.ai, API keys', /jina_[0-9a-f]{32}[\w-]{20,40}/],
  ['learn.microsoft.com, storage connection strings', /AccountKey=[A-Za-z0-9+/]{43,88}={0,2}/],
  ['learn.microsoft.com, shared access keys', /SharedAccessKey=[A-Za-z0-9+/]{43}=/],
  ['learn.microsoft.com, shared access signatures', /[?&]sig=[\w%+/-]{20,120}={0,2}/],
  ['docs.aws.amazon.com, presigned requests', /X-Amz-(?:Signature=[0-9a-f]{64}|Security-Token=[\w%+/=-]{40,2048})/],
  // Only at the start of a run, so that a text of nothing but such starts is read once.
  ['RFC 7519, JSON web tokens', /(?<![\w.-])eyJ[\w-]{8,2048}\.[\w-]{8,8192}(?:\.[\w-]{0,2048}){0,3}/],
]

/** Keys whose shape words may have too (`sk-estimator-doc-link`): taken only if there is a digit among letters. */
const LOOSE: readonly KeyShape[] = [
  // sk-proj-, sk-svcacct-, sk-admin-, sk-None-; also Anthropic's sk-ant-, OpenRouter's sk-or-v1-, Langfuse's, LiteLLM's.
  ['platform.openai.com, API keys; gitleaks openai-api-key, anthropic-api-key', /sk-[\w-]{16,512}/],
  ['platform.openai.com, Realtime client secrets', /ek_[\w-]{16,256}/],
  ['platform.openai.com, browser sessions', /sess-[\w-]{16,256}/],
  ['platform.openai.com, webhooks (Standard Webhooks)', /whsec_[\w+/-]{20,256}={0,2}/],
  ['docs.x.ai, API keys', /xai-[\w-]{20,200}/],
  ['inference-docs.cerebras.ai, API keys', /csk-[a-z0-9]{32,64}/],
  ['build.nvidia.com, API keys', /nvapi-[\w-]{40,128}/],
  ['docs.fireworks.ai, API keys', /fw_[A-Za-z0-9]{20,48}/],
  ['docs.together.ai, API keys', /tgp_v1_[\w-]{32,64}/],
  ['docs.voyageai.com, API keys', /pa-[\w-]{40,64}/],
  ['docs.helicone.ai, API keys', /pk-helicone-[\w-]{20,64}/],
]

const union = (rows: readonly KeyShape[]): RegExp => new RegExp(rows.map(([, { source }]) => source).join('|'), 'g')

const EXACT_KEY = union(EXACT)
const LOOSE_KEY = union(LOOSE)

/** The longest that a shape takes; texts may be cleaned in slices that overlap by so much. */
export const LONGEST_MATCH = 18_432

const REDACTED = '[redacted key]'

export function keys(text: string): string {
  return text
    .replace(EXACT_KEY, (found: string, ...rest: (string | number)[]) => {
      const at = positionIn(rest)
      return atWordStart(text, at) && atWordEnd(text, at + found.length) ? shownAs(found) : found
    })
    .replace(LOOSE_KEY, (found: string, ...rest: (string | number)[]) => {
      const [at, all] = [positionIn(rest), String(rest.at(-1))]
      return atWordStart(all, at) && /\d/.test(found.slice(4)) && /[a-z]/i.test(found.slice(4)) ? REDACTED : found
    })
}

function positionIn(rest: readonly (string | number)[]): number {
  return Number(rest.find(each => typeof each === 'number'))
}

/** A parameter's name stays: `?sig=[redacted key]`. */
function shownAs(found: string): string {
  const name = /^(?:[?&]sig|AccountKey|SharedAccessKey|X-Amz-[A-Za-z-]{1,20})=/.exec(found)?.[0] ?? ''
  return name + REDACTED
}

const LETTER = /[A-Za-z0-9]/

/** Not inside a word, unless what stands before is an escape: `%3Dsk-…`, `\nsk-…`. */
function atWordStart(text: string, at: number): boolean {
  if (at === 0 || !LETTER.test(text[at - 1] ?? ' ') || !LETTER.test(text[at] ?? ' ')) return true
  return /%[0-9a-f]{2}$|\\[nrt]$/i.test(text.slice(Math.max(0, at - 3), at))
}

function atWordEnd(text: string, at: number): boolean {
  return !LETTER.test(text[at] ?? ' ') || !LETTER.test(text[at - 1] ?? ' ')
}
