// LlamaIndex: its OpenAI model and its agent.
import assert from 'node:assert/strict';
import { OpenAI } from '@llamaindex/openai';
import { agent } from '@llamaindex/workflow';
import { tool } from 'llamaindex';
import { z } from 'zod';
import * as c from '../lib/checks.mjs';

const at = (address, apiKey = c.stage.key, model = c.model) =>
  new OpenAI({ model, apiKey, baseURL: c.v1(address), maxRetries: 2, supportToolCall: true });
const llm = at(c.stage.base);
const ask = (content) => ({ messages: [{ role: 'user', content }] });
const weather = (recorder) =>
  tool({
    name: 'get_weather',
    description: 'Tells the weather of a city',
    parameters: z.object({ city: z.string() }),
    execute: recorder.work,
  });

await c.run('llamaindex', ['llamaindex'], {
  async chat() {
    assert.equal((await llm.chat(ask(c.COUNT))).message.content, c.COUNTED);
  },
  async stream() {
    let text = '';
    for await (const piece of await llm.chat({ ...ask(c.COUNT), stream: true })) text += piece.delta;
    assert.equal(text, c.COUNTED);
  },
  async tools() {
    const answer = await llm.chat({ ...ask(c.WEATHER), tools: [weather(c.recordingTool())] });
    const [call] = answer.message.options?.toolCall ?? [];
    const input = typeof call?.input === 'string' ? JSON.parse(call.input) : call?.input;
    assert.deepEqual([call?.name, input], ['get_weather', { city: c.CITY }]);
  },
  async agent() {
    const recorder = c.recordingTool();
    const result = await agent({ llm, tools: [weather(recorder)] }).run(c.WEATHER);
    assert.deepEqual([result.data.result, recorder.asked], [c.SNOWS, [c.CITY]]);
  },
  async structured() {
    const responseFormat = z.object({ name: z.string(), age: z.number() });
    const answer = await llm.chat({ ...ask(c.JSON_PLEASE), responseFormat });
    assert.deepEqual(JSON.parse(answer.message.content), c.ANN);
  },
  async picture() {
    const content = [
      { type: 'text', text: c.PICTURE },
      { type: 'image_url', image_url: { url: c.pngUrl } },
    ];
    const seeing = at(c.stage.base, c.stage.key, 'qwen3.7-plus');
    assert.equal((await seeing.chat(ask(content))).message.content, c.RED_DOT);
  },
  abort: 'its chat takes no AbortSignal',
  async 'broken stream'() {
    await assert.rejects(async () => {
      for await (const _ of await llm.chat({ ...ask(c.BREAK_OFF), stream: true }));
    });
  },
  'refused: 401': () => c.refusal(401, at(c.stage.base, 'sk-wrong').chat(ask('Hi'))),
  'refused: 400': () => c.refusal(400, llm.chat(ask([{ type: 'image_url', image_url: { url: c.privatePicture } }]))),
  'refused: 404': () => c.refusal(404, at(c.stage.base, c.stage.key, 'unheard-of').chat(ask('Hi'))),
  ...c.refusals((address) => at(address).chat(ask('Hi'))),
});
c.end();
