/** `ai-lab.example.yaml` from the documented keys and their defaults: the same text in the repository and in the editor. */
import { CONFIG_DEFAULTS, CONFIG_VARIABLES } from './config-defaults.ts';
import { CONFIG_DOCS, CONFIG_KEYS, type ConfigKey, type KeyDoc } from './config-docs.ts';

const WIDTH = 100;

const HEAD = `# ai-lab.yaml says what the lab is. All of it is optional: what is left out is as shown here.
# Keys behind a # have no default: they are examples. Take the first character of their lines away to use them.
# Flags win over the environment, the environment over this file. \`ailab-web plan\` shows what a change would do.
`;

export function exampleConfig(): string {
  let groups: string[] = [];
  const blocks = CONFIG_KEYS.map((key) => {
    const names = key.split('.');
    const outer = names.slice(0, -1);
    const value = defaultOf(key);
    // The mark stands before the indentation, so that taking it away leaves good YAML.
    const mark = value === undefined ? '#' : '';
    const fresh = outer.filter((name, depth) => groups[depth] !== name);
    const opened = fresh.map((name) => `${mark}${indent(outer.indexOf(name))}${name}:`);
    const between = groups.length === 0 || outer.length === 0 || outer[0] !== groups[0] ? '\n' : '';
    groups = outer;
    const pad = indent(outer.length);
    const prose = wrap(docOf(key), WIDTH - pad.length).map(
      (text) => `${mark === '' || pad === '' ? '' : mark}${pad}# ${text}`,
    );
    const line = `${mark}${pad}${names.at(-1) ?? ''}: ${flow(value ?? exampleOf(key))}`;
    return between + [...opened, ...prose, line].join('\n');
  });
  return `${HEAD}${blocks.join('\n')}\n`;
}

function docOf(key: ConfigKey): string {
  const variable =
    key in CONFIG_VARIABLES ? CONFIG_VARIABLES[key as keyof typeof CONFIG_VARIABLES] : undefined;
  return variable === undefined ? CONFIG_DOCS[key].doc : `${CONFIG_DOCS[key].doc} Environment: ${variable}.`;
}

function exampleOf(key: ConfigKey): unknown {
  return (CONFIG_DOCS[key] as KeyDoc).example;
}

/** The default under a key with dots; undefined when there is none. */
function defaultOf(key: string): unknown {
  let value: unknown = CONFIG_DEFAULTS;
  for (const name of key.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

/** Lists in brackets, maps in braces; our defaults and examples need no quotes. */
function flow(value: unknown): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${flow(inner)}`)
      .join(', ')} }`;
  return Array.isArray(value) ? `[${value.map(flow).join(', ')}]` : String(value);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - 2) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
