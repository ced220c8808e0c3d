import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { benchGateway } from './gateway.ts';
import { benchRuntimes } from './runtimes.ts';
import { table } from './stats.ts';

const BUSY_LOAD = 1;

const [load = 0] = loadavg();
console.log(
  `${new Date().toISOString()}  ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, load ${load.toFixed(2)}`,
);
if (load > BUSY_LOAD)
  console.log('The machine is busy: these figures are worth little. Run it again when the load is below 1.');
console.log(table([...(await benchGateway()), ...(await benchRuntimes())]));
