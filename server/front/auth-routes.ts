/** The login: a one-time token from the launch link, swapped for a cookie and a secret. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../lib/read-body.ts';
import { loginInput } from '../schemas/access.ts';
import { cookieName, type Access } from '../services/access.ts';
import { sendJson, sendRefusal } from './front.ts';
import type { Refusal } from './gate.ts';
import { parseJson } from '../lib/json.ts';

const BODY_MAX = 4096;

const TOKEN_INVALID: Refusal = {
  status: 401,
  code: 'token_invalid',
  message: 'This login link has been used already, or is too old.',
  fix: 'Run `ailab-web open` in a terminal for a fresh one.',
};

export function createAuthRoutes(access: Pick<Access, 'redeem'>, port: number) {
  return {
    async login(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const body = await readBody(request, BODY_MAX).catch(() => undefined);
      const parsed = loginInput.safeParse(parseJson(body?.toString('utf8')));
      const granted = parsed.success
        ? access.redeem(parsed.data.token, request.headers['user-agent'] ?? '')
        : undefined;
      if (granted === undefined) {
        sendRefusal(response, TOKEN_INVALID);
        return;
      }
      const { cookie, secret, maxAgeSeconds } = granted;
      response.setHeader(
        'Set-Cookie',
        `${cookieName(port)}=${cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAgeSeconds}`,
      );
      sendJson(response, 200, { secret });
    },
    /** Answers only when the gate let the request through: the login is still good. */
    session(_request: IncomingMessage, response: ServerResponse): void {
      sendJson(response, 200, { status: 'ok' });
    },
  };
}
