/**
 * The parts of the Engine API's answers that are read here. Source: Docker Engine API 1.41–1.52. Fields that an old
 * engine leaves out are optional; null and absent are the same.
 */
import * as z from 'zod';

const record = <T extends z.ZodType>(value: T) => z.record(z.string(), value).nullish();
const strings = z.array(z.string()).nullish();

export const engineVersion = z.object({ Version: z.string(), ApiVersion: z.string() });

export const engineInfo = z.object({
  MemTotal: z.number().optional(),
  NCPU: z.number().optional(),
  Architecture: z.string().optional(),
  DockerRootDir: z.string().optional(),
  OperatingSystem: z.string().optional(),
  Runtimes: record(z.unknown()),
  CDISpecDirs: strings,
  DiscoveredDevices: z.array(z.object({ Source: z.string().optional(), ID: z.string() })).nullish(),
  SecurityOptions: strings,
});
export type EngineInfo = z.infer<typeof engineInfo>;

export const containerSummary = z.object({
  Id: z.string(),
  Names: z.array(z.string()),
  Labels: record(z.string()),
  /** The name it was made from as long as that name still means its image, else the image's ID. */
  Image: z.string().optional(),
  ImageID: z.string().optional(),
  State: z.string(),
  /** In words, e.g. `Up 5 minutes (healthy)`. */
  Status: z.string().optional(),
  NetworkSettings: z
    .object({ Networks: record(z.object({ EndpointID: z.string().optional() }).nullable()) })
    .nullish(),
  Ports: z
    .array(
      z.object({ IP: z.string().optional(), PrivatePort: z.number(), PublicPort: z.number().optional() }),
    )
    .nullish(),
});
export type ContainerSummary = z.infer<typeof containerSummary>;
export const containerList = z.array(containerSummary);

const portBindings = record(
  z.array(z.object({ HostIp: z.string().optional(), HostPort: z.string().optional() })).nullable(),
);

export const containerDetails = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Created: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number().default(0),
    OOMKilled: z.boolean().default(false),
    Error: z.string().default(''),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z
      .object({
        Status: z.string(),
        FailingStreak: z.number().optional(),
        Log: z.array(z.object({ ExitCode: z.number(), Output: z.string() })).nullish(),
      })
      .nullish(),
  }),
  Config: z.object({
    Image: z.string(),
    User: z.string().nullish(),
    Tty: z.boolean().nullish(),
    Env: strings,
    Cmd: strings,
    Entrypoint: strings,
    Labels: record(z.string()),
    Healthcheck: z.object({ Test: strings }).nullish(),
  }),
  HostConfig: z.object({
    Memory: z.number().nullish(),
    PortBindings: portBindings,
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().optional() }).nullish(),
    ReadonlyRootfs: z.boolean().nullish(),
    Privileged: z.boolean().nullish(),
    Init: z.boolean().nullish(),
    NetworkMode: z.string().nullish(),
    CapAdd: strings,
    CapDrop: strings,
    SecurityOpt: strings,
    Tmpfs: record(z.string()),
    DeviceRequests: z
      .array(
        z.object({
          Driver: z.string().optional(),
          Count: z.number().optional(),
          DeviceIDs: strings,
          Capabilities: z.array(z.array(z.string())).nullish(),
        }),
      )
      .nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().optional(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
});
export type ContainerDetails = z.infer<typeof containerDetails>;

export const imageDetails = z.object({
  Id: z.string(),
  RepoDigests: strings,
  Size: z.number().optional(),
  RootFS: z.object({ Layers: strings }).nullish(),
  Config: z
    .object({
      Env: strings,
      Cmd: strings,
      Entrypoint: strings,
      Volumes: record(z.unknown()),
      Labels: record(z.string()),
    })
    .nullish(),
});
export type ImageDetails = z.infer<typeof imageDetails>;

export const engineEvent = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: record(z.string()) }),
  timeNano: z.number().optional(),
});
export type EngineEvent = z.infer<typeof engineEvent>;

export const containerStats = z.object({
  cpu_stats: z.object({
    cpu_usage: z.object({ total_usage: z.number() }),
    system_cpu_usage: z.number().optional(),
    online_cpus: z.number().optional(),
  }),
  memory_stats: z.object({
    usage: z.number().optional(),
    limit: z.number().optional(),
    stats: record(z.number()),
  }),
});
export type ContainerStats = z.infer<typeof containerStats>;
