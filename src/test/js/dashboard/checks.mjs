// Uses the dashboard as its owner does: node checks.mjs BASE_URL KEY COOKIE CHROMIUM [FOLDER FOR PICTURES]
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base, key, cookie, executablePath, pictures] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'dashboard-')), {
  executablePath, args, headless: true, locale: 'en-US', viewport: { width: 1200, height: 900 },
});
const page = context.pages()[0] ?? (await context.newPage());
const complaints = [];
const asked = [];
page.on('console', (message) => message.type() === 'error' && !message.text().includes('401') && complaints.push(message.text()));
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('request', (request) => asked.push(request.url()));
page.setDefaultTimeout(10_000);

const picture = async (name) => pictures && (await page.screenshot({ path: join(pictures, `${name}.png`) }));

async function accessible() {
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  const grave = violations.filter((each) => ['serious', 'critical'].includes(each.impact));
  assert.deepEqual(grave.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join()}`), []);
}

const checks = {
  async 'a wrong key is refused in words'() {
    await page.goto(base);
    await page.fill('#key', 'sk-wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#signin-error:not([hidden])');
    await accessible();
  },
  async 'the key opens the board, by keyboard alone'() {
    await page.focus('#key');
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#accounts .account');
    assert.equal(await page.locator('#accounts .account').count(), 2);
    assert.ok(!page.url().includes(key));
  },
  async 'a chat streams'() {
    await page.waitForSelector('#chat-model option', { state: 'attached' });
    await page.fill('#chat-text', 'echo: hello from the page');
    await page.click('#chat-send');
    await page.waitForFunction(() => document.querySelector('.say.theirs')?.textContent.includes('hello from the page'));
    await page.waitForSelector('#chat-stop', { state: 'hidden' });
  },
  async 'an account is added and removed'() {
    await page.click('#add');
    await page.fill('#add-cookie', cookie);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('#accounts .account').length === 3);
    await page.click('#remove-3');
    await page.click('#confirm-yes');
    await page.waitForFunction(() => document.querySelectorAll('#accounts .account').length === 2);
  },
  async 'a card tells what is left of the day'() {
    const left = (card) => page.locator('#accounts .account').nth(card).locator('dt:has-text("Left today") + dd').textContent();
    assert.equal(await left(0), 'no credential yet');
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'coder-model', messages: [{ role: 'user', content: 'Hello' }] });
    assert.equal((await fetch(`${base}/cli/v1/chat/completions`, { method: 'POST', headers, body })).status, 200);
    await page.waitForFunction(() => document.querySelector('#accounts').textContent.includes('1,999 (1 used)'));
  },
  async 'the usage has its chart and its table'() {
    await page.selectOption('#usage-days', '7');
    await page.waitForSelector('#chart svg rect', { state: 'attached' });
    assert.ok((await page.locator('#usage-table tbody tr').count()) > 0);
  },
  async 'nothing serious is wrong for those who cannot see or point, in the light and in the dark'() {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await accessible();
      await picture(colorScheme);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  },
  async 'it speaks Chinese'() {
    await page.click('#language');
    await page.waitForFunction(() => document.querySelector('#accounts-title').textContent === '账户');
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
    await picture('chinese');
    await page.click('#language');
  },
  async 'it fits on a phone'() {
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    const broad = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > 361 && !each.closest('.scroll')).map((each) => each.id || each.className || each.tagName));
    assert.deepEqual([wide, broad], [360, []]);
    await picture('phone');
  },
  async 'signing out forgets the key'() {
    await page.click('#signout');
    await page.reload();
    await page.waitForSelector('#signin:not([hidden])');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('key')), null);
  },
  async 'nothing else is asked, and no rule of the page is broken'() {
    assert.deepEqual(asked.filter((url) => !url.startsWith(base) && !url.startsWith('data:')), []);
    assert.deepEqual(asked.filter((url) => url.includes(key)), []);
    assert.deepEqual(complaints, []);
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}: ${String(error.message).replaceAll('\n', ' | ')}`);
  }
}
await context.close();
console.log('done');
