// Small helpers around the document. Text is always set as text, never as markup.
export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') node.addEventListener('click', value);
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

let clearing;
export function toast(text) {
  $('toast').textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => ($('toast').textContent = ''), 6000);
}

/** Asks before something that cannot be undone; resolves to the answer. */
export function confirmed(question) {
  const dialog = $('confirm');
  $('confirm-text').textContent = question;
  dialog.showModal();
  return new Promise((answer) => {
    const end = (yes) => () => (dialog.close(), answer(yes));
    $('confirm-yes').onclick = end(true);
    $('confirm-no').onclick = end(false);
    dialog.oncancel = () => answer(false);
  });
}
