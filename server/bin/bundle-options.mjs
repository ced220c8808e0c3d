// How our own code is bundled: the product by build.mjs, and the test entries under e2e in the same way.
import { ROOT } from './prepare.mjs';

/**
 * What dockerode loads for Docker over SSH and for building images. The lab does neither, and ssh2 would bring native
 * files, which can't be shipped to every platform.
 */
function leaveOut(names) {
  const filter = new RegExp(`^(${names.join('|')})$`);
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'left-out' }));
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/** @type {import('esbuild').BuildOptions} */
export const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: ['better-sqlite3', 'node-llama-cpp'],
  plugins: [leaveOut(['ssh2', 'cpu-features', '@grpc/grpc-js', '@grpc/proto-loader'])],
  // Bundled CommonJS asks for `require`, which a module doesn't have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
};
