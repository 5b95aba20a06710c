import { offerToAdd, showAccounts } from './accounts.js';
import { call, remember, signedIn } from './api.js';
import { offerChat, prepareChat } from './chat.js';
import { $, toast } from './dom.js';
import { otherLanguage, t, translate } from './i18n.js';
import { showLive, showReady } from './live.js';
import { showUsage } from './usage.js';

let beat;
let lost = false;

function show(inside) {
  $('signin').hidden = inside;
  $('board').hidden = !inside;
  $('signout').hidden = !inside;
  clearInterval(beat);
  if (inside) {
    refresh();
    showUsage().catch(failed);
    prepareChat();
    beat = setInterval(refresh, 3000);
  } else {
    $('key').focus();
    $('key').select();
  }
}

async function refresh() {
  if (document.hidden) return;
  try {
    await Promise.all([showReady(), showAccounts(), showLive()]);
    lost = false;
  } catch (broken) {
    failed(broken);
  }
}

function failed(broken) {
  if (broken.status === 401) {
    signOut(broken.message);
  } else if (!lost) {
    lost = true;
    toast(broken.status ? broken.message : t('lost'));
  }
}

function signOut(why = '') {
  remember('');
  show(false);
  $('signin-error').textContent = why;
  $('signin-error').hidden = !why;
}

$('signin-form').onsubmit = async (event) => {
  event.preventDefault();
  remember($('key').value.trim());
  try {
    await call('GET', '/api/configStatus');
    $('key').value = '';
    $('signin-error').hidden = true;
    show(true);
    $('main').focus();
  } catch (refused) {
    signOut(refused.status ? refused.message : t('lost'));
  }
};
$('signout').onclick = () => signOut();
$('language').onclick = () => {
  otherLanguage();
  if (signedIn()) {
    showAccounts(true).catch(failed);
    showUsage().catch(failed);
    refresh();
  }
};
// A hidden tab requests nothing; one that is shown again is up to date at once.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && signedIn()) refresh();
});
$('usage-days').onchange = () => showUsage().catch(failed);

translate();
offerToAdd();
offerChat();
show(signedIn());
