/** Where the chosen theme is kept in this browser. */
export const THEME_KEY = 'ailab-theme';

/** Runs before the first paint, so that nothing flashes; sent with the page's nonce. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
