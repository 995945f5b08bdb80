// Keeps the page's own files, so that it opens without a network. It answers for nothing else and asks nobody else.
const CACHE = 'logonscope-__VERSION__';
const FILES = __FILES__;
/** Nice to have: a host may leave the sample log away. */
const OPTIONAL = ['./sample/Security.evtx'];

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
  event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(kept)) ?? fetch(request)));
});
