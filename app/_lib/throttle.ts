/**
 * The call at once, then at most one more per `ms` for however many were asked for meanwhile. The last is never lost.
 */
export function atMostEvery(ms: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = false;
  const pass = () => {
    timer = undefined;
    if (!asked) return;
    asked = false;
    run();
  };
  const run = () => {
    timer = setTimeout(pass, ms);
    call();
  };
  return () => {
    if (timer === undefined) run();
    else asked = true;
  };
}
