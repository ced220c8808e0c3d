/** Errors of /v1 in the shape that OpenAI's clients parse: `{error: {message, type, param, code}}`. */
import type { ServerResponse } from 'node:http';

export interface OpenAiError {
  status: number;
  code: string;
  message: string;
  param?: string;
  /** Seconds after which a retry makes sense. */
  retryAfter?: number;
}

export function sendOpenAiError(response: ServerResponse, error: OpenAiError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = error.status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
  const type = error.status >= 500 ? 'server_error' : 'invalid_request_error';
  response.end(
    JSON.stringify({ error: { message: error.message, type, param: error.param ?? null, code: error.code } }),
  );
}
