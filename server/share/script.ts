/**
 * The page's whole script: it puts what the stream brings into the page, tells times, and says so when it is not live.
 * A stream and not polling, so that a viewer costs nothing while nothing changes.
 */
export const SHARE_SCRIPT = `(()=>{
const $=i=>document.getElementById(i),path=location.pathname,note=$('live'),until=+$('ends').dataset.until;
let skew=0,heard=Date.now(),source,timer,ended=false,why='';
const length=ms=>{const s=Math.max(0,Math.round(ms/1e3)),m=s/60|0,h=m/60|0,d=h/24|0;
return d?d+' d '+h%24+' h':h?h+' h '+m%60+' min':m?m+' min '+s%60+' s':s+' s'};
const say=t=>{if(note.textContent!==t)note.textContent=t};
const tell=()=>{
if(ended)return;
const now=Date.now()+skew;
if(now>until+3e3)return end();
for(const e of document.querySelectorAll('time')){
const {at,since,until}=e.dataset,t=+(at||since||until);
e.title=new Date(t).toLocaleString();
e.textContent=since?length(now-t):until?'in '+length(t-now):new Date(t).toLocaleString([],{dateStyle:'medium',timeStyle:'short'})}
say(why||(Date.now()-heard<25e3?'Live':'Not live: nothing has been heard for a while.'))};
const stop=()=>{clearTimeout(timer);if(source)source.close();source=null};
const end=()=>{ended=true;stop();document.title='This share has ended';
$('page').innerHTML='<h1>This share has ended</h1><p class="lead">It has expired, or was revoked. Ask whoever gave you the link for a new one.</p>';say('')};
const again=(words,ms)=>{why=words;stop();timer=setTimeout(start,ms+Math.random()*3e3);tell()};
const start=()=>{
stop();
if(ended||document.hidden)return;
source=new EventSource(path+'/live');
source.onmessage=m=>{
const {at,f}=JSON.parse(m.data);
heard=Date.now();skew=at-heard;why='';
for(const i in f){const e=$(i);if(e&&e.innerHTML!==f[i])e.innerHTML=f[i]}
if(f&&f.title)document.title=f.title;
tell()};
source.addEventListener('end',end);
source.onerror=()=>{
why='Not live: the connection is lost. Trying again.';tell();
if(source&&source.readyState===2)fetch(path+'/status.json').then(r=>r.status===404?end():
again(r.ok?'Not live: too many people are watching. Trying again.':why,1e4),()=>again(why,5e3))}};
document.addEventListener('visibilitychange',start);
setInterval(()=>{if(source&&Date.now()-heard>4e4)again('Not live: nothing has been heard for a while. Trying again.',1e3);tell()},1e3);
document.documentElement.className='js';
tell();start()})()`;
