// Keeps the page's own files, so that it opens without a network. It answers for nothing else and asks nobody else.
const CACHE = 'logonscope-__VERSION__';
const FILES = __FILES__;
/** Nice to have: a host may leave the sample log away. */
const OPTIONAL = ['./sample/Security.evtx'];
/** Large, and not wanted by everybody: kept when it is first asked for. */
const LATER = ['tuning/labelled.bin.gz'];

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
      await Promise.allSettled(OPTIONAL.map((file) => cache.add(file)));
      await self.skipWaiting();
    }),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      const old = names.filter((name) => name.startsWith('logonscope-') && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    }),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  const kept = request.mode === 'navigate' ? './index.html' : request;
  event.respondWith(answer(request, kept));
});

async function answer(request, kept) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(kept);
  if (found) return found;
  const response = await fetch(request);
  const isLater = LATER.some((file) => request.url === self.registration.scope + file);
  if (isLater && response.ok) await cache.put(request, response.clone());
  return response;
}
