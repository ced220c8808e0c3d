/** JSON from outside, to be parsed by a schema next: undefined for text that is no JSON, and for none at all. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
