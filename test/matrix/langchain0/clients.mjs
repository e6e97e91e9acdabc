import { ChatOpenAI } from '@langchain/openai'
import { langchain } from '../langchain.mjs'

export const clients = langchain('langchain 0.3', ChatOpenAI)
