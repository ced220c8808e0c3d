import type { ConfigValue } from '../../../_lib/wire.ts';

/** A value as one would write it in the file. */
export function inWords(value: ConfigValue['value']): string {
  if (value === null) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  if (typeof value !== 'object') return String(value);
  const { name } = value;
  return typeof name === 'string' ? name : JSON.stringify(value);
}

export function sourceOf({
  origin,
  variable,
  value,
}: Pick<ConfigValue, 'origin' | 'variable' | 'value'>): string {
  switch (origin) {
    case 'flag':
      return 'a flag of the running command';
    case 'environment':
      return `the environment, ${variable ?? ''}`;
    case 'file':
      return 'ai-lab.yaml';
    case 'default':
      return value === null ? 'no default' : 'the default';
  }
}
