// Drives the gateway with Google's own client for Gemini, the way its users do: node checks.mjs BASE_URL API_KEY
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end. What is answered to which prompt is scripted
// by GoogleNodeClientIT.
import assert from 'node:assert/strict';
import { ApiError, GoogleGenAI } from '@google/genai';

const [baseUrl, apiKey] = process.argv.slice(2);
const at = (key) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl, timeout: 20_000 } });
const client = at(apiKey);
const model = 'qwen-max';
const ask = (contents, config = {}, more = {}) => client.models.generateContent({ model, contents, config, ...more });
const stream = (contents, config = {}) => client.models.generateContentStream({ model, contents, config });

const weather = {
  name: 'get_weather',
  description: 'Tells the weather of a city',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const tools = [{ functionDeclarations: [weather] }];
const question = { role: 'user', parts: [{ text: 'What is the weather in Oslo?' }] };
const call = { name: 'get_weather', args: { city: 'Oslo "north"' } };
const json = {
  responseMimeType: 'application/json',
  responseJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** The error that a promise ends in; it must have the status. */
async function refusal(promise, status) {
  const error = await promise.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.ok(error instanceof ApiError, String(error));
  assert.equal(error.status, status, error.message);
  return error;
}

const checks = {
  async 'models are listed'() {
    const names = [];
    for await (const listed of await client.models.list()) names.push(listed.name);
    assert.ok(names.includes(`models/${model}`), names.join());
  },

  async 'a model is read by its name'() {
    assert.equal((await client.models.get({ model })).name, `models/${model}`);
  },

  async 'a text is answered in one piece'() {
    const answer = await ask('Please count', { systemInstruction: 'Be brief.' });
    assert.deepEqual([answer.text, answer.candidates[0].finishReason], ['one two three', 'STOP']);
    assert.deepEqual([answer.usageMetadata.promptTokenCount, answer.usageMetadata.candidatesTokenCount], [100, 30]);
  },

  async 'a stream brings its text in pieces'() {
    const pieces = [];
    for await (const piece of await stream('Please count')) pieces.push(piece.text ?? '');
    assert.equal(pieces.join(''), 'one two three');
    assert.ok(pieces.length > 1, `${pieces.length} piece`);
  },

  async 'a tool is called and its result told'() {
    const first = await ask([question], { tools });
    assert.deepEqual(first.functionCalls?.map(({ name, args }) => ({ name, args })), [call]);
    const response = { functionResponse: { name: call.name, response: { result: 'Snow until noon' } } };
    const contents = [question, first.candidates[0].content, { role: 'user', parts: [response] }];
    assert.equal((await ask(contents, { tools })).text, 'It snows.');
  },

  async 'a tool is called in a stream'() {
    const calls = [];
    for await (const piece of await stream([question], { tools })) calls.push(...(piece.functionCalls ?? []));
    assert.deepEqual(calls.map(({ name, args }) => ({ name, args })), [call]);
  },

  async 'the client calls a tool by itself'() {
    const asked = [];
    const callTool = async (calls) =>
      calls.map(({ name, args }) => {
        asked.push(args.city);
        return { functionResponse: { name, response: { result: 'Snow until noon' } } };
      });
    const answer = await ask([question], { tools: [{ tool: async () => tools[0], callTool }] });
    assert.deepEqual([answer.text, asked], ['It snows.', [call.args.city]]);
  },

  async 'structured output is JSON'() {
    assert.deepEqual(JSON.parse((await ask('Please answer in JSON', json)).text), { city: '北京' });
  },

  async 'tokens are counted beforehand'() {
    const counted = await client.models.countTokens({ model, contents: 'x'.repeat(400) });
    assert.ok(counted.totalTokens > 50, String(counted.totalTokens));
  },

  async 'a wrong key is a 401'() {
    await refusal(at('sk-wrong').models.generateContent({ model, contents: 'Hi' }), 401);
  },

  async 'an unknown model is a 404'() {
    await refusal(ask('Hi', {}, { model: 'gemini-unheard-of' }), 404);
  },

  async 'a wrong field is a 400 that names it'() {
    const refused = await refusal(ask('Hi', { maxOutputTokens: 0 }), 400);
    assert.ok(refused.message.includes('generationConfig.maxOutputTokens'), refused.message);
  },

  async 'an error in mid-stream is thrown'() {
    let text = '';
    const read = async () => {
      for await (const piece of await stream('Please break off')) text += piece.text ?? '';
    };
    await assert.rejects(read());
    assert.equal(text, 'one two ');
  },

  // the last one: it benches the account
  async 'a used-up quota is a 429'() {
    const began = Date.now();
    await refusal(ask('Please exceed the quota'), 429);
    assert.ok(Date.now() - began < 5_000, 'the client slept and tried again');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}: ${String(error?.message ?? error).replaceAll('\n', ' ')}`);
  }
}
console.log('done');
