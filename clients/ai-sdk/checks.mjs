// The AI SDK by its four ways to the gateway.
import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, jsonSchema, Output, streamText, tool } from 'ai';
import { z } from 'zod';
import * as c from '../lib/checks.mjs';

const person = Output.object({ schema: z.object({ name: z.string(), age: z.number() }) });
const ways = {
  '@ai-sdk/openai chat': (address, apiKey) => createOpenAI({ baseURL: c.v1(address), apiKey }).chat,
  '@ai-sdk/openai responses': (address, apiKey) => createOpenAI({ baseURL: c.v1(address), apiKey }).responses,
  '@ai-sdk/anthropic': (address, apiKey) => createAnthropic({ baseURL: c.v1(address), apiKey }),
  '@ai-sdk/openai-compatible': (address, apiKey) =>
    createOpenAICompatible({ name: 'gateway', baseURL: c.v1(address), apiKey, supportsStructuredOutputs: true }),
};

/** The text of a stream; an error part is thrown. */
async function told(result) {
  let text = '';
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') text += part.text;
  }
  return text;
}

const ending = (error) => error?.lastError ?? error;

for (const [name, way] of Object.entries(ways)) {
  const model = way(c.stage.base, c.stage.key)(c.model);
  const seeing = way(c.stage.base, c.stage.key)('qwen3.7-plus');
  // for models that it does not know Anthropic's provider offers a tool named json instead of a format
  const json = name === '@ai-sdk/anthropic' ? `${c.JSON_PLEASE} by the tool json` : c.JSON_PLEASE;
  const pictured = (data) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: c.PICTURE },
          { type: 'file', mediaType: 'image/png', data },
        ],
      },
    ],
  });
  // the OpenAI compatible provider fetches pictures itself
  const wrong = name.endsWith('compatible')
    ? { prompt: 'Hi', stopSequences: ['1', '2', '3', '4', '5'] }
    : pictured(new URL(c.privatePicture));
  const tools = (recorder) => ({
    get_weather: tool({
      description: 'Tells the weather of a city',
      inputSchema: jsonSchema(c.weatherSchema),
      execute: recorder.work,
    }),
  });
  const asked = (model, more = { prompt: 'Hi' }) =>
    generateText({ model, ...more }).catch((error) => Promise.reject(ending(error)));
  const refused = (status, model, more) => c.refusal(status, asked(model, more));
  await c.run(name, [name.split(' ')[0]], {
    async chat() {
      assert.equal((await generateText({ model, prompt: c.COUNT })).text, c.COUNTED);
    },
    async stream() {
      assert.equal(await told(streamText({ model, prompt: c.COUNT })), c.COUNTED);
    },
    async tools() {
      const recorder = c.recordingTool();
      const result = await generateText({ model, prompt: c.WEATHER, tools: tools(recorder), stopWhen: isStepCount(3) });
      assert.deepEqual([result.text, recorder.asked], [c.SNOWS, [c.CITY]]);
    },
    async 'tools streamed'() {
      const recorder = c.recordingTool();
      const result = streamText({ model, prompt: c.WEATHER, tools: tools(recorder), stopWhen: isStepCount(3) });
      const text = await told(result);
      assert.deepEqual([text.endsWith(c.SNOWS), recorder.asked], [true, [c.CITY]], text);
    },
    async structured() {
      assert.deepEqual((await generateText({ model, prompt: json, output: person })).output, c.ANN);
    },
    async 'structured streamed'() {
      const result = streamText({ model, prompt: json, output: person });
      await told(result);
      assert.deepEqual(await result.output, c.ANN);
    },
    async picture() {
      assert.equal((await generateText({ model: seeing, ...pictured(c.png) })).text, c.RED_DOT);
    },
    async abort() {
      await c.aborted(async (abortSignal, stop) => {
        for await (const _ of streamText({ model, prompt: c.SLOWLY, abortSignal }).textStream) stop();
      });
    },
    async 'broken stream'() {
      await assert.rejects(told(streamText({ model, prompt: c.BREAK_OFF, onError: () => {} })));
    },
    'refused: 401': () => refused(401, way(c.stage.base, 'sk-wrong')(c.model)),
    'refused: 404': () => refused(404, way(c.stage.base, c.stage.key)('unheard-of')),
    'refused: 400': () => refused(400, model, wrong),
    ...c.refusals((address) => asked(way(address, c.stage.key)(c.model))),
  });
}
c.end();
