/** Ports on the loopback, IPv4 and IPv6: a port that is free on one family and taken on the other is taken. */
import { createServer } from 'node:net';
import { exec } from './exec.ts';

export async function isPortFree(port: number): Promise<boolean> {
  const taken = await Promise.all([canListen(port, '127.0.0.1'), canListen(port, '::1')]);
  return taken.every(Boolean);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** The first free port at or after `from`, within 100 of it. */
export async function nextFreePort(from: number): Promise<number | undefined> {
  for (let port = from; port < from + 100 && port <= 65_535; port += 1) {
    if (await isPortFree(port)) return port;
  }
  return undefined;
}

/** A port the system picks, free at this moment. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Who listens on the port, e.g. `node (pid 4242)`; undefined where the system does not tell us. */
export async function portHolder(port: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const { linuxPortHolder } = await import('./port-holder-linux.ts');
    return linuxPortHolder(port);
  }
  try {
    const result = await exec('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
    const pid = /^p(\d+)/m.exec(result.stdout)?.[1];
    const name = /^c(.+)/m.exec(result.stdout)?.[1];
    return pid === undefined ? undefined : `${name ?? 'a process'} (pid ${pid})`;
  } catch {
    return undefined;
  }
}
