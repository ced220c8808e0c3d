/** T22's floors each bite: the same proof over a lock with the version before, and over each other way to weaken it. */
import { describe, expect, it } from 'vitest';
import { Violation } from '../support/violation.ts';
import { FLOORS, ownDependencies, proveDependencies, type Dependencies } from './t22-dependencies.ts';

const own = ownDependencies();

function findingWith(change: Partial<Dependencies>): unknown {
  try {
    proveDependencies({ ...own, ...change });
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The highest version below. */
function before(floor: string): string {
  const [major = 0, minor = 0, patch = 0] = floor.split('.').map(Number);
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}.999` : `${major - 1}.999.999`;
}

function withLocked(name: string, change: Record<string, unknown>): string {
  const lock = JSON.parse(own.lock) as { packages: Record<string, Record<string, unknown>> };
  const path = `node_modules/${name}`;
  lock.packages[path] = { ...lock.packages[path], ...change };
  return JSON.stringify(lock);
}

describe('the floors', () => {
  it('hold', () => expect(findingWith({})).toBeUndefined());

  it.each(Object.entries(FLOORS))('%s below %s is found', (name, floor) => {
    const finding = findingWith({ lock: withLocked(name, { version: before(floor) }) });
    expect(finding).toBeInstanceOf(Violation);
    expect((finding as Violation).message).toContain(`node_modules/${name} is ${before(floor)}`);
  });

  it('next 16.4.4 is found, and a pre-release of a floor', () => {
    for (const version of ['16.4.4', '16.4.5-canary.3'])
      expect(findingWith({ lock: withLocked('next', { version }) })).toBeInstanceOf(Violation);
  });

  it('a second, older copy deep in the tree is found', () => {
    const lock = withLocked('x/node_modules/react', { version: '19.2.0', dev: true });
    expect(findingWith({ lock })).toBeInstanceOf(Violation);
  });
});

describe('the lock', () => {
  it.each([
    ['a package of the user’s install without its SHA-512', { integrity: 'sha1-x' }, /locked by no SHA-512/],
    ['one that runs a script at install', { hasInstallScript: true }, /runs a script/],
    [
      'another version than package.json asks for',
      { version: '13.3.0' },
      /package\.json 13\.2\.0|package.json \d/,
    ],
  ])('%s is found', (_what, change, words) => {
    const finding = findingWith({ lock: withLocked('better-sqlite3', change) });
    expect((finding as Violation | undefined)?.message).toMatch(words);
  });

  it('a range in package.json is found, and a script of our own at install', () => {
    const range = own.manifest.replace(/"next": "([\d.]+)"/, '"next": "^$1"');
    expect(findingWith({ manifest: range })).toBeInstanceOf(Violation);
    const script = own.manifest.replace('"scripts": {', '"scripts": {\n"postinstall": "node x.mjs",');
    expect(findingWith({ manifest: script })).toBeInstanceOf(Violation);
  });

  it('more packages in a user’s install are found', () => {
    const lock = JSON.parse(own.lock) as { packages: Record<string, unknown> };
    for (const name of ['a', 'b', 'c'])
      lock.packages[`node_modules/${name}`] = { version: '1.0.0', integrity: 'sha512-x' };
    expect(findingWith({ lock: JSON.stringify(lock) })).toBeInstanceOf(Violation);
  });

  it('an image whose tag moves is found', () => {
    const stacks = own.stacks.map((text) => text.replace(/grafana\/grafana:[^}]+/, 'grafana/grafana:latest'));
    expect(findingWith({ stacks })).toBeInstanceOf(Violation);
  });
});
