/**
 * One value per process under a name. Only `globalThis` is shared between the module copies that Next makes
 * (route, page, instrumentation), so everything process-wide goes through here.
 */
export function singleton<T>(name: string): { get(): T | undefined; set(value: T | undefined): void } {
  const key = Symbol.for(`ailab.${name}`);
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  return {
    get: () => store[key],
    set: (value) => {
      store[key] = value;
    },
  };
}
