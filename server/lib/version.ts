/** The product's version; esbuild puts package.json's in, a run from the sources says `dev`. */
export const VERSION: string = process.env.AILAB_VERSION ?? 'dev';
