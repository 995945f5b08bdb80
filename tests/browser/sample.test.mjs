// The page with the log that ships with it: one click, no network, hostile text, accessibility.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { noViolations, open, showAccounts, untilRead } from './browser.mjs';
import { serve } from './server.mjs';

let site;
let browser;
beforeEach(async () => {
  site = await serve();
  browser = await open();
});
afterEach(async () => {
  await browser.close();
  await site.close();
});

async function trySample(page) {
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await untilRead(page);
  await showAccounts(page);
}

test('one click on the sample shows graph, lists and events', async () => {
  const { page, complaints } = browser;
  await page.goto(site.url);
  assert.match(await page.locator('main').innerText(), /Nothing leaves this machine/);
  await trySample(page);
  const shown = await page.locator('[data-shown]').innerText();
  const [, nodes, edges] = shown.match(/Showing (\d+) of \d+ nodes, (\d+) of/);
  assert.ok(Number(nodes) >= 20 && Number(edges) >= 20, shown);
  assert.ok((await page.locator('.lists [role=option]').count()) >= 8);
  assert.match(await page.locator('.table header').innerText(), /[\d,]+ events/);
  assert.deepEqual(complaints, []);
  assert.ok(
    site.requests.every((path) => path.startsWith('/some/where/')),
    site.requests.join(' '),
  );
});

test('what is left out is counted, and can be brought back', async () => {
  const { page } = browser;
  const nodes = async () =>
    Number((await page.locator('[data-shown]').innerText()).match(/of (\d+) nodes/)[1]);
  await page.goto(site.url);
  await trySample(page);
  const before = await nodes();
  await page.getByRole('button', { name: /Left out/ }).click();
  assert.match(await page.locator('dialog[open]').innerText(), /Events that are no logon\s+[\d,]+ events/);
  assert.ok(
    (await page.locator('dialog[open] input:disabled').count()) >= 1,
    'events that are no logon cannot be drawn',
  );
  await page.getByRole('checkbox', { name: /machine accounts/i }).check();
  await page.waitForSelector('main[aria-busy="false"]');
  await page.waitForFunction(
    (n) => Number(document.querySelector('[data-shown]').innerText.match(/of (\d+) nodes/)[1]) > n,
    before,
  );
  await page.getByRole('checkbox', { name: /machine accounts/i }).uncheck();
  await page.waitForFunction(
    (n) => Number(document.querySelector('[data-shown]').innerText.match(/of (\d+) nodes/)[1]) === n,
    before,
  );
});

test('little is loaded before a file is chosen', async () => {
  await browser.page.goto(site.url);
  await browser.page.waitForSelector('h1');
  const early = site.requests.filter((path) => /wasm|Workbench|worker/.test(path));
  // Only the service worker fetches those, after the page stands; a page without one never does.
  const own = await browser.page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name));
  assert.deepEqual(
    own.filter((name) => /wasm|Workbench|worker/.test(name)),
    [],
    early.join(' '),
  );
});

test('opens again without the network', async () => {
  const { page, context, complaints } = browser;
  await page.goto(site.url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await site.close();
  await context.setOffline(true);
  await page.reload();
  await trySample(page);
  await page.locator('.table .rows [role=row]').nth(1).click();
  await page.waitForSelector('[data-raw]');
  assert.deepEqual(complaints, []);
});

for (const colorScheme of ['light', 'dark']) {
  test(`no accessibility violations, ${colorScheme}`, async () => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const check = (what) => noViolations(page, what);
    await page.goto(site.url);
    await page.waitForSelector('h1');
    await check('start screen');
    await trySample(page);
    await check('workbench');
    await page.locator('.lists [role=option]').first().click();
    await page.waitForSelector('.details .acts');
    await check('node');
    await page.locator('.table .rows [role=row]').nth(1).click();
    await page.waitForSelector('[data-raw]');
    await check('event');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await check('help');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Left out/ }).click();
    await check('left out');
  });
}

test('hides nothing behind the pointer: the theme, panels and lists go by keyboard', async () => {
  const { page } = browser;
  await page.goto(site.url);
  await trySample(page);
  await page.keyboard.press('h');
  await page.waitForFunction(
    () => document.activeElement?.getAttribute('aria-label') === 'Hosts by suspicion',
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.details .acts');
  await page.keyboard.press('3');
  assert.equal(await page.locator('.table').count(), 0);
  await page.keyboard.press('3');
  const splitter = page.getByRole('separator', { name: 'Width of the lists' });
  const before = Number(await splitter.getAttribute('aria-valuenow'));
  await splitter.focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(Number(await splitter.getAttribute('aria-valuenow')), before + 16);
});

test('says where to look first and why, and opens every contribution to its records', async () => {
  const { page } = browser;
  await page.goto(site.url);
  await trySample(page);
  const first = page.locator('.lists [role=option]').first();
  assert.match(await first.innerText(), /emil\.ebner/);
  await first.click();
  const reasons = page.locator('.details section[aria-label=Suspicion] li');
  await reasons.first().waitFor();
  const values = await reasons.locator('.value').allInnerTexts();
  const sum = await page.locator('.details .sum').innerText();
  const total = values.reduce((all, v) => all + Math.round(Number(v) * 100), 0);
  assert.equal(total, Math.round(Number(sum) * 100), 'the suspicion is the sum of what is listed');
  await reasons.first().locator('button').click();
  await page.waitForSelector('.table .chip');
  // The count follows the answer of the engine: records of evidence, not the hundreds that name the account.
  await page.waitForFunction(() => {
    const shown = Number.parseInt(
      document.querySelector('.table header [role=status]')?.textContent ?? '0',
      10,
    );
    return shown > 0 && shown < 300;
  });
  await page.locator('.table .chip').first().click();
  await page.waitForFunction(() => !document.querySelector('.table .chip'));
});

test('lists lateral chains hop by hop, what was reached, and sessions', async () => {
  const { page } = browser;
  await page.goto(site.url);
  await trySample(page);
  await page.getByRole('tab', { name: /Chains/ }).click();
  const chains = page.locator('.lists .head');
  await chains.first().waitFor();
  assert.ok((await page.locator('.lists .hop').count()) >= 4);
  await chains.first().click();
  await page.waitForSelector('.table .chip');
  await page.locator('.lists .hop button').first().click();
  await page.waitForSelector('.details .acts');
  await page.getByRole('button', { name: 'How it was reached' }).click();
  await page.waitForSelector('.details section[aria-label^="How"]');
  await page.getByRole('button', { name: 'Sessions' }).click();
  await page.waitForFunction(() =>
    /sessions, \d+ at a desk/.test(document.querySelector('.details')?.textContent ?? ''),
  );
});
