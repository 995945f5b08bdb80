// Findings on the sample that ships: list, graph, table and details agree; settings change what is found, and can be taken back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { noViolations, open, untilRead } from './browser.mjs';
import { dist, serve } from './server.mjs';

let site;
let browser;
let page;
before(async () => {
  site = await serve();
});
after(() => site.close());
beforeEach(async () => {
  browser = await open();
  page = browser.page;
  await openSample();
});
afterEach(() => browser.close());

async function openSample() {
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await untilRead(page);
  await page.waitForSelector('[role=treeitem]');
}

const items = (level) => page.locator(`[role=treeitem][aria-level="${level}"]`);
const counts = async () => {
  const said = await page.locator('.lists .state [role=status]').innerText();
  const [, shown, all] = said.match(/^(?:([\d,]+) of )?([\d,]+) findings? in/) ?? [];
  return { shown: Number(shown ?? all), all: Number(all) };
};
const untilAll = (wanted) =>
  page.waitForFunction(
    (n) =>
      Number(
        document.querySelector('.lists .state [role=status]')?.textContent?.match(/(\d+) findings? in/)?.[1],
      ) === n,
    wanted,
  );
async function firstFinding() {
  await items(1).first().click();
  await items(2).first().click();
  await page.waitForSelector('.details .acts');
}

test('opens on the findings; one of them marks, lists and explains what it is made of', async () => {
  assert.equal(await page.getByRole('tab', { name: /Findings/ }).getAttribute('aria-selected'), 'true');
  await items(1).first().click();
  assert.equal(await items(1).first().getAttribute('aria-expanded'), 'true');
  assert.match(await page.locator('.details').innerText(), /incident of \d+ finding/);
  await items(2).first().click();
  const details = page.locator('.details');
  await details.getByText('What to check next').waitFor();
  const [, records] = (await details.innerText()).match(/Evidence\s+([\d,]+) record/) ?? [];
  await page.waitForFunction(
    (n) =>
      new RegExp(`^${n} event`).test(
        document.querySelector('.table header [role=status]')?.textContent ?? '',
      ),
    records,
  );
  assert.match(await details.innerText(), /T\d{4}/);
  // Its actors are links, and lead to the account.
  const actor = details.locator('dl li .link').first();
  const name = await actor.innerText();
  await actor.click();
  await page.waitForFunction((n) => document.querySelector('.details h2')?.textContent === n, name);
  assert.deepEqual(browser.complaints, []);
});

test('goes by keyboard: open, inside, choose, out, close', async () => {
  await page.keyboard.press('i');
  const active = () =>
    page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant');
      const item = id ? document.getElementById(id) : null;
      return item && [item.getAttribute('aria-level'), item.getAttribute('aria-expanded')].join(' ');
    });
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tree');
  const steps = { ArrowRight: '1 true', ArrowDown: '2 ', Enter: '2 ', ArrowLeft: '1 true' };
  assert.equal(await active(), '1 false');
  for (const [key, expected] of Object.entries(steps)) {
    await page.keyboard.press(key);
    await page.waitForTimeout(50);
    assert.equal(await active(), expected, key);
  }
  assert.match(await page.locator('.details').innerText(), /What to check next/);
  await page.keyboard.press('ArrowLeft');
  assert.equal(await active(), '1 false');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() =>
    /The log as a whole/.test(document.querySelector('.details')?.textContent ?? ''),
  );
  assert.equal(await page.locator('.table .chip').count(), 0);
});

test('filters by severity, tactic, name and the selected node; every filter is a chip', async () => {
  const { all } = await counts();
  await page.getByLabel('Severity at least').selectOption('high');
  const high = (await counts()).shown;
  assert.ok(high > 0 && high < all, `${high} of ${all}`);
  await page.getByRole('textbox', { name: 'Account, host or address' }).fill('nobody is called so');
  assert.equal(await items(1).count(), 0);
  await page.getByRole('button', { name: 'Show all' }).click();
  assert.equal((await counts()).shown, all);
  await page.getByLabel('Tactic').selectOption({ index: 1 });
  const byTactic = (await counts()).shown;
  assert.ok(byTactic > 0 && byTactic < all);
  await page.locator('.state .chip').click();
  await firstFinding();
  await page.locator('.details dl li .link').first().click();
  await page.getByRole('button', { name: 'Only of the selected' }).click();
  const ofNode = (await counts()).shown;
  assert.ok(ofNode > 0 && ofNode < all);
  assert.equal(await page.locator('.state .chip').count(), 1);
});

