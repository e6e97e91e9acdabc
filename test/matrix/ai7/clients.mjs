import { createOpenAI } from '@ai-sdk/openai'
import { generateText, streamText } from 'ai'
import { aiSdk } from '../ai-sdk.mjs'

export const clients = aiSdk('ai 7', createOpenAI, generateText, streamText)
