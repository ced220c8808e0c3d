/** Each key's value and who said it. */
import type { ConfigFile, ConfigOverrides } from '../schemas/config.ts';
import { CONFIG_DEFAULTS, CONFIG_VARIABLES } from '../schemas/config-defaults.ts';
import { CONFIG_DOCS, CONFIG_KEYS, type ConfigKey } from '../schemas/config-docs.ts';
import type { ConfigValue } from '../schemas/config-view.ts';
import { pickModel } from './layers.ts';

interface Layers {
  flags: ConfigOverrides;
  environment: ConfigOverrides;
  file: ConfigFile;
}

type Json = ConfigValue['value'];

export function configValues(layers: Layers): ConfigValue[] {
  const model = pickModel(layers.flags, layers.environment, layers.file);
  return CONFIG_KEYS.map((key): ConfigValue => {
    const inFile = at(layers.file, key);
    const fallback = at(CONFIG_DEFAULTS, key);
    const [value, origin] =
      key === 'model_id' || key === 'model_path'
        ? said(key === 'model_id' ? model.id : model.path, model.origin)
        : inForce(key, layers, inFile, fallback);
    return {
      key,
      value,
      origin,
      default: fallback,
      inFile,
      variable: key in CONFIG_VARIABLES ? CONFIG_VARIABLES[key as keyof ConfigOverrides] : null,
      doc: CONFIG_DOCS[key].doc,
    };
  });
}

type InForce = [Json, ConfigValue['origin']];

function said(value: string | null, origin: ConfigValue['origin']): InForce {
  return value === null ? [null, 'default'] : [value, origin];
}

function inForce(key: ConfigKey, { flags, environment }: Layers, inFile: Json, fallback: Json): InForce {
  const flag = at(flags, key);
  if (flag !== null) return [flag, 'flag'];
  const variable = at(environment, key);
  if (variable !== null) return [variable, 'environment'];
  return inFile === null ? [fallback, 'default'] : [inFile, 'file'];
}

/** The value under a key with dots; null when there is none. */
function at(layer: object, key: string): Json {
  let value: unknown = layer;
  for (const name of key.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return (value ?? null) as Json;
}
