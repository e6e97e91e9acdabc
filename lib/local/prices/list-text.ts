import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitForUpdate } from '@pydantic/genai-prices'
import type { Json } from '../../openai/json'
import { condense } from '../../prices/condense'

const PACKAGE = '@pydantic/genai-prices'

/** The source of `lib/openai/price/list.ts`. Its date stays while the package's version does, else it is `now`'s. */
export async function listText(before: string, now: Date): Promise<string> {
  const source = `${PACKAGE} ${installedVersion()}`
  const date = before.includes(`'${source}'`) ? /date: '([\d-]+)'/.exec(before)?.[1] : undefined
  const providers = Object.entries(condense(await bundledData()))
  return [
    '/**',
    ' * Made by `npm run prices`; by hand nothing is changed here. What its lines say: `lib/prices/condense.ts`. The prices',
    ' * are those of @pydantic/genai-prices: MIT License, Copyright (c) Pydantic Services Inc. 2025 to present.',
    ' */',
    'export const PRICE_LIST: PriceList = {',
    `  source: '${source}',`,
    `  date: '${date ?? now.toISOString().slice(0, 10)}',`,
    '  providers: {',
    ...providers.map(([id, lines]) => `    ${quotedKey(id)}: String.raw\`${raw(lines)}\`,`),
    '  },',
    '}',
    '',
    '/** Prices by provider; each text is parsed when its provider is asked for. */',
    'export interface PriceList {',
    '  readonly source: string',
    '  /** The day it was taken on, as `2026-09-23`. */',
    '  readonly date: string',
    '  readonly providers: Readonly<Record<string, string>>',
    '}',
    '',
  ].join('\n')
}

/** What the package computes with; it gives it in no other way. */
async function bundledData(): Promise<Json> {
  return JSON.parse(JSON.stringify(await waitForUpdate()))
}

function installedVersion(): string {
  const file = join(require.resolve(PACKAGE), '..', '..', 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

function quotedKey(id: string): string {
  return /^\w+$/.test(id) ? id : `'${id}'`
}

/** As a raw template: its backslashes are the text's own. */
function raw(lines: string): string {
  if (/`|\$\{|\\$/.test(lines)) throw new Error('the price data has what a raw template cannot hold')
  return lines
}