test('suppresses and takes it back; names of the log are not kept', async () => {
  const { all } = await counts();
  await firstFinding();
  await page.getByRole('button', { name: 'Suppress…' }).click();
  // Whatever is offered hides at least the finding it is offered for.
  await page
    .getByRole('menuitem', { name: /^This (account|host)/ })
    .first()
    .click();
  const changed = page.getByRole('status', { name: 'Changed settings' });
  await changed.waitFor();
  await page.waitForFunction(() => /1 suppression hides [1-9]\d* finding/.test(document.body.textContent));
  const [, hidden] = (await changed.innerText()).match(/hides (\d+) finding/);
  await untilAll(all - Number(hidden));
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.match(stored, /logonscope\.detection/);
  assert.doesNotMatch(stored, /"kind/);
  await changed.getByRole('button', { name: 'Undo' }).click();
  await untilAll(all);
  assert.equal(await changed.count(), 0);
  // A rule is no name of the log: switched off, it stays off.
  await firstFinding();
  await page.getByRole('button', { name: 'Suppress…' }).click();
  await page.getByRole('menuitem', { name: /^This rule/ }).click();
  await changed.waitFor();
  await openSample().catch(() => undefined);
  await changed.waitFor();
  assert.match(await changed.innerText(), /1 suppression hides/);
});

test('a threshold changes what is kept, and Ctrl+Z brings it back', async () => {
  await page.keyboard.press('u');
  const sheet = page.locator('dialog[open]');
  const row = sheet
    .locator('tr[data-threshold]')
    .filter({ has: page.locator('[data-kept]', { hasText: /[1-9]/ }) })
    .first();
  const key = await row.getAttribute('data-threshold');
  const same = sheet.locator(`tr[data-threshold="${key}"]`);
  const kept = async () => Number((await same.locator('[data-kept]').innerText()).replaceAll(',', ''));
  const field = same.locator('input');
  const [before, value] = [await kept(), await field.inputValue()];
  assert.ok(before > 0);
  await field.fill(await field.getAttribute('max'));
  await page.waitForFunction(
    ([k, n]) => Number(document.querySelector(`tr[data-threshold="${k}"] [data-kept]`)?.textContent) < n,
    [key, before],
  );
  assert.match(await sheet.innerText(), /1 threshold changed/);
  await field.fill('0');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Control+z');
  await page.waitForFunction(
    ([k, n]) => Number(document.querySelector(`tr[data-threshold="${k}"] [data-kept]`)?.textContent) === n,
    [key, before],
  );
  assert.equal(await field.inputValue(), value);
  assert.match(await sheet.innerText(), /All settings are the defaults/);
});

test('the cost of the settings is measured on the labelled set', async (t) => {
  if (!existsSync(join(dist, 'tuning/labelled.bin.gz'))) return t.skip('dist/ holds no labelled set');
  await page.keyboard.press('u');
  const sheet = page.locator('dialog[open]');
  await page.waitForFunction(() => /The set is [\d.]+ [KM]B/.test(document.body.textContent));
  await sheet.getByRole('button', { name: 'Measure on the labelled set' }).click();
  await sheet.locator('[data-recall]').waitFor({ timeout: 60_000 });
  assert.match(await sheet.locator('[data-recall]').innerText(), /^\d+(\.\d)? %$/);
  assert.match(await sheet.locator('[data-false]').innerText(), /^\d+\.\d\d$/);
  assert.deepEqual(browser.complaints, []);
});

test('what was found can be saved as a layer of the ATT&CK Navigator', async () => {
  await page.getByRole('button', { name: 'More about the findings' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Navigator layer/ }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'logonscope-attack-layer.json');
  const layer = JSON.parse(readFileSync(await file.path(), 'utf8'));
  assert.equal(layer.domain, 'enterprise-attack');
  assert.ok(layer.techniques.length > 0);
  for (const { techniqueID } of layer.techniques) assert.match(techniqueID, /^T\d{4}(\.\d{3})?$/);
});

for (const colorScheme of ['light', 'dark']) {
  test(`no accessibility violations, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const check = (what) => noViolations(page, what);
    await check('findings');
    await firstFinding();
    await check('a finding');
    await page.getByRole('button', { name: 'Suppress…' }).click();
    await check('menu');
    await page.keyboard.press('Enter');
    await page.getByRole('status', { name: 'Changed settings' }).waitFor();
    await check('changed settings');
    await page.keyboard.press('u');
    await page.waitForSelector('dialog[open] table');
    await check('tuning');
  });
}
