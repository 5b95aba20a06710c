// Anthropic's own client, its stream helper and its tool runner.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import * as c from '../lib/checks.mjs';

const at = (baseURL, apiKey = c.stage.key) => new Anthropic({ baseURL, apiKey });
const client = at(c.stage.base);
const max_tokens = 1024;
const user = (content) => [{ role: 'user', content }];
const ask = (content, more = {}, options = {}) =>
  client.messages.create({ model: c.model, max_tokens, messages: user(content), ...more }, options);
const text = (message) =>
  message.content
    .filter((block) => block.type === 'text')
    .map((block) => block.text)
    .join('');
const weather = { name: 'get_weather', description: 'Tells the weather of a city', input_schema: c.weatherSchema };
const runnable = (tool) => ({ type: 'custom', ...weather, parse: (input) => input, run: tool.work });
const runner = (tool, more = {}) =>
  client.beta.messages.toolRunner({
    model: c.model,
    max_tokens,
    messages: user(c.WEATHER),
    tools: [runnable(tool)],
    ...more,
  });
const format = { type: 'json_schema', schema: c.personSchema };

await c.run('@anthropic-ai/sdk', ['@anthropic-ai/sdk'], {
  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    assert.ok(ids.includes(c.model), ids.join());
  },
  async chat() {
    const message = await ask(c.COUNT, { system: 'Be brief.' });
    assert.equal(text(message), c.COUNTED);
    assert.equal(message.stop_reason, 'end_turn');
  },
  async stream() {
    const stream = client.messages.stream({ model: c.model, max_tokens, messages: user(c.COUNT) });
    assert.equal(await stream.finalText(), c.COUNTED);
  },
  async tools() {
    const tools = [weather];
    const messages = user(c.WEATHER);
    const first = await client.messages.create({ model: c.model, max_tokens, tools, messages });
    const use = first.content.find((block) => block.type === 'tool_use');
    assert.deepEqual([first.stop_reason, use?.input], ['tool_use', { city: c.CITY }]);
    messages.push({ role: 'assistant', content: first.content });
    messages.push(...user([{ type: 'tool_result', tool_use_id: use.id, content: c.SNOW }]));
    assert.equal(text(await client.messages.create({ model: c.model, max_tokens, tools, messages })), c.SNOWS);
  },
  async 'tools streamed'() {
    const messages = user(c.WEATHER);
    const first = await client.messages
      .stream({ model: c.model, max_tokens, tools: [weather], messages })
      .finalMessage();
    assert.deepEqual(first.content.find((block) => block.type === 'tool_use')?.input, { city: c.CITY });
  },
  async 'tool runner'() {
    const tool = c.recordingTool();
    const message = await runner(tool).runUntilDone();
    assert.equal(text(message), c.SNOWS);
    assert.deepEqual(tool.asked, [c.CITY]);
  },
  async 'tool runner streamed'() {
    const tool = c.recordingTool();
    let last;
    for await (const stream of runner(tool, { stream: true })) last = await stream.finalMessage();
    assert.equal(text(last), c.SNOWS);
    assert.deepEqual(tool.asked, [c.CITY]);
  },
  async structured() {
    const message = await ask(c.JSON_PLEASE, { output_config: { format } });
    assert.deepEqual(JSON.parse(text(message)), c.ANN);
  },
  async 'structured, chatty'() {
    const message = await ask(c.CHATTY_JSON, { output_config: { format } });
    assert.deepEqual(JSON.parse(text(message)), c.ANN);
  },
  async 'structured streamed'() {
    const stream = client.messages.stream({
      model: c.model,
      max_tokens,
      messages: user(c.JSON_PLEASE),
      output_config: { format },
    });
    assert.deepEqual(JSON.parse(await stream.finalText()), c.ANN);
  },
  async picture() {
    const source = { type: 'base64', media_type: 'image/png', data: c.png };
    const message = await ask(
      [
        { type: 'image', source },
        { type: 'text', text: c.PICTURE },
      ],
      { model: 'qwen3.7-plus' },
    );
    assert.equal(text(message), c.RED_DOT);
  },
  async 'tokens counted'() {
    const counted = await client.messages.countTokens({ model: c.model, messages: user('x'.repeat(400)) });
    assert.ok(counted.input_tokens > 50, String(counted.input_tokens));
  },
  async abort() {
    await c.aborted(async (signal, stop) => {
      for await (const event of await ask(c.SLOWLY, { stream: true }, { signal })) {
        if (event.type === 'content_block_delta') stop();
      }
    });
  },
  async 'broken stream'() {
    await assert.rejects(
      client.messages.stream({ model: c.model, max_tokens, messages: user(c.BREAK_OFF) }).finalMessage(),
      Anthropic.APIError,
    );
  },
  'refused: 401': () => c.refusal(401, at(c.stage.base, 'sk-wrong').models.list()),
  'refused: 400': () => c.refusal(400, ask([{ type: 'image', source: { type: 'url', url: 'x' } }])),
  'refused: 404': () => c.refusal(404, ask('Hello', { model: 'claude-unheard-of' })),
  ...c.refusals((address) => at(address).messages.create({ model: c.model, max_tokens, messages: user('Hi') })),
});
c.end();
