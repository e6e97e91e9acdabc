import { Agent, OpenAIProvider, Runner, setTracingDisabled } from '@openai/agents'
import { KEY, MODEL } from '../shared.mjs'

setTracingDisabled(true)

export const clients = {
  '@openai/agents': async base => {
    const modelProvider = new OpenAIProvider({ apiKey: KEY, baseURL: base, useResponses: true })
    const agent = new Agent({ name: 'grid', model: MODEL })
    return (await new Runner({ modelProvider }).run(agent, 'Hello, grid!')).finalOutput
  },
}
