import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { withOtlp } from './otlp'

withOtlp(new OpenAIInstrumentation())
