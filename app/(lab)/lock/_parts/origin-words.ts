/** How a lock came to be. */
export const ORIGIN_WORDS = { up: 'Written by a start', import: 'Imported' } as const;
