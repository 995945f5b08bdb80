// Every text of a log is somebody else's: names that would be markup, script, formulas stay text, everywhere.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, open, showAccounts, untilRead } from './browser.mjs';
import { native } from './native.mjs';
import { serve } from './server.mjs';

const NAME = '<img src=x onerror=alert(1)>';

let folder;
let site;
let browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logonscope-hostile-'));
  native('logonscope-sample', ['generate', '--hostile', '--users', '20', '--days', '3', '--out', folder]);
  site = await serve();
  browser = await open();
});
after(async () => {
  await browser.close();
  await site.close();
  await rm(folder, { recursive: true });
});

test('hostile names are shown as text in list, search, details, table and record', async () => {
  const { page, complaints } = browser;
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await page.goto(site.url);
  await drop(
    page,
    ['DC01', 'DC02'].map((dc) => join(folder, `${dc}_Security.evtx`)),
  );
  await untilRead(page);
  await page.keyboard.press('/');
  await page.keyboard.type('onerror');
  // Each letter asks anew; the first answers are of the first letters.
  await page.waitForFunction((name) => document.querySelector('#hit-0')?.textContent?.includes(name), NAME);
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (name) => document.querySelector('.details h2')?.textContent?.includes(name),
    NAME,
  );
  await page.waitForFunction((name) => document.querySelector('#event-0')?.textContent?.includes(name), NAME);
  await page.locator('#event-0').click();
  await page.waitForSelector('[data-raw]');
  await page.getByRole('button', { name: 'XML', exact: true }).click();
  assert.match(await page.locator('[data-raw] pre').innerText(), /&lt;img src=x onerror=alert\(1\)&gt;/);
  // Findings: whatever the rules say of these names, in the list, in full and as a suppression.
  const findings = page.getByRole('tab', { name: /Findings/ });
  await findings.click();
  await page.waitForSelector('[role=treeitem]');
  await page.getByRole('textbox', { name: 'Account, host or address' }).fill('onerror');
  await page.locator('[role=treeitem]').first().click();
  await page.locator('[role=treeitem][aria-level="2"]').first().click();
  await page.waitForFunction((name) => document.querySelector('.details')?.textContent?.includes(name), NAME);
  await page.getByRole('button', { name: 'Tune' }).click();
  await page.getByRole('textbox', { name: 'Name or pattern' }).fill(NAME);
  await page.locator('dialog[open] form button').click();
  await page.waitForFunction(
    (name) => document.querySelector('dialog[open] li')?.textContent?.includes(name),
    NAME,
  );
  await page.keyboard.press('Escape');
  await showAccounts(page);
  // The whole ranked list has been on the screen, with all the other names.
  await page.locator('.lists [role=listbox]').focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press('PageDown');
  assert.equal(await page.locator('img:not([src="./icon.svg"])').count(), 0);
  assert.equal(dialogs, 0);
  assert.deepEqual(complaints, []);
});
