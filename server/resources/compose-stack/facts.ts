/**
 * What a service is asked to be and what its container is, as the same plain facts by name, so that drift is told per
 * field. Never from Compose's own hash, which mixes in what no one changed. Values that may hold a secret are hashed.
 */
import { createHash } from 'node:crypto';
import type { Item } from '../../schemas/lab.ts';
import type { ContainerDetails, ImageDetails } from './engine-types.ts';
import { FILES_LABEL, PROFILE_LABEL } from './layout.ts';
import { parseBytes } from './memory-size.ts';
import type { RenderedService, RenderedStack } from './rendered.ts';

type Facts = Item['meta'];

/** The image's own value, wherever the stack file is silent. */
const OF_IMAGE = 'as the image says';

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
const sorted = (parts: readonly string[]): string => parts.toSorted().join(', ');

export function askedFacts(service: RenderedService, stack: RenderedStack): Facts {
  const labels = textMap(service.labels);
  return {
    image: service.image,
    command: absent(service.command) ? OF_IMAGE : digest(service.command),
    entrypoint: absent(service.entrypoint) ? OF_IMAGE : digest(service.entrypoint),
    environment: digest(pairs(textMap(service.environment))),
    mounts: sorted((service.volumes ?? []).map((volume) => askedMount(volume, stack))),
    tmpfs: sorted(tmpfsPaths(service.tmpfs)),
    ports: sorted((service.ports ?? []).map(askedPort)),
    labels: digest(pairs(ordinary(labels))),
    configuration: labels[FILES_LABEL] ?? '',
    profile: labels[PROFILE_LABEL] ?? '',
    memory_limit: parseBytes(service.mem_limit ?? service.deploy?.resources?.limits?.memory ?? 0),
    user: service.user ?? OF_IMAGE,
    restart: restartOf(service.restart),
    security: sorted([
      ...(service.read_only === true ? ['read-only root'] : []),
      ...(service.privileged === true ? ['privileged'] : []),
      ...(service.cap_drop ?? []).map((name) => `-${capability(name)}`),
      ...(service.cap_add ?? []).map((name) => `+${capability(name)}`),
      ...(service.security_opt ?? []),
    ]),
    init: service.init === true,
    devices: sorted(
      (service.deploy?.resources?.reservations?.devices ?? []).map((device) =>
        deviceWords(device.driver, device.count, device.device_ids, device.capabilities),
      ),
    ),
    health_check: absent(service.healthcheck?.test) ? OF_IMAGE : digest(service.healthcheck?.test ?? []),
  };
}

/**
 * The same facts of a container. `asked` tells which variables and labels are the stack's; `image` (of the container)
 * tells what is the image's own. A fact that can't be told without the image is left out: unknown is no drift.
 */
export function foundFacts(
  container: ContainerDetails,
  asked: RenderedService,
  image: ImageDetails | null,
): Facts {
  const { Config: config, HostConfig: host } = container;
  const wantedLabels = textMap(asked.labels);
  const labels = textMap(config.Labels);
  const own = image?.Config;
  return {
    image: config.Image,
    ...overImage('command', config.Cmd, asked.command, own && (own.Cmd ?? [])),
    ...overImage('entrypoint', config.Entrypoint, asked.entrypoint, own && (own.Entrypoint ?? [])),
    ...(own === undefined || own === null
      ? {}
      : { environment: environmentOf(config.Env ?? [], textMap(asked.environment), own.Env ?? []) }),
    mounts: sorted(
      (container.Mounts ?? [])
        .filter(({ Type, Destination }) => Type !== 'tmpfs' && !isImageVolume(Destination, asked, image))
        .map(foundMount),
    ),
    tmpfs: sorted(Object.keys(host.Tmpfs ?? {})),
    ports: portWords(container),
    labels: digest(pairs(ordinary(pick(labels, Object.keys(wantedLabels))))),
    configuration: labels[FILES_LABEL] ?? '',
    profile: labels[PROFILE_LABEL] ?? '',
    memory_limit: host.Memory ?? 0,
    user: absent(asked.user) ? OF_IMAGE : (config.User ?? ''),
    restart: restartOf(host.RestartPolicy?.Name),
    security: sorted([
      ...(host.ReadonlyRootfs === true ? ['read-only root'] : []),
      ...(host.Privileged === true ? ['privileged'] : []),
      ...(host.CapDrop ?? []).map((name) => `-${capability(name)}`),
      ...(host.CapAdd ?? []).map((name) => `+${capability(name)}`),
      ...(host.SecurityOpt ?? []),
    ]),
    init: host.Init === true,
    devices: sorted(
      (host.DeviceRequests ?? []).map((device) =>
        deviceWords(device.Driver, device.Count, device.DeviceIDs, device.Capabilities?.flat()),
      ),
    ),
    health_check: absent(asked.healthcheck?.test) ? OF_IMAGE : digest(config.Healthcheck?.Test ?? ['none']),
  };
}

