/**
 * Defences that no option can leave out, taken out of the text of the product while a test entry is bundled from it:
 * by row of trust.md A5, or a part of one (`T17.shell`). A cut whose text is gone from its file stops the test.
 */
export interface Cut {
  /** From the repository's root. */
  file: string;
  /** Each must be there; all its occurrences are replaced. */
  from: string;
  to: string;
}

const HOOK_CONFIRM: Cut = {
  file: 'server/engine/hook-service.ts',
  from: 'return hash === null || readSetting(db, key(hook.name)) === hash;',
  to: 'return hash === null || hook.name !== readSetting(db, key(hook.name));',
};
const HOOK_SHELL: Cut = {
  file: 'server/hooks/command.ts',
  from: "stdio: ['ignore', 'pipe', 'pipe'],",
  to: "stdio: ['ignore', 'pipe', 'pipe'], shell: true,",
};
const BROWSER_GUARD: Cut = {
  file: 'server/config/guard.ts',
  from: 'return fresh ? [key] : [];',
  to: 'return fresh && key === "" ? [key] : [];',
};

const SHARE_METHODS: Cut = {
  file: 'server/share/visits.ts',
  from: "if (request.method !== 'GET' && request.method !== 'HEAD') {",
  to: "if (request.method === 'NONE') {",
};
const SHARE_NETWORK: Cut = {
  file: 'server/share/visits.ts',
  from: "share === undefined || (from === 'network' && share.lanPort === null)",
  to: 'share === undefined',
};
const SHARE_END: Cut = {
  file: 'server/services/shares.ts',
  from: 'row.expiresAt > now()',
  to: 'row.expiresAt > 0',
};
const SHARE_CROWD: Cut = {
  file: 'server/share/lan.ts',
  from: 'made.maxConnections = CONNECTIONS_MAX;',
  to: '',
};
const SHARE_FLOOD: Cut = { file: 'server/share/lan.ts', from: 'if (admit())', to: 'if (admit() || true)' };

/** Cut from the server, and from the supervisor of its model server. */
export const CUTS: Record<string, Cut[]> = {
  T5: [
    { file: 'server/front/headers.ts', from: '"frame-ancestors \'none\'",', to: '' },
    { file: 'server/front/headers.ts', from: " frame-ancestors 'none';", to: '' },
    { file: 'server/front/headers.ts', from: "response.setHeader('X-Frame-Options', 'DENY');", to: '' },
  ],
  T11: [SHARE_METHODS, SHARE_NETWORK, SHARE_END],
  'T11.end': [SHARE_END],
  'T11.methods': [SHARE_METHODS],
  'T11.network': [SHARE_NETWORK],
  T12: [
    {
      file: 'server/share/view.ts',
      from: 'return shareView.parse({\n',
      to: 'return Object({\n    overview,\n',
    },
  ],
  T13: [SHARE_CROWD, SHARE_FLOOD],
  'T13.crowd': [SHARE_CROWD],
  'T13.flood': [SHARE_FLOOD],
  T15: [{ file: 'server/front/headers.ts', from: "img-src 'self' data:", to: 'img-src *' }],
  T16: [
    {
      file: 'server/lib/harmless.ts',
      from: 'const clean = text\n',
      to: 'if (text !== null) return text;\n  const clean = text\n',
    },
  ],
  T17: [HOOK_CONFIRM, HOOK_SHELL, BROWSER_GUARD],
  'T17.confirm': [HOOK_CONFIRM],
  'T17.shell': [HOOK_SHELL],
  'T17.browser': [BROWSER_GUARD],
  T18: [{ file: 'server/schemas/config.ts', from: 'z.strictObject(', to: 'z.looseObject(' }],
  T19: [
    {
      file: 'server/resources/model-weights/byte-reader.ts',
      from: 'const MAX_READ_BYTES = 48 * 1024 * 1024;',
      to: 'const MAX_READ_BYTES = Infinity;',
    },
  ],
  T20: [
    { file: 'server/supervisor/command.ts', from: "['--api-key-file', keyFile],", to: '' },
    { file: 'server/supervisor/command.ts', from: "['--cors-origins', ''],", to: '' },
  ],
};

/** Taken out of the built page's scripts, which hold the text of the source in their own short names. */
export interface PageCut {
  from: RegExp;
  to: string;
}

export const PAGE_CUTS: Record<string, PageCut[]> = {
  // Where a link may lead (links.ts).
  T14: [{ from: /"http:"!==(\w+)\.protocol&&"https:"!==\1\.protocol\?null:/, to: '' }],
  // A picture is a link with its words (markdown.tsx).
  T15: [
    {
      from: /(img:\(\{src:(\w+),alt:\w+\}\)=>\(0,\w+\.jsxs\)\()\w+,\{href:"string"==typeof \2\?\2:void 0,children:/,
      to: '$1"img",{src:$2,"data-words":',
    },
  ],
};
