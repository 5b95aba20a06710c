// Asks for responses with OpenAI's own client, and chats and asks with the AI SDK: node checks.mjs BASE_URL API_KEY
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end. AgentsIT scripts what is answered.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { isStepCount, jsonSchema, streamText, tool } from 'ai';
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const url = `${baseURL}/v1`;
const model = 'qwen-max';
const client = new OpenAI({ baseURL: url, apiKey, timeout: 20_000 });
const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'Tells the weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
};

/** The AI SDK's way through a tool: it runs the tool and sends the result itself. */
async function throughTool(languageModel, prompt) {
  const asked = [];
  const result = streamText({
    model: languageModel,
    prompt,
    stopWhen: isStepCount(3),
    tools: {
      get_weather: tool({
        description: weather.description,
        inputSchema: jsonSchema(weather.parameters),
        execute: async ({ city }) => {
          asked.push(city);
          return `sunny in ${city}`;
        },
      }),
    },
    onError: ({ error }) => {
      throw error;
    },
  });
  let text = '';
  for await (const piece of result.textStream) text += piece;
  return { asked, text };
}

const checks = {
  async 'a response comes in one piece'() {
    const response = await client.responses.create({ model, input: 'Please count for the first check' });
    assert.deepEqual([response.status, response.output_text], ['completed', 'one two three']);
    assert.deepEqual([response.usage.input_tokens, response.usage.output_tokens], [100, 30]);
  },

  async 'a response comes as a stream'() {
    const stream = client.responses.stream({ model, input: 'Please count for the second check' });
    let text = '';
    stream.on('response.output_text.delta', (event) => {
      text += event.delta;
    });
    const response = await stream.finalResponse();
    assert.deepEqual([text, response.output_text, response.status], ['one two three', 'one two three', 'completed']);
  },

  async 'thinking is a summary beside the words'() {
    const response = await client.responses.create({
      model,
      input: 'Please think',
      reasoning: { effort: 'high', summary: 'auto' },
    });
    assert.match(response.output[0].summary[0].text, /I weigh it\./);
    assert.equal(response.output_text, 'thought through');
  },

  async 'a function is called and its result is answered'() {
    const input = [{ role: 'user', content: 'Please look out of the window' }];
    const stream = client.responses.stream({ model, input, tools: [weather] });
    const first = await stream.finalResponse();
    const call = first.output.find((item) => item.type === 'function_call');
    assert.deepEqual([call.name, JSON.parse(call.arguments)], ['get_weather', { city: 'Paris' }]);
    input.push(...first.output, { type: 'function_call_output', call_id: call.call_id, output: 'sunny in Paris' });
    const second = await client.responses.create({ model, input, tools: [weather] });
    assert.equal(second.output_text, 'Take no umbrella.');
  },

  async 'a response is gone on from'() {
    const first = await client.responses.create({ model, input: 'My name is Ada' });
    const second = await client.responses.create({
      model,
      input: 'What is my name?',
      previous_response_id: first.id,
    });
    assert.equal(second.output_text, 'You are Ada.');
    assert.equal((await client.responses.retrieve(first.id)).output_text, 'Noted.');
    await client.responses.delete(first.id);
    await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
  },

  async 'a stream that breaks off is a failed response'() {
    const stream = await client.responses.create({ model, input: 'Please break off', stream: true });
    const types = [];
    for await (const event of stream) types.push(event.type);
    assert.equal(types.at(-1), 'response.failed');
    assert.ok(!types.includes('response.completed'));
  },

  async 'the AI SDK streams a chat and runs its tool'() {
    const provider = createOpenAICompatible({ name: 'gateway', baseURL: url, apiKey });
    const seen = await throughTool(provider(model), 'Please look out of the window');
    assert.deepEqual(seen, { asked: ['Paris'], text: 'Take no umbrella.' });
  },

  async 'the AI SDK streams a response and runs its tool'() {
    const seen = await throughTool(createOpenAI({ baseURL: url, apiKey })(model), 'Please look out of the window');
    assert.deepEqual(seen, { asked: ['Paris'], text: 'Take no umbrella.' });
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
