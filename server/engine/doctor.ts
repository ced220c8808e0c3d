/** `doctor`: looks at everything an `up` needs and says what is wrong with it, changing nothing. */
import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { formatProblem } from '../config/load.ts';
import { reportError } from '../lib/errors.ts';
import { exec } from '../lib/exec.ts';
import type { Home } from '../lib/home.ts';
import { isPortFree, nextFreePort, portHolder } from '../lib/ports.ts';
import { VERSION } from '../lib/version.ts';
import { readStackEndpoint } from '../resources/compose-stack/endpoint.ts';
import { connectEngine } from '../resources/compose-stack/engine-api.ts';
import { composeVersion, findCompose } from '../resources/compose-stack/find-compose.ts';
import { readEndpoint } from '../resources/embedded-runtime/endpoint.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { locateWeights } from '../resources/model-weights/locate.ts';
import type { DoctorCheck, DoctorReport } from '../schemas/doctor.ts';
import type { Explanation } from '../schemas/explanation.ts';
import type { Sharing } from '../schemas/share.ts';
import { exposureWords } from '../schemas/share-words.ts';
import type { ResolvedLab } from './resolve-lab.ts';

export interface DoctorParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  resolve(): Promise<ResolvedLab>;
  /** What is sick now, explained, by name. */
  explained(): Promise<ReadonlyMap<string, Explanation>>;
  signal: AbortSignal;
  sharing(): Sharing;
}

const GIB = 1024 ** 3;
/** Runtime 71 MB, starter 105 MB (191 MB while it is unpacked from the wheel), and some air. */
const DISK_NEEDED = 0.5 * GIB;

type Finding = Pick<DoctorCheck, 'status' | 'message'> & { fix?: string };

export async function diagnose(parts: DoctorParts): Promise<DoctorReport> {
  const { home } = parts;
  const resolved = await parts.resolve();
  const { lab } = resolved;
  const checks = await Promise.all([
    check('Version', 'system', () => ({
      status: 'info',
      message: `ailab-web ${VERSION}, Node ${process.versions.node}, ${process.platform}-${process.arch}`,
    })),
    check('Processor', 'system', () => ({
      status: 'info',
      message: `${lab.threads} physical cores (${availableParallelism()} threads)`,
    })),
    check('Memory', 'system', memory),
    check('GPU', 'system', () => gpu(parts)),
    check('Home', 'home', async () => {
      await access(home.root, constants.W_OK);
      return { status: 'pass', message: `${home.root} can be written` };
    }),
    check('Disk', 'home', () => disk(home)),
    check('Config', 'config', () => config(home, resolved)),
    check('Weights', 'weights', () => weights(parts, resolved)),
    check('Engine', 'runtime', () => engine(parts, resolved)),
    check('Runtime', 'runtime', () => runtime(resolved)),
    check('Model port', 'runtime', () => modelPort(parts, resolved)),
    check('Exposure', 'server', () => exposure(parts.sharing())),
    check('What runs', 'runtime', () => sickness(parts)),
  ]);
  const overall = checks.some(({ status }) => status === 'fail')
    ? 'unhealthy'
    : checks.some(({ status }) => status === 'warn')
      ? 'warning'
      : 'healthy';
  return { overall, checks };
}

async function check(
  name: string,
  category: DoctorCheck['category'],
  look: () => Finding | Promise<Finding>,
): Promise<DoctorCheck> {
  try {
    const { fix, ...finding } = await look();
    return { name, category, ...finding, fix: fix ?? null };
  } catch (error) {
    const { message, fix } = reportError(error);
    return { name, category, status: 'fail', message, fix };
  }
}

function memory(): Finding {
  const free = freemem() / GIB;
  const message = `${free.toFixed(1)} GiB free of ${(totalmem() / GIB).toFixed(1)} GiB`;
  return free >= 1
    ? { status: 'pass', message }
    : { status: 'warn', message, fix: 'Close other programs; a model needs its file size and more.' };
}

const SMI_MS = 5000;

/** What the system itself tells of; whether the lab can use it is the profile's question. */
async function gpu({ env, signal }: DoctorParts): Promise<Finding> {
  if (process.platform === 'darwin') return { status: 'info', message: `the GPU of this Mac (Metal)` };
  const asked = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const within = AbortSignal.any([signal, AbortSignal.timeout(SMI_MS)]);
  const answer = await exec('nvidia-smi', asked, { env, signal: within }).catch(() => null);
  const lines = answer?.code === 0 ? answer.stdout.trim().split('\n').filter(Boolean) : [];
  return {
    status: 'info',
    message:
      lines.length > 0
        ? lines.map((line) => line.replace(/, ([^,]*)$/, ', driver $1')).join('; ')
        : 'none that nvidia-smi tells of; the processor does the work',
  };
}

