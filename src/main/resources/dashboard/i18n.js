// The words of the page, in its two languages.
const words = {
  en: {
    skip: 'Skip to content', signout: 'Sign out', signin: 'Sign in', key: 'Key', accounts: 'Accounts', reload: 'Reload .env',
    signinHelp: 'With one of the keys in API_KEY of your .env; where ADMIN_KEY is set, with that one.',
    add: 'Add account', number: 'Number', cookie: 'Cookie of chat.qwen.ai', save: 'Save', cancel: 'Cancel', remove: 'Delete',
    reset: 'End its rest', noAccounts: 'No account yet. Add one, or put a cookie into QWEN_COOKIES.', usage: 'Usage',
    period: 'Days', asTable: 'As a table', live: 'Running requests', noLive: 'Nothing runs at this moment.',
    playground: 'Playground', model: 'Model', apiKey: 'API key for chatting', message: 'Message', clear: 'Clear', stop: 'Stop',
    send: 'Send', ready: 'Ready', notReady: 'Not ready', lost: 'The gateway does not answer. Trying again.',
    active: 'active', cooling: 'cooling', limited: 'limited', expired: 'expired', challenged: 'check needed', disabled: 'disabled',
    session: 'Session', days: 'days left', unknown: 'end unknown', today: 'Today', requests: 'requests', running: 'Running', back: 'Back at',
    failures: 'Failures in a row', leftToday: 'Left today (CLI)', cliLeft: '{0} ({1} used)', cliUnused: 'no credential yet',
    cliRefused: 'refused by the service', confirmRemove: 'Delete {0}? Its chats stay with the service.',
    removed: '{0} is deleted', wasReset: '{0} is back', added: 'Account {0} is added', reloaded: 'Settings reloaded',
    unchanged: 'Nothing has changed in .env', reloadRefused: '.env is not applied: {0}',
    replace: 'Replace cookie', replaceOf: 'Replace the cookie of {0}', cookieReplaced: 'The cookie of {0} is replaced',
    cookieKept: 'The cookie of {0} is replaced here; .env cannot be written and still holds the old one',
    otherUser: 'This cookie belongs to another user.', allowOther: 'Use it although it is of another user',
    cookieInUse: 'Another account has this cookie already.', cookieExpired: 'This cookie has expired. Copy a fresh one.',
    badCookie: 'There is no usable token in it. Copy the whole cookie of a signed-in browser.', noSuch: 'There is no such account.',
    notStored: 'The database cannot be written; nothing was changed.', numberTaken: 'An account has this number already. To change its cookie, press Replace cookie.',
    cookieSource: 'Cookie', replacedHere: 'replaced here, not in .env', picture: 'Picture', tokens: 'tokens',
    day: 'Day', account: 'Account', input: 'Input tokens', output: 'Output tokens', noUsage: 'No requests in this period.',
    route: 'Route', since: 'Since', others: 'others', needKey: 'This key manages but does not chat: give an API key above.',
    breakerOpen: 'The service asks for a human check: pass it in the browser. No request is sent until {0}.',
    breakerHalfOpen: 'After human checks the next request decides whether the service answers again.',
    chat: 'Chat', picture: 'Pictures', video: 'Videos', upload: 'Uploads', until: '{0} until {1}',
    addedUnchecked: 'Account {0} is added; its session could not be checked ({1}).',
    chartLabel: 'Requests by day and model', you: 'You', other: 'language: 中文', broken: 'The answer broke off.',
  },
  zh: {
    skip: '跳到内容', signout: '退出', signin: '登录', key: '密钥', accounts: '账户', reload: '重新加载 .env',
    signinHelp: '使用 .env 中 API_KEY 的任一密钥；设置了 ADMIN_KEY 时使用它。',
    add: '添加账户', number: '编号', cookie: 'chat.qwen.ai 的 Cookie', save: '保存', cancel: '取消', remove: '删除',
    reset: '结束冷却', noAccounts: '还没有账户。请添加一个，或在 QWEN_COOKIES 中填写 Cookie。', usage: '用量',
    period: '天数', asTable: '以表格显示', live: '进行中的请求', noLive: '当前没有请求。',
    playground: '对话测试', model: '模型', apiKey: '用于对话的 API 密钥', message: '消息', clear: '清空', stop: '停止',
    send: '发送', ready: '可用', notReady: '不可用', lost: '网关没有响应，正在重试。',
    active: '正常', cooling: '冷却中', limited: '已限额', expired: '已过期', challenged: '需要验证', disabled: '已停用',
    session: '会话', days: '天后到期', unknown: '到期时间未知', today: '今日', requests: '次请求', running: '进行中', back: '恢复时间',
    failures: '连续失败', leftToday: '今日剩余（CLI）', cliLeft: '{0} 次（已用 {1}）', cliUnused: '还没有凭据',
    cliRefused: '上游拒绝', confirmRemove: '删除 {0}？其中的对话仍保留在上游。',
    removed: '{0} 已删除', wasReset: '{0} 已恢复', added: '账户 {0} 已添加', reloaded: '配置已重新加载',
    unchanged: '.env 没有变化', reloadRefused: '.env 未生效：{0}',
    replace: '更换 Cookie', replaceOf: '更换 {0} 的 Cookie', cookieReplaced: '{0} 的 Cookie 已更换',
    cookieKept: '{0} 的 Cookie 已更换并存入数据库；.env 无法写入，仍是旧的 Cookie',
    otherUser: '此 Cookie 属于另一个用户。', allowOther: '仍然使用另一个用户的 Cookie',
    cookieInUse: '另一个账户已在使用此 Cookie。', cookieExpired: '此 Cookie 已过期，请重新复制。',
    badCookie: '其中没有可用的 token，请复制已登录浏览器的完整 Cookie。', noSuch: '没有这个账户。',
    notStored: '数据库无法写入，未作任何更改。', numberTaken: '该编号已有账户；要换 Cookie，请点“更换 Cookie”。',
    cookieSource: 'Cookie', replacedHere: '已在此更换，.env 未改', picture: '图片', tokens: 'tokens',
    day: '日期', account: '账户', input: '输入 token', output: '输出 token', noUsage: '这段时间没有请求。',
    route: '路由', since: '已用时', others: '其他', needKey: '此密钥只能管理，不能对话：请在上方填写 API 密钥。',
    breakerOpen: '上游要求人工验证：请在浏览器中完成验证。{0} 之前不会发送请求。',
    breakerHalfOpen: '人工验证之后，下一个请求将决定上游是否恢复。',
    chat: '对话', picture: '图片', video: '视频', upload: '上传', until: '{0}，至 {1}',
    addedUnchecked: '账户 {0} 已添加；其会话未能检查（{1}）。',
    chartLabel: '按日期和模型统计的请求数', you: '你', other: 'language: English', broken: '回答中断。',
  },
};
let language = localStorage.getItem('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');

export const t = (name, ...values) => values.reduce((text, value, i) => text.replace(`{${i}}`, value), words[language][name] ?? name);

export const locale = () => (language === 'zh' ? 'zh-CN' : 'en');

/** Puts the words of the present language everywhere. */
export function translate() {
  document.documentElement.lang = locale();
  for (const each of document.querySelectorAll('[data-t]')) each.textContent = t(each.dataset.t);
  const button = document.getElementById('language');
  [button.textContent, button.lang] = language === 'zh' ? ['English', 'en'] : ['中文', 'zh'];
}

export function otherLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  localStorage.setItem('language', language);
  translate();
}
