/**
 * Which Python package index this machine uses, as pip and uv are set up for it: PIP_INDEX_URL, UV_DEFAULT_INDEX,
 * UV_INDEX_URL, then `index-url` in pip's files; else pypi.org. No Python is asked.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../../../lib/errors.ts';
import { expandTilde } from '../../../lib/home.ts';
import { withoutPassword } from '../download/source.ts';
import { plain } from '../words.ts';

export interface IndexSettings {
  /** Without a slash at the end, and without the name and password that may stand in it. */
  url: URL;
  /** A secret: `Basic …` for the index's own origin, or null. */
  authorization: string | null;
  /** Where it was set: the variable or the file; null for the default. */
  setIn: string | null;
  /** With the certificate file that pip is given, where one is. */
  env: NodeJS.ProcessEnv;
}

const DEFAULT_INDEX = 'https://pypi.org/simple';
const VARIABLES = ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_INDEX_URL'];

/** Throws `index_url_invalid`; name and password are in no error. */
export function indexSettings(env: NodeJS.ProcessEnv): IndexSettings {
  const files = pipFiles(env).map((file) => ({ file, values: readPipFile(file) }));
  const named = VARIABLES.map((name) => ({ value: env[name]?.trim() ?? '', setIn: name }));
  const filed = files.map(({ file, values }) => ({ value: values['index-url'] ?? '', setIn: file }));
  const set = [...named, ...filed].find(({ value }) => value !== '');
  const url = addressOf(set);
  const authorization = basicOf(url);
  url.username = '';
  url.password = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  const cert = env['PIP_CERT'] || files.find(({ values }) => values['cert'] !== undefined)?.values['cert'];
  return {
    url,
    authorization,
    setIn: set?.setIn ?? null,
    env: cert === undefined || cert === '' ? env : { ...env, SSL_CERT_FILE: expandTilde(cert) },
  };
}

function addressOf(set: { value: string; setIn: string } | undefined): URL {
  // uv takes `name=address` too.
  const text = (set?.value ?? DEFAULT_INDEX).replace(/^[\w.-]+=(?=https?:)/, '');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return url;
  throw new LabError({
    code: 'index_url_invalid',
    message: `The Python package index in ${plain(set?.setIn ?? '')} is not an http or https address: ${plain(withoutPassword(text), 200)}`,
    fix: `Set it to the address of an index, for example ${DEFAULT_INDEX}, or take it out.`,
    status: 400,
  });
}

function basicOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const text = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The first that sets a value counts; pip's own order and places (pip documentation, "Configuration"). */
function pipFiles(env: NodeJS.ProcessEnv): string[] {
  const own = env['PIP_CONFIG_FILE'];
  // pip reads no file at all where it is set to the null device.
  if (own === '/dev/null' || own?.toLowerCase() === 'nul') return [];
  const first = own === undefined || own === '' ? [] : [expandTilde(own)];
  if (process.platform === 'win32') {
    const data = env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
    const all = env['PROGRAMDATA'] ?? 'C:\\ProgramData';
    return [...first, ...[join(data, 'pip'), join(homedir(), 'pip'), join(all, 'pip')].map(iniIn)];
  }
  const home = env['HOME'] || homedir();
  const user = [join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'pip'), join(home, '.pip')];
  const mac = join('Library', 'Application Support', 'pip');
  const [before, after] =
    process.platform === 'darwin' ? [[join(home, mac)], [join('/', mac)]] : [[], ['/etc/xdg/pip']];
  return [...first, ...[...before, ...user, ...after, '/etc'].map((folder) => join(folder, 'pip.conf'))];
}

function iniIn(folder: string): string {
  return join(folder, 'pip.ini');
}

const SECTIONS = ['download', 'install', 'global'];

/** What we need of an INI file as Python's configparser reads it; a file that can't be read sets nothing. */
function readPipFile(path: string): Record<string, string> {
  const bySection: Record<string, Record<string, string>> = {};
  let section = '';
  for (const line of textOf(path).split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const head = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) section = head.trim();
    const [, name = '', value = ''] = /^([^\s:=[][^:=]*?)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
    const key = name.toLowerCase().replaceAll('_', '-');
    if (key === 'index-url' || key === 'cert') (bySection[section] ??= {})[key] = value;
  }
  return Object.assign({}, ...SECTIONS.toReversed().map((name) => bySection[name] ?? {})) as Record<
    string,
    string
  >;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
