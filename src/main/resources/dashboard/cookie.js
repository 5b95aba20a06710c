// Replaces the cookie of an account.
import { call } from './api.js';
import { $, toast } from './dom.js';
import { t } from './i18n.js';

let account;
let done;

export function replaceCookie(of) {
  account = of;
  $('cookie-title').textContent = t('replaceOf', of.accountId);
  $('cookie-form').reset();
  $('cookie-other-box').hidden = true;
  $('cookie-error').hidden = true;
  $('cookie').showModal();
  $('cookie-text').focus();
}

/** What the gateway refused, in the words of the page. */
function why(refused) {
  const known = { other_user: 'otherUser', cookie_in_use: 'cookieInUse', expired_cookie: 'cookieExpired', unusable_cookie: 'badCookie', no_such_account: 'noSuch', not_stored: 'notStored' };
  return known[refused.code] ? t(known[refused.code]) : refused.message;
}

async function send() {
  const body = { cookie: $('cookie-text').value };
  if ($('cookie-other').checked) body.allowOtherUser = true;
  try {
    const { account: now } = await call('PUT', `/api/accounts/${account.num}/cookie`, body);
    $('cookie').close();
    toast(t(now.cookieSource === 'replaced' ? 'cookieKept' : 'cookieReplaced', account.accountId));
    await done();
  } catch (refused) {
    $('cookie-error').textContent = why(refused);
    $('cookie-error').hidden = false;
    $('cookie-other-box').hidden = refused.code !== 'other_user';
  }
}

/** @param then shows the accounts again */
export function offerToReplace(then) {
  done = then;
  $('cookie-cancel').onclick = () => $('cookie').close();
  $('cookie').onclose = () => $('cookie-form').reset();
  $('cookie-form').onsubmit = (event) => {
    event.preventDefault();
    send();
  };
}
