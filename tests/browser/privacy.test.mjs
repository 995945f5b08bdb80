// Nothing leaves: the page and its workers try to get out, and a second server counts who came.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { open } from './browser.mjs';
import { dist, serve } from './server.mjs';

let site;
let browser;
let other;
let visits = 0;
let target;
before(async () => {
  site = await serve();
  browser = await open();
  other = createServer((_request, response) => {
    visits += 1;
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('export {}');
  });
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${other.address().port}/`;
  await browser.page.goto(site.url);
  await browser.page.waitForSelector('h1');
});
after(async () => {
  await browser.close();
  await site.close();
  other.closeAllConnections();
  other.close();
});

test('the other server can be reached where no policy forbids it', async () => {
  const free = await browser.context.newPage();
  await free.goto(`${site.url}icon.svg`);
  assert.equal(await free.evaluate((url) => fetch(url).then((r) => r.status), target), 200);
  await free.close();
  assert.equal(visits, 1);
  visits = 0;
});

test('the page gets nothing out', async () => {
  const results = await browser.page.evaluate(async (url) => {
    const image = (src) =>
      new Promise((resolve) => {
        const made = new Image();
        made.onload = () => resolve('loaded');
        made.onerror = () => resolve('refused');
        made.src = src;
      });
    return {
      fetch: await fetch(url).then(() => 'sent', () => 'refused'),
      image: await image(`${url}x.png`),
      beacon: await new Promise((resolve) => {
        addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
        navigator.sendBeacon(url, 'x');
        setTimeout(() => resolve('sent'), 1000);
      }),
      socket: await new Promise((resolve) => {
        try {
          const socket = new WebSocket(url.replace('http', 'ws'));
          socket.onopen = () => resolve('sent');
          socket.onerror = () => resolve('refused');
        } catch {
          resolve('refused');
        }
      }),
    };
  }, target);
  assert.deepEqual(results, { fetch: 'refused', image: 'refused', beacon: 'refused', socket: 'refused' });
  assert.equal(visits, 0);
});

// The workers the page itself starts, with the code that ships: Playwright runs the attempt inside each of them.
test('no worker gets anything out', async () => {
  const { page } = browser;
  await page.goto(`${site.url}?workers=2`);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await page.waitForSelector('[data-shown]');
  await page.locator('.table .rows [role=row]').nth(1).click();
  await page.waitForSelector('[data-raw]');
  const workers = page.workers();
  // The readers are ended when they are done; the engine and the renderer stay.
  assert.ok(workers.length >= 2, `${workers.length} workers`);
  for (const worker of workers) {
    assert.match(worker.url(), /^blob:/);
    const result = await worker.evaluate(async (url) => {
      const attempt = (promise) => promise.then(() => 'sent', () => 'refused');
      return {
        fetch: await attempt(fetch(url)),
        xhr: await new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.onload = () => resolve('sent');
          xhr.onerror = () => resolve('refused');
          xhr.open('GET', url);
          xhr.send();
        }),
      };
    }, target);
    assert.deepEqual(result, { fetch: 'refused', xhr: 'refused' });
  }
  assert.equal(visits, 0);
});

// The way every worker of the page is started (`www/engine/startWorker.ts`), readers too.
test('a worker started from a blob gets nothing out, by fetch, import or eval', async () => {
  const result = await browser.page.evaluate(async (url) => {
    const code = `
      const attempt = (f) => Promise.resolve().then(f).then(() => 'done', () => 'refused');
      Promise.all([attempt(() => fetch('${url}')), attempt(() => import('${url}')), attempt(() => (0, eval)('1'))])
        .then((results) => postMessage(results));`;
    const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    // No second policy can be made (the list names `app` once), so the worker starts where Trusted Types do not look: in a frame-free way the page's own policy made.
    const made = window.trustedTypes.createPolicy;
    try {
      made.call(window.trustedTypes, 'sneaky', { createScriptURL: (u) => u });
      return 'a second policy was allowed';
    } catch {
      // as it should be
    }
    try {
      new Worker(address, { type: 'module' });
      return 'a plain string was taken as a script address';
    } catch {
      return 'refused';
    }
  }, target);
  assert.equal(result, 'refused');
  assert.equal(visits, 0);
});

test('a string cannot become markup or script', async () => {
  const result = await browser.page.evaluate(() => {
    const attempt = (f) => {
      try {
        f();
        return 'taken';
      } catch {
        return 'refused';
      }
    };
    return [
      attempt(() => {
        document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>';
      }),
      attempt(() => {
        document.createElement('script').src = 'https://example.org/x.js';
      }),
      attempt(() => (0, eval)('1')),
    ];
  });
  assert.deepEqual(result, ['refused', 'refused', 'refused']);
});

test('the built page holds no inline script, style or handler, and no foreign address to load from', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  assert.match(html, /http-equiv="Content-Security-Policy" content="default-src 'none'/);
  assert.doesNotMatch(html, /<style|<script(?![^>]* src=)| style=| on[a-z]+=/);
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
  for (const name of readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.css'))) {
    assert.doesNotMatch(readFileSync(join(dist, 'assets', name), 'utf8'), /url\(|@import/);
  }
});
