/** Reads Grafana's provisioning files: data sources and file-provisioned dashboards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import YAML from 'yaml';

type Fields = Record<string, unknown>;

export interface DataSource {
  uid: string;
  name: string;
  type: string;
  url: string;
  user: string;
  password: string;
}

export interface ProvisionedDashboard {
  uid: string;
  title: string;
  folder: string;
  dashboard: Fields;
}

const root = () => process.env['GF_PATHS_PROVISIONING'] ?? '/etc/grafana/provisioning';

export function dataSources(): DataSource[] {
  return entries('datasources', 'datasources').map((source) => {
    const secure = fields(source['secureJsonData']);
    return {
      uid: string(source['uid']),
      name: string(source['name']),
      type: string(source['type']),
      url: string(source['url']),
      user: source['basicAuth'] === true ? string(source['basicAuthUser']) : '',
      password: string(secure['basicAuthPassword']),
    };
  });
}

export function provisionedDashboards(): ProvisionedDashboard[] {
  return entries('dashboards', 'providers').flatMap((provider) => {
    const folder = string(fields(provider['options'])['path']);
    return jsonFiles(folder).map((dashboard) => ({
      uid: string(dashboard['uid']),
      title: string(dashboard['title']),
      folder: string(provider['folder']),
      dashboard,
    }));
  });
}

function jsonFiles(folder: string): Fields[] {
  return list(folder, /\.json$/).map((path) => fields(JSON.parse(readFileSync(path, 'utf8'))));
}

/** The list `key` of all YAML files in a provisioning folder. */
function entries(folder: string, key: string): Fields[] {
  return list(join(root(), folder), /\.ya?ml$/).flatMap((path) => {
    const items = fields(YAML.parse(readFileSync(path, 'utf8')))[key];
    return Array.isArray(items) ? items.map(fields) : [];
  });
}

function list(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** With Grafana's expansions: `$__file{path}`, `$__env{NAME}`, `${NAME}`, `$NAME`, and `$$` for a dollar. */
function string(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value).replaceAll(
    /\$\$|\$__file\{([^}]+)\}|\$__env\{(\w+)\}|\$\{(\w+)\}|\$(\w+)/g,
    (_, path?: string, ...names: (string | undefined)[]) => {
      if (path !== undefined) return readFileSync(path, 'utf8').trim();
      const name = names.slice(0, 3).find((each) => each !== undefined);
      return name === undefined ? '$' : (process.env[name] ?? '');
    },
  );
}
