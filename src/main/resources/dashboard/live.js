import { address, poll } from './api.js';
import { $, el } from './dom.js';
import { t } from './i18n.js';

export async function showLive() {
  const { data } = await poll('/api/requests');
  const rows = data.requests.map((request) => [request.route, request.model ?? '', request.account ?? '', `${(request.millis / 1000).toFixed(1)} s`]);
  $('live-empty').hidden = rows.length > 0;
  $('live').replaceChildren(
    ...(rows.length ? [el('thead', {}, el('tr', {}, ...['route', 'model', 'account', 'since'].map((name) => el('th', { scope: 'col' }, t(name)))))] : []),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, cell))))),
  );
}

export async function showReady() {
  const reply = await fetch(address('/readyz'));
  const pill = $('ready');
  pill.hidden = false;
  pill.className = `pill ${reply.ok ? 'good' : 'bad'}`;
  pill.textContent = t(reply.ok ? 'ready' : 'notReady');
  pill.title = reply.ok ? '' : ((await reply.json().catch(() => ({}))).reason ?? '');
}
