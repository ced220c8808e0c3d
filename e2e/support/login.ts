/** A browser's login without a browser: the swap of a link's token for cookie and secret. */
import { ask, type Answer } from './http.ts';
import { tokenOf, type Lab } from './lab.ts';

export interface Login {
  /** Value of the Cookie header: `ailab_<port>=…`. */
  cookie: string;
  /** Value of the header `x-ailab-secret`. */
  secret: string;
}

/** As the login page sends it. */
export function swap(lab: Lab, token: string): Promise<Answer> {
  return ask(lab.port, {
    method: 'POST',
    path: '/auth/login',
    headers: { 'content-type': 'application/json', ...ownPage(lab) },
    body: JSON.stringify({ token }),
  });
}

/** Without a link a fresh one is asked for with the CLI's credential. */
export async function login(lab: Lab, link?: string): Promise<Login> {
  const answer = await swap(lab, tokenOf(link ?? (await freshLink(lab))));
  const [setCookie] = [answer.headers['set-cookie'] ?? []].flat();
  const body: unknown = JSON.parse(answer.body);
  const secret = typeof body === 'object' && body !== null && 'secret' in body ? body.secret : undefined;
  if (answer.status !== 200 || setCookie === undefined || typeof secret !== 'string')
    throw new Error(`the login failed: ${answer.status} ${answer.body}`);
  return { cookie: setCookie.split(';')[0] ?? '', secret };
}

export async function freshLink(lab: Lab): Promise<string> {
  return (await lab.api().access.loginLink.mutate()).url;
}

/** The headers by which a browser says that the dashboard's own page makes the request. */
export function ownPage(lab: Lab): Record<string, string> {
  return { origin: lab.url, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
}

/** The full proof of a login. */
export function credentials({ cookie, secret }: Login): Record<string, string> {
  return { cookie, 'x-ailab-secret': secret };
}
