// Takes the pictures of docs/images/ anew: the sample, at two sizes, light and dark. Look at them before you commit them.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { open, showAccounts, untilRead } from './browser.mjs';
import { root, serve } from './server.mjs';

const images = join(root, 'docs/images');
await mkdir(images, { recursive: true });
const site = await serve('/');
for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
  ]) {
    const browser = await open({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
    const { page } = browser;
    const shoot = async (name) => {
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(images, `${name}-${width}x${height}-${colorScheme}.png`) });
    };
    await page.goto(site.url);
    await page.waitForSelector('h1');
    await shoot('start');
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await untilRead(page);
    await page.waitForSelector('[role=treeitem]');
    await shoot('graph');
    await page.locator('[role=treeitem]').first().click();
    await page.locator('[role=treeitem][aria-level="2"]').first().click();
    await page.waitForSelector('.details .acts');
    await shoot('finding');
    await page.keyboard.press('u');
    await page.waitForSelector('dialog[open] table');
    await shoot('tuning');
    await page.keyboard.press('Escape');
    await showAccounts(page);
    await page.locator('.lists [role=option]').nth(1).click();
    await page.waitForSelector('.details .acts');
    await shoot('account');
    await page.locator('.table .rows [role=row]').nth(2).click();
    await page.waitForSelector('[data-raw]');
    await shoot('record');
    await browser.close();
  }
}
await site.close();