function overImage(
  name: 'command' | 'entrypoint',
  found: readonly string[] | null | undefined,
  asked: readonly string[] | null | undefined,
  own: readonly string[] | null | undefined,
): Facts {
  const value = digest(found ?? []);
  if (!absent(asked)) return { [name]: value };
  if (own === undefined || own === null) return {};
  return { [name]: value === digest(own) ? OF_IMAGE : value };
}

/** Variables that Compose passes on from the client's proxy settings are nobody's drift. */
const PROXY = /^(https?|ftp|no|all)_proxy$/i;

/** Equal to the asked digest, or followed by the names (never the values) that differ. */
function environmentOf(
  found: readonly string[],
  asked: Record<string, string>,
  own: readonly string[],
): string {
  const ofImage = new Set(own);
  const ours: Record<string, string> = {};
  for (const pair of found) {
    const [name, value] = split(pair);
    if (Object.hasOwn(asked, name) || (!ofImage.has(pair) && !PROXY.test(name))) ours[name] = value;
  }
  const names = new Set([...Object.keys(asked), ...Object.keys(ours)]);
  const other = [...names].filter((name) => asked[name] !== ours[name]).toSorted();
  const value = digest(pairs(ours));
  return other.length === 0 ? value : `${value} (${other.join(', ')})`;
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** A volume the image declares and the stack doesn't name becomes an anonymous one. */
function isImageVolume(path: string, asked: RenderedService, image: ImageDetails | null): boolean {
  if ((asked.volumes ?? []).some(({ target }) => target === path)) return false;
  return Object.hasOwn(image?.Config?.Volumes ?? {}, path);
}

type AskedVolume = NonNullable<RenderedService['volumes']>[number];

function askedMount(
  { type, source, target, read_only: readOnly }: AskedVolume,
  stack: RenderedStack,
): string {
  const from = type === 'volume' ? (stack.volumes?.[source ?? '']?.name ?? source ?? '') : (source ?? '');
  return mountWords(from, target, readOnly === true);
}

type FoundMount = NonNullable<ContainerDetails['Mounts']>[number];

function foundMount({ Type, Name, Source, Destination, RW }: FoundMount): string {
  // Docker Desktop shows this machine's folders below /host_mnt.
  const from = Type === 'volume' ? (Name ?? '') : (Source ?? '').replace(/^\/host_mnt(?=\/)/, '');
  return mountWords(from, Destination, !RW);
}

const mountWords = (from: string, to: string, readOnly: boolean): string =>
  `${from}→${to}${readOnly ? ' (read-only)' : ''}`;

type AskedPort = NonNullable<RenderedService['ports']>[number];

function askedPort({ target, published, host_ip: ip, protocol }: AskedPort): string {
  return `${ip ?? '0.0.0.0'}:${published ?? 'any'}→${target}/${protocol ?? 'tcp'}`;
}

function foundPorts(bindings: ContainerDetails['HostConfig']['PortBindings']): string[] {
  return Object.entries(bindings ?? {}).flatMap(([target, list]) =>
    (list ?? []).map(
      ({ HostIp, HostPort }) =>
        `${HostIp === undefined || HostIp === '' ? '0.0.0.0' : HostIp}:${HostPort ?? 'any'}→${target}`,
    ),
  );
}

/** Every published port, e.g. `127.0.0.1:18080→8080/tcp`. */
export function portWords({ HostConfig }: ContainerDetails): string {
  return sorted(foundPorts(HostConfig.PortBindings));
}

/** The port of this machine that leads to the lowest one in the container; null when none is published. */
export function publishedPort({ HostConfig }: ContainerDetails): number | null {
  const bindings = Object.entries(HostConfig.PortBindings ?? {});
  const [first] = bindings.toSorted(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const port = Number(first?.[1]?.[0]?.HostPort ?? '');
  return port > 0 ? port : null;
}

function tmpfsPaths(tmpfs: RenderedService['tmpfs']): string[] {
  const list = typeof tmpfs === 'string' ? [tmpfs] : (tmpfs ?? []);
  return list.map((entry) => entry.split(':')[0] ?? entry);
}

function deviceWords(
  driver: string | undefined,
  count: string | number | undefined,
  ids: readonly string[] | null | undefined,
  capabilities: readonly string[] | undefined,
): string {
  const which =
    absent(ids) || ids.length === 0
      ? count === 'all' || count === -1 || count === '-1'
        ? 'all'
        : String(count ?? '')
      : ids.join('+');
  return `${driver ?? ''} ${which} ${(capabilities ?? []).toSorted().join('+')}`.trim();
}

/** JSON has two ways to say that there is nothing. */
function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

const capability = (name: string): string => name.replace(/^CAP_/, '');

const restartOf = (policy: string | null | undefined): string =>
  absent(policy) || policy === '' ? 'no' : policy.replace(/:\d+$/, '');

function ordinary(labels: Record<string, string>): Record<string, string> {
  const { [FILES_LABEL]: _files, [PROFILE_LABEL]: _profile, ...rest } = labels;
  return rest;
}

function pick(from: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(from, name)).map((name) => [name, from[name] ?? '']),
  );
}

function textMap(values: Record<string, unknown> | null | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (absent(value) ? [] : [[name, String(value)]])),
  );
}

const pairs = (values: Record<string, string>): string[] =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
