/** The page's whole style: the dashboard's colours, in both themes, on paper too. No `light-dark()`: phones may be old. */
const LIGHT =
  '--bg:#f7f7f5;--surface:#fff;--line:#e2e2dc;--ink:#1b1c19;--ink2:#50524b;--ink3:#62645b;--accent:#2a4fd0;--ok:#1a7442;--warn:#8a5600;--bad:#b3261e';
const DARK =
  '--bg:#131412;--surface:#1a1b19;--line:#2c2e2a;--ink:#ecede8;--ink2:#b3b5ac;--ink3:#96988f;--accent:#93a9ff;--ok:#62c98d;--warn:#e5b455;--bad:#ff9187';

export const SHARE_STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media(prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:400 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
main,footer{max-width:46rem;margin:0 auto;padding:1.5rem 1.25rem}
main{padding-bottom:.5rem}
h1,h2,p,dl,dd,ul,figure{margin:0;padding:0}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;font-weight:600}
h2{font-size:1rem;font-weight:600}
ul{list-style:none}
a{color:var(--accent);text-underline-offset:.18em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font:.8125em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;max-width:46rem;margin:0 auto;padding:1rem 1.25rem 0;color:var(--ink2);font-size:.875rem}
#live{min-height:1.3em}
.head{display:flex;align-items:center;gap:.625rem}
.lead{margin-top:.375rem;color:var(--ink2)}
.mark{flex:none;width:.75rem;height:.75rem}
h1 .mark,.head .mark{width:1rem;height:1rem}
.ok{color:var(--ok)}.busy{color:var(--accent)}.warn{color:var(--warn)}.bad{color:var(--bad)}.idle{color:var(--ink3)}
section{margin-top:1rem;padding:1rem 1.125rem 1.125rem;background:var(--surface);border:1px solid var(--line);border-radius:.625rem}
section h2+*{margin-top:.75rem}
.figures{display:grid;grid-template-columns:repeat(2,1fr);gap:.875rem 1rem}
.figures dt{color:var(--ink2);font-size:.8125rem}
.figures dd{font-size:1.375rem;font-weight:600;line-height:1.25;overflow-wrap:normal}
.figures .none{font-size:1rem;font-weight:400;color:var(--ink2)}
.figures small{font-size:.8125rem;font-weight:400;color:var(--ink2)}
:root:not(.js) .figures time{font-size:.9375rem;font-weight:400}
.hint{margin-top:.75rem;color:var(--ink2);font-size:.8125rem}
.spark{display:block;width:100%;height:4.5rem;color:var(--accent);border-bottom:1px solid var(--ink3)}
.axis{display:flex;justify-content:space-between;margin-top:.25rem;color:var(--ink2);font-size:.8125rem}
.services li{display:flex;align-items:center;gap:.625rem;padding:.4375rem 0;border-top:1px solid var(--line)}
.services li:first-child{border-top:0;padding-top:0}.services li:last-child{padding-bottom:0}
.services span:last-child{margin-left:auto;color:var(--ink2)}
.facts{display:grid;grid-template-columns:minmax(6.5rem,auto) minmax(0,1fr);gap:.375rem 1rem}
.facts dt{color:var(--ink2)}
footer{padding-bottom:2.5rem;color:var(--ink2);font-size:.8125rem}
footer p+p{margin-top:.375rem}
@media(min-width:40rem){main{padding-top:2rem}h1{font-size:2.125rem}.figures{grid-template-columns:repeat(4,1fr)}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.pair section{min-width:0}}
@media print{:root{${LIGHT};--bg:#fff}section{break-inside:avoid}footer .links,#live{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;
