/** What the machine refuses: ports, rights, space, programs it can't run. */
import { anotherModelPort, withoutDocker } from './repairs.ts';
import type { Rule } from './rule.ts';

export const MACHINE_RULES: readonly Rule[] = [
  {
    cause: 'port_in_use',
    pattern: /couldn't bind HTTP server socket, hostname: \S{1,100}, port: (\d{1,5})/,
    tell: ([, port], lab) => ({
      sentence: `Another program took port ${port} before the model server could.`,
      fix: `End that program (\`ss -ltnp\` names it), or set another port under \`ports:\` in ai-lab.yaml.`,
      repair: anotherModelPort(lab),
    }),
  },
  {
    cause: 'port_in_use',
    pattern:
      /[Bb]ind for \S{1,60}:(\d{1,5}) failed: port is already allocated|listen tcp4? \S{1,60}:(\d{1,5}): bind: address already in use|EADDRINUSE: address already in use (?:\S{0,60}:)?(\d{1,5})/,
    tell: ([, a, b, c], lab) => {
      const port = a ?? b ?? c ?? '';
      return {
        sentence: `Port ${port} is already in use on this machine.`,
        fix: `End the program that holds it (\`ss -ltnp\` names it), or set another port under \`ports:\` in ai-lab.yaml.`,
        repair: Number(port) === lab.ports['model'] ? anotherModelPort(lab) : null,
      };
    },
  },
  {
    cause: 'disk_full',
    pattern: /no space left on device|ENOSPC|database or disk is full|disk quota exceeded|EDQUOT/i,
    tell: () => ({
      sentence: 'The disk is full, so something could not be written.',
      fix: 'Free some space: weights that are not used (Models page), images that are not used (`docker system df`), then do the same again.',
    }),
  },
  {
    cause: 'docker_socket_permission',
    pattern:
      /permission denied while trying to connect to the [Dd]ocker|(?:connect|dial unix) \S{0,200}docker\.sock: (?:connect: )?permission denied|connect EACCES \S{1,200}docker\.sock/,
    tell: (_match, lab) => ({
      sentence: 'Docker is there, but this user may not use it.',
      fix: 'Run `sudo usermod -aG docker $USER`, log out and in again (whoever is in that group is as mighty as root), or set up rootless Docker.',
      repair: withoutDocker(lab),
    }),
  },
  {
    cause: 'docker_away',
    pattern:
      /Cannot connect to the Docker daemon|connect ENOENT \S{1,200}docker\.sock|connect ECONNREFUSED \S{1,200}docker\.sock/,
    tell: (_match, lab) => ({
      sentence: 'Docker does not answer: it is not running, or not installed.',
      fix: 'Start Docker Desktop or the service (`sudo systemctl start docker`), then try again.',
      repair: withoutDocker(lab),
    }),
  },
  {
    cause: 'wrong_architecture',
    pattern:
      /exec format error|cannot execute binary file|no matching manifest for (\S{1,60})|ENOEXEC|Unknown system error -8/i,
    tell: () => ({
      sentence: 'The program was built for another kind of processor than this machine has.',
      fix: 'Use a build or an image for this processor (`uname -m` names it).',
    }),
  },
  {
    cause: 'illegal_instruction',
    pattern: /SIGILL|[Ii]llegal instruction|exit code 132|trap invalid opcode/,
    tell: () => ({
      sentence:
        'The program uses instructions that this processor does not have: it was built for a newer one.',
      fix: 'Use another build of llama.cpp, for example without AVX2 or AVX-512; a virtual machine may need its processor type set to "host".',
    }),
  },
  {
    cause: 'library_missing',
    pattern:
      /error while loading shared libraries: (\S{1,120}): cannot open shared object file|version `(\S{1,40})' not found \(required by/,
    tell: ([, library, version]) => ({
      sentence: `The program lacks a library of this system: ${library ?? version}.`,
      fix: 'Install the package that brings it, or use a build made for this system.',
    }),
  },
  {
    cause: 'runtime_too_old',
    pattern: /error: (?:invalid argument|unknown argument): (--?[\w-]{1,60})/,
    tell: ([, flag]) => ({
      sentence: `This llama-server does not know the flag ${flag}: it is older than the lab needs.`,
      fix: 'Update llama.cpp, or take it off the PATH: without one the lab brings a runtime of its own.',
    }),
  },
  {
    cause: 'runtime_assert',
    pattern: /GGML_ASSERT\(|ggml_abort|terminate called after throwing|free\(\): invalid/,
    tell: () => ({
      sentence:
        'The model server stopped on a check of its own: a fault in llama.cpp, or a model that it does not fully support.',
      fix: 'Try a newer llama.cpp or another conversion of the model; the lines below are what its developers ask for.',
    }),
  },
  {
    cause: 'runtime_crash',
    pattern: /(?:killed|ended) by (SIGSEGV|SIGABRT|SIGBUS|SIGFPE)/,
    tell: ([, signal]) => ({
      sentence: `The model server crashed (${signal}): a fault of the program or of a driver, not of your settings.`,
      fix: 'It is started again by itself where it had worked before. If it crashes again, try another model or a newer llama.cpp.',
    }),
  },
  {
    cause: 'permission',
    pattern:
      /(?:EACCES|EPERM): [a-z ]{1,60}, \w{1,20} '([^']{1,400})'|mkdir ([^:\n]{1,300}): permission denied/,
    tell: ([, path, other]) => ({
      sentence: `This user has no right to write ${path ?? other}.`,
      fix: 'Make it yours (`sudo chown -R $USER` on the folder), or choose another place; a cache folder made by root is the usual reason.',
    }),
  },
  {
    cause: 'memory_lock_limit',
    pattern: /failed to mlock (\d{1,15})-byte buffer|Try increasing RLIMIT_M(?:EM)?LOCK/,
    tell: () => ({
      sentence:
        'The system does not let the model server pin its memory: the limit for locked memory is too low.',
      fix: 'Raise the limit (`ulimit -l unlimited` as root, or memlock in /etc/security/limits.conf), or leave mlock out; the model then works without it.',
    }),
  },
];
