/**
 * What an app of the equality tests stands on: scenes that print what the app sees, one line a thing, under their own
 * name. Nothing here knows of the interceptor: the same file runs with and without it.
 */

/** The scene that is on; what happens outside of its promise is still its own. */
let current = 'before'

/** Puts a line in the transcript. */
export function log(...values) {
  console.log(JSON.stringify([current, ...values]))
}

process.on('unhandledRejection', reason => log('unhandledRejection', shape(reason)))
process.on('uncaughtException', error => log('uncaughtException', shape(error)))
process.on('warning', warning => log('warning', warning.name, warning.code))

// Whoever reads the transcript has gone: to tell of that error would be the next one, without end.
process.stdout.on('error', () => process.exit(1))

/** All that an app could branch on: class, name, codes, status, message, and the same of the cause. */
export function shape(error) {
  if (typeof error !== 'object' || error === null) return error
  const { name, message, code, status, type, param, cause, syscall } = error
  const seen = { class: error.constructor.name, name, message, code, status, type, param, syscall }
  return cause === undefined || cause === null ? seen : { ...seen, cause: shape(cause) }
}

/**
 * Runs the scenes one after the other; a scene's error is part of the transcript, not the end of the app. `SCENES` names
 * those to run, if not all.
 */
export async function play(scenes, patienceMs) {
  const chosen = process.env.SCENES?.split(',')
  for (const [name, scene] of Object.entries(scenes)) {
    if (chosen?.includes(name) === false) continue
    current = name
    try {
      log('gives', (await patiently(scene(name), patienceMs)) ?? null)
    } catch (error) {
      log('throws', shape(error))
    }
    // What is left undone by a scene shows up in its own lines.
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  current = 'after'
  await ask('/bye')
}

/** With `ms`: some scenes never end, on some Nodes; that, too, must be the same. */
function patiently(ending, ms) {
  if (ms === undefined) return ending
  let timer
  const patience = new Promise(resolve => {
    timer = setTimeout(resolve, ms, 'nothing, ever')
  })
  return Promise.race([ending, patience]).finally(() => clearTimeout(timer))
}

/** Asks the test's own server, which nobody observes. `/left/<scene>` answers when that scene's connections closed. */
export async function ask(path) {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const asked = request(process.env.CONTROL + path, { agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject).end()
  })
}

/** Has the server seen the client leave? */
export async function left(scene) {
  log('the server sees the connection closed', await ask(`/left/${scene}`))
}
