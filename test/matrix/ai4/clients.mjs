import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import { aiSdk } from '../ai-sdk.mjs'

export const clients = aiSdk('ai 4', createOpenAI, generateText, streamText)
