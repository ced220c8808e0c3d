/** Log lines for the terminal that runs the server: stderr only, so that stdout stays data. */
type Level = 'info' | 'warn' | 'error';

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

export function createLogger(
  module: string,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Logger {
  const line = (level: Level, message: string) =>
    write(`${new Date().toISOString()} ${level.padEnd(5)} ${module}: ${message}\n`);
  return {
    info: (message) => {
      if (process.env['AILAB_LOG'] === 'info') line('info', message);
    },
    warn: (message) => line('warn', message),
    error: (message, cause) =>
      line('error', cause === undefined ? message : `${message}: ${causeChain(cause)}`),
  };
}

/** Every message in the cause chain, because the outermost one rarely says what happened. */
export function causeChain(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  while (current !== undefined && current !== null && parts.length < 6) {
    parts.push(current instanceof Error ? current.message : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(' ← ');
}
