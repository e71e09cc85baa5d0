{# The service worker. Django removes these comments. Takes nothing. #}
{# Pages come from the network. Where it fails, they come from the offline copy. #}
{# The copy and its state are in one cache, and are deleted with it. See ADR 13. #}
{# `make lint` reads these comments as JSDoc; types: stemguide/javascript/worker.d.ts. #}
{% load static %}
const CACHE = "saved-copy";
const channel = new BroadcastChannel(CACHE);
const STATE = "/saved-copy.json";
const HELP = "{% url 'sessions:get_help' %}";
const REFUSED = /^\/(admin|desk|v|search|healthz|readyz)(\/|$)|\.ics$/;
const SCRIPT = `<script type="module" src="{% static 'js/saved-copy.js' %}"></script>`;

{# @param {URL} url #}
const isOurs = ({ origin, pathname }) => origin === location.origin && !REFUSED.test(pathname);
{# @returns {Promise<State>} #}
const read = async () => (await caches.match(STATE))?.json();
{# @param {Pick<State, "list">} state #}
const answersOf = ({ list }) => new URL(list, location.href).search;

addEventListener("install", () => skipWaiting());

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !isOurs(url)) return;
  if (url.pathname.startsWith("{% get_static_prefix %}")) {
    event.respondWith(caches.match(url).then((copy) => copy ?? fetch(request)));
  } else if (request.mode === "navigate") {
    const network = fetch(request);
    event.waitUntil(network.then((response) => renew(url, response.clone()), () => {}));
    event.respondWith(answer(url, network));
  }
});

addEventListener("message", (event) => event.waitUntil(enqueue(event.data)));

{# The network's response, or the copy where it fails or takes more than 4 seconds. #}
{# @param {URL} url @param {Promise<Response>} network #}
async function answer(url, network) {
  const state = await read();
  if (!state) return network;
  const copy = await copyOf(url, answersOf(state));
  if (!copy) return network.catch(notKept);
  const late = new Promise((resolve) => setTimeout(resolve, 4000));
  return (await Promise.race([network.catch(() => {}), late])) ?? marked(copy);
}

{# The copy of a page; also for a URL with fewer answers than the copy, or none. #}
{# @param {URL} url @param {string} answers #}
async function copyOf(url, answers) {
  const kept = new URLSearchParams(answers);
  const fits = [...url.searchParams].every(([name, value]) => value === (kept.get(name) ?? ""));
  return (await caches.match(url)) ?? (fits && caches.match(url.pathname + answers));
}

{# The day as in static/js/days.js, which a worker that is no module cannot import. #}
{# @param {Response} copy #}
async function marked(copy) {
  const day = new Date(copy.headers.get("date")).toLocaleDateString("en-GB", { dateStyle: "long" });
  const notice = `<aside aria-label="Saved copy"><p class="tryout-banner" role="status">Saved copy from ${day}. You may be offline. To be sure, call your clinic.</p></aside>${SCRIPT}`;
  const html = await copy.text();
  return new Response(html.replace(/<body.*?>(\s*<a class="skip-link.*?<\/a>)?/, `$&${notice}`), copy);
}

const title = "This page is not kept on this device";
const notKept = () =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{% static 'css/site.css' %}">${SCRIPT}<main class="page"><h1>${title}</h1><p>You may be offline. These pages are here:</p><ul class="link-cards"><li><a href="${HELP}">When to get help</a><li><a href="/">Start of the guide</a></ul></main>`,
    { status: 503, headers: { "Content-Type": "text/html" } },
  );

{# Replaces the copy of a page by a good response; deletes it for any other one. #}
{# @param {Cache} cache @param {URL} url @param {Response} response #}
async function replace(cache, url, response) {
  const { status, redirected, headers } = response;
  const isGood = status === 200 && !redirected && !/no-store/.test(headers.get("cache-control"));
  await (isGood ? cache.put(url, response) : cache.delete(url));
}

{# @param {URL} url @param {Response} response #}
async function renew(url, response) {
  if (!response.ok || !(await read())) return;
  const cache = await caches.open(CACHE);
  if (await cache.match(url)) await replace(cache, url, response);
  await enqueue();
}

let queue = Promise.resolve();

{# Runs one round after another: at the same time they would undo each other. #}
{# @param {string} [asked] #}
const enqueue = (asked) => (queue = queue.then(() => keepAll(asked)));

{# Stores all that the list names, help first, and deletes the rest: at once where the #}
{# reader asked (`asked` is the list's URL), else once an hour. A first round that was #}
{# interrupted keeps what it has, and goes on when the reader asks again. #}
{# @param {string} [asked] #}
async function keepAll(asked) {
  try {
    const before = await read();
    if (!asked && !(Date.now() - before?.tried > 3_600_000)) return;
    const list = asked ?? before.list;
    const on = before?.list === list ? before.on : 0;
    const cache = await caches.open(CACHE);
    {# @param {number} whole #}
    const write = (whole) => cache.put(STATE, new Response(JSON.stringify({ list, on: whole, tried: Date.now() })));
    await write(on);
    await keep(cache, HELP + answersOf({ list }));
    const { pages, files } = await (await fetch(list)).json();
    let done = 0;
    for (const file of files) if (!(await cache.match(file))) await keep(cache, file);
    for (const page of pages) {
      if (!(await caches.has(CACHE))) return;
      const mayStay = asked && !on && (await cache.match(page));
      if (!mayStay) await keep(cache, page);
      if (asked) channel.postMessage({ done: ++done, of: pages.length });
    }
    const listed = [STATE, ...files, ...pages].map((address) => location.origin + address);
    for (const { url } of await cache.keys()) if (!listed.includes(url)) await cache.delete(url);
    await write(Date.now());
    channel.postMessage({});
  } catch ({# @type {any} #} { name }) {
    if (asked) channel.postMessage({ failed: name });
  }
}

{# @param {Cache} cache @param {string} address #}
async function keep(cache, address) {
  const url = new URL(address, location.href);
  if (!isOurs(url)) return;
  const response = await fetch(url);
  if (!response.ok && response.status !== 404) throw new Error();
  await replace(cache, url, response);
}
