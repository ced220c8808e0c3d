/** An index's HTML page of one project (PEP 503): one `<a href="…#sha256=…">file name</a>` for each file. */

export interface PageLink {
  name: string;
  /** Relative to the page, without its fragment. */
  href: string;
  sha256: string | null;
}

const LINK = /<a\b([^>]*)>([^<]*)<\/a\s*>/gi;
const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** Links that name no file are left out. */
export function readSimplePage(html: string): PageLink[] {
  return [...html.matchAll(LINK)].flatMap(([, attributes = '', text = '']): PageLink[] => {
    const found = HREF.exec(attributes);
    const target = found?.[1] ?? found?.[2];
    if (target === undefined) return [];
    const [href = '', fragment = ''] = unescape(target).trim().split('#');
    const sha256 = /^sha256=([0-9a-f]{64})$/i.exec(fragment)?.[1]?.toLowerCase() ?? null;
    return [{ name: unescape(text).trim(), href, sha256 }];
  });
}

function unescape(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
}
