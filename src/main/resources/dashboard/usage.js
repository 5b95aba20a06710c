import { call } from './api.js';
import { $, el, svg } from './dom.js';
import { t } from './i18n.js';

const MOST = 5;

export async function showUsage() {
  const { data } = await call('GET', `/api/usage?days=${$('usage-days').value}`);
  const rows = data.usage;
  const models = [...sum(rows, (row) => row.model)].sort((a, b) => b[1] - a[1]).map(([model]) => model);
  const colour = (model) => Math.min(models.indexOf(model), MOST);
  draw(days(data.from, data.to), rows, colour);
  const shown = models.slice(0, MOST);
  $('legend').replaceChildren(...shown.map((model) => key(colour(model), model)), ...(models.length > MOST ? [key(MOST, t('others'))] : []));
  table(rows);
}

function sum(rows, by) {
  const sums = new Map();
  for (const row of rows) sums.set(by(row), (sums.get(by(row)) ?? 0) + row.requests);
  return sums;
}

function days(from, to) {
  const list = [];
  for (let day = new Date(`${from}T00:00Z`); day <= new Date(`${to}T00:00Z`); day.setUTCDate(day.getUTCDate() + 1)) {
    list.push(day.toISOString().slice(0, 10));
  }
  return list;
}

const key = (index, name) => el('span', {}, svg('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, svg('rect', { width: 12, height: 12, rx: 3, class: `c${index}` })), name);

function draw(all, rows, colour) {
  const [width, height, left, floor] = [720, 180, 36, 156];
  const perDay = sum(rows, (row) => row.day);
  const top = 2 * Math.ceil(Math.max(2, ...perDay.values()) / 2);
  const step = (width - left) / all.length;
  const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': t('chartLabel') });
  for (const share of [0, 0.5, 1]) {
    const y = floor - share * (floor - 12);
    chart.append(svg('line', { x1: left, x2: width, y1: y, y2: y }), svg('text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, String(Math.round(share * top))));
  }
  all.forEach((day, i) => {
    let y = floor;
    for (let index = 0; index <= MOST; index++) {
      const requests = rows.filter((row) => row.day === day && colour(row.model) === index).reduce((n, row) => n + row.requests, 0);
      const tall = (requests / top) * (floor - 12);
      y -= tall;
      if (requests) chart.append(svg('rect', { x: left + i * step + step * 0.15, y, width: step * 0.7, height: tall, class: `c${index}` }));
    }
    if (i % Math.ceil(all.length / 8) === 0) chart.append(svg('text', { x: left + (i + 0.5) * step, y: height - 6, 'text-anchor': 'middle' }, day.slice(5)));
  });
  $('chart').replaceChildren(chart, ...(rows.length ? [] : [el('p', { class: 'empty' }, t('noUsage'))]));
  // Where the chart is wider than the screen, the newest days show.
  $('chart').scrollLeft = $('chart').scrollWidth;
}

function table(rows) {
  const names = ['day', 'account', 'model', 'requests', 'input', 'output'];
  const cells = (row) => [row.day, row.accountId, row.model, row.requests, row.inputTokens, row.outputTokens];
  $('usage-table').replaceChildren(
    el('thead', {}, el('tr', {}, ...names.map((name) => el('th', { scope: 'col' }, t(name))))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...cells(row).map((cell) => el('td', {}, String(cell)))))),
  );
}
