import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai'
import { withOtlp } from './otlp'

withOtlp(new OpenAIInstrumentation())
