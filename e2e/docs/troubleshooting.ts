/** docs/troubleshooting.md: what each error says and what to do, from the words in the sources. */
import { namedErrors, type NamedError } from './error-codes.ts';
import { cell, GENERATED } from './markdown.ts';

/** Where an error's source lies tells what it is about; the first that fits. */
const SUBJECTS: [title: string, files: RegExp][] = [
  ['Downloads from the Hugging Face Hub', /model-weights\/hub\/|engine\/(pull|bring-hf)|package-tools\/hf/],
  [
    'Weights and the starter model',
    /model-weights\/|models|model-(fit|room)|inventory|embeddings|weights-mount/,
  ],
  ['Docker and the stack', /compose-stack\//],
  [
    'The model server and its tools',
    /embedded-runtime\/|supervisor\/|package-tools\/|resolve-lab|engine\/(gpu|ready)/,
  ],
  ['Hooks', /server\/hooks\/|engine\/hook|main\/hooks/],
  ['ai-lab.yaml and flags', /server\/config\/|config-service|main\/(flags|print|logs)/],
  ['Home, disk and database', /^db\/|lib\/(home|errors|private)|open-database|restored-database/],
  ['The lock', /lock/],
  [
    'The dashboard and its login',
    /server\/front\/|main\/(serve|remote|commands\/open)|no-server|services\/access/,
  ],
  ['Chat, requests and the API', /gateway\/|services\/chat|main\/chat/],
  ['Everything else', /./],
];

export function troubleshooting(): string {
  const errors = namedErrors();
  return [
    GENERATED,
    '# Troubleshooting, by message',
    'An error of ailab-web has a code, says what happened, and ends with the next step. In the terminal it reads `Error (port_in_use): …`; in the browser and with `-o json` it is the same. Find the code, or the words, below (`…` stands for what was put in).',
    'Not sure where to start? `ailab-web doctor` looks at everything an `up` needs and changes nothing; `ailab-web logs` shows what the services wrote. What is still running stays running: no error here leaves a half-made lab behind that `ailab-web up` or `ailab-web down` could not take further.',
    ...SUBJECTS.flatMap(([title], index) =>
      section(
        title,
        errors.filter((one) => subjectOf(one) === index),
      ),
    ),
    '',
  ].join('\n\n');
}

function subjectOf({ file }: NamedError): number {
  return SUBJECTS.findIndex(([, files]) => files.test(file));
}

function section(title: string, errors: NamedError[]): string[] {
  const rows = [...Map.groupBy(errors, ({ code }) => code)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([code, all]) => rowsOf(code, all));
  if (rows.length === 0) return [];
  return [`## ${title}`, ['| code | says | do |', '|---|---|---|', ...rows].join('\n')];
}

/** The same words once; a code whose words all come from elsewhere keeps one row that says so. */
function rowsOf(code: string, errors: NamedError[]): string[] {
  const worded = errors.filter(({ message }) => /\p{L}{3}/u.test(message));
  const shown = worded.length === 0 ? errors.slice(0, 1) : worded;
  const rows = shown.map(({ message, fix }) => {
    const says = /\p{L}{3}/u.test(message) ? cell(message) : '*what failed, in its own words*';
    const next = /\p{L}{3}/u.test(fix) ? cell(fix) : '*the message ends with it*';
    return `| \`${code}\` | ${says} | ${next} |`;
  });
  return [...new Set(rows)];
}
