/** What other programs need to use this lab, ready to be pasted. Sources: each program's own manual, named beside it. */

export interface Access {
  /** OpenAI's base URL, e.g. `http://localhost:3000/v1`. */
  url: string;
  /** As `/v1` names it. */
  model: string;
  key: string;
  /** In tokens; null when it is not known. */
  contextSize: number | null;
}

export interface Snippet {
  id: string;
  name: string;
  /** Where it goes, and what to know. */
  note: string;
  text: string;
}

export function snippetsFor(access: Access): Snippet[] {
  const { url, model, key } = access;
  return [
    { id: 'curl', name: 'curl', note: 'In a terminal (bash, zsh).', text: curl(access) },
    {
      id: 'python',
      name: 'Python',
      note: 'OpenAI’s own SDK: `pip install openai`.',
      text: [
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url=${quoted(url)}, api_key=${quoted(key)})`,
        'reply = client.chat.completions.create(',
        `    model=${quoted(model)},`,
        '    messages=[{"role": "user", "content": "Hello"}],',
        ')',
        'print(reply.choices[0].message.content)',
      ].join('\n'),
    },
    {
      id: 'js',
      name: 'JavaScript',
      note: 'OpenAI’s own SDK: `npm install openai`.',
      text: [
        "import OpenAI from 'openai';",
        '',
        `const client = new OpenAI({ baseURL: ${quoted(url)}, apiKey: ${quoted(key)} });`,
        'const reply = await client.chat.completions.create({',
        `  model: ${quoted(model)},`,
        "  messages: [{ role: 'user', content: 'Hello' }],",
        '});',
        'console.log(reply.choices[0].message.content);',
      ].join('\n'),
    },
    {
      id: 'continue',
      name: 'VS Code: Continue',
      note: 'In `config.yaml` of Continue: its settings open it.',
      text: [
        'name: ailab-web',
        'version: 0.0.1',
        'schema: v1',
        'models:',
        '  - name: ailab-web',
        '    provider: openai',
        `    model: ${quoted(model)}`,
        `    apiBase: ${quoted(url)}`,
        `    apiKey: ${quoted(key)}`,
        '    roles: [chat, edit, apply]',
      ].join('\n'),
    },
    {
      id: 'zed',
      name: 'Zed',
      note: 'In `settings.json`. Zed asks for the key in its Agent settings, or takes it from the environment variable AILAB_API_KEY.',
      text: zed(access),
    },
    {
      id: 'fields',
      name: 'Other editors',
      note: 'What has fields for an “OpenAI compatible” provider: Cline, Roo Code, Open WebUI and others. Cursor asks from its own servers, which cannot reach this machine.',
      text: [`Base URL: ${url}`, `API key:  ${key}`, `Model:    ${model}`].join('\n'),
    },
    {
      id: 'env',
      name: 'Environment',
      note: 'Read by OpenAI’s SDKs and by many tools.',
      text: [`export OPENAI_BASE_URL=${shell(url)}`, `export OPENAI_API_KEY=${shell(key)}`].join('\n'),
    },
  ];
}

function curl({ url, model, key }: Access): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return [
    `curl ${shell(`${url}/chat/completions`)} \\`,
    `  -H ${shell(`Authorization: Bearer ${key}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shell(body)}`,
  ].join('\n');
}

function zed({ url, model, contextSize }: Access): string {
  const one = { name: model, display_name: `${model} (ailab)`, max_tokens: contextSize ?? 4096 };
  return JSON.stringify(
    { language_models: { openai_compatible: { ailab: { api_url: url, available_models: [one] } } } },
    null,
    2,
  );
}

/** Right in JSON, YAML, Python and JavaScript alike. */
const quoted = (text: string) => JSON.stringify(text);

/** POSIX: nothing within single quotes means anything but the quote itself. */
const shell = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
