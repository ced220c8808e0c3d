// Next writes next-env.d.ts on its first run; a fresh clone type-checks before that.
/// <reference types="next" />
