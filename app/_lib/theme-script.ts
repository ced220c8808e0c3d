/** Where the chosen theme is kept in this browser. */
export const THEME_KEY = 'ailab-theme';

/**
 * Runs before the first paint, so that nothing flashes; sent with the page's nonce. zod is told not to try whether it
 * may compile code: the policy forbids it, and the browser would report the attempt.
 */
export const THEME_SCRIPT = `globalThis.__zod_globalConfig={jitless:true};try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
