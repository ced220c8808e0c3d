import { cliReference } from './cli-reference.ts';
import { troubleshooting } from './troubleshooting.ts';

export const PAGES: [path: string, page: () => string][] = [
  ['docs/cli.md', cliReference],
  ['docs/troubleshooting.md', troubleshooting],
];
