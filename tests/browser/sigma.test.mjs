// Sigma rules of the user, dropped on the page over the sample that ships: hits, no hits, what is not evaluable and what is no rule.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, open, untilRead } from './browser.mjs';
import { serve } from './server.mjs';

const NAME = '<img src=x onerror=alert(1)>';
const rule = (title, level, logsource, detection) =>
  `title: '${title}'\nlevel: ${level}\nlogsource:\n  product: windows\n  ${logsource}\ndetection:\n  sel:\n${detection
    .map((line) => `    ${line}\n`)
    .join('')}  condition: sel\n`;
const rules = {
  'failed.yml': rule(`Failed logon ${NAME}`, 'high', 'service: security', ['EventID: 4625']),
  'cleared.yml': rule('Never there', 'low', 'service: security', [
    'EventID: 4624',
    'TargetUserName: nobody-is-called-so',
  ]),
  'sysmon.yml': rule('Needs Sysmon', 'medium', 'service: sysmon', ['EventID: 3']),
  'broken.yml': 'title: no detection in it\n',
};

let folder;
let site;
let browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logonscope-sigma-'));
  for (const [name, text] of Object.entries(rules)) await writeFile(join(folder, name), text);
  site = await serve();
  browser = await open();
});
after(async () => {
  await browser.close();
  await site.close();
  await rm(folder, { recursive: true });
});

test('dropped rules are run over the logs, and their hits are rows of the table', async () => {
  const { page, complaints } = browser;
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await untilRead(page);
  await page.getByRole('tab', { name: /Findings/ }).click();
  await drop(
    page,
    Object.keys(rules).map((name) => join(folder, name)),
  );
  const section = page.locator('[data-sigma]');
  await section.locator('.rule').waitFor({ timeout: 60_000 });
  const said = await section.innerText();
  assert.match(said, /3 rules over [\d,]+ records: 1 with hits, 1 without/);
  assert.match(said, /1 rule not evaluable/);
  assert.match(said, /1 rule file not understood/);
  await section.locator('summary').first().click();
  assert.match(await section.innerText(), /Needs Sysmon needs the Sysmon log/);
  const hits = Number(await section.locator('.rule .tag').innerText());
  assert.ok(hits > 0);
  await section.locator('.rule').click();
  await page.waitForFunction(
    (n) =>
      document.querySelector('.table header [role=status]')?.textContent?.trim() ===
      `${n} event${n === 1 ? '' : 's'}`,
    hits,
  );
  assert.match(await page.locator('#event-0').innerText(), /4625/);
  assert.match(await page.locator('.details').innerText(), /Failed logon <img src=x/);
  assert.equal(await page.locator('img:not([src="./icon.svg"])').count(), 0);
  assert.deepEqual(complaints, []);
});
