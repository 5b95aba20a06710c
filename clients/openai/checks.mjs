// OpenAI's own client: chat and Responses.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import * as c from '../lib/checks.mjs';

const at = (address, apiKey = c.stage.key) => new OpenAI({ baseURL: c.v1(address), apiKey });
const client = at(c.stage.base);
const user = (content) => [{ role: 'user', content }];
const chat = (content, more = {}, options = {}) =>
  client.chat.completions.create({ model: c.model, messages: user(content), ...more }, options);
const weather = { name: 'get_weather', description: 'Tells the weather of a city', parameters: c.weatherSchema };
const Person = z.object({ name: z.string(), age: z.number() });

await c.run('openai chat', ['openai'], {
  async chat() {
    const answer = await chat(c.COUNT);
    assert.equal(answer.choices[0].message.content, c.COUNTED);
    assert.deepEqual([answer.usage.prompt_tokens, answer.usage.completion_tokens], [100, 30]);
  },
  async stream() {
    const stream = client.chat.completions.stream({ model: c.model, messages: user(c.COUNT) });
    assert.equal(await stream.finalContent(), c.COUNTED);
  },
  async tools() {
    const tool = c.recordingTool();
    const runner = client.chat.completions.runTools({
      model: c.model,
      messages: user(c.WEATHER),
      tools: [{ type: 'function', function: { ...weather, function: tool.work, parse: JSON.parse } }],
    });
    assert.equal(await runner.finalContent(), c.SNOWS);
    assert.deepEqual(tool.asked, [c.CITY]);
  },
  async 'tools streamed'() {
    const tool = c.recordingTool();
    const runner = client.chat.completions.runTools({
      model: c.model,
      stream: true,
      messages: user(c.WEATHER),
      tools: [{ type: 'function', function: { ...weather, function: tool.work, parse: JSON.parse } }],
    });
    assert.equal(await runner.finalContent(), c.SNOWS);
    assert.deepEqual(tool.asked, [c.CITY]);
  },
  async structured() {
    const answer = await client.chat.completions.parse({
      model: c.model,
      messages: user(c.JSON_PLEASE),
      response_format: zodResponseFormat(Person, 'person'),
    });
    assert.deepEqual(answer.choices[0].message.parsed, c.ANN);
  },
  async 'structured, chatty'() {
    const answer = await client.chat.completions.parse({
      model: c.model,
      messages: user(c.CHATTY_JSON),
      response_format: zodResponseFormat(Person, 'person'),
    });
    assert.deepEqual(answer.choices[0].message.parsed, c.ANN);
  },
  async 'structured streamed'() {
    const stream = client.chat.completions.stream({
      model: c.model,
      messages: user(c.JSON_PLEASE),
      response_format: zodResponseFormat(Person, 'person'),
    });
    assert.deepEqual((await stream.finalChatCompletion()).choices[0].message.parsed, c.ANN);
  },
  async picture() {
    const content = [
      { type: 'text', text: c.PICTURE },
      { type: 'image_url', image_url: { url: c.pngUrl } },
    ];
    assert.equal((await chat(content, { model: 'qwen3.7-plus' })).choices[0].message.content, c.RED_DOT);
  },
  async abort() {
    await c.aborted(async (signal, stop) => {
      for await (const _ of await chat(c.SLOWLY, { stream: true }, { signal })) stop();
    });
  },
  async 'broken stream'() {
    const stream = await chat(c.BREAK_OFF, { stream: true });
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, OpenAI.APIError);
  },
  'refused: 401': () => c.refusal(401, at(c.stage.base, 'sk-wrong').models.list()),
  'refused: 400': () => c.refusal(400, chat([{ type: 'image_url', image_url: { url: 'x' } }])),
  'refused: 404': () => c.refusal(404, chat('Hello', { model: 'gpt-unheard-of' })),
  ...c.refusals((address) => at(address).chat.completions.create({ model: c.model, messages: user('Hi') })),
});

const respond = (input, more = {}, options = {}) =>
  client.responses.create({ model: c.model, input, ...more }, options);
const flat = { type: 'function', ...weather, strict: false };

await c.run('openai responses', ['openai'], {
  async chat() {
    assert.equal((await respond(c.COUNT)).output_text, c.COUNTED);
  },
  async stream() {
    const stream = client.responses.stream({ model: c.model, input: c.COUNT });
    assert.equal((await stream.finalResponse()).output_text, c.COUNTED);
  },
  async tools() {
    const input = user(c.WEATHER);
    const first = await respond(input, { tools: [flat] });
    const call = first.output.find((item) => item.type === 'function_call');
    assert.deepEqual([call?.name, JSON.parse(call?.arguments ?? '{}')], ['get_weather', { city: c.CITY }]);
    input.push(...first.output, { type: 'function_call_output', call_id: call.call_id, output: c.SNOW });
    assert.equal((await respond(input, { tools: [flat] })).output_text, c.SNOWS);
  },
  async 'tools streamed'() {
    const stream = client.responses.stream({ model: c.model, input: c.WEATHER, tools: [flat] });
    const call = (await stream.finalResponse()).output.find((item) => item.type === 'function_call');
    assert.deepEqual(JSON.parse(call?.arguments ?? '{}'), { city: c.CITY });
  },
  async structured() {
    const answer = await client.responses.parse({
      model: c.model,
      input: c.JSON_PLEASE,
      text: { format: zodTextFormat(Person, 'person') },
    });
    assert.deepEqual(answer.output_parsed, c.ANN);
  },
  async 'structured, chatty'() {
    const answer = await client.responses.parse({
      model: c.model,
      input: c.CHATTY_JSON,
      text: { format: zodTextFormat(Person, 'person') },
    });
    assert.deepEqual(answer.output_parsed, c.ANN);
  },
  async 'structured streamed'() {
    const stream = client.responses.stream({
      model: c.model,
      input: c.JSON_PLEASE,
      text: { format: zodTextFormat(Person, 'person') },
    });
    assert.deepEqual((await stream.finalResponse()).output_parsed, c.ANN);
  },
  async picture() {
    const content = [
      { type: 'input_text', text: c.PICTURE },
      { type: 'input_image', image_url: c.pngUrl, detail: 'auto' },
    ];
    assert.equal((await respond(user(content), { model: 'qwen3.7-plus' })).output_text, c.RED_DOT);
  },
  async 'previous response'() {
    const first = await respond(c.ADA);
    assert.equal((await respond(c.NAME, { previous_response_id: first.id })).output_text, 'You are Ada.');
  },
  async abort() {
    await c.aborted(async (signal, stop) => {
      for await (const event of await respond(c.SLOWLY, { stream: true }, { signal })) {
        if (event.type === 'response.output_text.delta') stop();
      }
    });
  },
  async 'broken stream'() {
    const types = [];
    for await (const event of await respond(c.BREAK_OFF, { stream: true })) types.push(event.type);
    assert.equal(types.at(-1), 'response.failed');
  },
  'refused: 401': () => c.refusal(401, at(c.stage.base, 'sk-wrong').responses.create({ model: c.model, input: 'Hi' })),
  'refused: 400': () =>
    c.refusal(400, respond(user([{ type: 'input_image', image_url: c.privatePicture, detail: 'auto' }]))),
  'refused: 404': () => c.refusal(404, respond('Hello', { model: 'gpt-unheard-of' })),
  ...c.refusals((address) => at(address).responses.create({ model: c.model, input: 'Hi' })),
});
c.end();
