import { call, currentKey, stream } from './api.js';
import { $, el } from './dom.js';
import { t } from './i18n.js';

let turns = [];
let running;

const apiKey = () => $('chat-key').value || currentKey();

export async function prepareChat() {
  try {
    const { data } = await call('GET', '/v1/models', undefined, apiKey());
    $('chat-model').replaceChildren(...data.map((model) => el('option', { value: model.id }, model.id)));
    $('chat-key-box').hidden = $('chat-key').value === '';
  } catch {
    $('chat-key-box').hidden = false;
    say('error', t('needKey'));
  }
}

function say(kind, text = '') {
  const box = el('div', { class: `say ${kind}` }, text);
  $('talk').append(box);
  box.scrollIntoView({ block: 'nearest' });
  return box;
}

// Plain http and other schemes stay text: the policy of the page forbids them.
const PICTURE = /!\[([^\]]*)\]\((https:\/\/[^\s)]+|data:image\/[^\s)]+)\)/g;

/** Shows the pictures of a Markdown text between its words. */
function showPictures(box, text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(PICTURE)) {
    parts.push(text.slice(from, found.index), el('img', { src: found[2], alt: found[1] || t('picture'), referrerpolicy: 'no-referrer' }));
    from = found.index + found[0].length;
  }
  if (from > 0) box.replaceChildren(...parts, text.slice(from));
}

async function send(text) {
  turns.push({ role: 'user', content: text });
  say('mine', text);
  const box = say('theirs');
  const thought = el('div', { class: 'thought' });
  const answer = el('div');
  box.append(thought, answer);
  running = new AbortController();
  busy(true);
  try {
    for await (const event of stream({ model: $('chat-model').value, messages: turns, stream: true }, running.signal, apiKey())) {
      if (event.error) throw new Error(event.error.message);
      const delta = event.choices?.[0]?.delta ?? {};
      thought.append(delta.reasoning_content ?? '');
      answer.append(delta.content ?? '');
      $('talk').scrollTop = $('talk').scrollHeight;
    }
    const said = answer.textContent;
    turns.push({ role: 'assistant', content: said });
    showPictures(answer, said);
  } catch (broken) {
    turns.pop();
    if (broken.name !== 'AbortError') say('error', broken.message || t('broken'));
    if (!box.textContent) box.remove();
  } finally {
    busy(false);
  }
}

function busy(is) {
  $('chat-send').disabled = is;
  $('chat-stop').hidden = !is;
}

export function offerChat() {
  $('chat-form').onsubmit = (event) => {
    event.preventDefault();
    const text = $('chat-text').value.trim();
    if (text && !$('chat-send').disabled) {
      $('chat-text').value = '';
      send(text);
    }
  };
  $('chat-text').onkeydown = (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) $('chat-form').requestSubmit();
  };
  $('chat-stop').onclick = () => running?.abort();
  $('chat-clear').onclick = () => {
    running?.abort();
    turns = [];
    $('talk').replaceChildren();
  };
  $('chat-key').onchange = prepareChat;
}
