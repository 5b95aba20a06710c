import { call, poll } from './api.js';
import { offerToReplace, replaceCookie } from './cookie.js';
import { $, confirmed, el, toast } from './dom.js';
import { locale, t } from './i18n.js';

const tone = { active: 'good', cooling: 'warn', limited: 'warn', expired: 'bad', challenged: 'bad', disabled: 'bad' };
let drawn = '';

export async function showAccounts(again = false) {
  const { data } = await poll('/api/accountsHealth');
  const now = JSON.stringify(data);
  if (now === drawn && !again) return;
  drawn = now;
  showBreaker(data.circuitBreaker);
  const focused = document.activeElement?.id;
  $('accounts').replaceChildren(...data.accounts.map(card));
  $('accounts-empty').hidden = data.accounts.length > 0;
  const used = data.accounts.map((account) => Number(account.num));
  if (!$('add-num').value) $('add-num').placeholder = String(Math.max(0, ...used) + 1);
  if (focused) $(focused)?.focus();
}

const moment = (at) => new Date(at).toLocaleString(locale());

function showBreaker({ state, until }) {
  $('breaker').hidden = state === 'closed';
  $('breaker').textContent = state === 'open' ? t('breakerOpen', moment(until)) : t('breakerHalfOpen');
}

// The state of the account is that of its chats; the other kinds of request have limits of their own.
const otherKinds = (account) => Object.entries(account.cooldowns).filter(([kind]) => kind !== 'chat');

function lasts(expires) {
  const end = expires ? Date.parse(expires.replace(' ', 'T')) : NaN;
  return Number.isNaN(end) ? t('unknown') : `${Math.max(0, Math.floor((end - Date.now()) / 86_400_000))} ${t('days')}`;
}

// Only the CLI channel has a limit per day that is known; what the web channel allows shows in the state.
function leftToday(account) {
  if (!account.hasCliInfo) return t(account.cliState === 'unsupported' ? 'cliRefused' : 'cliUnused');
  const [left, used] = [account.cliLeftToday, account.cliRequestNumber].map((each) => each.toLocaleString(locale()));
  return t('cliLeft', left, used);
}

function card(account) {
  const facts = [
    [t('session'), lasts(account.expires)],
    [t('today'), `${account.requestsToday} ${t('requests')}, ${account.tokensToday.toLocaleString(locale())} ${t('tokens')}`],
    [t('leftToday'), leftToday(account)],
    [t('running'), String(account.inFlight)],
  ];
  if (account.cookieSource === 'replaced') facts.push([t('cookieSource'), t('replacedHere')]);
  if (account.retryAt) facts.push([t('back'), moment(account.retryAt)]);
  for (const [kind, { state, retryAt }] of otherKinds(account)) facts.push([t(kind), t('until', t(state), moment(retryAt))]);
  if (account.failureCount) facts.push([t('failures'), String(account.failureCount)]);
  return el(
    'li',
    { class: 'card account' },
    el('div', { class: 'head' }, el('h3', {}, account.accountId), el('span', { class: `pill ${tone[account.state]}` }, t(account.state))),
    account.reason ? el('p', { class: 'why' }, account.reason) : null,
    el('dl', {}, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el(
      'div',
      { class: 'row' },
      account.state === 'active' && otherKinds(account).length === 0
        ? null
        : el('button', { type: 'button', id: `reset-${account.num}`, onclick: () => reset(account) }, t('reset')),
      el('button', { type: 'button', id: `replace-${account.num}`, 'aria-label': `${t('replace')} ${account.accountId}`, onclick: () => replaceCookie(account) }, t('replace')),
      el('button', { type: 'button', id: `remove-${account.num}`, 'aria-label': `${t('remove')} ${account.accountId}`, onclick: () => remove(account) }, t('remove')),
    ),
  );
}

// A status that has words of the page is told in its language.
const attempt = (work, known = {}) => work().catch((refused) => {
  const text = known[refused.code] ?? known[refused.status];
  toast(text ? t(text) : refused.message);
});

const reset = (account) =>
  attempt(async () => {
    await call('POST', `/api/accounts/${account.num}/reset`);
    toast(t('wasReset', account.accountId));
    await showAccounts();
  }, { 404: 'noSuch' });

async function remove(account) {
  if (await confirmed(t('confirmRemove', account.accountId))) {
    await attempt(async () => {
      await call('DELETE', `/api/deleteAccount/${account.num}`);
      toast(t('removed', account.accountId));
      await showAccounts();
    }, { 404: 'noSuch', 503: 'notStored' });
  }
}

export function offerToAdd() {
  const open = (shown) => {
    $('add-form').hidden = !shown;
    $('add-form').reset();
    (shown ? $('add-num') : $('add')).focus();
  };
  $('add').onclick = () => {
    open(true);
    $('add-num').value = $('add-num').placeholder;
  };
  $('add-cancel').onclick = () => open(false);
  $('add-form').onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => {
      const num = $('add-num').value;
      const { account } = await call('POST', '/api/addAccount', { num, cookie: $('add-cookie').value });
      toast(t(account.checked ? 'added' : 'addedUnchecked', num, t(account.state)));
      open(false);
      await showAccounts();
    }, { 400: 'badCookie', cookie_in_use: 'cookieInUse', 409: 'numberTaken', 503: 'notStored' });
  };
  $('reload').onclick = () =>
    attempt(async () => {
      const { success, reason } = await call('POST', '/api/reloadConfig');
      const { data } = await call('GET', '/api/configStatus');
      toast(success ? t('reloaded') : data.lastProblem ? t('reloadRefused', reason) : t('unchanged'));
      await showAccounts();
    });
  offerToReplace(showAccounts);
}
