/** Reads each file of a folder as the product does, in a process with little memory, and tells what came of it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, loadConfig } from '../../server/config/load.ts';

const [folder = ''] = process.argv.slice(2);
for (const name of readdirSync(folder).toSorted()) {
  const path = join(folder, name);
  const began = process.cpuUsage();
  const { problems, values } = loadConfig(path);
  const { user, system } = process.cpuUsage(began);
  const words = problems.map((problem) => formatProblem(path, problem));
  process.stdout.write(
    `${JSON.stringify({ name, cpuMs: (user + system) / 1000, words, values: Object.keys(values).length, rss: process.memoryUsage.rss() })}\n`,
  );
}
