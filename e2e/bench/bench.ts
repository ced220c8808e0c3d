import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { benchChat } from './chat.ts';
import { benchChats } from './chats.ts';
import { benchFirstLoad } from './first-load.ts';
import { benchGateway } from './gateway.ts';
import { benchLighthouse } from './lighthouse.ts';
import { benchLoad } from './load.ts';
import { benchRuntimes } from './runtimes.ts';
import { benchShare } from './share.ts';
import { benchStack } from './stack.ts';
import { table, type Row } from './stats.ts';

const BUSY_LOAD = 1;

const [load = 0] = loadavg();
console.log(
  `${new Date().toISOString()}  ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, load ${load.toFixed(2)}`,
);
if (load > BUSY_LOAD)
  console.log('The machine is busy: these figures are worth little. Run it again when the load is below 1.');
const PARTS = {
  gateway: benchGateway,
  'first-load': benchFirstLoad,
  load: benchLoad,
  lighthouse: benchLighthouse,
  runtimes: benchRuntimes,
  stack: benchStack,
  share: benchShare,
  chats: benchChats,
  chat: benchChat,
};
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) throw new Error(`no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);
const rows: Row[] = [];
for (const [name, part] of Object.entries(PARTS))
  if (asked.length === 0 || asked.includes(name)) rows.push(...(await part()));
console.log(table(rows));
