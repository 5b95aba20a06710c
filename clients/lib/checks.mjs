// What the checks of every client have in common. A client's checks.mjs calls `run` with its checks by name; each
// prints one line of JSON. A check is a function, or a text that says why the client cannot do it. STAGE holds
// {base, fresh, key}: the address of the gateway, that of the stage, and the key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const stage = JSON.parse(process.env.STAGE);
export const model = 'qwen-max';
export const v1 = (address) => `${address}/v1`;

export const COUNT = 'Please count';
export const COUNTED = 'one two three';
export const SLOWLY = 'Please go slowly';
export const BREAK_OFF = 'Please break off';
export const WEATHER = 'What is the weather in Oslo?';
export const CITY = 'Oslo "north"';
export const SNOW = 'Snow until noon';
export const SNOWS = 'It snows.';
export const JSON_PLEASE = 'Please answer in JSON';
/** The model says a word before its JSON. */
export const CHATTY_JSON = 'Please answer in chatty JSON';
export const ANN = { name: 'Ann "北京"', age: 30 };
export const PICTURE = 'What is in the picture?';
export const RED_DOT = 'A red dot.';
export const ADA = 'My name is Ada';
export const NAME = 'What is my name?';

/** A PNG of one red dot. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';
export const pngUrl = `data:image/png;base64,${png}`;
/** The gateway does not fetch it: its address is not public. */
export const privatePicture = 'https://127.0.0.1:9/x.png';

export const weatherSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
export const personSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'number' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

/** How long a client may take to tell a person about a refusal, retries included. */
const PATIENCE = 30_000;

/** The longest that a check may take, the start of its gateway included. */
const LIMIT = 180_000;

/** A tool's work, and what it was called with. */
export function recordingTool() {
  const asked = [];
  return { asked, work: async ({ city }) => (asked.push(city), SNOW) };
}

const statusOf = (error) =>
  error?.status ?? error?.statusCode ?? error?.code ?? error?.lastError?.statusCode ?? error?.cause?.status;

/** The error that the promise ends in, soon and with this HTTP status. */
export async function refusal(status, promise) {
  const slow = Symbol('slow');
  const outcome = await Promise.race([
    Promise.resolve(promise).then(
      () => assert.fail('it was not refused'),
      (error) => error,
    ),
    sleep(PATIENCE, slow, { ref: false }),
  ]);
  assert.notEqual(outcome, slow, `no word to the caller for ${PATIENCE / 1000} s: the client waits and tries again`);
  if (outcome instanceof assert.AssertionError) throw outcome;
  assert.equal(statusOf(outcome), status, `status ${statusOf(outcome)}: ${outcome?.message}`);
  return outcome;
}

/** A new gateway: `quota` has accounts without quota, `down` a firewall that wants a human. Its address. */
async function fresh(name) {
  const answer = await fetch(`${stage.fresh}/${name}`);
  assert.equal(answer.status, 200, `no gateway: ${answer.status}`);
  return answer.text();
}

/** Checks how the client tells of limits: `call(address)` asks the gateway there. */
export const refusals = (call) => ({
  'refused: 429': async () => refusal(429, call(await fresh('quota'))),
  'refused: 503': async () => refusal(503, call(await fresh('down'))),
});

/** Calls `start(signal)`, aborts it after its first piece, and wants the end of it soon. */
export async function aborted(start) {
  const stop = new AbortController();
  const began = Date.now();
  await start(stop.signal, () => stop.abort()).catch(() => {});
  assert.ok(stop.signal.aborted, 'it ended before it was aborted');
  assert.ok(Date.now() - began < 10_000, 'the stream went on after the abort');
}

/** The versions of installed packages, as "name version". */
export function versions(...names) {
  return names.map((name) => {
    const file = new URL(`../${process.env.CLIENT}/node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
  });
}

const oneLine = (error) =>
  String(error?.message ?? error)
    .replace(/\s+/g, ' ')
    .slice(0, 300);

/** Runs the checks of one client and prints what came of each. */
export async function run(client, packages, checks) {
  const [version] = versions(...packages.slice(0, 1)).map((text) => text.split(' ')[1]);
  for (const [check, work] of Object.entries(checks)) {
    const began = Date.now();
    const result = { client, version, check, outcome: 'ok', why: '' };
    try {
      if (typeof work === 'string') Object.assign(result, { outcome: 'cannot', why: work });
      else
        await Promise.race([
          work(),
          sleep(LIMIT, null, { ref: false }).then(() => assert.fail(`not done after ${LIMIT / 1000} s`)),
        ]);
    } catch (error) {
      Object.assign(result, { outcome: 'failed', why: oneLine(error) });
    }
    console.log(JSON.stringify({ ...result, ms: Date.now() - began }));
  }
}

/** Ends the script even where a client still sleeps. */
export const end = () => process.exit(0);

process.on('unhandledRejection', () => {});
