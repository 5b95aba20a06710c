// Uses the dashboard as its owner does: node checks.mjs BASE_URL KEY COOKIE CHROMIUM ENV_FILE LOG [FOLDER FOR PICTURES]
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [base, key, cookie, executablePath, envFile, log, pictures] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'dashboard-')), {
  executablePath, args, headless: true, locale: 'en-US', viewport: { width: 1200, height: 900 },
});
const page = context.pages()[0] ?? (await context.newPage());
const PICTURE = 'https://pictures.example/cat.png';
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
await context.route(PICTURE, (route) => route.fulfill({ contentType: 'image/png', body: Buffer.from(pixel, 'base64') }));
const complaints = [];
const asked = [];
page.on('console', (message) => message.type() === 'error' && !/40[019]/.test(message.text()) && complaints.push(message.text()));
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('request', (request) => asked.push(request.url()));
page.setDefaultTimeout(30_000);

const picture = async (name) => pictures && (await page.screenshot({ path: join(pictures, `${name}.png`) }));

/** The id of what the eye sees where an element is. */
const shown = (id) => page.evaluate((name) => {
  const box = document.getElementById(name).getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.id;
}, id);

const toast = (text) => page.waitForFunction((words) => document.querySelector('#toast').textContent === words, text);

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
  async 'a number that is taken is refused in the language of the page'() {
    await page.click('#add');
    await page.fill('#add-num', '2');
    await page.fill('#add-cookie', cookie);
    await page.keyboard.press('Enter');
    await toast('An account has this number already. To change its cookie, press Replace cookie.');
    await page.click('#add-cancel');
  },
  async 'a reload says whether it changed anything, and what was refused'() {
    await page.click('#reload');
    await toast('Nothing has changed in .env');
    const env = readFileSync(envFile, 'utf8');
    writeFileSync(envFile, `${env}\nSERVICE_PORT=many\n`);
    await page.click('#reload');
    await page.waitForFunction(() => document.querySelector('#toast').textContent.startsWith('.env is not applied: SERVICE_PORT'));
    writeFileSync(envFile, `${env}\nHEARTBEAT_SECONDS=7\n`);
    await page.click('#reload');
    await toast('Settings reloaded');
  },
  async 'a cookie is replaced in .env, and one of another user only on request'() {
    await page.click('#replace-2');
    await page.fill('#cookie-text', 'ssxmod_itna=1');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#cookie-error').textContent.startsWith('There is no usable token'));
    await page.fill('#cookie-text', cookie);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#cookie-error').textContent === 'This cookie belongs to another user.');
    await accessible();
    await picture('cookie');
    await page.check('#cookie-other');
    await page.click('#cookie-form button[type=submit]');
    await toast('The cookie of account_2 is replaced');
    assert.ok(readFileSync(envFile, 'utf8').includes(cookie));
    assert.equal(await page.inputValue('#cookie-text'), '');
  },
  async 'the polls of the page are neither logged nor listed'() {
    await page.waitForResponse((reply) => reply.url().endsWith('/api/requests'));
    await page.waitForResponse((reply) => reply.url().endsWith('/api/requests'));
    assert.equal(await page.locator('#live tbody tr').count(), 0);
    const polls = readFileSync(log, 'utf8').split('\n').filter((line) => /GET \/api\/(requests|accountsHealth) 200/.test(line));
    assert.deepEqual(polls, []);
  },
  async 'a hidden tab requests nothing, and is up to date once it is shown'() {
    const hide = (is) => page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, is);
    await hide(true);
    await page.waitForTimeout(500);
    const before = asked.length;
    await page.waitForTimeout(3500);
    assert.equal(asked.length, before);
    await hide(false);
    await page.waitForTimeout(500);
    assert.ok(asked.length > before);
  },
  async 'the pictures of an answer are shown'() {
    await page.fill('#chat-text', `echo: ![a cat](${PICTURE}) is here`);
    await page.click('#chat-send');
    await page.waitForFunction(() => document.querySelector('.say img')?.naturalWidth === 1);
    assert.equal(await page.getAttribute('.say img', 'alt'), 'a cat');
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
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 740 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      const broad = await page.evaluate((most) => [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > most && !each.closest('.scroll')).map((each) => each.id || each.className || each.tagName), width + 1);
      assert.deepEqual([wide, broad], [width, []]);
      await page.selectOption('#usage-days', '7');
      await page.selectOption('#usage-days', '30');
      await page.waitForFunction(() => {
        const chart = document.querySelector('#chart');
        return chart.scrollWidth > chart.clientWidth && chart.scrollLeft + chart.clientWidth >= chart.scrollWidth - 2;
      });
      // The bar must not cover what is scrolled or tabbed to.
      await page.evaluate(() => document.getElementById('add').scrollIntoView());
      assert.equal(await shown('add'), 'add');
    }
    await picture('phone');
    await page.click('#add');
    await page.waitForTimeout(300);
    await picture('phone-add');
    for (const id of ['add-num', 'add-cookie']) assert.equal(await shown(id), id);
    await page.click('#add-cancel');
  },
  async 'signing out forgets the key'() {
    await page.click('#signout');
    await page.reload();
    await page.waitForSelector('#signin:not([hidden])');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('key')), null);
  },
  async 'nothing else is asked, and no rule of the page is broken'() {
    assert.deepEqual(asked.filter((url) => !url.startsWith(base) && !url.startsWith('data:') && url !== PICTURE), []);
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
