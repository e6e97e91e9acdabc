import type { Shape } from './shape'

const words = (text: string): readonly string[] => text.split(' ')

/** `value` and `redacted_value` are keys: never here. */
const KEY: Shape = {
  request: { params: words('name expires_in_seconds owner_project_access'), counts: words('scopes') },
  response: {
    strings: words('object name owner.type owner_project_access'),
    numbers: words('expires_at last_used_at'),
  },
}

const CERTIFICATE: Shape = {
  request: { params: words('name'), counts: words('certificate_ids') },
  response: {
    strings: words('object name active'),
    numbers: words('certificate_details.valid_at certificate_details.expires_at'),
  },
}

const DATA_RETENTION: Shape = {
  request: { params: words('retention_type') },
  response: { strings: words('object type') },
}

/** People are told by their ids; their names and addresses are nobody's facts. */
const USER: Shape = {
  request: { params: words('user_id role role_id') },
  response: { strings: words('object role role.id role.name'), numbers: words('added_at') },
}

const PROJECT: Shape = {
  request: { params: words('name geography') },
  response: { strings: words('object name'), numbers: words('archived_at') },
}

const ROLE: Shape = {
  request: { params: words('role_id role_name resource_type'), counts: words('permissions') },
  response: {
    strings: words('object name resource_type predefined_role role.id role.name group.id user.id'),
    counts: words('permissions'),
  },
}

/** Limits and alerts: amounts are in cents. */
const SPENDING: Shape = {
  request: { params: words('threshold_amount currency interval') },
  response: { strings: words('object currency interval enforcement.status'), numbers: words('threshold_amount') },
}

const TOOLS = words(
  'file_search.enabled web_search.enabled image_generation.enabled mcp.enabled code_interpreter.enabled',
)

const RATES = words(
  'max_requests_per_1_minute max_tokens_per_1_minute max_images_per_1_minute max_audio_megabytes_per_1_minute ' +
    'max_requests_per_1_day batch_1_day_max_input_tokens',
)

/** The shapes of the administration's families. Its reports (usage, costs, audit logs) are pages and have none. */
export const ADMINISTRATION: Readonly<Record<string, Shape>> = {
  'organization.admin_api_keys': KEY,
  'organization.projects.api_keys': KEY,
  'organization.projects.service_accounts': {
    request: { params: words('name role') },
    // The account's key comes with it when it is made: its id is a fact.
    response: { strings: words('object name role api_key.id') },
  },
  'organization.certificates': CERTIFICATE,
  'organization.projects.certificates': CERTIFICATE,
  'organization.data_retention': DATA_RETENTION,
  'organization.projects.data_retention': DATA_RETENTION,
  'organization.users': USER,
  'organization.projects.users': USER,
  'organization.groups': {
    request: { params: words('name user_id role_id') },
    // A group's user has a `name`, too.
    response: { strings: words('object group_type user_type group_id user_id group.id role.id role.name') },
  },
  'organization.projects.groups': {
    request: { params: words('group_id role') },
    response: { strings: words('object group_id group_name group_type') },
  },
  'organization.invites': {
    request: { params: words('role'), counts: words('projects') },
    response: { strings: words('object role'), numbers: words('accepted_at expires_at'), counts: words('projects') },
  },
  'organization.projects': PROJECT,
  'organization.projects.archive': PROJECT,
  'organization.projects.hosted_tool_permissions': { request: { params: TOOLS }, response: { strings: TOOLS } },
  'organization.projects.model_permissions': {
    request: { params: words('mode'), counts: words('model_ids') },
    response: { strings: words('object mode'), counts: words('model_ids') },
  },
  'organization.projects.rate_limits': {
    request: { params: RATES },
    response: { strings: words('object'), numbers: RATES },
  },
  'organization.projects.service_tier_settings': {
    request: { params: words('default enabled_tiers') },
    response: { strings: words('object default enabled_tiers'), counts: words('enabled_tiers') },
  },
  'organization.external_keys': {
    request: { params: words('name type purpose') },
    response: { strings: words('object name type purpose'), counts: words('api_project_ids') },
  },
  'organization.external_storage': {
    request: { params: words('project_id provider.type provider.region') },
    response: { strings: words('object project_id geography provider.type provider.region') },
  },
  // A provider and its rules for whose tokens are taken.
  'organization.workload_identity_providers': {
    request: { params: words('name type enabled verification.type project_id service_account_id permissions.type') },
    response: {
      strings: words('object name type enabled verification.type project_id service_account_id permissions.type'),
    },
  },
  'organization.roles': ROLE,
  'projects.roles': ROLE,
  'projects.groups.roles': ROLE,
  'projects.users.roles': ROLE,
  'organization.spend_alerts': SPENDING,
  'organization.spend_limit': SPENDING,
  'organization.projects.spend_alerts': SPENDING,
  'organization.projects.spend_limit': SPENDING,
}
