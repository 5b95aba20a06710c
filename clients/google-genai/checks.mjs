// Google's client for Gemini.
import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';
import * as c from '../lib/checks.mjs';

const at = (baseUrl, apiKey = c.stage.key) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
const client = at(c.stage.base).models;
const ask = (contents, config = {}, model = c.model) => client.generateContent({ model, contents, config });
const tools = [
  {
    functionDeclarations: [
      { name: 'get_weather', description: 'Tells the weather', parametersJsonSchema: c.weatherSchema },
    ],
  },
];
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
    assert.deepEqual(
      [first.functionCalls?.[0]?.name, first.functionCalls?.[0]?.args],
      ['get_weather', { city: c.CITY }],
    );
    contents.push(first.candidates[0].content);
    const response = { result: c.SNOW };
    contents.push({ role: 'user', parts: [{ functionResponse: { name: 'get_weather', response } }] });
    assert.equal((await ask(contents, { tools })).text, c.SNOWS);
  },
  async structured() {
    assert.deepEqual(JSON.parse((await ask(c.JSON_PLEASE, json)).text), c.ANN);
  },
  async 'tools streamed'() {
    let call;
    for await (const piece of await client.generateContentStream({
      model: c.model,
      contents: c.WEATHER,
      config: { tools },
    })) {
      call ??= piece.functionCalls?.[0];
    }
    assert.deepEqual([call?.name, call?.args], ['get_weather', { city: c.CITY }]);
  },
  async 'tools called for one'() {
    const recorder = c.recordingTool();
    const callable = {
      tool: async () => tools[0],
      callTool: async (calls) =>
        Promise.all(
          calls.map(async ({ name, args }) => ({
            functionResponse: { name, response: { result: await recorder.work(args) } },
          })),
        ),
    };
    const answer = await ask(c.WEATHER, { tools: [callable] });
    assert.deepEqual([answer.text, recorder.asked], [c.SNOWS, [c.CITY]]);
  },
  async 'structured streamed'() {
    let text = '';
    for await (const piece of await client.generateContentStream({
      model: c.model,
      contents: c.JSON_PLEASE,
      config: json,
    })) {
      text += piece.text ?? '';
    }
    assert.deepEqual(JSON.parse(text), c.ANN);
  },
  async 'chat of turns'() {
    const chat = at(c.stage.base).chats.create({ model: c.model });
    await chat.sendMessage({ message: c.ADA });
    assert.equal((await chat.sendMessage({ message: c.NAME })).text, 'You are Ada.');
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
  'refused: 401': () =>
    c.refusal(401, at(c.stage.base, 'sk-wrong').models.generateContent({ model: c.model, contents: 'Hi' })),
  'refused: 400': () =>
    c.refusal(
      400,
      ask([{ role: 'user', parts: [{ fileData: { mimeType: 'image/png', fileUri: c.privatePicture } }] }]),
    ),
  'refused: 404': () => c.refusal(404, ask('Hi', {}, 'gemini-unheard-of')),
  ...c.refusals((address) => at(address).models.generateContent({ model: c.model, contents: 'Hi' })),
};

await c.run('@google/genai', ['@google/genai'], checks);
c.end();
