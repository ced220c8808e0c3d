/** T18: a hostile ai-lab.yaml. What the stack's containers may do is in the stack file alone: no key reaches it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** Options of a container by which it leaves it, each as a key of its own, of a service, and of the ports. */
const OPTIONS = {
  privileged: 'true',
  cap_add: '[SYS_ADMIN]',
  devices: '["/dev/sda:/dev/sda"]',
  volumes: '["/:/host"]',
  mounts: '["/var/run/docker.sock:/var/run/docker.sock"]',
  network_mode: 'host',
  pid: 'host',
  ipc: 'host',
  userns_mode: 'host',
  security_opt: '["seccomp=unconfined"]',
  user: '"0:0"',
  command: '[sh, -c, id]',
  entrypoint: '[sh]',
  environment: '{ LD_PRELOAD: /tmp/x.so }',
  env_file: '/etc/shadow',
  extends: '{ file: ../../evil.yml }',
  include: '[evil.yml]',
  build: '.',
  __proto__: '{ privileged: true }',
  constructor: '{ prototype: { privileged: true } }',
} as const;

interface Escape {
  text: string;
  /** What the refusal must name. */
  names: string;
}

function escapes(): Escape[] {
  return [
    ...Object.entries(OPTIONS).flatMap(([name, value]) => [
      { text: `${name}: ${value}\n`, names: name },
      { text: `images: { ${name}: x }\n`, names: name },
      { text: `ports: { model: 18080, ${name}: 1 }\n`, names: name },
      { text: `hooks: { pre_apply: [{ name: x, type: weaviate-ready, ${name}: ${value} }] }\n`, names: name },
    ]),
    { text: 'services: [model, { image: evil }]\n', names: 'services' },
    { text: 'services: ["../../evil"]\n', names: 'services' },
    { text: 'ports: { model: "0.0.0.0:18080" }\n', names: 'ports.model' },
    { text: 'ports: { model: 22 }\n', names: 'ports.model' },
    { text: 'model_name: "x\\" --host 0.0.0.0"\n', names: 'model_name' },
    { text: 'model_id: "../../etc/passwd"\n', names: 'model_id' },
    { text: 'allowed_hosts: ["*"]\n', names: 'allowed_hosts' },
    { text: 'profile: !!js/function "x"\n', names: '1:10' },
    {
      text: `a: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 20 }, (_, at) => `a${at}: &a${at + 1} [${`*a${at},`.repeat(9)}]\n`).join('')}`,
      names: '',
    },
  ];
}

/** As a program and as the file itself: nothing of it is written, and nothing is begun with it. */
async function prove(lab: Lab): Promise<void> {
  const api = lab.api();
  const path = join(lab.home, 'ai-lab.yaml');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  const text = before ?? '';
  if (before === null) writeFileSync(path, text);
  try {
    const { sha256: base } = await api.config.get.query();
    for (const escape of escapes()) {
      const what = JSON.stringify(escape.text.slice(0, 100));
      const written = await api.config.write
        .mutate({ text: escape.text, base })
        .then(() => 'written', String);
      mustHold(written !== 'written' && readFileSync(path, 'utf8') === text, `ai-lab.yaml may say ${what}`);
      mustHold(
        written.includes(escape.names),
        `the refusal of ${what} does not name it: ${written.slice(0, 300)}`,
      );
      writeFileSync(path, escape.text);
      const { valid, problems } = await api.config.get.query();
      mustHold(!valid && problems.length > 0, `a file that says ${what} is valid`);
      writeFileSync(path, text);
    }
    writeFileSync(path, 'privileged: true\n');
    let up = await api.lab.up.mutate({ starter: false });
    for (; up.state === 'running'; up = await api.activity.get.query({ id: up.id })) await sleep(20);
    mustHold(
      up.error?.code === 'config_invalid' && up.error.message.includes('privileged'),
      `an up with a file that says privileged is ${up.state}: ${up.error?.message}`,
    );
  } finally {
    writeFileSync(path, text);
  }
  mustHold(!('privileged' in {}), 'a prototype was written to');
}

export const t18: Row = {
  id: 'T18',
  describe:
    'no key of ai-lab.yaml reaches a container’s options: each is refused by its name, and nothing is written',
  prove,
};
