import { ChatOpenAI } from '@langchain/openai'
import { langchain } from '../langchain.mjs'

export const clients = langchain('langchain 1', ChatOpenAI)
