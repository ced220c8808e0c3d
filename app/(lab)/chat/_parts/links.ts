/** Where a link in a model's reply may lead, and to which host; null for everything but http, https and mail. */
export function linkTarget(href: string | undefined): { href: string; host: string } | null {
  if (href === undefined) return null;
  let url: URL;
  try {
    // Without a base: a relative address would lead into our own pages.
    url = new URL(href);
  } catch {
    return null;
  }
  if (url.protocol === 'mailto:') return { href: url.href, host: 'mail' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  // `https://bank.example@evil.example` reads like the bank: what stands before the @ is dropped.
  url.username = '';
  url.password = '';
  return { href: url.href, host: url.host };
}
