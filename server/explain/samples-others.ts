/** The machine, the network, the services beside the model. */
import type { Sample } from './samples.ts';

const LLAMA = 'provoked, llama-server 0.7.0';

export const OTHER_SAMPLES: readonly Sample[] = [
  {
    cause: 'port_in_use',
    service: 'model',
    lines: [
      "0.00.024.475 E srv         start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 28096",
    ],
    from: LLAMA,
  },
  {
    cause: 'port_in_use',
    service: null,
    lines: ['listen EADDRINUSE: address already in use 127.0.0.1:18080'],
    from: 'Node 24’s words',
  },
  {
    cause: 'port_in_use',
    service: null,
    lines: ['Bind for 127.0.0.1:18080 failed: port is already allocated'],
    from: 'moby/moby, libnetwork/portallocator',
  },
  {
    cause: 'disk_full',
    service: null,
    lines: ['ENOSPC: no space left on device, write'],
    from: 'Node’s words for a full disk',
  },
  {
    cause: 'disk_full',
    service: 'prometheus',
    lines: ['err="opening storage failed: lock DB directory: open /data/lock: no space left on device"'],
    from: 'apecloud/kubeblocks#2003',
  },
  {
    cause: 'docker_socket_permission',
    service: null,
    lines: ['connect EACCES /var/run/docker.sock'],
    from: 'Node’s words for EACCES of a socket',
  },
  {
    cause: 'docker_away',
    service: null,
    lines: [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ],
    from: 'docker/cli',
  },
  {
    cause: 'wrong_architecture',
    service: 'model',
    lines: ['bash: ./arm: cannot execute binary file: Exec format error'],
    from: 'provoked, an ELF header for aarch64 on x86_64',
  },
  {
    cause: 'illegal_instruction',
    service: 'model',
    lines: ['llama runner process has terminated: signal: illegal instruction (core dumped)'],
    from: 'ollama/ollama#6044',
  },
  {
    cause: 'library_missing',
    service: 'model',
    lines: [
      'llama-server: error while loading shared libraries: libllama-server-impl.so: cannot open shared object file: No such file or directory',
    ],
    from: `${LLAMA}, outside its own system`,
  },
  {
    cause: 'runtime_too_old',
    service: 'model',
    lines: ['error: invalid argument: --foo'],
    from: LLAMA,
  },
  {
    cause: 'runtime_assert',
    service: 'model',
    lines: ['3.02.792.976 free(): invalid size'],
    from: 'gpustack/gpustack#1269',
  },
  {
    cause: 'runtime_crash',
    service: 'model',
    lines: ['killed by SIGSEGV'],
    from: 'supervisor/exit-reason.ts',
  },
  {
    cause: 'permission',
    service: null,
    lines: ["EACCES: permission denied, mkdir '/home/ada/.cache/huggingface/hub'"],
    from: 'Node’s words for EACCES of a folder',
  },
  {
    cause: 'grafana_folder',
    service: 'grafana',
    lines: ["GF_PATHS_DATA='/var/lib/grafana' is not writable."],
    from: 'equinor/gordo#922',
  },
  {
    cause: 'grafana_provisioning',
    service: 'grafana',
    lines: [
      'logger=provisioning t=2025-11-24T20:42:19.207277598Z level=error msg="Failed to provision data sources" error="Datasource provisioning error: datasource.yaml config is invalid. Only one datasource per organization can be marked as default"',
    ],
    from: 'llm-d/llm-d#494',
  },
  {
    cause: 'grafana_locked',
    service: 'grafana',
    lines: [
      'lvl=eror msg="failed to look up user based on cookie" logger=context error="database is locked"',
    ],
    from: 'grafana/grafana#16638',
  },
  {
    cause: 'prometheus_folder',
    service: 'prometheus',
    lines: [
      'ts=2022-12-06T08:52:19.501Z caller=query_logger.go:91 level=error component=activeQueryTracker msg="Error opening query log file" file=/data/queries.active err="open /data/queries.active: permission denied"',
    ],
    from: 'TykTechnologies/demo-slo-prometheus-grafana#2',
  },
  {
    cause: 'prometheus_locked',
    service: 'prometheus',
    lines: [
      'caller=main.go:1166 level=error err="opening storage failed: lock DB directory: no locks available"',
    ],
    from: 'prometheus/prometheus#13390',
  },
  {
    cause: 'prometheus_damaged',
    service: 'prometheus',
    lines: ['opening storage failed: read WAL: repair corrupted WAL: cannot handle error'],
    from: 'prometheus/prometheus#4603',
  },
  {
    cause: 'weaviate_join',
    service: 'weaviate',
    lines: [
      '{"action":"startup","error":"could not join raft join list: context deadline exceeded.","level":"fatal","msg":"could not open cloud meta store","time":"2024-10-21T03:31:37Z"}',
    ],
    from: 'weaviate/weaviate#6028',
  },
  {
    cause: 'weaviate_read_only',
    service: 'weaviate',
    lines: [
      '{"action":"set_shard_read_only","level":"warning","msg":"Set READONLY, disk usage currently at 90.01%, threshold set to 90.00%","path":"/var/lib/weaviate","time":"2025-04-17T19:19:26Z"}',
    ],
    from: 'langgenius/dify#18986',
  },
  {
    cause: 'model_gated',
    service: null,
    lines: ['shut/Gated-GGUF is gated: its owner gives it only to accounts that have accepted the terms.'],
    from: 'model-weights/hub/trouble.ts, from X-Error-Code: GatedRepo',
  },
  {
    cause: 'image_rate_limited',
    service: null,
    lines: [
      'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    ],
    from: 'Docker Hub',
  },
  {
    cause: 'image_not_found',
    service: null,
    lines: [
      'manifest for ghcr.io/ggml-org/llama.cpp:server-v9 not found: manifest unknown: manifest unknown',
    ],
    from: 'moby/moby',
  },
  {
    cause: 'image_unauthorized',
    service: null,
    lines: [
      "pull access denied for nobody/nothing, repository may require 'docker login': denied: requested access to the resource is denied",
    ],
    from: 'Docker Hub',
  },
  {
    cause: 'certificate',
    service: null,
    lines: ['Get "https://registry-1.docker.io/v2/": x509: certificate signed by unknown authority'],
    from: 'moby/moby',
  },
  {
    cause: 'certificate',
    service: null,
    lines: ['self-signed certificate in certificate chain'],
    from: 'OpenSSL 3, as Node tells it',
  },
  {
    cause: 'proxy',
    service: null,
    lines: [
      'Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
    ],
    from: 'moby/moby',
  },
  {
    cause: 'name_not_resolved',
    service: null,
    lines: ['getaddrinfo ENOTFOUND huggingface.co'],
    from: 'Node 24’s words',
  },
  {
    cause: 'network_refused',
    service: null,
    lines: ['connect ECONNREFUSED 127.0.0.1:9'],
    from: 'Node 24’s words',
  },
];
