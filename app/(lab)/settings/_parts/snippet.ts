/** A first request for a terminal: POSIX quoting, which holds for the URL and the key as we make them. */
export function curlSnippet(baseUrl: string, key: string): string {
  const body = '{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}';
  return [
    `curl ${baseUrl}/chat/completions \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body}'`,
  ].join('\n');
}
