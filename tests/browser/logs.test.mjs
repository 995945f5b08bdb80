// A log of a real domain, dropped by hand, down to one raw record; and what happens beside it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { drop, open, shared, showAccounts, untilRead } from './browser.mjs';
import { native } from './native.mjs';
import { serve } from './server.mjs';

const log = join(shared, 'evtx/real/logontracer_sample_reconstructed.evtx');
const skip = existsSync(log) ? false : `skipped: ${join(shared, 'evtx/real')} is missing`;

let site;
let browser;
before(async () => {
  site = await serve();
});
after(() => site.close());
beforeEach(async () => {
  browser = await open();
  await browser.page.goto(site.url);
});
afterEach(async () => {
  await browser.close();
});

const text = (selector) => browser.page.locator(selector).innerText();
const names = () => browser.page.locator('.lists [role=option] .name').allInnerTexts();

test('a dropped log becomes the graph and both ranked lists', { skip }, async () => {
  const { page, complaints } = browser;
  await drop(page, [log]);
  await untilRead(page);
  assert.equal(await text('[data-shown]'), 'Showing 27 of 27 nodes, 31 of 31 edges');
  assert.match(
    await text('footer'),
    /^38,951 events of 38,951 records, 22\.6 MB · 2017-09-29 05:59Z → 2017-11-07 08:00Z UTC/,
  );
  await showAccounts(page);
  // The attacker's account in the published sample comes first by suspicion, and by rank too.
  assert.equal((await names())[0], 'sysg.admin');
  await page.locator('.lists select').selectOption('rank');
  await page.waitForFunction(
    () => document.querySelectorAll('.lists .name')[1]?.textContent === 'sapporo.hokkaido',
  );
  assert.deepEqual((await names()).slice(0, 4), [
    'sysg.admin',
    'sapporo.hokkaido',
    'yokohama.kanagawa',
    'sakai.osaka',
  ]);
  assert.match(await text('.lists [role=option] >> nth=0'), /privileged/);
  await page.getByRole('tab', { name: /Hosts/ }).click();
  await page.waitForFunction(() => /win-/.test(document.querySelector('.lists .name')?.textContent ?? ''));
  assert.equal((await names())[0].split('.')[0], 'win-wfbhibe5gxz');
  assert.deepEqual(complaints, []);
});

test('the native command says the same', { skip }, async () => {
  const json = JSON.parse(native('logonscope', ['analyze', '--format', 'json', log]));
  const { page } = browser;
  await drop(page, [log]);
  await untilRead(page);
  await showAccounts(page);
  const ranked = (list) => list.filter((n) => n.rank !== null).sort((a, b) => b.rank - a.rank);
  const [accounts, hosts] = [ranked(json.accounts), ranked(json.hosts)];
  const shown = await names();
  // The most suspicious first, accounts and hosts sorted by name where equal.
  const suspects = json.accounts.filter((a) => a.suspicion > 0).sort((a, b) => b.suspicion - a.suspicion);
  assert.deepEqual(
    shown,
    suspects.slice(0, shown.length).map((a) => a.name),
  );
  assert.match(
    await text('.details'),
    new RegExp(`${accounts.length} accounts, ${hosts.length} hosts, ${json.edges.length} logon edges`),
  );
  // The graph draws host → account → host: parallel edges become one, and a logon on the spot is drawn once.
  const lines = json.edges.flatMap((e) => [
    ...(e.source === e.target ? [] : [`${e.source}>${e.account}`]),
    `${e.account}>${e.target}`,
  ]);
  const drawn = new Set(lines);
  assert.match(await text('[data-shown]'), new RegExp(`of ${drawn.size} edges`));
});

test('an event opens down to its raw record', { skip }, async () => {
  const { page, complaints } = browser;
  await drop(page, [log]);
  await untilRead(page);
  await showAccounts(page);
  await page.locator('.lists [role=option]').first().click();
  await page.waitForFunction(() =>
    /of what is selected/.test(document.querySelector('.table header')?.textContent ?? ''),
  );
  assert.match(await text('.details'), /S-1-5-21-1524084746-3249201829-3114449661-500/);
  assert.match(await text('.table header'), /3,308 events of what is selected/);
  const row = page.locator('.table .rows [role=row]', { hasText: '4624 Logon' }).first();
  await row.click();
  await page.waitForSelector('[data-raw]');
  const fields = await text('[data-raw]');
  assert.match(fields, /TargetUserName\s+(sysg\.admin|Administrator)/i);
  assert.match(fields, /LogonType\s+3\s+Network/);
  await page.getByRole('button', { name: 'XML', exact: true }).click();
  const xml = await text('[data-raw] pre');
  assert.match(xml, /<Event xmlns="http:\/\/schemas\.microsoft\.com\/win\/2004\/08\/events\/event">/);
  assert.match(xml, /<EventID[^>]*>4624<\/EventID>/);
  // Esc closes the event, then the selection.
  await page.locator('.table [role=grid]').focus();
  await page.keyboard.press('Escape');
  assert.match(await text('.details'), /EXAMPLE\\sysg\.admin/);
  await page.keyboard.press('Escape');
  assert.match(await text('.details'), /The log as a whole/);
  assert.deepEqual(complaints, []);
});

