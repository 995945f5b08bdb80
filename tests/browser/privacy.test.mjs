// Nothing leaves: the page and its workers try to get out, and a second server counts who came.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, open } from './browser.mjs';
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
    response
      .writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
      .end('export {}');
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
      fetch: await fetch(url).then(
        () => 'sent',
        () => 'refused',
      ),
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

// The workers the page itself starts, with the code that ships, while they read: the attempt runs inside each of them.
test('no worker gets anything out', async () => {
  const { page } = browser;
  await page.goto(`${site.url}?workers=3`);
  await drop(page, [join(dist, 'sample/Security.evtx')], { repeat: 300 });
  await page.waitForSelector('[data-shown]', { timeout: 60_000 });
  await page.locator('.table .rows [role=row]').nth(1).click();
  await page.waitForSelector('[data-raw]');
  const workers = page.workers();
  assert.ok(workers.length >= 5, `three readers, the engine and the renderer, not ${workers.length}`);
  for (const worker of workers) {
    assert.match(worker.url(), /^blob:/);
    const result = await worker.evaluate(async (url) => {
      // The debugger's own call may evaluate strings; what runs after it may not.
      await new Promise((resolve) => setTimeout(resolve));
      const attempt = (go) =>
        Promise.resolve()
          .then(go)
          .then(
            () => 'done',
            () => 'refused',
          );
      return {
        fetch: await attempt(() => fetch(url)),
        import: await attempt(() => import(url)),
        // biome-ignore lint/security/noGlobalEval: the attempt is the test
        eval: await attempt(() => globalThis.eval('1')),
        xhr: await new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.onload = () => resolve('done');
          xhr.onerror = () => resolve('refused');
          xhr.open('GET', url);
          xhr.send();
        }),
      };
    }, target);
    assert.deepEqual(result, { fetch: 'refused', import: 'refused', eval: 'refused', xhr: 'refused' });
  }
  assert.equal(visits, 0);
  await page.getByRole('button', { name: /Stop/ }).click();
});

test('a script address that is not ours starts no worker', async () => {
  const result = await browser.page.evaluate(async (url) => {
    const attempt = (go) => {
      try {
        go();
        return 'done';
      } catch {
        return 'refused';
      }
    };
    return [
      attempt(
        () => new Worker(URL.createObjectURL(new Blob([`fetch('${url}')`], { type: 'text/javascript' }))),
      ),
      attempt(() => window.trustedTypes.createPolicy('other', { createScriptURL: (u) => u })),
      attempt(() => window.trustedTypes.createPolicy('app', { createScriptURL: (u) => u })),
    ];
  }, target);
  assert.deepEqual(result, ['refused', 'refused', 'refused']);
  assert.equal(visits, 0);
});

test('a string cannot become markup or script', async () => {
  const result = await browser.page.evaluate(async () => {
    // The debugger's own call may evaluate strings; what runs after it may not.
    await new Promise((resolve) => setTimeout(resolve));
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
      // biome-ignore lint/security/noGlobalEval: the attempt is the test
      attempt(() => globalThis.eval('1')),
    ];
  });
  assert.deepEqual(result, ['refused', 'refused', 'refused']);
});

test('the built page holds no inline script, style or handler, and no foreign address to load from', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  assert.match(html, /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;/);
  assert.doesNotMatch(html, /<style|<script(?![^>]* src=)| style=| on[a-z]+=/);
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
  for (const name of readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.css'))) {
    assert.doesNotMatch(readFileSync(join(dist, 'assets', name), 'utf8'), /url\(|@import/);
  }
});
