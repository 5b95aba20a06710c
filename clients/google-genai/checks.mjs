// Google's client for Gemini.
import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';
import * as c from '../lib/checks.mjs';

const at = (baseUrl, apiKey = c.stage.key) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
const client = at(c.stage.base).models;
const ask = (contents, config = {}, model = c.model) => client.generateContent({ model, contents, config });
const tools = [{ functionDeclarations: [{ name: 'get_weather', description: 'Tells the weather', parametersJsonSchema: c.weatherSchema }] }];
const json = { responseMimeType: 'application/json', responseJsonSchema: c.personSchema };

const checks = {
  async models() {
    const names = [];
    for await (const listed of await client.list()) names.push(listed.name);
    assert.ok(names.includes(`models/${c.model}`), names.join());
  },
  async chat() {
    assert.equal((await ask(c.COUNT)).text, c.COUNTED);
  },
  async stream() {
    let text = '';
    for await (const piece of await client.generateContentStream({ model: c.model, contents: c.COUNT })) {
      text += piece.text ?? '';
    }
    assert.equal(text, c.COUNTED);
  },
  async tools() {
    const contents = [{ role: 'user', parts: [{ text: c.WEATHER }] }];
    const first = await ask(contents, { tools });
    assert.deepEqual([first.functionCalls?.[0]?.name, first.functionCalls?.[0]?.args], ['get_weather', { city: c.CITY }]);
    contents.push(first.candidates[0].content);
    const response = { result: c.SNOW };
    contents.push({ role: 'user', parts: [{ functionResponse: { name: 'get_weather', response } }] });
    assert.equal((await ask(contents, { tools })).text, c.SNOWS);
  },
  async structured() {
    assert.deepEqual(JSON.parse((await ask(c.JSON_PLEASE, json)).text), c.ANN);
  },
  async picture() {
    const parts = [{ text: c.PICTURE }, { inlineData: { mimeType: 'image/png', data: c.png } }];
    assert.equal((await ask([{ role: 'user', parts }], {}, 'qwen3.7-plus')).text, c.RED_DOT);
  },
  async 'tokens counted'() {
    const counted = await client.countTokens({ model: c.model, contents: 'x'.repeat(400) });
    assert.ok(counted.totalTokens > 50, String(counted.totalTokens));
  },
  async abort() {
    await c.aborted(async (abortSignal, stop) => {
      const config = { abortSignal };
      const stream = await client.generateContentStream({ model: c.model, contents: c.SLOWLY, config });
      for await (const _ of stream) stop();
    });
  },
  async 'broken stream'() {
    await assert.rejects(async () => {
      for await (const _ of await client.generateContentStream({ model: c.model, contents: c.BREAK_OFF }));
    });
  },
  'refused: 401': () => c.refusal(401, at(c.stage.base, 'sk-wrong').models.generateContent({ model: c.model, contents: 'Hi' })),
  'refused: 429': () => c.refusal(429, at(c.stage.quota).models.generateContent({ model: c.model, contents: 'Hi' })),
  'refused: 503': () => c.refusal(503, at(c.stage.down).models.generateContent({ model: c.model, contents: 'Hi' })),
};

await c.run('@google/genai', ['@google/genai'], checks);
c.end();
