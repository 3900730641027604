// Keeps the field app on the phone. Data lies in the page's own store, which
// nothing here touches: another version changes the shell alone.
const shell = 'streetbook-shell /static/HASH/';
const more = ['/static/HASH/i18n/zh-CN.json', '/static/HASH/i18n/en.json', '/static/HASH/icons/symbols.svg', '/static/HASH/vendor/maplibre-gl@6.17.0/maplibre-gl-worker.mjs?v=6.17.0',
  '/static/HASH/field/qr.js', '/static/HASH/vendor/qr@0.7.0/index.js'];

const worker = /** @type {any} */ (self);

async function install() {
  const page = await fetch('/field', { cache: 'no-store' });
  if (!page.ok) throw new Error(`/field: HTTP ${page.status}`);
  const files = [...(await page.clone().text()).matchAll(/"(\/static\/[0-9a-f]+\/[^"]+\.[a-z]+)"/g)].map((m) => m[1]);
  const cache = await caches.open(shell);
  await cache.addAll([...new Set([...files, ...more])]);
  await cache.put('/field', page);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith('streetbook-shell ') && name !== shell) await caches.delete(name);
  await worker.clients.claim();
}

/** @param {Request} request */
async function answer(request) {
  const { pathname } = new URL(request.url);
  const cache = await caches.open(shell);
  return await cache.match(pathname === '/field' ? '/field' : request, { ignoreSearch: true, ignoreVary: true }) ?? fetch(request);
}

worker.addEventListener('install', (/** @type {any} */ e) => e.waitUntil(install()));
worker.addEventListener('activate', (/** @type {any} */ e) => e.waitUntil(activate()));
worker.addEventListener('message', (/** @type {any} */ e) => { if (e.data === 'take over') worker.skipWaiting(); });
worker.addEventListener('fetch', (/** @type {any} */ e) => {
  const { origin, pathname } = new URL(e.request.url);
  if (e.request.method !== 'GET' || origin !== location.origin) return;
  if (pathname === '/field' || pathname.startsWith('/static/')) e.respondWith(answer(e.request));
});
