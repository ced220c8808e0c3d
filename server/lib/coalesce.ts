/** One run at a time; calls meanwhile make one more run, so that the last word is never an old one. */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async () => {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = undefined;
    }
  };
  return () => {
    if (running !== undefined) again = true;
    return (running ??= loop());
  };
}
