/**
 * Bounds V8's young generation while a server runs. Left alone it grows to 134 MB on a machine with much memory and
 * stays there after the load (`--max-semi-space-size` is read before any code of ours; the factor of growth is not).
 * The memory of this machine belongs to the model.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves together. Streams at full speed run no slower with it than with eight times as much. */
const ENOUGH_BYTES = 16 * 1024 * 1024;
const LOOK_EVERY_MS = 500;
/** V8's own. */
const GROWS = 2;

export function boundYoungGeneration(signal: AbortSignal): void {
  let factor = GROWS;
  const look = () => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const wanted = (young?.space_size ?? 0) < ENOUGH_BYTES ? GROWS : 1;
    if (wanted === factor) return;
    factor = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