async function disk(home: Home): Promise<Finding> {
  const { bavail, bsize } = await statfs(home.root);
  const free = bavail * bsize;
  const message = `${(free / GIB).toFixed(1)} GiB free on the disk of the home`;
  return free >= DISK_NEEDED
    ? { status: 'pass', message }
    : { status: 'warn', message, fix: 'Free some space, or move the home with --home FOLDER.' };
}

function config(home: Home, resolved: ResolvedLab): Finding {
  const [first] = resolved.config.problems;
  if (first !== undefined) {
    return { status: 'fail', message: formatProblem(home.config, first), fix: 'Mend the line named.' };
  }
  const [problem] = resolved.problems;
  if (problem !== undefined) return { status: 'fail', message: problem.message, fix: problem.fix };
  return {
    status: 'pass',
    message: resolved.config.exists ? `${home.config} is valid` : 'no ai-lab.yaml: the defaults hold',
  };
}

async function weights({ home, env }: DoctorParts, { lab }: ResolvedLab): Promise<Finding> {
  if (lab.weights.kind === 'none') {
    return {
      status: 'warn',
      message: 'No model is configured.',
      fix: 'Run `ailab-web up --starter`, or set model_id or model_path in ai-lab.yaml.',
    };
  }
  const facts = await readWeights(await locateWeights(lab.weights, { home, env }));
  return {
    status: 'pass',
    message: `${lab.modelName}: ${facts.architecture}, ${facts.quantization ?? 'unknown quantization'}, ${(facts.sizeBytes / 1e6).toFixed(1)} MB`,
  };
}

/** The first that is sick, in plain words, with the line that tells it. */
async function sickness({ explained }: DoctorParts): Promise<Finding> {
  const [sick] = await explained();
  if (sick === undefined)
    return { status: 'pass', message: 'nothing has ended on a failure that is known here' };
  const [name, { sentence, evidence, fix }] = sick;
  const seen = evidence === null ? '' : ` (${evidence.source}: ${evidence.line})`;
  return { status: 'fail', message: `${name}: ${sentence}${seen}`, fix };
}

/** Docker is a choice: without it the embedded engine does, unless docker was asked for. */
async function engine({ env, signal }: DoctorParts, { lab, engineInFull }: ResolvedLab): Promise<Finding> {
  const message = `${lab.engine}: ${engineInFull}`;
  if (lab.engine === 'embedded') return { status: 'info', message };
  await connectEngine(env, signal);
  const compose = findCompose(env);
  const version = await composeVersion(compose, env, signal);
  return { status: 'pass', message: `${message}; Compose ${version}` };
}

function runtime({ lab }: ResolvedLab): Finding {
  if (lab.engine === 'docker') return { status: 'info', message: 'llama.cpp server in its container' };
  return lab.runtime.kind === 'llama-server'
    ? { status: 'pass', message: `llama-server ${lab.runtime.version ?? ''} at ${lab.runtime.path}` }
    : {
        status: 'info',
        message: `node-llama-cpp ${lab.runtime.version}; a llama-server on the PATH would be nearly twice as fast`,
      };
}

async function modelPort({ home, env, signal }: DoctorParts, { lab }: ResolvedLab): Promise<Finding> {
  const port = lab.modelPort;
  const ours = lab.engine === 'docker' ? await readStackEndpoint(home, env, signal) : readEndpoint(home);
  if (ours?.baseUrl.endsWith(`:${port}`) === true)
    return { status: 'pass', message: `${port} is used by this lab` };
  if (await isPortFree(port)) return { status: 'pass', message: `${port} is free` };
  const holder = (await portHolder(port)) ?? 'another program';
  return {
    status: 'fail',
    message: `${port} is held by ${holder}`,
    fix: `End it, or set ports.model in ai-lab.yaml, e.g. to ${await nextFreePort(port + 1)}.`,
  };
}

/** Who can reach this lab: a choice of its owner, so it is told and not warned of. */
function exposure(sharing: Sharing): Finding {
  if (sharing.lan === null) return { status: 'pass', message: 'nothing is shared with your network' };
  const message = exposureWords(sharing, []);
  if (sharing.lan.trouble === null)
    return { status: 'info', message, fix: 'Run `ailab-web share revoke --all` to end it.' };
  return { status: 'warn', message, fix: 'Revoke the share and make a new one: `ailab-web share --lan`.' };
}
