// Drives the gateway with Anthropic's own client, the way its users do: node checks.mjs BASE_URL API_KEY
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end. What is answered to which prompt is scripted
// by AnthropicNodeClientIT.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new Anthropic({ baseURL, apiKey, timeout: 20_000 });
const model = 'qwen-max';
const max_tokens = 1024;

const user = (content) => ({ role: 'user', content });
const ask = (content, more = {}, options = {}) =>
  client.messages.create({ model, max_tokens, messages: [user(content)], ...more }, options);

const weather = {
  name: 'get_weather',
  description: 'Tells the weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** The error that a promise ends in; it must be of the class. */
async function refusal(promise, type) {
  const error = await promise.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.equal(error.constructor.name, type.name, error.message);
  return error;
}

const checks = {
  async 'models are listed'() {
    const ids = [];
    for await (const listed of client.models.list()) {
      assert.equal(listed.type, 'model');
      ids.push(listed.id);
    }
    assert.ok(ids.includes('qwen-max') && ids.includes('qwen3.7-max'), ids.join());
    assert.equal(new Set(ids).size, ids.length);
  },

  async 'a model is read by its name'() {
    const found = await client.models.retrieve(model);
    assert.deepEqual([found.id, found.type, found.display_name], [model, 'model', model]);
    assert.ok(!Number.isNaN(Date.parse(found.created_at)), found.created_at);
  },

  async 'a message is answered in one piece'() {
    const message = await ask('Please count for the first check', { system: 'Be brief.' });
    assert.deepEqual([message.type, message.role, message.model], ['message', 'assistant', model]);
    assert.deepEqual(message.content, [{ type: 'text', text: 'one two three' }]);
    assert.deepEqual([message.stop_reason, message.stop_sequence], ['end_turn', null]);
    assert.equal(message.usage.input_tokens + message.usage.cache_read_input_tokens, 100);
    assert.equal(message.usage.output_tokens, 30);
    assert.ok(message._request_id, 'no request id');
  },

  async 'a stream brings its text in pieces'() {
    const pieces = [];
    const stream = client.messages
      .stream({ model, max_tokens, messages: [user('Please count for the second check')] })
      .on('text', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    assert.ok(pieces.length >= 3, 'the text came in one piece');
    assert.equal(pieces.join(''), 'one two three');
    assert.deepEqual(message.content, [{ type: 'text', text: 'one two three' }]);
    assert.equal(message.stop_reason, 'end_turn');
    assert.equal(message.usage.output_tokens, 30);
  },

  async 'thinking is a block of its own'() {
    const thinking = { type: 'enabled', budget_tokens: 2048 };
    const whole = await ask('Please think', { thinking, max_tokens: 4096 });
    assert.deepEqual(whole.content.map((block) => block.type), ['thinking', 'text']);
    const stream = client.messages.stream({ model, max_tokens: 4096, thinking, messages: [user('Please think')] });
    const message = await stream.finalMessage();
    assert.deepEqual(message.content, whole.content);
    assert.match(message.content[0].thinking, /I weigh it/);
    assert.ok(message.content[0].signature, 'no signature');
  },

  async 'a tool is called and its result told'() {
    const tools = [weather];
    const messages = [user('What is the weather in Oslo?')];
    const call = await client.messages.stream({ model, max_tokens, tools, messages }).finalMessage();
    assert.equal(call.stop_reason, 'tool_use');
    const use = call.content.find((block) => block.type === 'tool_use');
    assert.deepEqual([use.name, use.input], ['get_weather', { city: 'Oslo "north"' }]);
    const whole = await client.messages.create({ model, max_tokens, tools, messages });
    assert.deepEqual(whole.content.find((block) => block.type === 'tool_use').input, use.input);
    messages.push({ role: 'assistant', content: call.content });
    messages.push(user([{ type: 'tool_result', tool_use_id: use.id, content: 'Snow until noon' }]));
    const end = await client.messages.create({ model, max_tokens, tools, messages });
    assert.equal(end.content[0].text, 'It snows.');
  },

  async 'every script survives both ways'() {
    const text = '你好，世界 👩‍🚀 — ñandú, Ω, עברית, \u{1F1E8}\u{1F1F3}';
    const whole = await ask(`echo: ${text}`);
    assert.equal(whole.content[0].text, text);
    const stream = client.messages.stream({ model, max_tokens, messages: [user(`echo: ${text}`)] });
    assert.equal(await stream.finalText(), text);
  },

  async 'structured output is JSON'() {
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const message = await ask('Please answer in JSON', { output_config: { format: { type: 'json_schema', schema } } });
    assert.deepEqual(JSON.parse(message.content[0].text), { city: '北京' });
  },

  async 'a stop text ends the answer and is named'() {
    const message = await ask('Please count for the third check', { stop_sequences: ['nine', 'o th'] });
    assert.deepEqual(
      [message.content[0].text, message.stop_reason, message.stop_sequence],
      ['one tw', 'stop_sequence', 'o th'],
    );
  },

  async 'a token limit ends the answer with max_tokens'() {
    const message = await ask('Please go on and on', { max_tokens: 20 });
    assert.equal(message.stop_reason, 'max_tokens');
  },

  async 'tokens are counted beforehand'() {
    const counted = await client.messages.countTokens({ model, messages: [user('x'.repeat(400))], tools: [weather] });
    assert.ok(counted.input_tokens > 100 && counted.input_tokens < 200, String(counted.input_tokens));
  },

  async 'a token instead of a key will do'() {
    const other = new Anthropic({ baseURL, apiKey: null, authToken: apiKey });
    assert.equal((await other.models.retrieve(model)).id, model);
  },

  async 'a wrong key is an AuthenticationError'() {
    const stranger = new Anthropic({ baseURL, apiKey: 'sk-wrong' });
    const refused = await refusal(stranger.models.list(), Anthropic.AuthenticationError);
    assert.deepEqual([refused.status, refused.error.error.type], [401, 'authentication_error']);
    assert.ok(refused.requestID, 'no request id');
    assert.equal(refused.error.request_id, refused.requestID);
  },

  async 'an unknown model is a NotFoundError that names the setting'() {
    const refused = await refusal(ask('Hello', { model: 'claude-sonnet-9' }), Anthropic.NotFoundError);
    assert.equal(refused.error.error.type, 'not_found_error');
    assert.match(refused.message, /MODEL_MAP/);
  },

  async 'a wrong field is a BadRequestError that names it'() {
    const refused = await refusal(ask([{ type: 'image', source: { type: 'url', url: 'x' } }]), Anthropic.BadRequestError);
    assert.match(refused.message, /messages\[0\]\.content\[0\]/);
  },

  async 'an error in mid-stream is thrown as an APIError'() {
    let text = '';
    const stream = client.messages.stream({ model, max_tokens, messages: [user('Please break off')] });
    stream.on('text', (piece) => (text += piece));
    const refused = await refusal(stream.finalMessage(), Anthropic.APIError);
    assert.equal(refused.error.error.type, 'api_error');
    assert.equal(text, 'one two ');
  },

  // the last one: it benches the account
  async 'a used-up quota is a RateLimitError that is not retried'() {
    const began = Date.now();
    const refused = await refusal(ask('Please exceed the quota'), Anthropic.RateLimitError);
    assert.equal(refused.error.error.type, 'rate_limit_error');
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
