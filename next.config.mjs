/** The dashboard's build. The front server (server/front) owns the socket; Next is one of its handlers. */
/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  poweredByHeader: false,
  // Two remote-code paths of 2026 went through the image optimizer (trust.md A3); we ship no images.
  images: { unoptimized: true },
  // The front server compresses nothing on loopback, and a compressed event stream is a late one.
  compress: false,
  productionBrowserSourceMaps: false,
  devIndicators: false,
  // A page is loaded when it is first asked for: fifteen at once cost a fifth of the start, and memory for good.
  experimental: { preloadEntriesOnStart: false },
  // `npm test` checks the types of everything; whoever only builds need not wait for it.
  typescript: { ignoreBuildErrors: true },
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingExcludes: {
    '/*': ['node_modules/sharp/**', 'node_modules/@img/**', 'node_modules/typescript/**'],
  },
};
