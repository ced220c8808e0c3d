import { LabError } from '../lib/errors.ts';

/** For what only the home's server can do. */
export function noServer(): LabError {
  return new LabError({
    code: 'server_not_running',
    message: 'No ailab-web server is running for this home.',
    fix: 'Start it with `ailab-web` (or `npm start` in a clone).',
    status: 503,
  });
}