test('search jumps to a node; the table goes by keyboard', { skip }, async () => {
  const { page } = browser;
  await drop(page, [log]);
  await untilRead(page);
  await page.keyboard.press('/');
  await page.keyboard.type('maebashi');
  await page.waitForFunction(() =>
    /maebashi\.gunma/.test(document.querySelector('#hit-0')?.textContent ?? ''),
  );
  await page.keyboard.press('Enter');
  await page.waitForFunction(() =>
    /maebashi\.gunma/.test(document.querySelector('.details h2')?.textContent ?? ''),
  );
  await page.keyboard.press('Escape');
  await page.waitForFunction(() =>
    /38,951 events/.test(document.querySelector('.table header')?.textContent ?? ''),
  );
  await page.keyboard.press('t');
  await page.keyboard.press('End');
  await page.waitForFunction(() =>
    /^2017-11-07 08:00/.test(document.querySelector('#event-38950')?.textContent ?? ''),
  );
  const grid = page.locator('.table [role=grid]');
  assert.equal(await grid.getAttribute('aria-rowcount'), '38952');
  assert.equal(await grid.getAttribute('aria-activedescendant'), 'event-38950');
  assert.equal(await page.locator('#event-38950').getAttribute('aria-rowindex'), '38952');
});

test('stopping keeps what was read, at once', { skip }, async () => {
  const { page } = browser;
  // 120 times its chunks: 2.7 GB that need no disk.
  await drop(page, [log], { repeat: 120 });
  await page.waitForSelector('[data-shown]', { timeout: 60_000 });
  const figures = new Set();
  for (let i = 0; i < 8; i++) {
    figures.add(await text('[data-progress] .figures'));
    await page.waitForTimeout(200);
  }
  assert.ok(figures.size >= 6, `progress is shown five times a second, saw ${figures.size} of 8`);
  const ms = await page.evaluate(async () => {
    const start = performance.now();
    [...document.querySelectorAll('[data-progress] button')].at(-1).click();
    const card = () => document.querySelector('[data-progress]');
    // Answered at once; the readers end when the engine has taken what they had in hand.
    while (card() && !/Stopping/.test(card().textContent)) await new Promise((r) => setTimeout(r, 5));
    return performance.now() - start;
  });
  assert.ok(ms < 200, `answered after ${Math.round(ms)} ms`);
  await page.waitForFunction(() => !document.querySelector('[data-progress]'), undefined, {
    timeout: 10_000,
  });
  await untilRead(page);
  await page.getByRole('button', { name: /1 file/ }).click();
  const said = await text('dialog[open]');
  const [, share, kept] = said.match(/Stopped at (\d+) %; ([\d,]+) events kept/);
  assert.ok(Number(share) < 100);
  await page.keyboard.press('Escape');
  await page.waitForFunction(
    (n) => document.querySelector('footer')?.textContent?.trim().startsWith(`${n} events`),
    kept,
    { timeout: 30_000 },
  );
});

test('a bad file beside a good one is told, and more can be added', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logonscope-bad-'));
  const bad = join(folder, 'notes.evtx');
  await writeFile(bad, 'This is no event log.');
  const damaged = join(shared, 'evtx/damaged/m03_truncated_mid_chunk.evtx');
  try {
    const { page, complaints } = browser;
    await drop(page, [bad, log]);
    await untilRead(page);
    assert.equal(await text('[data-shown]'), 'Showing 27 of 27 nodes, 31 of 31 edges');
    await drop(page, [damaged, log]);
    await untilRead(page);
    await page.waitForFunction(() => /3 files/.test(document.querySelector('.bar')?.textContent ?? ''));
    assert.match(
      await text('.notice'),
      /Already loaded and left out: logontracer_sample_reconstructed\.evtx/,
    );
    await page.getByRole('button', { name: /3 files/ }).click();
    await page.waitForFunction(() =>
      /Damaged: \d+ of \d+ chunk/.test(document.querySelector('dialog[open]')?.textContent ?? ''),
    );
    const said = await text('dialog[open]');
    assert.match(said, /notes\.evtx[\s\S]*not an EVTX/i);
    assert.match(said, /Read whole/);
    await page.locator('dialog[open] summary', { hasText: 'damaged place' }).click();
    assert.match(await text('dialog[open] .damage >> nth=0'), /0x[0-9a-f]{8} \S/);
    assert.deepEqual(complaints, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a folder is walked, and each file keeps its path', { skip }, async () => {
  const { page } = browser;
  await page.setInputFiles('[data-pick="folder"]', join(shared, 'evtx/damaged'));
  await untilRead(page);
  await page.getByRole('button', { name: /\d+ files/ }).click();
  const said = await text('dialog[open]');
  assert.match(said, /damaged\/m01_empty_file\.evtx/);
  assert.match(said, /damaged\/m29_bitflips2\.evtx/);
  assert.doesNotMatch(said, /broke the reader/);
});

test('any number of readers gives the same answer', { skip }, async () => {
  const { page } = browser;
  const seen = [];
  for (const workers of [1, 5]) {
    await page.goto(`${site.url}?workers=${workers}`);
    await drop(page, [log], { repeat: 3 });
    await untilRead(page);
    await showAccounts(page);
    seen.push([await text('[data-shown]'), await text('footer'), await names(), await text('.details')]);
  }
  assert.deepEqual(seen[0], seen[1]);
});
