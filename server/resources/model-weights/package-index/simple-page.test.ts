import { expect, test } from 'vitest';
import { readSimplePage } from './simple-page.ts';

test('each link of a page is a file, with its sha256 where one is told', () => {
  const sha256 = 'A1'.repeat(32);
  const html = `<!DOCTYPE html><h1>Links</h1>
    <a href="../../f/a%2B1.whl?x=1&amp;y=2#sha256=${sha256}" data-requires-python="&gt;=3.9">a+1.whl</a><br/>
    <A rel=internal HREF = 'https://x.example/b.whl#md5=1'> b&amp;c.whl </A>
    <a>no address</a><a href="c.whl">c.whl</a`;
  expect(readSimplePage(html)).toEqual([
    { name: 'a+1.whl', href: '../../f/a%2B1.whl?x=1&y=2', sha256: sha256.toLowerCase() },
    { name: 'b&c.whl', href: 'https://x.example/b.whl', sha256: null },
  ]);
  expect(readSimplePage('<a '.repeat(1000))).toEqual([]);
});
