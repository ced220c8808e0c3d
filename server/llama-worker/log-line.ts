/** Log lines as llama-server writes them: a time, a level, the words. The supervisor keeps them in runtime.log. */
export function logLine(level: 'I' | 'W' | 'E', message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`);
}
