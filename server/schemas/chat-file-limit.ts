/** Without zod: Chat loads this first. */

/** Of a file of conversations that comes in. */
export const FILE_CHARACTERS_MAX = 64_000_000;
