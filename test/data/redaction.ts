import { createHash } from 'node:crypto'

/**
 * What redaction must find and what it must leave alone. Keys are put together from a prefix and characters that are
 * random but always the same, so that nothing here has the shape of a real one.
 */

const ALPHABETS = {
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  hex: '0123456789abcdef',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  digits: '0123456789',
} as const

let drawn = 0

function random(alphabet: keyof typeof ALPHABETS, length: number): string {
  const letters = ALPHABETS[alphabet]
  drawn += 1
  let text = ''
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha256').update(`${drawn}/${block}`).digest()) text += letters[byte % letters.length]
  }
  // Ends in a letter and a digit, as most do: not in a hyphen that belongs to the sentence.
  return `${text.slice(0, length - 2)}${alphabet === 'digits' ? '42' : alphabet === 'upper' ? 'A2' : 'a2'}`
}

const jwt = (): string => ['eyJ' + random('url', 33), 'eyJ' + random('url', 90), random('url', 43)].join('.')
const pem = (kind: string, line = '\n'): string =>
  [`-----BEGIN ${kind}`, 'PRIVATE KEY-----', line, random('base64', 64), line, random('base64', 64), line].join(
    kind.endsWith(' ') || kind === '' ? '' : ' ',
  ) + `-----END ${kind}PRIVATE KEY-----`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Found where nothing of `secret` is left of `text`. */
export interface Case {
  readonly what: string
  readonly text: string
  readonly secret: string
}

const bare = (what: string, secret: string, around = 'please use # for this'): Case => ({
  what,
  secret,
  text: around.replace('#', () => secret),
})

