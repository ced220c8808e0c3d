'use client';

import './globals.css';

/** The last net: the frame itself has failed. No part of ours is used, for any of them may be the cause. */
export default function GlobalError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>ailab-web has failed</title>
      </head>
      <body>
        <main>
          <h1>The page has failed</h1>
          <p>{error.message}</p>
          <p>The lab itself is not touched by this: a model that was up is still up.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
