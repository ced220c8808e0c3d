/** What happened and the next step, for a person; the shape of every failure that pages show. */
export interface Report {
  code: string;
  message: string;
  /** With commands between backticks. */
  fix: string;
}

export const UNREACHABLE: Report = {
  code: 'unreachable',
  message: 'The ailab-web server does not answer.',
  fix: 'Start it in a terminal with `npx ailab-web`, or `npm start` in a clone.',
};
