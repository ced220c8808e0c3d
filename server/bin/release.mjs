// `npm run release`: what a publication needs, in order, and then a dry run of it. `npm run release -- --publish` does
// it, in a CI job with `id-token: write`: npm then signs where the package was built (provenance), which a laptop can't.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passNodeGate, runNpm } from './node-gate.mjs';
import { ensureInstalled, ROOT } from './prepare.mjs';

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** What forbids a publication, in words. A dry run tells them and goes on. */
function obstacles({ version, repository }) {
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const found = [];
  if (git('status', '--porcelain') !== '') found.push('The working tree is not clean.');
  if (git('describe', '--tags', '--exact-match') !== `v${version}`)
    found.push(`This commit has no tag v${version}.`);
  if (!new RegExp(`^## ${version.replaceAll('.', '\\.')} · \\d{4}-\\d{2}-\\d{2}$`, 'm').test(changelog))
    found.push(`CHANGELOG.md has no dated entry for ${version}.`);
  if (repository === undefined)
    found.push('package.json names no `repository`, and provenance is a statement about one.');
  if (process.env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined && process.env.SIGSTORE_ID_TOKEN === undefined)
    found.push('This is no CI job with `id-token: write`, so npm can sign no provenance.');
  return found;
}

function must(what, { status, stdout, stderr, error }) {
  if (status === 0) return stdout;
  console.error(`${what} failed:\n${[stdout, stderr, error?.message].filter(Boolean).join('\n').trim()}`);
  process.exit(1);
}

function release(publish) {
  const found = obstacles(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  for (const words of found) console.log(`${publish ? 'Stop' : 'Before a real one'}: ${words}`);
  if (publish && found.length > 0) process.exit(1);
  ensureInstalled();
  // What is shipped is built now, from what is committed; not what happened to lie in dist.
  must(
    'The build',
    spawnSync(process.execPath, [join(ROOT, 'server', 'bin', 'build.mjs')], { encoding: 'utf8' }),
  );
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const tests = ['run', '--config', 'e2e/vitest.config.ts', 'e2e/package', 'e2e/security/packaging.test.ts'];
  const tested = spawnSync(process.execPath, [vitest, ...tests], { cwd: ROOT, stdio: 'inherit' });
  if (tested.status !== 0) process.exit(1);
  const folder = mkdtempSync(join(tmpdir(), 'ailab-release-'));
  try {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const tarball = must('npm pack', runNpm(pack, { cwd: ROOT }))
      .trim()
      .split('\n')
      .at(-1);
    const args = ['publish', join(folder, tarball), '--access', 'public', '--ignore-scripts'];
    const how = publish ? ['--provenance'] : ['--dry-run', '--no-provenance'];
    const { status, stdout, stderr } = runNpm([...args, ...how], { cwd: folder });
    console.log(`${stderr}${stdout}`.trim().split('\n').slice(-16).join('\n'));
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2)))
  release(process.argv.includes('--publish'));
