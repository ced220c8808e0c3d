/** Errors in the shape that llama-server and OpenAI use: `{"error":{code,message,type}}`. */
export class ApiError extends Error {
  readonly code: number;
  readonly type: string;
  readonly extra: Record<string, number>;

  constructor(code: number, type: string, message: string, extra: Record<string, number> = {}) {
    super(message);
    this.code = code;
    this.type = type;
    this.extra = extra;
  }
}

export const invalidRequest = (message: string): ApiError =>
  new ApiError(400, 'invalid_request_error', message);

export function errorBody(error: unknown): { status: number; body: { error: object } } {
  if (error instanceof ApiError) {
    const { code, message, type, extra } = error;
    return { status: code, body: { error: { code, message, type, ...extra } } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: { error: { code: 500, message, type: 'server_error' } } };
}
