const root = document.body.dataset.root;
const connection = document.getElementById('connection');
const platformKey = 'cliply-platform';

/* A stream that says nothing for so long is dead, whatever the browser thinks of it. */
const longestSilence = 25_000;

let source;
let silence;
let pending;
let retry = 1_000;
let lostAt;
let shownAt = performance.now();

function connect() {
  pending = undefined;
  source = new EventSource(`${root}/events`);
  for (const name of ['change', 'reading']) {
    source.addEventListener(name, () => refresh());
  }
  source.addEventListener('alive', heard);
  source.addEventListener('error', () => lose());
  listen();
}

function heard() {
  retry = 1_000;
  if (lostAt) {
    lostAt = undefined;
    connection.classList.remove('lost');
  }
  say('Live');
  listen();
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(lose, longestSilence);
}

function lose() {
  clearTimeout(silence);
  source.close();
  if (pending) {
    return;
  }
  lostAt ??= new Date();
  connection.classList.add('lost');
  say(`Connection lost at ${lostAt.toLocaleTimeString()}. What you see is from before; trying again.`);
  pending = setTimeout(connect, retry);
  retry = Math.min(retry * 2, 15_000);
}

function say(text) {
  if (connection.textContent !== text) {
    connection.textContent = text;
  }
}

async function refresh() {
  let html;
  try {
    const response = await fetch(`${root}/content`, { cache: 'no-store' });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    html = await response.text();
  } catch {
    lose();
    return;
  }
  show(new DOMParser().parseFromString(html, 'text/html').getElementById('content'));
  heard();
}

function show(content) {
  shownAt = performance.now();
  prepare(content);
  merge(document.getElementById('content'), content);
  const status = content.dataset.status;
  document.title = `${status} · Cliply fleet`;
  choosePlatform();
  tick();
}

/* What only works with a script is added here, before the content takes the old one's place. */
function prepare(content) {
  const platforms = content.querySelector('#platforms');
  if (platforms) {
    platforms.hidden = false;
  }
  for (const command of content.querySelectorAll('.command')) {
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.className = 'copy';
    copy.textContent = 'Copy';
    copy.setAttribute('aria-label', `Copy: ${command.querySelector('code').textContent}`);
    command.append(copy);
  }
}

/* Makes one tree like another and keeps what is alike: focus, selection, folds and the place on the page stay. */
function merge(old, now) {
  if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName) {
    old.replaceWith(now);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== now.data) {
      old.data = now.data;
    }
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !(old.nodeName === 'DETAILS' && name === 'open')) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  const next = [...now.childNodes];
  next.forEach((child, index) => {
    const place = old.childNodes[index];
    const same = child.id ? [...old.children].find(c => c.id === child.id) : place;
    if (!same || (!child.id && same.id)) {
      old.insertBefore(child, place ?? null);
      return;
    }
    if (same !== place) {
      old.insertBefore(same, place);
    }
    merge(same, child);
  });
  while (old.childNodes.length > next.length) {
    old.lastChild.remove();
  }
}

function choosePlatform() {
  const known = [...document.querySelectorAll('input[name="platform"]')];
  const wanted = [localStorage.getItem(platformKey), document.getElementById('content').dataset.platform, 'all'];
  const chosen = wanted.find(w => known.some(k => k.value === w)) ?? 'all';
  for (const radio of known) {
    radio.checked = radio.value === chosen;
  }
  document.documentElement.dataset.platform = chosen;
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Select it and copy by hand';
  }
  setTimeout(() => { button.textContent = before; }, 2_000);
}

function tick() {
  for (const age of document.querySelectorAll('[data-age]')) {
    const seconds = Number(age.dataset.age) + (performance.now() - shownAt) / 1_000;
    age.textContent = seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  }
}

document.addEventListener('change', event => {
  if (event.target.name === 'platform') {
    localStorage.setItem(platformKey, event.target.value);
    choosePlatform();
  }
});

document.addEventListener('click', async event => {
  const button = event.target.closest('button');
  if (button?.classList.contains('copy')) {
    await copy(button.closest('.command').querySelector('code').textContent, button);
  } else if (button?.id === 'copy-report') {
    const response = await fetch(`${root}/report.md`, { cache: 'no-store' });
    await copy(response.ok ? await response.text() : '', button);
  }
});

prepare(document.getElementById('content'));
document.getElementById('copy-report').hidden = false;
choosePlatform();
setInterval(tick, 1_000);
connect();
