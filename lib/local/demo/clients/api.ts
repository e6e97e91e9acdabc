/** How an app without an SDK knows where the API is and who it is. */
export const headers = {
  authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  'content-type': 'application/json',
}

export function urlOf(path: string): string {
  return (process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1') + path
}
