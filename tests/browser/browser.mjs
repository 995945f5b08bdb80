import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Where the logs are that are too large or not ours to ship. */
export const shared = process.env.LOGONSCOPE_SHARED ?? join(root, '..', 'shared');

/** A browser with a new, empty profile; `close` removes it. */
export async function open(options = {}) {
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath)
    throw new Error('no Chromium found: install it (apt-get install chromium) or set CHROMIUM');
  const profile = await mkdtemp(join(tmpdir(), 'logonscope-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    viewport: { width: 1440, height: 900 },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ...options,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
      complaints.push(message.text());
  });
  return {
    page,
    context,
    /** Errors of the page and refusals of its policy so far. */
    complaints,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Drops files of this disk on the page, the way a hand does: real File objects on a real drop event.
 * `repeat` puts the chunks of one file n times behind one another: a log of any size without the disk space.
 */
export async function drop(page, paths, { repeat = 1 } = {}) {
  const input = await page.evaluateHandle(() => {
    const made = document.createElement('input');
    made.type = 'file';
    made.multiple = true;
    return made;
  });
  await input.setInputFiles(paths);
  await input.evaluate((made, times) => {
    const transfer = new DataTransfer();
    for (const file of made.files) {
      const many = Array.from({ length: times }, () => file.slice(4096));
      transfer.items.add(times > 1 ? new File([file.slice(0, 4096), ...many], file.name) : file);
    }
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    }
  }, repeat);
}

/** Until everything given is read and the last graph stands. */
export async function untilRead(page, ms = 60_000) {
  await page.waitForSelector('main[aria-busy="false"]', { timeout: ms });
  await page.waitForSelector('[data-shown], .empty', { timeout: ms });
}

/** Shows the list of accounts: the page may have opened on the findings. */
export async function showAccounts(page) {
  await page.getByRole('tab', { name: /Accounts/ }).click();
  await page.waitForSelector('.lists [role=option] .name');
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Axe finds nothing on the page as it is now. */
export async function noViolations(page, what) {
  // Axe is a guest: it is put in by the browser's debugger, which the page's policy does not bind.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const told = violations.map(
    (v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`,
  );
  assert.deepEqual(told, [], what);
}