const KEYS: readonly (readonly [what: string, secret: string])[] = [
  ['OpenAI, old', `sk-${random('alnum', 20)}T3BlbkFJ${random('alnum', 20)}`],
  ['OpenAI project', `sk-proj-${random('url', 156)}`],
  ['OpenAI service account', `sk-svcacct-${random('url', 156)}`],
  ['OpenAI admin', `sk-admin-${random('url', 120)}`],
  ['OpenAI without project', `sk-None-${random('alnum', 48)}`],
  ['OpenAI Realtime', `ek_${random('hex', 40)}`],
  ['OpenAI browser session', `sess-${random('alnum', 40)}`],
  ['OpenAI webhook', `whsec_${random('base64', 43)}=`],
  ['Anthropic', `sk-ant-api03-${random('url', 93)}AA`],
  ['Anthropic admin', `sk-ant-admin01-${random('url', 93)}AA`],
  ['OpenRouter', `sk-or-v1-${random('hex', 64)}`],
  ['Langfuse', `sk-lf-${random('hex', 36)}`],
  ['DeepSeek', `sk-${random('hex', 32)}`],
  ['LiteLLM', `sk-${random('url', 22)}`],
  ['Google API', `AIza${random('url', 35)}`],
  ['Google OAuth secret', `GOCSPX-${random('url', 28)}`],
  ['Google access token', `ya29.${random('url', 120)}`],
  ['AWS access key', `AKIA${random('upper', 16)}`],
  ['AWS temporary access key', `ASIA${random('upper', 16)}`],
  ['AWS Bedrock', `ABSK${random('base64', 128)}`],
  ['Alibaba', `LTAI${random('alnum', 20)}`],
  ['Azure AD secret', `aB3${'8Q~'}${random('alnum', 34)}`],
  ['GitHub personal', `ghp_${random('alnum', 36)}`],
  ['GitHub OAuth', `gho_${random('alnum', 36)}`],
  ['GitHub server', `ghs_${random('alnum', 36)}`],
  ['GitHub refresh', `ghr_${random('alnum', 76)}`],
  ['GitHub fine-grained', `github_pat_${random('alnum', 22)}_${random('alnum', 59)}`],
  ['GitLab personal', `glpat-${random('url', 20)}`],
  ['GitLab runner', `glrt-${random('url', 20)}`],
  ['GitLab trigger', `glptt-${random('hex', 40)}`],
  ['Bitbucket', `ATBB${random('alnum', 32)}`],
  ['Atlassian', `ATATT3${random('url', 186)}`],
  ['Slack bot', `xoxb-${random('digits', 12)}-${random('digits', 12)}-${random('alnum', 24)}`],
  ['Slack user', `xoxp-${random('digits', 12)}-${random('digits', 12)}-${random('hex', 32)}`],
  ['Slack app', `xapp-1-A${random('upper', 10)}-${random('digits', 13)}-${random('hex', 64)}`],
  ['Discord bot', `M${random('alnum', 25)}.G${random('alnum', 5)}.${random('url', 38)}`],
  ['Telegram bot', `${random('digits', 10).replace(/^0/, '7')}:AA${random('url', 33)}`],
  ['Stripe secret', `sk_live_${random('alnum', 24)}`],
  ['Stripe restricted', `rk_live_${random('alnum', 99)}`],
  ['Stripe test', `sk_test_${random('alnum', 24)}`],
  ['Square', `sq0atp-${random('url', 22)}`],
  ['Shopify', `shpat_${random('hex', 32)}`],
  ['SendGrid', `SG.${random('url', 22)}.${random('url', 43)}`],
  ['Twilio', `SK${random('hex', 32)}`],
  ['Mailgun', `key-${random('hex', 32)}`],
  ['Mailchimp', `${random('hex', 32)}-us14`],
  ['Brevo', `xkeysib-${random('hex', 64)}-${random('alnum', 16)}`],
  ['DigitalOcean', `dop_v1_${random('hex', 64)}`],
  ['Databricks', `dapi${random('hex', 32)}`],
  ['Grafana', `glsa_${random('alnum', 32)}_${random('hex', 8)}`],
  ['Sentry', `sntryu_${random('hex', 64)}`],
  ['New Relic', `NRAK-${random('upper', 27)}`],
  ['Vault', `hvs.${random('url', 92)}`],
  ['Terraform Cloud', `${random('alnum', 14)}.atlasv1.${random('url', 67)}`],
  ['Doppler', `dp.pt.${random('alnum', 43)}`],
  ['Pulumi', `pul-${random('hex', 40)}`],
  ['Supabase', `sbp_${random('hex', 40)}`],
  ['PlanetScale', `pscale_tkn_${random('url', 43)}`],
  ['Airtable', `pat${random('alnum', 14)}.${random('hex', 64)}`],
  ['Linear', `lin_api_${random('alnum', 40)}`],
  ['Notion', `ntn_${random('alnum', 46)}`],
  ['Figma', `figd_${random('url', 43)}`],
  ['Postman', `PMAK-${random('hex', 24)}-${random('hex', 34)}`],
  ['npm', `npm_${random('alnum', 36)}`],
  ['PyPI', `pypi-AgEIcHlwaS5vcmc${random('url', 120)}`],
  ['RubyGems', `rubygems_${random('hex', 48)}`],
  ['Docker', `dckr_pat_${random('url', 27)}`],
  ['age', `AGE-SECRET-KEY-1${random('upper', 58).replace(/[BIO1]/g, 'Q')}`],
  ['Hugging Face', `hf_${random('alnum', 34)}`],
  ['Perplexity', `pplx-${random('alnum', 48)}`],
  ['Groq', `gsk_${random('alnum', 52)}`],
  ['xAI', `xai-${random('alnum', 80)}`],
  ['Replicate', `r8_${random('alnum', 37)}`],
  ['ElevenLabs', `sk_${random('hex', 48)}`],
  ['Tavily', `tvly-${random('alnum', 32)}`],
  ['Cerebras', `csk-${random('lower', 48)}`],
  ['NVIDIA', `nvapi-${random('url', 64)}`],
  ['Fireworks', `fw_${random('alnum', 24)}`],
  ['LangSmith', `lsv2_pt_${random('hex', 32)}_${random('hex', 10)}`],
  ['Pinecone', `pcsk_${random('alnum', 62)}`],
  ['JSON web token', jwt()],
  ['JSON web token without signature', `${['eyJ' + random('url', 20), 'eyJ' + random('url', 40)].join('.')}.`],
]

