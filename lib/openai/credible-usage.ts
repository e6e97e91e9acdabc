import type { Usage } from './call'
import { field, isObject, type Json, lengthOf, list } from './json'

/**
 * The usage without the zeros that the answer itself refutes: some servers and proxies do not count, and say so with
 * zeros. Nothing is answered to a prompt of no tokens; a completion of none is believed where the prompt was counted.
 */
export function credibleUsage(usage: Usage | undefined, answer: Json | undefined): Usage | undefined {
  if (usage?.input !== 0 || !saysSomething(answer)) return usage
  const { input: _, output, total, ...rest } = usage
  const credible: Usage = { ...rest, ...(output ? { output } : {}) }
  return Object.values(credible).some(count => count > 0) ? credible : undefined
}

const WORDS = ['content', 'text', 'refusal', 'tool_calls', 'function_call', 'reasoning_content', 'audio'] as const

function saysSomething(answer: Json | undefined): boolean {
  const choices = list(field(answer, 'choices'))
  if (choices.some(choice => isSaid(field(choice, 'message')) || isSaid(choice))) return true
  // Vectors and pictures are said, too.
  return ['output', 'data'].some(name => lengthOf(list(field(answer, name))) > 0) || isText(field(answer, 'text'))
}

function isSaid(message: Json | undefined): boolean {
  return WORDS.some(name => {
    const value = field(message, name)
    return isText(value) || isObject(value) || (Array.isArray(value) && value.length > 0)
  })
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== ''
}
