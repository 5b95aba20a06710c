// OpenAI's agents kit, by Responses and by chat.
import assert from 'node:assert/strict';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { z } from 'zod';
import * as c from '../lib/checks.mjs';

setTracingDisabled(true);

for (const useResponses of [true, false]) {
  const at = (address, apiKey = c.stage.key) =>
    new Runner({
      modelProvider: new OpenAIProvider({ baseURL: c.v1(address), apiKey, useResponses }),
      tracingDisabled: true,
    });
  const runner = at(c.stage.base);
  const agent = (more = {}) => new Agent({ name: 'helper', instructions: 'Be brief.', model: c.model, ...more });
  const weather = (recorder) =>
    tool({
      name: 'get_weather',
      description: 'Tells the weather of a city',
      parameters: z.object({ city: z.string() }),
      execute: recorder.work,
    });
  const told = async (stream) => {
    let text = '';
    for await (const piece of stream.toTextStream()) text += piece;
    await stream.completed;
    return text;
  };
  const pictured = (image) => [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: c.PICTURE },
        { type: 'input_image', image },
      ],
    },
  ];
  const inner = (promise) => promise.catch((error) => Promise.reject(error?.cause ?? error));
  await c.run(`@openai/agents ${useResponses ? 'responses' : 'chat'}`, ['@openai/agents'], {
    async chat() {
      assert.equal((await runner.run(agent(), c.COUNT)).finalOutput, c.COUNTED);
    },
    async stream() {
      assert.equal(await told(await runner.run(agent(), c.COUNT, { stream: true })), c.COUNTED);
    },
    async tools() {
      const recorder = c.recordingTool();
      const result = await runner.run(agent({ tools: [weather(recorder)] }), c.WEATHER);
      assert.deepEqual([result.finalOutput, recorder.asked], [c.SNOWS, [c.CITY]]);
    },
    async 'tools streamed'() {
      const recorder = c.recordingTool();
      const stream = await runner.run(agent({ tools: [weather(recorder)] }), c.WEATHER, { stream: true });
      await told(stream);
      assert.deepEqual([stream.finalOutput, recorder.asked], [c.SNOWS, [c.CITY]]);
    },
    async structured() {
      const outputType = z.object({ name: z.string(), age: z.number() });
      assert.deepEqual((await runner.run(agent({ outputType }), c.JSON_PLEASE)).finalOutput, c.ANN);
    },
    async picture() {
      const result = await runner.run(agent({ model: 'qwen3.7-plus' }), pictured(c.pngUrl));
      assert.equal(result.finalOutput, c.RED_DOT);
    },
    async abort() {
      await c.aborted(async (signal, stop) => {
        const stream = await runner.run(agent(), c.SLOWLY, { stream: true, signal });
        for await (const _ of stream.toTextStream()) stop();
      });
    },
    async 'broken stream'() {
      await assert.rejects(async () => told(await runner.run(agent(), c.BREAK_OFF, { stream: true })));
    },
    'refused: 401': () => c.refusal(401, inner(at(c.stage.base, 'sk-wrong').run(agent(), 'Hi'))),
    'refused: 400': () => c.refusal(400, inner(runner.run(agent(), pictured(c.privatePicture)))),
    'refused: 404': () => c.refusal(404, inner(runner.run(agent({ model: 'gpt-unheard-of' }), 'Hi'))),
    ...c.refusals((address) => inner(at(address).run(agent(), 'Hi'))),
  });
}
c.end();