const GIVEN: readonly Case[] = [
  ...(
    [
      ['AWS secret in a file', 'aws_secret_access_key = #', random('base64', 40)],
      ['AWS secret in the environment', 'export AWS_SECRET_ACCESS_KEY=#', random('base64', 40)],
      ['Azure OpenAI key', 'AZURE_OPENAI_API_KEY=#', random('hex', 32)],
      ['Azure key, long', 'api-key: #', random('alnum', 84)],
      ['API Management key', '"Ocp-Apim-Subscription-Key": "#"', random('hex', 32)],
      ['Cohere', "COHERE_API_KEY='#'", random('alnum', 40)],
      ['Mistral', 'apiKey: "#",', random('alnum', 32)],
      ['Datadog', 'DD_API_KEY=#', random('hex', 32)],
      ['Twilio auth token', 'auth_token = "#"', random('hex', 32)],
      ['a token in YAML', 'access_token: #', random('alnum', 30)],
      ['a token in JSON', '{"refresh_token":"#"}', random('url', 40)],
      ['a token in JSON in JSON', '{\\"token\\":\\"#\\"}', random('alnum', 40)],
      ['a client secret', 'client_secret=#&grant_type=x', random('alnum', 32)],
      ['a password in code', 'password: "#"', 'hunter2-hunter2'],
      ['a password in the environment', 'DB_PASSWORD=#', 'Tr0ub4dor&3'.replace('&', '_')],
      ['a password said', 'my password is #, do not tell', 'c0rrect-h0rse'],
      ['storage key', 'AccountName=x;AccountKey=#;EndpointSuffix=y', `${random('base64', 86)}==`],
      ['shared access key', 'Endpoint=sb://x/;SharedAccessKey=#', `${random('base64', 43)}=`],
      ['shared access signature', 'https://x.blob.core.windows.net/a?sv=2024-01-01&sig=#', `${random('alnum', 43)}%3D`],
      ['presigned URL', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=#', random('hex', 64)],
      ['key in the query', 'https://x.example/v1?key=# is', `AIza${random('url', 35)}`],
      ['key percent-encoded in the query', 'next=%2Fv1%3Fkey%3D# is', `AIza${random('url', 35)}`],
      ['key behind an escaped line end', 'keys:\\n#\\n', `sk-${random('alnum', 48)}`],
      ['key in Markdown', '`#`', `ghp_${random('alnum', 36)}`],
      ['bearer', 'authorization: Bearer #', random('url', 40)],
      ['bearer, short', 'Authorization: bearer #', 'abc123def456'],
      ['GitHub’s token scheme', 'Authorization: token #', random('hex', 40)],
      ['Basic', 'Authorization: Basic #', base64('user:pass-word-1')],
      ['Basic of a key', 'authorization: basic #', base64(`${random('alnum', 24)}:`)],
      ['database URL', 'postgres://app:#@db.example.com:5432/x', 'S3cr3t-p4ss'],
      ['redis URL', 'redis://:#@cache:6379', 'S3cr3t-p4ss'],
      ['git URL', 'https://x-access-token:#@github.com/a/b', random('alnum', 40)],
      ['MongoDB URL', 'mongodb+srv://me:#@cluster0.example.net', 'p%40ssw0rd'],
      ['Slack webhook', 'post to https://#', `hooks.slack.com/services/T${random('upper', 8)}/B${random('upper', 8)}/${random('alnum', 24)}`],
      ['Discord webhook', 'https://#', `discord.com/api/webhooks/${random('digits', 18)}/${random('url', 68)}`],
      ['e-mail', 'write to #.', 'ann.o+x@mail.example.co.uk'],
      ['e-mail, percent-encoded', '?email=#&x', 'jane.doe%40example.com'],
      ['e-mail, twice encoded field', '?q=email%3D#', 'jane.doe%40example.com'],
      ['e-mail in brackets', '<#>', 'jane_doe@example.org'],
      ['e-mail of other letters', '#', 'grüße@müller.de'],
      ['card', 'pay # now', '4111 1111 1111 1111'],
      ['card, hyphens', 'pay # now', '5500-0000-0000-0004'],
      ['card, dots', 'pay # now', '4111.1111.1111.1111'],
      ['card, one piece', 'n=#;', '378282246310005'],
      ['card, American Express in groups', '#', '3782 822463 10005'],
      ['card, Diners', '#', '3056 930902 5904'],
      ['card, Discover', '#', '6011 1111 1111 1117'],
      ['card, JCB', '#', '3530111333300000'],
      ['card, no-break spaces', '#', '4012\u00a08888\u00a08888\u00a01881'],
      ['card in a URL', '?pan=#&x', '4012%208888%208888%201881'],
    ] as const
  ).map(([what, around, secret]) => bare(what, secret, around)),
  bare('RSA key', pem('RSA '), '#'),
  bare('PKCS 8 key', pem(''), 'key: #'),
  bare('OpenSSH key with escaped line ends', pem('OPENSSH ', '\\n'), '{"key":"#"}'),
  bare('EC key, cut', pem('EC ').slice(0, 120), '#'),
  bare('encrypted key', pem('ENCRYPTED '), '#'),
]

export const SECRETS: readonly Case[] = [...KEYS.map(([what, secret]) => bare(what, secret)), ...GIVEN]

const SHA1 = random('hex', 40)
const SHA256 = random('hex', 64)
const MD5 = random('hex', 32)
const UUID = '123e4567-e89b-12d3-a456-426614174000'

export const INNOCENT: readonly string[] = `
The bearer of news
bearer certificates are rare
a bearer instrument
the Bearer scheme of RFC 6750
Bearer authentication is used
bearer token required
a token economy of scarce resources
the token limit is 128000
tokens: 4096, max_tokens: 16384
token count: 1234567890
"usage": {"prompt_tokens": 1234, "completion_tokens": 56789}
basic understanding of chemistry
Basic auth is not encrypted
basic income experiments
npm install react@18.2.0
lodash@4.17.21 and @types/node@20.11.5
pnpm add next@14.2.3-canary.1
git clone git@github.com:nodejs/node.git
git remote add x git@gitlab.com:a/b.git
ssh://git@github.com/nodejs/node
uses: actions/checkout@v4
FROM node:20@sha256:${SHA256}
logo@2x.png and icon@3x.webp
a @ b, @someone, x@y and 5@
@Component({ selector: 'app' })
follow @openai and @nodejs
user@localhost
root@10.0.0.1
${UUID}
id: ${UUID}
"request_id": "${UUID}"
key: ${UUID}
commit ${SHA1}
${SHA256}  file.tar.gz
md5 ${MD5}
etag: "${MD5}"
sha512-${random('base64', 86)}==
integrity="sha384-${random('base64', 64)}"
version 1.2.3-beta.4+build.5678
v20.11.1
192.168.100.200
10.0.0.1:8080
2001:0db8:85a3:0000:0000:8a2e:0370:7334
fe80::1ff:fe23:4567:890a
00:1A:2B:3C:4D:5E
+1 415-555-2671
+44 20 7946 0958
(030) 1234 5678 90
0049 89 1234 5678
tel:+4915112345678
978-3-16-148410-0
ISBN 9783161484100
order 1234-5678-9012
order number 4000 1234 5678 9010
invoice 2024-000123-0045
4111 1111 1111 1112
1234 5678 9012 3456
0000 0000 0000 0000
1700000000000 1700000000008
1700000000123456
2024-01-01T12:34:56.789Z
timestamp=1699999999999
3.14159265358979323846
6.02214076e23
1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
12 345 678 901 234 567
$1,234,567.89
IBAN is a standard
a task-force, sk-learn and a risk-averse
sk-estimator-doc-link fitted
class="${'sk'}-toggleable__content-control"
a${'sk'}-me-anything-about-the-weather
desk-research-and-interviews
ri${'sk'}-adjusted-return-on-capital
sk-your-api-key-goes-here
pk-and-sk-are-partition-and-sort
npm_config_registry_and_the_other_variables
npm_lifecycle_event
hf_transformers_model_for_causal_language_modeling
gsk_is_a_company
xai-is-explainable-artificial-intelligence
ghp_ is the prefix of GitHub's tokens
AKIA is the prefix of access keys
AIza is how Google's keys begin
xoxb- is a bot's
eyJ is base64 of an opening brace
SG. stands for Singapore
key-value stores
the key is under the mat
the secret is to listen
password: required
password: string
"password": "********"
password is too short
Enter your password:
const password = process.env.PASSWORD
apiKey: process.env.OPENAI_API_KEY
api_key = os.environ["OPENAI_API_KEY"]
token: \${{ secrets.GITHUB_TOKEN }}
API_KEY=<your key>
api_key=your_api_key
the API key: see the documentation
access token: none
token = tokenizer.encode(text)
access_token expires in 3600
private key: what only you know
primary_key=12345678
foreign key: customer_identifier
cache key: user:profile:avatar
-----BEGIN CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
ssh-rsa is a kind of key
https://example.com/a/b?c=d&page=2
https://user.example.com:8443/path
http://localhost:11434/v1
mailto: is a scheme
postgres://db.example.com:5432/app
file:///Users/jane/notes.txt
C:\\Users\\jane\\Documents
/v1/chat/completions
chatcmpl-${random('alnum', 29)}
resp_${random('hex', 48)}
call_${random('alnum', 24)}
msg_${random('hex', 48)}
file-${random('alnum', 24)}
org-${random('alnum', 24)}
proj_${random('alnum', 24)}
asst_${random('alnum', 24)}
thread_${random('alnum', 24)}
req_${random('hex', 32)}
fp_${random('hex', 10)}
ft:gpt-4o-mini-2024-07-18:acme:shop:${random('alnum', 8)}
gpt-4o-2024-08-06, o3-mini and text-embedding-3-large
claude-3-5-sonnet-20241022
lm-studio
Lorem ipsum dolor sit amet
Der schnelle braune Fuchs springt über den faulen Hund.
我喜欢喝茶。
#ff00aa, #1a2b3c and rgb(1, 2, 3)
data:image/png;base64,iVBORw0KGgo=
SELECT * FROM users WHERE id = 42
for (let i = 0; i < 10; i++) total += i
E = mc², a² + b² = c²
ACGTACGTTAGCCGATCGATCGGATTACA
M.Sc. and Ph.D.
`
  .trim()
  .split('\n')
